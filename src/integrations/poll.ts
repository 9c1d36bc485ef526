/** Asks a connector for what is new. It counts against no limit, like tests and health checks. */
import type { PollResult } from '../connectors/connector.ts'
import { HubError } from '../errors.ts'
import { contextOf, type ContextDeps } from './context.ts'
import type { LoadedIntegrations } from './loaded.ts'

export interface Polls {
  /** `cursor`: what the poll before answered; undefined at the first. Throws HubError `operation_not_found` where the connector has nothing to poll, and what the upstream's trouble is. */
  poll(tenantId: string, integrationId: string, cursor: unknown): Promise<PollResult>
}

const TIMEOUT_MS = 60_000

export function createPolls(deps: ContextDeps & { loaded: Pick<LoadedIntegrations, 'get'> }): Polls {
  return {
    async poll(tenantId, integrationId, cursor) {
      const loaded = await deps.loaded.get(tenantId, integrationId)
      const { connector, row } = loaded
      if (row.metadata.status !== 'active') throw new HubError('integration_not_active', `${row.name} is ${row.metadata.status}.`)
      if (connector.poll === undefined) throw new HubError('operation_not_found', `The connector ${row.connector} has nothing to poll: name an operation of it.`)
      return connector.poll(contextOf(deps, loaded, Date.now() + TIMEOUT_MS, () => undefined), cursor)
    },
  }
}
