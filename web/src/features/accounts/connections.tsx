import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { PlugZap } from 'lucide-react'
import { Ago } from '../../components/ago.tsx'
import { Facts } from '../../components/facts.tsx'
import { notifyDone } from '../../components/notify.tsx'
import { Status, type Tone } from '../../components/status.tsx'
import type { Credential } from '../../hub/client.ts'
import { useStale } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { AttemptState } from './attempt.tsx'
import { texts } from './texts.ts'
import { useConnecting } from './use-connecting.ts'

type Connection = Credential['connections'][string]
export type ConnectionStatus = keyof typeof texts.statuses

/** Of all that are connected: what is ended says it for the whole. */
export function statusOf({ connections }: Pick<Credential, 'connections'>): ConnectionStatus {
  const all = Object.values(connections)
  return all.some(({ status }) => status === 'error') ? 'error' : all.length > 0 ? 'connected' : 'none'
}

export const connectionTone: Record<ConnectionStatus, Tone> = { connected: 'good', error: 'bad', none: 'idle' }

/** The accounts of a credential: how each is, and the way to connect it again. */
export function Connections({ credential }: { credential: Credential }) {
  return <Stack gap="md">{Object.entries(credential.connections).map(([field, connection]) => <OneConnection key={field} credential={credential} field={field} connection={connection} />)}</Stack>
}

function OneConnection({ credential: { id, expiresAt }, field, connection }: { credential: Credential, field: string, connection: Connection }) {
  const { vendor, status, error, scopes, missingScopes, endUser, connectedAt, refreshedAt } = connection
  return (
    <Stack gap="sm">
      {status === 'error' && <Alert color="red" variant="outline" title={texts.ended(vendor)} className="app-problem" role="alert"><Text size="sm" className="app-anywhere">{error}</Text></Alert>}
      {status === 'connected' && missingScopes.length > 0 && <Alert color="orange" variant="outline" role="status"><Text size="sm">{texts.missingText(missingScopes.join(', '))}</Text></Alert>}
      <Facts facts={[
        [texts.vendor, vendor], [texts.status, <Status key="s" tone={connectionTone[status]}>{texts.statuses[status]}</Status>],
        [texts.granted, scopes.length === 0 ? texts.noScopes : <Group key="g" gap={6}>{scopes.map((scope) => <Code key={scope}>{scope}</Code>)}</Group>],
        [texts.endUser, endUser !== null && (endUser.email ?? endUser.name ?? endUser.id)],
        [texts.since, <Ago key="c" time={connectedAt} />], [texts.renewed, <Ago key="r" time={refreshedAt ?? undefined} none={texts.never} />], [texts.expires, expiresAt === null ? texts.expiresNever : <Ago key="e" time={expiresAt} mayBeAhead />],
      ]} />
      <Reconnect credentialId={id} field={field} vendor={vendor} missingScopes={missingScopes} isPrimary={status === 'error' || missingScopes.length > 0} />
    </Stack>
  )
}

interface ReconnectProps { credentialId: string, field: string, vendor: string, missingScopes?: string[], isPrimary?: boolean }

/** What was granted before is asked for again, and what the client asks for by now. */
function Reconnect({ credentialId, field, vendor, missingScopes = [], isPrimary = true }: ReconnectProps) {
  const { can } = useTenant()
  const stale = useStale()
  const connecting = useConnecting(() => {
    notifyDone(texts.reconnected)
    void stale('/api/v1/credentials', '/api/v1/integrations', '/api/v1/overview')
  })
  if (!can('credentials:write')) return null
  const start = (): void => { connecting.start({ credentialId, field, ...missingScopes.length > 0 && { scopes: missingScopes } }) }
  return (
    <Stack gap="sm">
      <Group><Button variant={isPrimary ? 'filled' : 'default'} leftSection={<PlugZap size={14} />} loading={connecting.phase === 'starting'} onClick={start}>{missingScopes.length > 0 ? texts.grantMore : texts.reconnect}</Button></Group>
      <AttemptState connecting={connecting} vendor={vendor} onAgain={start} />
    </Stack>
  )
}
