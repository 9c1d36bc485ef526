import { Anchor, Button, Checkbox, Code, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Tags } from '../../components/form/tags.tsx'
import { notifyDone } from '../../components/notify.tsx'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import type { OAuthClient, OAuthVendor } from '../../hub/client.ts'
import { useTenant } from '../../hub/session.ts'
import { texts } from './texts.ts'

export interface ClientFormProps {
  /** Under which name it is kept. Undefined: that is asked, too. */
  vendor: string | undefined
  /** What is known of it, where it comes along. */
  known: OAuthVendor | undefined
  redirectUri: string
  client?: OAuthClient | undefined
  /** Whether somebody has to say where the vendor is asked; else a document does. */
  asksAddresses: boolean
  onSaved(client: OAuthClient): void
}

const addresses = ['authorizationUrl', 'tokenUrl', 'deviceAuthorizationUrl', 'revocationUrl'] as const
type Endpoints = NonNullable<OAuthClient['endpoints']>

/** The client by which a vendor knows this hub: registered there once, its id and secret kept here. */
export function ClientForm({ vendor, known, redirectUri, client, asksAddresses, onSaved }: ClientFormProps) {
  const [name, setName] = useState(vendor ?? '')
  const [clientId, setClientId] = useState(client?.clientId ?? '')
  const [secret, setSecret] = useState('')
  const [scopes, setScopes] = useState(client?.scopes ?? [])
  const [parameters, setParameters] = useState<Record<string, string>>(client?.parameters ?? {})
  const [endpoints, setEndpoints] = useState<Endpoints>(client?.endpoints ?? {})
  const [shared, setShared] = useState(client?.shared ?? false)
  const { can } = useTenant()
  const save = useAction<void, OAuthClient>({
    run: ({ hub }) => hub.put('/api/v1/oauth-clients/{vendor}', { path: { vendor: name.trim() }, body: {
      clientId: clientId.trim(), ...secret !== '' && { clientSecret: secret }, ...scopes.length > 0 && { scopes }, ...Object.keys(parameters).length > 0 && { parameters }, ...shared && { shared }, ...withoutEmpty(endpoints),
    } }),
    changes: ['/api/v1/oauth-clients', '/api/v1/connectors', '/api/v1/credentials'],
    done(saved) {
      notifyDone(texts.clientSaved)
      onSaved(saved)
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    // It may stand within another form: that one goes nowhere yet.
    event.stopPropagation()
    save.mutate()
  }
  const shown = known?.name ?? (name || texts.anyVendor)
  return (
    <form onSubmit={submit} noValidate aria-label={texts.clientMissing(shown)}>
      <Stack gap="sm">
        <Text size="sm">{texts.clientSteps(shown)} {known !== undefined && <Anchor href={known.console} target="_blank" rel="noreferrer noopener" size="sm">{texts.console}</Anchor>}</Text>
        {known?.note && <Text size="sm" c="dimmed">{known.note}</Text>}
        <div><Text size="xs" c="dimmed">{texts.redirectUri}</Text><Group gap={6} wrap="nowrap"><Code className="app-anywhere">{redirectUri}</Code><CopyButton value={redirectUri} label={texts.copyRedirect} /></Group></div>
        {vendor === undefined && <TextInput label={texts.name} description={texts.nameHelp} value={name} error={errorAt(save.error, '/vendor')} onChange={(event) => { setName(event.currentTarget.value) }} />}
        {asksAddresses && <Addresses value={endpoints} onChange={setEndpoints} error={save.error} />}
        {Object.entries(known?.parameters ?? {}).map(([key, { label, default: usual }]) => <TextInput key={key} label={label} placeholder={usual} value={parameters[key] ?? ''} error={errorAt(save.error, `/parameters/${key}`)} onChange={(event) => { setParameters(withText(parameters, key, event.currentTarget.value)) }} />)}
        <TextInput label={texts.clientId} autoComplete="off" value={clientId} error={errorAt(save.error, '/clientId')} onChange={(event) => { setClientId(event.currentTarget.value) }} />
        <PasswordInput label={texts.clientSecret} description={client?.hasSecret ? texts.clientSecretKept : texts.clientSecretHelp} autoComplete="off" value={secret} error={errorAt(save.error, '/clientSecret')} onChange={(event) => { setSecret(event.currentTarget.value) }} />
        <Tags label={texts.usualScopes} description={texts.usualScopesHelp} data={Object.keys(known?.scopes ?? {})} value={scopes} onChange={(next) => { setScopes(apart(next)) }} error={errorAt(save.error, '/scopes')} splitChars={[' ', ',']} />
        {can('tenants:admin') && <Checkbox label={texts.shared} checked={shared} onChange={(event) => { setShared(event.currentTarget.checked) }} />}
        {save.isError && <Problem error={save.error} title={texts.clientFailed} />}
        <Group justify="flex-end"><Button type="submit" variant="default" loading={save.isPending} disabled={clientId.trim() === '' || name.trim() === ''}>{texts.saveClient}</Button></Group>
      </Stack>
    </form>
  )
}

function Addresses({ value, onChange, error }: { value: Endpoints, onChange(value: Endpoints): void, error: Error | null }) {
  const field = (key: keyof Endpoints) => ({
    label: texts[key], type: 'url', value: value[key] ?? '', error: errorAt(error, `/endpoints/${key}`), onChange: (event: { currentTarget: HTMLInputElement }) => { onChange(withText(value, key, event.currentTarget.value.trim())) },
  })
  return (
    <>
      <TextInput description={texts.issuerHelp} {...field('issuer')} />
      <details open={addresses.some((key) => value[key] !== undefined)}>
        <summary><Text span size="sm" c="dimmed">{texts.addresses}</Text></summary>
        <Stack gap="sm" mt="xs">{addresses.map((key) => <TextInput key={key} {...field(key)} />)}</Stack>
      </details>
    </>
  )
}

/** Several that were pasted at once, too. */
export function apart(scopes: string[]): string[] {
  return [...new Set(scopes.flatMap((each) => each.split(/[\s,]+/)).filter((each) => each !== ''))]
}

function withText<Values extends object>(values: Values, key: string, text: string): Values {
  const { [key]: _before, ...rest } = values as Record<string, string>
  return (text === '' ? rest : { ...rest, [key]: text }) as Values
}

function withoutEmpty(endpoints: Endpoints): { endpoints?: Endpoints } {
  return Object.keys(endpoints).length === 0 ? {} : { endpoints }
}
