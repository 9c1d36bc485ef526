import { Button, Group, Modal, MultiSelect, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Problem } from '../../components/problem.tsx'
import { ShownOnce } from '../../components/shown-once.tsx'
import { useAction } from '../../hub/action.ts'
import type { ApiKey } from '../../hub/client.ts'
import { useTenant, type Scope } from '../../hub/session.ts'
import { RolePicker } from './invite-modal.tsx'
import { texts } from './texts.ts'

/** Makes a key, and shows it this once. */
export function KeyModal({ onClose }: { onClose(): void }) {
  const { scopes: own } = useTenant()
  const [name, setName] = useState('')
  const [role, setRole] = useState<ApiKey['role']>('developer')
  const [scopes, setScopes] = useState<string[]>([])
  const [expires, setExpires] = useState('')
  const make = useAction<void, { key: string }>({
    run: ({ hub }) => hub.post('/api/v1/keys', { body: { name: name.trim(), role, ...scopes.length > 0 && { scopes: scopes as Scope[] }, ...expires !== '' && { expiresAt: new Date(expires).toISOString() } } }), changes: ['/api/v1/keys'],
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  if (make.data !== undefined) return <ShownOnce title={texts.keyMade} text={texts.keyText} value={make.data.key} onClose={onClose} />
  return (
    <Modal opened onClose={onClose} title={texts.keyTitle}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput label={texts.keyName} data-autofocus required withAsterisk={false} value={name} error={errorAt(make.error, '/name')} onChange={(event) => { setName(event.currentTarget.value) }} />
          <RolePicker value={role} onChange={setRole} />
          <MultiSelect label={texts.scopes} description={texts.scopesHelp} searchable clearable data={[...own].sort()} value={scopes} onChange={setScopes} error={errorAt(make.error, '/scopes')} />
          <TextInput type="datetime-local" label={texts.keyExpires} description={texts.keyExpiresHelp} value={expires} error={errorAt(make.error, '/expiresAt')} onChange={(event) => { setExpires(event.currentTarget.value) }} />
          {make.isError && <Problem error={make.error} title={texts.failed} />}
          <Group justify="flex-end"><Button type="submit" loading={make.isPending} disabled={name.trim() === ''}>{texts.make}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
