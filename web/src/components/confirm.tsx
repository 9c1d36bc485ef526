import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { Problem } from './problem.tsx'
import { texts } from './texts.ts'

export interface ConfirmProps {
  opened: boolean
  title: string
  text: string
  /** What the button says: the deed, not "OK". */
  action: string
  isPending: boolean
  error?: Error | null
  onConfirm(): void
  onClose(): void
}

/** Asks before what cannot be undone. */
export function Confirm({ opened, title, text, action, isPending, error, onConfirm, onClose }: ConfirmProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Stack gap="md">
        <Text size="sm" className="app-anywhere">{text}</Text>
        {error && <Problem error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>{texts.cancel}</Button>
          <Button color="red" loading={isPending} onClick={onConfirm}>{action}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
