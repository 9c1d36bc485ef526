import { Alert, Button, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import type { Tenant } from '../../hub/session.ts'
import { texts } from './texts.ts'

/** A secret at the one time when it can be seen. */
export function SecretOnce({ secret, text }: { secret: string, text: string }) {
  return (
    <Alert color="indigo" variant="outline" icon={<KeyRound size={18} />} title={texts.secretOnce}>
      <Stack gap="xs" align="flex-start"><Text size="sm">{text}</Text><pre className="app-pre app-code" style={{ width: '100%' }} tabIndex={0} aria-label={texts.secret}>{secret}</pre><CopyButton wide label={texts.copySecret} value={secret} /></Stack>
    </Alert>
  )
}

export interface RotateProps {
  /** Told above the form. */
  text: string
  /** Nobody but the sender makes secrets of this kind. */
  isGivenOnly?: boolean
  changes: string[]
  /** Answers the new secret where the hub made it. */
  rotate(tenant: Tenant, input: { secret?: string, overlapSeconds: number }): Promise<string | undefined>
  onClose(): void
}

/** A new secret, while the old one holds for a while. */
export function RotateModal({ text, isGivenOnly = false, changes, rotate, onClose }: RotateProps) {
  const [own, setOwn] = useState('')
  const [hours, setHours] = useState<number | string>(24)
  const action = useAction<void, string | undefined>({
    run: (tenant) => rotate(tenant, { ...own.trim() !== '' && { secret: own.trim() }, overlapSeconds: Math.round(Number(hours) * 3600) }), changes,
  })
  if (action.isSuccess) {
    return (
      <Modal opened onClose={onClose} title={texts.rotated}>
        <Stack gap="sm">
          {action.data === undefined ? <Text size="sm">{texts.rotatedOwn}</Text> : <SecretOnce secret={action.data} text={texts.rotatedText} />}
          <Group justify="flex-end"><Button onClick={onClose}>{texts.done}</Button></Group>
        </Stack>
      </Modal>
    )
  }
  return (
    <Modal opened onClose={onClose} title={texts.rotateTitle}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{text}</Text>
        <TextInput label={texts.ownSecret} description={isGivenOnly ? texts.ownSecretNeeded : texts.ownSecretHelp} autoComplete="off" value={own} error={errorAt(action.error, '/secret')} onChange={(event) => { setOwn(event.currentTarget.value) }} />
        <NumberInput label={texts.overlap} description={texts.overlapHelp} min={0} max={168} value={hours} onChange={setHours} error={errorAt(action.error, '/overlapSeconds')} />
        {action.isError && <Problem error={action.error} title={texts.failed} />}
        <Group justify="flex-end"><Button loading={action.isPending} disabled={isGivenOnly && own.trim() === ''} onClick={() => { action.mutate() }}>{texts.rotate}</Button></Group>
      </Stack>
    </Modal>
  )
}
