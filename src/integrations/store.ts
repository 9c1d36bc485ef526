import type { Db } from '../db/db.ts'
import { literally } from '../db/search.ts'
import type { EventDeclaration, IntegrationKind } from '../connectors/connector.ts'
import type { Connection, DataHandling, Metadata, Monitoring, Usage } from './settings.ts'

export interface IntegrationRow {
  tenantId: string
  id: string
  name: string
  description: string
  connector: string
  kind: IntegrationKind
  configuration: Record<string, unknown>
  connection: Connection
  dataHandling: DataHandling
  monitoring: Monitoring
  usage: Usage
  metadata: Metadata
  credentialId: string | null
  /** The credential was made with the integration, and is changed with it; otherwise it was chosen by its id. */
  ownsCredential: boolean
  connectionStatus: 'active' | 'inactive' | 'error'
  connectionError: string | null
  supportedEvents: SupportedEvent[]
  lastValidated: Date | null
  revision: number
  createdAt: Date
  updatedAt: Date
}

/** Design E's. */
export interface SupportedEvent { eventType: string, description: string, schemaReference: EventDeclaration['schemaPath'] }

const columns = `tenant_id as "tenantId", id, name, description, connector, kind, configuration, connection, data_handling as "dataHandling",
  monitoring, usage, metadata, credential_id as "credentialId", owns_credential as "ownsCredential", connection_status as "connectionStatus", connection_error as "connectionError",
  supported_events as "supportedEvents", last_validated as "lastValidated", revision, created_at as "createdAt", updated_at as "updatedAt"`

/** What is written of a row; the rest is the database's. */
export type DraftRow = Omit<IntegrationRow, 'tenantId' | 'revision' | 'createdAt' | 'updatedAt'> & { nextHealthCheck: Date | null }

function values(row: DraftRow): unknown[] {
  return [
    row.id, row.name, row.description, row.connector, row.kind, JSON.stringify(row.configuration), JSON.stringify(row.connection),
    JSON.stringify(row.dataHandling), JSON.stringify(row.monitoring), JSON.stringify(row.usage), JSON.stringify(row.metadata), row.credentialId,
    row.connectionStatus, row.connectionError, JSON.stringify(row.supportedEvents), row.lastValidated, row.nextHealthCheck, row.ownsCredential,
  ]
}

export async function insertIntegration(db: Db, tenantId: string, row: DraftRow): Promise<IntegrationRow> {
  const { rows } = await db.query<IntegrationRow>(
    `insert into integrations (tenant_id, id, name, description, connector, kind, configuration, connection, data_handling, monitoring, usage, metadata,
       credential_id, connection_status, connection_error, supported_events, last_validated, next_health_check, owns_credential)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) returning ${columns}`,
    [tenantId, ...values(row)])
  return rows[0]!
}

/** Undefined where the row is gone or was changed since `revision`. */
export async function updateIntegration(db: Db, tenantId: string, row: DraftRow, revision: number): Promise<IntegrationRow | undefined> {
  const { rows } = await db.query<IntegrationRow>(
    `update integrations set name = $3, description = $4, connector = $5, kind = $6, configuration = $7, connection = $8, data_handling = $9, monitoring = $10,
       usage = $11, metadata = $12, credential_id = $13, connection_status = $14, connection_error = $15, supported_events = $16, last_validated = $17,
       next_health_check = $18, owns_credential = $19, health_state = '[]', revision = revision + 1, updated_at = now()
     where tenant_id = $1 and id = $2 and revision = $20 returning ${columns}`,
    [tenantId, ...values(row), revision])
  return rows[0]
}

export async function findIntegration(db: Db, tenantId: string, id: string): Promise<IntegrationRow | undefined> {
  const { rows } = await db.query<IntegrationRow>(`select ${columns} from integrations where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

/** Two at most: more than one is too many for who asks by name. */
export async function findByName(db: Db, tenantId: string, name: string): Promise<IntegrationRow[]> {
  const { rows } = await db.query<IntegrationRow>(`select ${columns} from integrations where tenant_id = $1 and name = $2 order by id limit 2`, [tenantId, name])
  return rows
}

/** The oldest integration of the connector that has the credential. */
export async function findByCredential(db: Db, tenantId: string, { credentialId, connector }: { credentialId: string, connector: string }): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>('select id from integrations where tenant_id = $1 and credential_id = $2 and connector = $3 order by id limit 1', [tenantId, credentialId, connector])
  return rows[0]?.id
}

export interface IntegrationFilter { q: string | undefined, connector: string | undefined, kind: string | undefined, status: string | undefined, tag: string | undefined }

/** Newest first. `q` looks into name, description, connector and tags. */
export async function listIntegrations(db: Db, tenantId: string, filter: IntegrationFilter, { after, limit }: { after: string | undefined, limit: number }): Promise<IntegrationRow[]> {
  const { rows } = await db.query<IntegrationRow>(
    `select ${columns} from integrations
     where tenant_id = $1 and ($2::uuid is null or id < $2)
       and ($3::text is null or concat_ws(' ', name, description, connector, metadata->>'tags') ilike '%' || $3 || '%')
       and ($4::text is null or connector = $4) and ($5::text is null or kind = $5)
       and ($6::text is null or metadata->>'status' = $6) and ($7::text is null or metadata->'tags' ? $7)
     order by id desc limit $8`,
    [tenantId, after ?? null, literally(filter.q), filter.connector ?? null, filter.kind ?? null, filter.status ?? null, filter.tag ?? null, limit])
  return rows
}

export interface IntegrationCounts {
  total: number
  /** Those that may be run. */
  active: number
  /** Those of them whose connection is in error. */
  failing: number
  /** How many of today's there were at the end of each of the last 14 days, in UTC. */
  history: { at: Date, count: number }[]
}

export async function countIntegrations(db: Db, tenantId: string): Promise<IntegrationCounts> {
  const { rows } = await db.query<IntegrationCounts>(
    `with own as (select metadata->>'status' = 'active' as active, connection_status = 'error' as failing, created_at from integrations where tenant_id = $1),
     days as (select date_trunc('day', now(), 'UTC') - day * interval '1 day' as at from generate_series(0, 13) as day)
     select count(*)::int as total, (count(*) filter (where active))::int as active, (count(*) filter (where active and failing))::int as failing,
       (select array_agg(array[extract(epoch from at)::float8, (select count(*) from own where active and created_at < at + interval '1 day')] order by at) from days) as history
     from own`,
    [tenantId])
  const row = rows[0] as unknown as Omit<IntegrationCounts, 'history'> & { history: [seconds: number, count: number][] }
  return { ...row, history: row.history.map(([seconds, count]) => ({ at: new Date(seconds * 1000), count })) }
}

export interface FailingRow { id: string, name: string, connectionError: string | null, updatedAt: Date }

/** Those that may be run, and whose connection is in error; what changed last comes first. */
export async function listFailing(db: Db, tenantId: string, limit: number): Promise<FailingRow[]> {
  const { rows } = await db.query<FailingRow>(
    `select id, name, connection_error as "connectionError", updated_at as "updatedAt" from integrations
     where tenant_id = $1 and connection_status = 'error' and metadata->>'status' = 'active' order by updated_at desc, id limit $2`,
    [tenantId, limit])
  return rows
}

export async function deleteIntegration(db: Db, tenantId: string, id: string): Promise<IntegrationRow | undefined> {
  const { rows } = await db.query<IntegrationRow>(`delete from integrations where tenant_id = $1 and id = $2 returning ${columns}`, [tenantId, id])
  return rows[0]
}

export interface ConnectionResult { connectionStatus: 'active' | 'error', connectionError: string | null, supportedEvents?: SupportedEvent[] }

/** What a test or a run showed of the connection, and how it stood before. Leaves the revision alone: nobody's edit is overtaken by it. */
export async function updateConnectionStatus(db: Db, tenantId: string, id: string, result: ConnectionResult): Promise<{ row: IntegrationRow, before: IntegrationRow['connectionStatus'] } | undefined> {
  const { rows } = await db.query<IntegrationRow & { before: IntegrationRow['connectionStatus'] }>(
    `with old as (select connection_status as before from integrations where tenant_id = $1 and id = $2 for no key update)
     update integrations set connection_status = $3, connection_error = $4, supported_events = coalesce($5, supported_events), last_validated = now()
     from old where tenant_id = $1 and id = $2 returning ${columns}, before`,
    [tenantId, id, result.connectionStatus, result.connectionError, result.supportedEvents === undefined ? null : JSON.stringify(result.supportedEvents)])
  if (rows[0] === undefined) return undefined
  const { before, ...row } = rows[0]
  return { row, before }
}

export interface DueChecks {
  tenantId: string
  id: string
  revision: number
  /** Of the checks that are due, in the integration's list. */
  positions: number[]
}

/**
 * Takes up to `limit` integrations with health checks that are due, over all tenants, and puts those checks off by their intervals.
 * `skip locked` passes over rows that another hub is taking. A check without state, as after an edit, is due at once.
 */
export async function claimDueHealthChecks(db: Db, limit: number): Promise<DueChecks[]> {
  const { rows } = await db.query<DueChecks>(
    `with due as (
       select tenant_id, id, monitoring, health_state from integrations where next_health_check <= now() order by next_health_check limit $1 for update skip locked),
     checks as (
       select tenant_id, id, position::int - 1 as position, health_state->(position::int - 1)->'failure' as failure,
         coalesce((health_state->(position::int - 1)->>'due')::timestamptz, '-infinity') as due, (settings->>'interval')::int * interval '1 millisecond' as pause
       from due, jsonb_array_elements(monitoring->'healthChecks') with ordinality as each(settings, position)),
     planned as (
       select tenant_id, id, position, failure, due <= now() as is_due, case when due <= now() then now() + pause else due end as next from checks),
     plans as (
       select tenant_id, id, array_agg(position order by position) filter (where is_due) as positions, min(next) as next,
         jsonb_agg(jsonb_build_object('due', next, 'failure', failure) order by position) as state
       from planned group by tenant_id, id)
     update integrations i set next_health_check = plans.next, health_state = plans.state
     from plans where i.tenant_id = plans.tenant_id and i.id = plans.id
     returning i.tenant_id as "tenantId", i.id, i.revision, coalesce(plans.positions, '{}') as positions`,
    [limit])
  return rows
}

export interface ConnectionNote { failure: string | null, before: IntegrationRow['connectionStatus'] }

/**
 * Notes what checks showed, by their positions: null where all was well. Answers why the connection is in error, by these checks or by what
 * others showed last, null where it is not, and how it stood before; undefined where the integration was changed since `revision`, so that the
 * positions mean others.
 */
export async function noteHealth(db: Db, tenantId: string, id: string, { revision, failures }: { revision: number, failures: ReadonlyMap<number, string | null> }): Promise<ConnectionNote | undefined> {
  const { rows } = await db.query<{ state: { failure: string | null }[], before: ConnectionNote['before'] }>(
    'select health_state as state, connection_status as before from integrations where tenant_id = $1 and id = $2 and revision = $3 for no key update', [tenantId, id, revision])
  if (rows[0] === undefined) return undefined
  const state = [...rows[0].state]
  for (const [position, failure] of failures) state[position] = { ...state[position], failure }
  const failure = state.map((each) => each?.failure ?? null).find((each) => each !== null) ?? null
  await db.query(
    `update integrations set health_state = $3, connection_status = $4, connection_error = $5, last_validated = now() where tenant_id = $1 and id = $2`,
    [tenantId, id, JSON.stringify(state), failure === null ? 'active' : 'error', failure])
  return { failure, before: rows[0].before }
}

/** Integrations with alerts, over all tenants. */
export async function listAlerting(db: Db): Promise<{ tenantId: string, id: string }[]> {
  const { rows } = await db.query<{ tenantId: string, id: string }>(
    `select tenant_id as "tenantId", id from integrations where jsonb_array_length(monitoring->'alerts') > 0 and metadata->>'status' = 'active'`)
  return rows
}

/** Whether another integration has the credential too. Ask with the credential locked, so that none takes it meanwhile. */
export async function isCredentialShared(db: Db, tenantId: string, id: string, credentialId: string): Promise<boolean> {
  const { rows } = await db.query<{ shared: boolean }>('select exists (select from integrations where tenant_id = $1 and credential_id = $3 and id <> $2) as shared', [tenantId, id, credentialId])
  return rows[0]!.shared
}

export type RunnableRow = Pick<IntegrationRow, 'id' | 'name' | 'description' | 'connector' | 'usage'>

/** Those that may run, in the order in which they were made. */
export async function listRunnable(db: Db, tenantId: string): Promise<RunnableRow[]> {
  const { rows } = await db.query<RunnableRow>(
    `select id, name, description, connector, usage from integrations where tenant_id = $1 and metadata->>'status' = 'active' order by id`, [tenantId])
  return rows
}

/** For connectors that want to know who uses them. */
export async function listUsing(db: Db, tenantId: string, connector: string): Promise<{ id: string, name: string }[]> {
  const { rows } = await db.query<{ id: string, name: string }>('select id, name from integrations where tenant_id = $1 and connector = $2 order by id', [tenantId, connector])
  return rows
}
