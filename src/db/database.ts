/**
 * Connections to Postgres, one pool a role:
 * - `tenant(id)`: sees one tenant's rows only; the tenant is set in the same round trip as the statement.
 * - `writer`: inserts hot records of many tenants in one statement, and can read nothing.
 * - `system`: the hub's own work over all tenants: key look-up, schedules, retention.
 * - `owner`: owns the tables: migrations, partitions, the job queue.
 */
import { Pool, type PoolClient, type PoolConfig, type QueryConfig } from 'pg'
import { HubError } from '../errors.ts'
import type { Db } from './db.ts'
import { createWatch } from './watch.ts'

export interface Database {
  tenant(tenantId: string): Db
  system: Db
  writer: Db
  owner: Db
  ownerPool: Pool
  /** For /readyz; throws `database_unavailable`. */
  ping(): Promise<void>
  /** Throws `database_unavailable` where the database is known to be away; costs nothing while it is there. */
  assertReachable(): Promise<void>
  stats(): { pool: string, total: number, idle: number, waiting: number }[]
  close(): Promise<void>
}

type Role = 'request' | 'writer' | 'system'
const CONNECT_TIMEOUT_MS = 5000
const STATEMENT_TIMEOUT_MS = 30_000
/** A database that doesn't even end a statement at its timeout is gone. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5000
const PROBE_TIMEOUT_MS = 2000

export interface DatabaseOptions {
  connectionString: string
  /** Upper bound over all pools. */
  maxConnections: number
  onError(error: Error): void
}

export function createDatabase({ connectionString, maxConnections, onError }: DatabaseOptions): Database {
  const { url, options } = splitOptions(connectionString)
  const watch = createWatch(() => probe(pools.system))
  const noteError = (error: Error): void => {
    if (isConnectionLoss(error)) watch.lost()
    onError(error)
  }
  const pool = (max: number, role?: Role): Pool => {
    const created = new Pool({
      connectionString: url, max, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, idleTimeoutMillis: 30_000,
      // graphile-worker shares the owner's pool and expects one statement at a time.
      pipeline: role !== undefined, query_timeout: ANSWER_TIMEOUT_MS,
      allowExitOnIdle: true, keepAlive: true, application_name: `interchange ${role ?? 'owner'}`,
      options: `${options} -c statement_timeout=${STATEMENT_TIMEOUT_MS}${role ? ` -c role=interchange_${role}` : ''}`.trim(),
    } as PoolConfig)
    created.on('error', noteError)
    // One that breaks while it is in use says so itself.
    created.on('connect', (client) => { client.on('error', noteError) })
    return created
  }
  const pools = {
    request: pool(Math.max(2, Math.floor(maxConnections * 0.4)), 'request'),
    system: pool(Math.max(2, Math.floor(maxConnections * 0.2)), 'system'),
    writer: pool(2, 'writer'),
    owner: pool(Math.max(2, maxConnections - Math.floor(maxConnections * 0.4) - Math.floor(maxConnections * 0.2) - 2)),
  }
  const system = onPool(pools.system)
  return {
    tenant: (tenantId) => onPool(pools.request, tenantId),
    system,
    writer: onPool(pools.writer),
    owner: onPool(pools.owner),
    ownerPool: pools.owner,
    ping: () => watch.ask(),
    assertReachable: () => watch.assertReachable(),
    stats: () => Object.entries(pools).map(([name, { totalCount, idleCount, waitingCount }]) =>
      ({ pool: name, total: totalCount, idle: idleCount, waiting: waitingCount })),
    close: async () => {
      watch.stop()
      await Promise.all(Object.values(pools).map((each) => each.end()))
    },
  }
}

/** `options` in the URL would replace ours, and the role with them: taken out, and put before ours. */
function splitOptions(connectionString: string): { url: string, options: string } {
  const url = new URL(connectionString)
  const options = url.searchParams.get('options') ?? ''
  url.searchParams.delete('options')
  return { url: url.href, options }
}

/** The tenant that a connection was last set to. Connections go from tenant to tenant, so every check-out compares. */
const connectionTenant = new WeakMap<PoolClient, string>()

function onPool(pool: Pool, tenantId?: string): Db {
  const withClient = async <Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> => {
    const client = await connect(pool)
    let broken: Error | undefined
    try {
      if (tenantId === undefined || connectionTenant.get(client) === tenantId) return await work(client)
      // Not awaited before the work: the connection is pipelined, so both travel in one round trip, in this order.
      connectionTenant.delete(client)
      const set = client.query("select set_config('interchange.tenant', $1, false)", [tenantId])
      const [, result] = await Promise.all([set, work(client)])
      connectionTenant.set(client, tenantId)
      return result
    } catch (error) {
      if (isConnectionLoss(error)) broken = error as Error
      throw translate(error)
    } finally {
      client.release(broken)
    }
  }
  return {
    query: (text, values) => withClient((client) => client.query(text, values)),
    transaction: (work) => withClient((client) => inTransaction(client, work)),
  }
}

async function probe(pool: Pool): Promise<void> {
  try {
    // `query_timeout` is for this statement alone, which the types don't know.
    await pool.query({ text: 'select 1', query_timeout: PROBE_TIMEOUT_MS } as QueryConfig)
  } catch (error) {
    throw new HubError('database_unavailable', 'The database cannot be reached.', { cause: error, retryAfterSeconds: 2 })
  }
}

async function inTransaction<Result>(client: PoolClient, work: (db: Db) => Promise<Result>): Promise<Result> {
  const db: Db = {
    query: (text, values) => client.query(text, values),
    transaction: (inner) => inner(db),
  }
  await client.query('begin')
  try {
    const result = await work(db)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    // A statement's own faults can't happen here: whatever fails before a connection is there is an outage.
    throw new HubError('database_unavailable', 'The database cannot be reached.', { cause: error, retryAfterSeconds: 2 })
  }
}

function translate(error: unknown): unknown {
  if (!isConnectionLoss(error)) return error
  return new HubError('database_unavailable', 'The database cannot be reached.', { cause: error, retryAfterSeconds: 2 })
}

/** Class 08: connection; 57P01–57P03: shut down, crashed, starting; 53300: too many connections. */
const connectionStates = /^(08...|57P0[123]|53300)$/
const connectionFaults = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN'])

export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: string }
  if (code !== undefined && (connectionStates.test(code) || connectionFaults.has(code))) return true
  return code === undefined && /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout)/.test(error.message)
}

/** The constraint that an insert or update broke, if it is a unique one. */
export function brokenUniqueConstraint(error: unknown): string | undefined {
  const { code, constraint } = (error ?? {}) as { code?: string, constraint?: string }
  return code === '23505' ? constraint ?? '' : undefined
}
