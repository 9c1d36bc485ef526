import { Select, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { CredentialForm } from '../../../components/form/credential-form.tsx'
import { errorAt, errorsBelow } from '../../../components/form/problem-errors.ts'
import { SchemaForm } from '../../../components/form/schema-form.tsx'
import { hasFields, withoutBlanks } from '../../../components/form/secrets.ts'
import { credentialChange, valuesOf } from '../../../components/form/stored-credential.ts'
import { Loaded } from '../../../components/loading.tsx'
import { Section } from '../../../components/section.tsx'
import type { Connector, Credential as StoredCredential, Integration } from '../../../hub/client.ts'
import { useGet, useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { mergePatch } from '../../../lib/merge-patch.ts'
import { texts } from '../texts.ts'
import { SaveBar, useSaving } from './saving.tsx'

/** What it is called, the connector's settings, and its credential: each saved by itself. */
export function ConfigurationPart({ integration }: { integration: Integration }) {
  const query = useGet('/api/v1/connectors/{id}', { path: { id: integration.connector } }, { staleTime: 300_000 })
  return (
    <Stack gap="md">
      <General integration={integration} />
      <Loaded query={query}>{(connector) => <><Configuration integration={integration} connector={connector} /><Credential integration={integration} connector={connector} /></>}</Loaded>
    </Stack>
  )
}

const generalOf = ({ name, description, metadata: { tags } }: Integration): { name: string, description: string, tags: string[] } => ({ name, description, tags })

function General({ integration }: { integration: Integration }) {
  const { can } = useTenant()
  const [values, setValues] = useState(() => generalOf(integration))
  const saving = useSaving(integration, (saved) => { setValues(generalOf(saved)) })
  const { error } = saving.mutation
  const isReadOnly = !can('integrations:write')
  return (
    <Section title={texts.general} text={texts.generalText}>
      <TextInput label={texts.name} value={values.name} readOnly={isReadOnly} error={errorAt(error, '/name')} onChange={(event) => { setValues({ ...values, name: event.currentTarget.value }) }} />
      <Textarea label={texts.description} value={values.description} readOnly={isReadOnly} error={errorAt(error, '/description')} onChange={(event) => { setValues({ ...values, description: event.currentTarget.value }) }} />
      <TagsInput label={texts.tags} description={texts.tagsHelp} value={values.tags} readOnly={isReadOnly} onChange={(tags) => { setValues({ ...values, tags }) }} />
      {!isReadOnly && <SaveBar saving={saving} change={() => ({ name: values.name, description: values.description, metadata: { tags: values.tags } })} onTakeTheirs={(now) => { setValues(generalOf(now)) }} />}
    </Section>
  )
}

function Configuration({ integration, connector }: { integration: Integration, connector: Connector }) {
  const { can } = useTenant()
  const [value, setValue] = useState<unknown>(integration.configuration)
  const saving = useSaving(integration, (saved) => { setValue(saved.configuration) })
  const isReadOnly = !can('integrations:write')
  if (!hasFields(connector.configurationSchema)) return <Section title={texts.configuration}><Text size="sm" c="dimmed">{texts.noConfiguration}</Text></Section>
  return (
    <Section title={texts.configuration} text={texts.configurationText}>
      <SchemaForm idPrefix="configuration" schema={connector.configurationSchema} value={value} onChange={setValue} errors={errorsBelow(saving.mutation.error, '/configuration')} disabled={isReadOnly} />
      {!isReadOnly && <SaveBar saving={saving} change={() => ({ configuration: mergePatch(integration.configuration, withoutBlanks(value)) as Record<string, unknown> })} onTakeTheirs={(now) => { setValue(now.configuration) }} />}
    </Section>
  )
}

function Credential({ integration, connector }: { integration: Integration, connector: Connector }) {
  const { can } = useTenant()
  const schema = connector.schemas.credentials
  const isSeen = can('credentials:read') && integration.credentialId !== null
  const query = useGet('/api/v1/credentials/{id}', { path: { id: integration.credentialId ?? '' } }, { enabled: isSeen && hasFields(schema) })
  if (!hasFields(schema)) return <Section title={texts.credentials}><Text size="sm" c="dimmed">{texts.noCredential}</Text></Section>
  if (!isSeen) return <CredentialSection integration={integration} connector={connector} fields={{}} />
  return <Loaded query={query}>{({ id, fields }) => <CredentialSection key={id} integration={integration} connector={connector} fields={fields} />}</Loaded>
}

function CredentialSection({ integration, connector, fields }: { integration: Integration, connector: Connector, fields: StoredCredential['fields'] }) {
  const { can } = useTenant()
  const schema = connector.schemas.credentials
  // Nothing typed, or all of it saved: what is stored is shown.
  const [typed, setTyped] = useState<unknown>()
  const [chosen, setChosen] = useState<string | null>(integration.credentialId)
  const { rows = [] } = useRows('/api/v1/credentials', { query: { connector: connector.id } }, { enabled: can('credentials:read') })
  const saving = useSaving(integration, (saved) => {
    setTyped(undefined)
    setChosen(saved.credentialId)
  })
  const isReadOnly = !can('integrations:write')
  const change = typed === undefined ? {} : credentialChange(schema, fields, typed)
  const isOther = chosen !== integration.credentialId
  return (
    <Section title={texts.credentials} text={texts.credentialsText}>
      {rows.length > 0 && <Select label={texts.otherCredential} disabled={isReadOnly} data={rows.map(({ id, name }) => ({ value: id, label: name === id ? id : `${name} (${id})` }))} value={chosen} onChange={setChosen} error={errorAt(saving.mutation.error, '/credentialId')} />}
      {!isOther && <CredentialForm idPrefix="credentials" schema={schema} isPartial value={typed ?? valuesOf(schema, fields)} onChange={setTyped} errors={errorsBelow(saving.mutation.error, '/credentials')} disabled={isReadOnly} />}
      {!isReadOnly && <SaveBar saving={saving} disabled={!isOther && Object.keys(change).length === 0} change={() => (isOther ? { credentialId: chosen } : { credentials: change })} onTakeTheirs={(now) => { setChosen(now.credentialId) }} />}
    </Section>
  )
}
