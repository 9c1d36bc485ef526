import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { errorAt, errorsBelow } from '../../../components/form/problem-errors.ts'
import { CredentialForm } from '../../../components/form/credential-form.tsx'
import { hasFields, isMeant, withoutBlanks } from '../../../components/form/secrets.ts'
import { Section } from '../../../components/section.tsx'
import { Status } from '../../../components/status.tsx'
import { useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { accountTexts, ConnectAccount } from '../../accounts/parts.tsx'
import type { PartProps } from './setup.tsx'
import { StepForm } from './step-form.tsx'
import { texts } from './texts.ts'

/** An account that is connected, values that are typed, or what is stored already. */
export function CredentialsStep({ connector, draft, change, error, onBack, onNext }: PartProps & { onBack(): void, onNext(): void }) {
  const { can } = useTenant()
  const stored = useRows('/api/v1/credentials', { query: { connector: connector.id } }, { enabled: can('credentials:read') })
  const { rows: fields = [], isPending } = useRows('/api/v1/connectors/{id}/connectable', { path: { id: connector.id } }, { enabled: can('credentials:write') })
  const schema = draft.isConnected ? withoutFields(connector.schemas.credentials, fields.map(({ field }) => field)) : connector.schemas.credentials
  // Where any vendor's account serves, most have a key or a token: then it is a kind to choose.
  const isAccountFirst = fields.some(({ vendor }) => vendor !== null)
  const offered = fields.filter(({ field }) => isMeant(connector.credentialSchema[field]?.when, draft.credentials))
  const isTyped = draft.credentialId === null || draft.isConnected
  const [missing, setMissing] = useState<string[]>([])
  if (can('credentials:write') && isPending) return null
  const next = (): void => {
    const needed = isTyped ? neededOf(schema, draft.credentials) : []
    setMissing(needed)
    if (needed.length === 0) onNext()
  }
  const accounts = offered.length > 0 && draft.credentialId === null && (
    <Section title={accountTexts.title} text={isAccountFirst ? undefined : accountTexts.anyLead}>
      {offered.map((field) => <ConnectAccount key={field.field} connector={connector.id} field={field} onConnected={(credentialId) => { change({ credentialId, isConnected: true }) }} />)}
    </Section>
  )
  return (
    <Stack gap="md">
      {isAccountFirst && accounts}
      <StepForm onBack={onBack} onNext={next} aside={!isAccountFirst && accounts}>
        <Section title={texts.credentials} text={hasFields(connector.schemas.credentials) ? texts.credentialsText : undefined}>
          {!hasFields(connector.schemas.credentials) && <Text size="sm" c="dimmed">{texts.noCredential}</Text>}
          {draft.isConnected && <Connected name={stored.rows?.find(({ id }) => id === draft.credentialId)?.name ?? draft.credentialId!} onDrop={() => { change({ credentialId: null, isConnected: false }) }} />}
          {!draft.isConnected && stored.rows !== undefined && stored.rows.length > 0 && <Select label={texts.stored} data={[{ value: '', label: texts.newOne }, ...stored.rows.map(({ id, name }) => ({ value: id, label: name }))]} value={draft.credentialId ?? ''} onChange={(chosen) => { change({ credentialId: chosen || null }) }} error={errorAt(error, '/credentialId')} />}
          {isTyped && hasFields(schema) && (
            <Typed isAside={isAccountFirst} isOpen={error !== null || missing.length > 0}>
              <CredentialForm idPrefix="credentials" schema={schema} autoFocus={fields.length === 0} value={draft.credentials} onChange={(credentials) => { change({ credentials }) }} errors={[...errorsBelow(error, '/credentials'), ...missing.map((name) => ({ pointer: `/${name}`, detail: texts.needed }))]} />
            </Typed>
          )}
        </Section>
      </StepForm>
    </Stack>
  )
}

function neededOf({ required = [] }: { required?: string[] }, given: unknown): string[] {
  const filled = withoutBlanks(given)
  return required.filter((name) => filled[name] === undefined)
}

function Connected({ name, onDrop }: { name: string, onDrop(): void }) {
  return <Group gap="sm" role="status"><Status tone="good">{accountTexts.connectedAs(name)}</Status><Button variant="subtle" onClick={onDrop}>{accountTexts.dropConnected}</Button></Group>
}

/** Where an account can be connected, typing is the second way. */
function Typed({ isAside, isOpen, children }: { isAside: boolean, isOpen: boolean, children: React.ReactNode }) {
  if (!isAside) return children
  return <details open={isOpen}><summary><Text span size="sm" c="dimmed">{texts.typed}</Text></summary><div style={{ marginTop: 12 }}>{children}</div></details>
}

type Schema = Record<string, unknown>

function withoutFields(schema: Schema, names: string[]): Schema {
  const { properties = {}, required = [] } = schema as { properties?: Schema, required?: string[] }
  return { ...schema, properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name))), required: required.filter((name) => !names.includes(name)) }
}
