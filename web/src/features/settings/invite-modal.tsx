import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import type { Member } from '../../hub/client.ts'
import { useTenant } from '../../hub/session.ts'
import { LinkModal } from './link-modal.tsx'
import { rolesToGive } from './roles.ts'
import { texts } from './texts.ts'

export function InviteModal({ onClose }: { onClose(): void }) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Member['role']>('developer')
  const invite = useAction<void, { url: string, mailed: boolean }>({
    run: ({ hub }) => hub.post('/api/v1/members/invitations', { body: { email: email.trim(), role } }), changes: ['/api/v1/members'],
  })
  if (invite.data !== undefined) return <LinkModal link={invite.data} onClose={onClose} />
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    invite.mutate()
  }
  const fieldError = errorAt(invite.error, '/email')
  return (
    <Modal opened onClose={onClose} title={texts.inviteTitle}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">{texts.inviteText}</Text>
          <TextInput label={texts.email} type="email" data-autofocus required withAsterisk={false} value={email} error={fieldError} onChange={(event) => { setEmail(event.currentTarget.value) }} />
          <RolePicker value={role} onChange={setRole} />
          {invite.isError && fieldError === undefined && <Problem error={invite.error} title={texts.failed} />}
          <Group justify="flex-end"><Button type="submit" loading={invite.isPending} disabled={email === ''}>{texts.invite}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}

export function RolePicker({ value, onChange }: { value: Member['role'], onChange(role: Member['role']): void }) {
  const { role: own } = useTenant()
  return (
    <Select label={texts.role} data={rolesToGive(own).map((role) => ({ value: role, label: `${texts.roles[role]}: ${texts.roleHelp[role]}` }))} value={value} onChange={(next) => { if (next !== null) onChange(next as Member['role']) }} />
  )
}
