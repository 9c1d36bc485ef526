/** Integrations ready to be called, kept in memory; and what is known of each while the process lives: limits used, breaker, quota. */
import type { LRUCache } from 'lru-cache'
import type { Connector } from '../connectors/connector.ts'
import type { Credentials, OpenCredential } from '../credentials/credentials.ts'
import type { ConnectorRegistry } from '../catalog/registry.ts'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import { boundedCache } from '../lib/bounded-cache.ts'
import { isUuid } from '../lib/page.ts'
import { Quota } from '../lib/quota.ts'
import { RateLimiter } from '../lib/rate-limiter.ts'
import { CircuitBreaker } from './policies/breaker.ts'
import { UpstreamHold } from './policies/upstream-hold.ts'
import { findIntegration, type IntegrationRow } from './store.ts'

export interface Loaded {
  /** Tenant, id and revision: changes with each edit. */
  key: string
  row: IntegrationRow
  connector: Connector
  /** Lower-case hosts that requests may go to. */
  hosts: ReadonlySet<string>
  endpoint: string | undefined
  credential: OpenCredential | undefined
  state: State
}

export interface State {
  limiter: RateLimiter
  callerLimiters: LRUCache<string, RateLimiter>
  hold: UpstreamHold
  breaker: CircuitBreaker
  quota: Quota
  /** That it is for. */
  revision: number
}

export interface LoadedIntegrations {
  /** Throws `not_found` for an id of nobody or of another tenant. */
  get(tenantId: string, id: string): Promise<Loaded>
  /** Something of it changed: the next call reads it anew. */
  forget(tenantId: string, id: string): void
  forgetAll(): void
  /** Undefined where it was not called since the process began. */
  state(tenantId: string, id: string): State | undefined
}

export const INTEGRATIONS_CHANGED = 'interchange_integrations'

/** How long a change made by another process may go unseen where its notice gets lost. */
const FRESH_MS = 30_000
const CALLERS_REMEMBERED = 10_000

export interface LoadedDeps { database: Database, connectors: ConnectorRegistry, credentials: Credentials }

export function createLoadedIntegrations({ database, connectors, credentials }: LoadedDeps): LoadedIntegrations {
  const loaded = boundedCache<Loaded>(20_000, { ttl: FRESH_MS })
  const loading = new Map<string, Promise<Loaded>>()
  const states = boundedCache<State>(50_000)

  const load = async (tenantId: string, id: string): Promise<Loaded> => {
    const row = isUuid(id) ? await findIntegration(database.tenant(tenantId), tenantId, id) : undefined
    if (row === undefined) throw new HubError('not_found', 'There is no such integration.')
    const connector = await connectors.find(tenantId, row.connector)
    if (connector === undefined) throw new HubError('not_found', `The connector ${row.connector} of this integration is gone.`)
    const credential = row.credentialId === null ? undefined : await credentials.open(tenantId, row.credentialId)
    return assemble(row, connector, credential, stateOf(row))
  }

  /** What was forgotten while it was read is not kept: it may be from before the change. */
  const loadOnce = (key: string, tenantId: string, id: string): Promise<Loaded> => {
    const running = load(tenantId, id)
    loading.set(key, running)
    const isCurrent = (): boolean => loading.get(key) === running
    running.then((result) => { if (isCurrent()) loaded.set(key, result) }, () => undefined).finally(() => { if (isCurrent()) loading.delete(key) })
    return running
  }

  const stateOf = (row: IntegrationRow): State => {
    const key = keyOf(row.tenantId, row.id)
    let state = states.get(key)
    if (state === undefined) {
      state = {
        limiter: new RateLimiter(row.dataHandling.rateLimit.requestsPerMinute), callerLimiters: boundedCache<RateLimiter>(CALLERS_REMEMBERED),
        hold: new UpstreamHold(), breaker: new CircuitBreaker(row.connection.circuitBreaker), quota: new Quota(), revision: row.revision,
      }
      states.set(key, state)
    }
    state.limiter.setLimit(row.dataHandling.rateLimit.requestsPerMinute, Date.now())
    // Whoever mended an integration is not to wait for a breaker that another address had opened.
    if (state.revision !== row.revision) state.breaker = new CircuitBreaker(row.connection.circuitBreaker)
    state.revision = row.revision
    return state
  }

  return {
    get(tenantId, id) {
      const key = keyOf(tenantId, id)
      const known = loaded.get(key)
      return known === undefined ? loading.get(key) ?? loadOnce(key, tenantId, id) : Promise.resolve(known)
    },
    forget(tenantId, id) {
      loaded.delete(keyOf(tenantId, id))
      loading.delete(keyOf(tenantId, id))
    },
    forgetAll() {
      loaded.clear()
      loading.clear()
    },
    state: (tenantId, id) => states.peek(keyOf(tenantId, id)),
  }
}

/** A UUID may be written in capitals too. */
function keyOf(tenantId: string, id: string): string {
  return `${tenantId}:${id.toLowerCase()}`
}

export function assemble(row: IntegrationRow, connector: Connector, credential: OpenCredential | undefined, state: State): Loaded {
  const endpoint = row.connection.endpoint
  const context = { configuration: row.configuration, ...endpoint !== undefined && { endpoint }, credentials: credential?.values ?? {} }
  const hosts = new Set((connector.hosts?.(context) ?? []).map((host) => host.toLowerCase()))
  if (endpoint !== undefined) hosts.add(new URL(endpoint).host.toLowerCase())
  return { key: `${row.tenantId}:${row.id}:${row.revision}`, row, connector, hosts, endpoint, credential, state }
}
