import { Alert, Button, Group, MultiSelect, Select, Stack, TagsInput, Text } from '@mantine/core'
import { Plug } from 'lucide-react'
import { useState } from 'react'
import type { OAuthClient, OAuthVendor } from '../../hub/client.ts'
import { useGet, useRows, type Row } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { AttemptState, DeviceState } from './attempt.tsx'
import { apart, ClientForm } from './client-form.tsx'
import { texts } from './texts.ts'
import { useConnecting, type Wanted } from './use-connecting.ts'
import { useDevice } from './use-device.ts'

export type Connectable = Row<'/api/v1/connectors/{id}/connectable'>
interface Vendors { vendors: OAuthVendor[], redirectUri: string, clients: OAuthClient[] }

const OTHER = ''

/** Connects an account for one field of a connector; asks for the vendor and its client first, where they are missing. */
export function ConnectAccount({ connector, field, onConnected }: { connector: string, field: Connectable, onConnected(credentialId: string): void }) {
  const known = useVendors()
  const [chosen, setChosen] = useState<string | null>(field.vendor)
  if (known === undefined) return null
  const client = known.clients.find(({ vendor }) => vendor === chosen)
  const vendor = known.vendors.find(({ id }) => id === chosen)
  const isAny = field.vendor === null
  return (
    <Stack gap="sm">
      {isAny && <VendorChoice known={known} value={chosen} onChange={setChosen} />}
      {chosen !== null && (isAny ? client === undefined : !field.clientSet)
        ? <MissingClient key={chosen} chosen={chosen} vendor={vendor} known={known} asksAddresses={isAny && vendor === undefined || field.ways !== null && !field.ways.browser && !field.ways.device} onSaved={(saved) => { setChosen(saved.vendor) }} />
        : chosen !== null && <Ways key={chosen} wanted={{ connector, field: field.field, ...isAny && { vendor: chosen } }} name={vendor?.name ?? chosen} scopes={isAny ? vendor?.scopes ?? {} : field.scopes} ways={field.ways ?? waysOf(vendor, client)} onConnected={onConnected} />}
    </Stack>
  )
}

function useVendors(): Vendors | undefined {
  const vendors = useGet('/api/v1/oauth/vendors', { query: { limit: 500 } }, { staleTime: 3_600_000 })
  const clients = useRows('/api/v1/oauth-clients', { query: { limit: 500 } })
  if (vendors.data === undefined || clients.rows === undefined) return undefined
  return { vendors: vendors.data.data, redirectUri: vendors.data.redirectUri, clients: clients.rows }
}

function VendorChoice({ known: { vendors, clients }, value, onChange }: { known: Vendors, value: string | null, onChange(value: string | null): void }) {
  const nameOf = (id: string): string => vendors.find((each) => each.id === id)?.name ?? id
  const withClient = clients.map(({ vendor }) => ({ value: vendor, label: nameOf(vendor) }))
  const without = vendors.filter(({ id }) => !clients.some(({ vendor }) => vendor === id)).map(({ id, name }) => ({ value: id, label: name }))
  const groups = [...withClient.length > 0 ? [{ group: texts.yourClients, items: withClient }] : [], { group: texts.knownVendors, items: [...without, { value: OTHER, label: texts.otherVendor }] }]
  return <Select label={texts.vendor} placeholder={texts.vendorPlaceholder} searchable data={groups} value={value} onChange={onChange} />
}

interface MissingClientProps { chosen: string, vendor: OAuthVendor | undefined, known: Vendors, asksAddresses: boolean, onSaved(client: OAuthClient): void }

function MissingClient({ chosen, vendor, known: { redirectUri }, asksAddresses, onSaved }: MissingClientProps) {
  const { can } = useTenant()
  const name = vendor?.name ?? (chosen || texts.anyVendor)
  return (
    <Alert color="indigo" variant="outline" title={texts.clientMissing(name)}>
      {can('oauth-clients:write')
        ? <ClientForm vendor={chosen === OTHER ? undefined : chosen} known={vendor} redirectUri={redirectUri} asksAddresses={asksAddresses} onSaved={onSaved} />
        : <Text size="sm">{texts.clientAsk}</Text>}
    </Alert>
  )
}

function waysOf(vendor: OAuthVendor | undefined, client: OAuthClient | undefined): NonNullable<Connectable['ways']> {
  if (vendor !== undefined) return { browser: true, device: vendor.device }
  const { authorizationUrl, issuer, deviceAuthorizationUrl } = client?.endpoints ?? {}
  return { browser: authorizationUrl !== undefined || issuer !== undefined, device: deviceAuthorizationUrl !== undefined || issuer !== undefined }
}

interface WaysProps { wanted: Wanted, name: string, scopes: Record<string, string>, ways: NonNullable<Connectable['ways']>, onConnected(credentialId: string): void }

/** By a window, or by a code where only that exists, or somebody would rather. */
function Ways({ wanted, name, scopes: offered, ways, onConnected }: WaysProps) {
  const [scopes, setScopes] = useState<string[]>([])
  const [byCode, setByCode] = useState(!ways.browser && ways.device)
  const connecting = useConnecting(onConnected)
  const device = useDevice(onConnected)
  const all = { ...wanted, ...scopes.length > 0 && { scopes } }
  const begin = (): void => {
    if (byCode) device.begin.mutate(all)
    else connecting.start(all)
  }
  const isBusy = connecting.phase === 'starting' || device.begin.isPending
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">{texts.lead(name)}</Text>
      <Scopes offered={offered} value={scopes} onChange={setScopes} />
      <Group gap="xs">
        <Button leftSection={<Plug size={15} />} loading={isBusy} onClick={begin}>{texts.connect(name)}</Button>
        {ways.browser && ways.device && <Button variant="subtle" onClick={() => { setByCode(!byCode) }}>{byCode ? texts.byBrowser : texts.byCode}</Button>}
      </Group>
      {byCode ? <DeviceState device={device} vendor={name} onAgain={begin} /> : <AttemptState connecting={connecting} vendor={name} onAgain={begin} />}
    </Stack>
  )
}

/** What is known is offered with what it allows; what is not is typed. */
function Scopes({ offered, value, onChange }: { offered: Record<string, string>, value: string[], onChange(value: string[]): void }) {
  const known = Object.entries(offered)
  const describe = (scope: string): string => offered[scope] ?? ''
  return (
    <details>
      <summary><Text span size="sm" c="dimmed">{texts.scopesOf}</Text></summary>
      {known.length > 0
        ? <MultiSelect mt="xs" label={texts.scopes} description={texts.scopesHelp} searchable clearable data={known.map(([scope]) => scope)} value={value} onChange={onChange} renderOption={({ option }) => <div><Text size="sm">{option.value}</Text><Text size="xs" c="dimmed">{describe(option.value)}</Text></div>} />
        : <TagsInput mt="xs" label={texts.scopes} description={texts.scopesHelp} splitChars={[' ', ',']} value={value} onChange={(next) => { onChange(apart(next)) }} />}
    </details>
  )
}
