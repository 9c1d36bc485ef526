/** Tenants, integrations and executions for this area's tests. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { createBlobs, type Blobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import { lowestId } from '../db/partitions.ts'
import { systemCaller, type Caller } from '../tenants/caller.ts'
import { createExecutions, type Executions } from './executions.ts'
import { createFigures, type Figures } from './figures.ts'
import type { Execution } from './record.ts'

export interface Area { database: Database, blobs: Blobs, figures: Figures, executions: Executions, folder: string }

/** The area on a database, with a folder of its own for large values. */
export async function withArea<Result>(database: Database, work: (area: Area) => Promise<Result>, { clock, searchMs }: { clock?: () => number, searchMs?: number } = {}): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'interchange-blobs-'))
  try {
    const blobs = createBlobs({ database, folder })
    const figures = createFigures({ database, ...clock && { clock } })
    const executions = createExecutions({ database, blobs, figures, ...searchMs !== undefined && { searchMs } })
    return await work({ database, blobs, figures, executions, folder })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function addTenant(database: Database): Promise<Caller> {
  const id = uuidv7()
  await database.system.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [id, `t-${id}`])
  return systemCaller(id)
}

export async function addIntegration(database: Database, { tenantId }: Caller, { retentionPeriod, name = 'Shop' }: { retentionPeriod?: unknown, name?: string } = {}): Promise<string> {
  const id = uuidv7()
  const usage = retentionPeriod === undefined ? {} : { dataPolicy: { retentionPeriod } }
  await database.system.query(
    "insert into integrations (tenant_id, id, name, connector, kind, usage) values ($1, $2, $3, 'http', 'api', $4)", [tenantId, id, name, JSON.stringify(usage)])
  return id
}

/** A UUIDv7 of a moment. */
export function idAt(ms: number): string {
  const random = randomBytes(10).toString('hex')
  return `${lowestId(new Date(ms)).slice(0, 14)}7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`
}

type Sample = Partial<Omit<Execution, 'request' | 'response' | 'metrics'>> & {
  at?: number, payload?: unknown, data?: unknown, dataJson?: string, latency?: number, request?: Partial<Execution['request']>, response?: Partial<NonNullable<Execution['response']>> | null
}

export function sample({ tenantId }: Caller, { at = Date.now(), payload = { name: 'lamp' }, data = { id: 17 }, dataJson, latency = 12, request, response, ...rest }: Sample = {}): Execution {
  const timestamp = new Date(at).toISOString()
  return {
    id: idAt(at), tenantId, integrationId: uuidv7(), operation: 'create_order', status: 'succeeded', startedAt: new Date(at), error: null, ...rest,
    request: { method: 'POST', endpoint: 'https://api.example.com/orders', headers: { accept: 'application/json' }, payload, timestamp, sourceComponent: 'shop', ...request },
    response: response === null ? null : {
      statusCode: 200, headers: { 'content-type': 'application/json' }, data, ...dataJson !== undefined && { dataJson }, duration: 11, timestamp, cached: false, ...response,
    },
    metrics: { latency, dataSize: 9, transformationTime: 0, retryCount: 0 },
  }
}
