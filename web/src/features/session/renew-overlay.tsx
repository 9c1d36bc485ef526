import { Anchor, Modal, Stack, Text } from '@mantine/core'
import { SignInForm } from './sign-in-form.tsx'
import { texts } from './texts.ts'

/** Cannot be closed: what waits goes on, or is given up. */
export function RenewOverlay({ onDone, onLeave }: { onDone(): void, onLeave(): void }) {
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={texts.again}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{texts.againLead}</Text>
        <SignInForm returnTo={location.pathname + location.search} done={onDone} />
        <Anchor component="button" type="button" size="xs" onClick={onLeave}>{texts.leave}</Anchor>
      </Stack>
    </Modal>
  )
}
