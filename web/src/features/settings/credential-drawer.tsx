import { Button, Drawer, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { CredentialForm } from '../../components/form/credential-form.tsx'
import { errorAt, errorsBelow } from '../../components/form/problem-errors.ts'
import { hasFields, isMeant, withoutBlanks } from '../../components/form/secrets.ts'
import { credentialChange, valuesOf } from '../../components/form/stored-credential.ts'
import { Loaded } from '../../components/loading.tsx'
import { notifyDone } from '../../components/notify.tsx'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import type { Connector, Credential } from '../../hub/client.ts'
import { useGet, useRows, useStale } from '../../hub/queries.ts'
import { ConnectAccount, Connections } from '../accounts/parts.tsx'
import { texts } from './texts.ts'

/** Stores one, or replaces some of what it has. */
export function CredentialDrawer({ credential, onClose }: { credential: Credential | undefined, onClose(): void }) {
  const [connector, setConnector] = useState<string | null>(credential?.connector ?? null)
  const [id, setId] = useState('')
  const [name, setName] = useState(credential?.name ?? '')
  const [value, setValue] = useState<unknown>()
  const { rows = [] } = useRows('/api/v1/connectors', { query: { limit: 500 } })
  const { data: now } = useGet('/api/v1/credentials/{id}', { path: { id: credential?.id ?? '' } }, { enabled: credential !== undefined })
  const store = useAction<void>({
    run: ({ hub }) => (credential === undefined
      ? hub.post('/api/v1/credentials', { body: { connector: connector!, credentials: (value ?? {}) as Record<string, unknown>, ...id.trim() !== '' && { id: id.trim() }, ...name.trim() !== '' && { name: name.trim() } } })
      : hub.patch('/api/v1/credentials/{id}', { path: { id: credential.id }, ifMatch: credential.etag, body: { name: name.trim(), ...value !== undefined && { credentials: value as Record<string, unknown> } } })),
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
        {credential === undefined && <Select label={texts.connector} placeholder={texts.chooseConnector} searchable data={rows.map((each) => ({ value: each.id, label: each.name }))} value={connector} onChange={(next) => {
          setConnector(next)
          setValue(undefined)
        }} error={errorAt(store.error, '/connector')} />}
        {credential === undefined && <TextInput label={texts.id} description={texts.idHelp} value={id} error={errorAt(store.error, '/id')} onChange={(event) => { setId(event.currentTarget.value) }} />}
        <TextInput label={texts.name} value={name} error={errorAt(store.error, '/name')} onChange={(event) => { setName(event.currentTarget.value) }} />
        {credential !== undefined && Object.keys(credential.connections).length > 0 && <Connections credential={now ?? credential} />}
        {connector !== null && <Fields key={connector} connector={connector} stored={credential} onChange={setValue} onConnected={onClose} error={store.error} />}
        {store.isError && <Problem error={store.error} title={texts.failed} />}
        <Group justify="flex-end"><Button disabled={connector === null} loading={store.isPending} onClick={() => { store.mutate() }}>{texts.store}</Button></Group>
      </Stack>
    </Drawer>
  )
}

/** An account is a credential by itself: connecting it stores it. */
function Connectables({ connector: { id, credentialSchema }, given, onConnected }: { connector: Connector, given: unknown, onConnected(): void }) {
  const stale = useStale()
  const { rows = [] } = useRows('/api/v1/connectors/{id}/connectable', { path: { id } })
  const done = (): void => {
    notifyDone(texts.stored)
    void stale('/api/v1/credentials')
    onConnected()
  }
  return <>{rows.filter(({ field }) => isMeant(credentialSchema[field]?.when, given)).map((field) => <ConnectAccount key={field.field} connector={id} field={field} onConnected={done} />)}</>
}

interface FieldsProps { connector: string, stored: Credential | undefined, onChange(change: Record<string, unknown>): void, onConnected(): void, error: Error | null }

/** Tells what to send. */
function Fields({ connector, ...rest }: FieldsProps) {
  const query = useGet('/api/v1/connectors/{id}', { path: { id: connector } }, { staleTime: 300_000 })
  return <Loaded query={query} height={80}>{(data) => <Typed connector={data} {...rest} />}</Loaded>
}

function Typed({ connector, stored, onChange, onConnected, error }: Omit<FieldsProps, 'connector'> & { connector: Connector }) {
  const schema = connector.schemas.credentials
  const [value, setValue] = useState<unknown>(() => (stored === undefined ? {} : valuesOf(schema, stored.fields)))
  const type = (next: unknown): void => {
    setValue(next)
    onChange(stored === undefined ? withoutBlanks(next) : credentialChange(schema, stored.fields, next))
  }
  return (
    <>
      {hasFields(schema) && <CredentialForm schema={schema} isPartial={stored !== undefined} value={value} onChange={type} errors={errorsBelow(error, '/credentials')} />}
      {stored === undefined && <Connectables connector={connector} given={value} onConnected={onConnected} />}
    </>
  )
}
