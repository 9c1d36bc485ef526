/** What happens to integrations, told to whoever listens. */
import type { IntegrationRow } from './store.ts'

/** Neither waited for nor able to fail what it tells of; call it once that is committed. */
export type Announce = (tenantId: string, event: { type: string, subject: string, data: Record<string, unknown> }) => void

type About = Pick<IntegrationRow, 'tenantId' | 'id' | 'name' | 'connector'>

export function announceChange(announce: Announce, change: 'created' | 'changed' | 'deleted', { tenantId, id, name, connector }: About): void {
  announce(tenantId, { type: `integration.${change}`, subject: id, data: { integrationId: id, integration: name, connector } })
}

/** `error`: what is wrong with the connection, masked; null where it is well. `before`: how it stood. */
export function announceConnection(announce: Announce, { tenantId, id, name, connector }: About, { before, error }: { before: IntegrationRow['connectionStatus'], error: string | null }): void {
  if (error === null ? before !== 'error' : before === 'error') return
  const data = { integrationId: id, integration: name, connector }
  announce(tenantId, error === null
    ? { type: 'integration.recovered', subject: id, data }
    : { type: 'integration.failing', subject: id, data: { ...data, error: error.slice(0, 1000).toWellFormed() } })
}
