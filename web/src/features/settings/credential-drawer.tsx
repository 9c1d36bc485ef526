import { Button, Drawer, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { errorAt, errorsBelow } from '../../components/form/problem-errors.ts'
import { SchemaForm } from '../../components/form/schema-form.tsx'
import { credentialLooks, hasFields, withoutBlanks } from '../../components/form/secrets.ts'
import { Loaded } from '../../components/loading.tsx'
import { notifyDone } from '../../components/notify.tsx'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import type { Credential } from '../../hub/client.ts'
import { useGet, useRows, useStale } from '../../hub/queries.ts'
import { ConnectAccount, Connections } from '../accounts/parts.tsx'
import { texts } from './texts.ts'

/** Stores one, or replaces some of what it has. */
export function CredentialDrawer({ credential, onClose }: { credential: Credential | undefined, onClose(): void }) {
  const [connector, setConnector] = useState<string | null>(credential?.connector ?? null)
  const [id, setId] = useState('')
  const [name, setName] = useState(credential?.name ?? '')
  const [value, setValue] = useState<unknown>({})
  const { rows = [] } = useRows('/api/v1/connectors', { query: { limit: 500 } })
  const { data: now } = useGet('/api/v1/credentials/{id}', { path: { id: credential?.id ?? '' } }, { enabled: credential !== undefined })
  const store = useAction<void>({
    run: ({ hub }) => (credential === undefined
      ? hub.post('/api/v1/credentials', { body: { connector: connector!, credentials: withoutBlanks(value), ...id.trim() !== '' && { id: id.trim() }, ...name.trim() !== '' && { name: name.trim() } } })
      : hub.patch('/api/v1/credentials/{id}', { path: { id: credential.id }, ifMatch: credential.etag, body: { name: name.trim(), credentials: withoutBlanks(value) } })),
    changes: ['/api/v1/credentials'],
    done() {
      notifyDone(texts.stored)
      onClose()
    },
  })
  return (
    <Drawer opened onClose={onClose} title={credential === undefined ? texts.newCredential : credential.name}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{texts.credentialText} {credential !== undefined && texts.replaceText}</Text>
        {credential === undefined && <Select label={texts.connector} placeholder={texts.chooseConnector} searchable data={rows.map((each) => ({ value: each.id, label: each.name }))} value={connector} onChange={setConnector} error={errorAt(store.error, '/connector')} />}
        {credential === undefined && <TextInput label={texts.id} description={texts.idHelp} value={id} error={errorAt(store.error, '/id')} onChange={(event) => { setId(event.currentTarget.value) }} />}
        <TextInput label={texts.name} value={name} error={errorAt(store.error, '/name')} onChange={(event) => { setName(event.currentTarget.value) }} />
        {credential !== undefined && Object.keys(credential.connections).length > 0 && <Connections credential={now ?? credential} />}
        {credential === undefined && connector !== null && <Connectables connector={connector} onConnected={onClose} />}
        {connector !== null && <Fields connector={connector} isPartial={credential !== undefined} value={value} onChange={setValue} error={store.error} />}
        {store.isError && <Problem error={store.error} title={texts.failed} />}
        <Group justify="flex-end"><Button disabled={connector === null} loading={store.isPending} onClick={() => { store.mutate() }}>{texts.store}</Button></Group>
      </Stack>
    </Drawer>
  )
}

/** An account is a credential by itself: connecting it stores it. */
function Connectables({ connector, onConnected }: { connector: string, onConnected(): void }) {
  const stale = useStale()
  const { rows = [] } = useRows('/api/v1/connectors/{id}/connectable', { path: { id: connector } })
  const done = (): void => {
    notifyDone(texts.stored)
    void stale('/api/v1/credentials')
    onConnected()
  }
  return <>{rows.map((field) => <ConnectAccount key={field.field} connector={connector} field={field} onConnected={done} />)}</>
}

function Fields({ connector, isPartial, value, onChange, error }: { connector: string, isPartial: boolean, value: unknown, onChange(value: unknown): void, error: Error | null }) {
  const query = useGet('/api/v1/connectors/{id}', { path: { id: connector } }, { staleTime: 300_000 })
  return (
    <Loaded query={query} height={80}>
      {({ schemas: { credentials } }) => (hasFields(credentials) ? <SchemaForm schema={isPartial ? { ...credentials, required: [] } : credentials} ui={credentialLooks(credentials)} value={value} onChange={onChange} errors={errorsBelow(error, '/credentials')} /> : null)}
    </Loaded>
  )
}
