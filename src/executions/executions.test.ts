import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { QueryResultRow } from 'pg'
import { expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import { createDatabase, type Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { createMask, MASKED } from '../lib/mask.ts'
import type { Caller } from '../tenants/caller.ts'
import type { ExecutionFilter } from './executions.ts'
import { listExecutions } from './executions-store.ts'
import { addIntegration, addTenant, idAt, sample, withArea, type Area } from './samples.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

async function refusal(work: Promise<unknown>): Promise<{ code: string | undefined, message: string }> {
  return work.then(() => { throw new Error('It was not refused.') }, (error: Error & { code?: string }) => ({ code: error.code, message: error.message }))
}

async function idsOf({ executions }: Area, caller: Caller, filter: ExecutionFilter = {}): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined; ;) {
    const page = await executions.list(caller, { limit: 3, cursor, ...filter })
    ids.push(...page.data.map(({ id }) => id))
    if (page.nextCursor === null) return ids
    cursor = page.nextCursor
  }
}

test('every execution that was acknowledged is there after a kill -9, and the figures are those of the records', () =>
  withDatabase((database, connectionString) => withArea(database, async ({ figures, folder }) => {
    const caller = await addTenant(database)
    const integrations = [await addIntegration(database, caller), await addIntegration(database, caller), await addIntegration(database, caller)]
    for (let round = 1; round <= 3; round += 1) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'recorder.fixture.ts'), connectionString, folder, caller.tenantId, ...integrations], { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(child, 'exit')
      const ledger: string[] = []
      for await (const line of createInterface(child.stdout)) {
        ledger.push(line)
        if (ledger.length === 400) child.kill('SIGKILL')
      }
      expect((await ended)[1]).toBe('SIGKILL')
      const acknowledged = ledger.filter((id) => id.length === 36)
      const { rows: [kept] } = await database.system.query('select count(*)::int as count from executions where id = any($1::uuid[])', [acknowledged])
      expect(kept!['count']).toBe(acknowledged.length)
    }
    const range = { from: new Date(Date.now() - HOUR), to: new Date(Date.now() + HOUR) }
    const recount = async (integrationId: string): Promise<QueryResultRow> => (await database.system.query(
      `select count(*) filter (where status = 'succeeded')::int as succeeded, count(*) filter (where status = 'failed')::int as failed,
         count(*) filter (where status = 'refused')::int as refused, avg(latency_ms::float8) filter (where status <> 'refused') as "averageLatency" from executions where integration_id = $1`,
      [integrationId])).rows[0]!
    const compare = async (): Promise<void> => {
      for (const id of integrations) {
        const { averageLatency, ...counts } = await recount(id)
        const measured = await figures.performance(caller.tenantId, id, range)
        expect(measured).toMatchObject(counts)
        expect(measured.averageLatency).toBeCloseTo(averageLatency as number, 6)
      }
    }
    await compare()
    await figures.rollUp()
    await compare()
  })))

test('a record is committed when it is acknowledged, and another connection sees it at once', () =>
  withDatabase((database) => withArea(database, async ({ executions }) => {
    const caller = await addTenant(database)
    await Promise.all(Array.from({ length: 300 }, async () => {
      const execution = sample(caller)
      await executions.record(execution)
      expect((await executions.find(caller, execution.id)).id).toBe(execution.id)
    }))
    expect(executions.waiting()).toBe(0)
  })))

test("another tenant's executions are not found, not listed and not searched", () =>
  withDatabase((database) => withArea(database, async (area) => {
    const [mine, other] = [await addTenant(database), await addTenant(database)]
    const execution = sample(other, { payload: 'needle' })
    // Of one batch, since both wait for the same commit.
    await Promise.all([area.executions.record(execution), area.executions.record(sample(mine, { payload: 'hay' }))])
    expect(await refusal(area.executions.find(mine, execution.id))).toMatchObject({ code: 'not_found' })
    expect(await idsOf(area, mine)).toHaveLength(1)
    expect(await idsOf(area, mine, { integrationId: execution.integrationId })).toEqual([])
    expect(await idsOf(area, mine, { q: 'needle' })).toEqual([])
    expect((await area.figures.totals(mine.tenantId, { from: new Date(Date.now() - HOUR), to: new Date() })).calls).toBe(1)
  })))

test('row-level security holds a tenant to its own rows even where a statement forgets to', () =>
  withDatabase((database) => withArea(database, async ({ executions, figures }) => {
    const [mine, other] = [await addTenant(database), await addTenant(database)]
    await executions.record(sample(other, { at: Date.now() - 2 * MINUTE, payload: 'x'.repeat(70_000) }))
    await figures.rollUp()
    for (const table of ['executions', 'integration_minutes', 'blobs']) {
      expect((await database.tenant(mine.tenantId).query(`select * from ${table}`)).rows).toEqual([])
      expect((await database.tenant(other.tenantId).query(`select * from ${table}`)).rows).toHaveLength(1)
      expect((await database.tenant(mine.tenantId).query(`delete from ${table}`)).rowCount).toBe(0)
    }
    expect(await refusal(database.tenant(mine.tenantId).query(
      `insert into executions (tenant_id, id, integration_id, operation, status, started_at, latency_ms, size_bytes, record)
       values ($1, $2, $2, 'o', 'failed', now(), 1, 1, '{}')`,
      [other.tenantId, idAt(Date.now())]))).toMatchObject({ code: '42501' })
  })))

test('the role that writes records can read, change and remove none, and write nothing else', () =>
  withDatabase((database) => withArea(database, async ({ executions }) => {
    const caller = await addTenant(database)
    await executions.record(sample(caller))
    for (const sql of ['select 1 from executions', "update executions set operation = 'x'", 'delete from executions', 'select 1 from integrations', 'select 1 from tenants',
      "insert into audit_log (tenant_id, id, actor, action, target_type, target_id) values (gen_random_uuid(), gen_random_uuid(), '', '', '', '')"]) {
      expect(await refusal(database.writer.query(sql))).toMatchObject({ code: '42501' })
    }
  })))

test('large payloads and data are spilled, read back whole, and hold no secret', () =>
  withDatabase((database) => withArea(database, async ({ executions, blobs }) => {
    const caller = await addTenant(database)
    const secret = 'sk_live_0123456789'
    const items = Array.from({ length: 9000 }, (_, index) => `item ${index}`)
    const execution = sample(caller, { payload: { items, secret }, data: { items } })
    await executions.record(execution, createMask([secret]))
    const found = await executions.find(caller, execution.id)
    const read = async (value: unknown): Promise<unknown> => {
      const { stream } = await blobs.read(caller.tenantId, (value as { $blob: { id: string } }).$blob.id)
      return JSON.parse(Buffer.concat(await stream.toArray()).toString())
    }
    expect(await read(found.request.payload)).toEqual({ items, secret: MASKED })
    expect(await read(found.response?.data)).toEqual({ items })
    const { rows: [row] } = await database.system.query('select size_bytes, length(record::text) as length from executions')
    expect(row).toMatchObject({ size_bytes: row!['length'] })
    expect(row!['size_bytes']).toBeLessThan(2000)
  })))

test('whatever a service sends is recorded and read back: NUL, lone surrogates, 10,000 levels, __proto__', () =>
  withDatabase((database) => withArea(database, async ({ executions }) => {
    const caller = await addTenant(database)
    const texts = ['{"a":"x\\u0000y"}', '"\\ud800"', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, '{"__proto__":{"a":1}}', '"\\\\u0000"', '"😀 \u2028"', '{"a":1,"a":2}']
    for (const dataJson of texts) {
      const execution = sample(caller, { dataJson, operation: 'a\0b', request: { endpoint: 'https://x/\0\ud800', sourceComponent: '\0' }, error: { type: '\0', message: '\ud800\0', recoverable: false } })
      await executions.record(execution)
      const { response } = await executions.find(caller, execution.id)
      const expected: unknown = JSON.parse(dataJson)
      if (!dataJson.startsWith('[[')) expect(JSON.stringify(response?.data)).toBe(JSON.stringify(expected))
      else expect(levels(response?.data)).toBe(10_000)
    }
    expect((await executions.list(caller, { limit: 50 })).data).toHaveLength(texts.length)
  })))

function levels(value: unknown): number {
  let count = 0
  for (let at = value; Array.isArray(at); at = at[0]) count += 1
  return count
}

test('a row that Postgres refuses fails alone: those committed with it are there', () =>
  withDatabase((database) => withArea(database, async ({ executions }) => {
    const caller = await addTenant(database)
    const first = sample(caller)
    await executions.record(first)
    const good = Array.from({ length: 20 }, () => sample(caller))
    const mangled = sample(caller, { dataJson: '{"not": json' })
    const outcomes = await Promise.allSettled([...good.slice(0, 10), first, mangled, ...good.slice(10)].map((each) => executions.record(each)))
    expect(outcomes.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1)
    expect(outcomes[10]).toMatchObject({ status: 'rejected', reason: { code: '23505' } })
    for (const { id } of good) expect((await executions.find(caller, id)).id).toBe(id)
    expect((await executions.find(caller, mangled.id)).response?.data).toBe('{"not": json')
  })))

test('a record whose day has no partition makes the partitions', () =>
  withDatabase((database) => withArea(database, async ({ executions }) => {
    const caller = await addTenant(database)
    await database.owner.query(`do $$ declare name text; begin
      for name in select inhrelid::regclass from pg_inherits where inhparent = 'executions'::regclass loop execute 'drop table ' || name; end loop; end $$`)
    const made = [sample(caller), sample(caller)]
    await Promise.all(made.map((each) => executions.record(each)))
    for (const { id } of made) expect((await executions.find(caller, id)).id).toBe(id)
  })))

test('without a database a record is refused as unavailable, and recording goes on when it is back', () =>
  withDatabase((database, connectionString) => withArea(database, async ({ executions }) => {
    const caller = await addTenant(database)
    const gone = createDatabase({ connectionString: connectionString.replace(/:\d+\//, ':1/'), maxConnections: 8, onError: () => undefined })
    let current: Database = gone
    const switching = { ...database, get writer() { return current.writer } }
    await withArea(switching, async (area) => {
      expect(await refusal(area.executions.record(sample(caller)))).toMatchObject({ code: 'database_unavailable' })
      current = database
      await area.executions.record(sample(caller))
    })
    await gone.close()
    expect((await executions.list(caller, { limit: 5 })).data).toHaveLength(1)
  })))

test('the stack trace of a fault is for those who may debug', () =>
  withDatabase((database) => withArea(database, async ({ executions }) => {
    const owner = await addTenant(database)
    const viewer: Caller = { ...owner, role: 'viewer', scopes: new Set(['executions:read']) }
    const execution = sample(owner, { status: 'failed', error: { type: 'internal', message: 'broke', recoverable: false, stackTrace: 'at run (x.ts:1)' } })
    expect((await executions.record(execution)).error).toEqual({ type: 'internal', message: 'broke', recoverable: false })
    expect((await executions.find(owner, execution.id)).error?.stackTrace).toBe('at run (x.ts:1)')
    expect((await executions.find(viewer, execution.id)).error).toEqual({ type: 'internal', message: 'broke', recoverable: false })
    expect(JSON.stringify(await executions.list(owner, { limit: 5 }))).not.toContain('x.ts')
  })))

test('a list has what a table needs, newest first, and no payload', () =>
  withDatabase((database) => withArea(database, async ({ executions }) => {
    const caller = await addTenant(database)
    const integrationId = await addIntegration(database, caller, { name: 'Shop' })
    const now = Date.now()
    await executions.record(sample(caller, { at: now - 2000, integrationId, payload: 'PAYLOAD', data: 'DATA', latency: 12.5 }))
    await executions.record(sample(caller, { at: now - 1000, status: 'failed', response: { statusCode: 404 }, error: { type: 'upstream_rejected', message: 'no such order', recoverable: false } }))
    await executions.record(sample(caller, { at: now, status: 'refused', response: null, request: { method: null, endpoint: null } }))
    const { data, nextCursor } = await executions.list(caller, { limit: 50 })
    expect(nextCursor).toBeNull()
    expect(data).toMatchObject([
      { status: 'refused', integrationName: null, method: null, endpoint: null, statusCode: null, error: null },
      { status: 'failed', statusCode: 404, error: { type: 'upstream_rejected', message: 'no such order' } },
      { status: 'succeeded', integrationId, integrationName: 'Shop', operation: 'create_order', startedAt: new Date(now - 2000), latencyMs: 12.5, method: 'POST', endpoint: 'https://api.example.com/orders', statusCode: 200, error: null },
    ])
    expect(JSON.stringify(data)).not.toMatch(/PAYLOAD|DATA/)
  })))

test('each filter finds its own executions and no others', () =>
  withDatabase((database) => withArea(database, async (area) => {
    const caller = await addTenant(database)
    const now = Date.now()
    const [a, b, c] = [
      sample(caller, { at: now - 3 * HOUR, operation: 'list_orders', payload: { note: '100% "sure"' } }), sample(caller, { at: now - 2 * HOUR, status: 'failed', data: 'Grüße_A' }),
      sample(caller, { at: now - HOUR, status: 'refused', payload: 'back\\slash' }),
    ] as const
    for (const each of [a, b, c]) await area.executions.record(each)
    const found = (filter: ExecutionFilter): Promise<string[]> => idsOf(area, caller, filter)
    expect(await found({})).toEqual([c.id, b.id, a.id])
    expect(await found({ integrationId: b.integrationId })).toEqual([b.id])
    expect(await found({ status: 'refused' })).toEqual([c.id])
    expect(await found({ operation: 'list_orders' })).toEqual([a.id])
    expect(await found({ from: new Date(now - 2 * HOUR) })).toEqual([c.id, b.id])
    expect(await found({ to: new Date(now - 2 * HOUR) })).toEqual([a.id])
    expect(await found({ from: new Date(now - 2.5 * HOUR), to: new Date(now - 1.5 * HOUR) })).toEqual([b.id])
    expect(await found({ q: 'LIST_ORD' })).toEqual([a.id])
    expect(await found({ q: '100% "SURE"' })).toEqual([a.id])
    expect(await found({ q: 'grüße_a' })).toEqual([b.id])
    expect(await found({ q: 'back\\slash' })).toEqual([c.id])
    // Wildcards of like are mere characters.
    expect(await found({ q: '%' })).toEqual([a.id])
    expect(await found({ q: '\\' })).toEqual([c.id])
    for (const q of ['1_0%', 'gr%a', 'grüße%', '\0', "'; drop table executions; --"]) expect(await found({ q })).toEqual([])
  })))

test('pages neither repeat nor miss an execution while others are recorded', () =>
  withDatabase((database) => withArea(database, async (area) => {
    const caller = await addTenant(database)
    const before = Array.from({ length: 25 }, (_, index) => sample(caller, { at: Date.now() - 10_000 + index }))
    await Promise.all(before.map((each) => area.executions.record(each)))
    const seen: string[] = []
    for (let cursor: string | undefined; ;) {
      const page = await area.executions.list(caller, { limit: 4, cursor })
      seen.push(...page.data.map(({ id }) => id))
      await Promise.all(Array.from({ length: 5 }, () => area.executions.record(sample(caller))))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(seen).toEqual(before.map(({ id }) => id).reverse())
  })))

test('a search goes backwards, stretch by stretch: a page whose time is over says how far it came, and the next goes on there', () =>
  withDatabase((database) => withArea(database, async ({ executions }) => {
    const caller = await addTenant(database)
    await fill(database, caller, 10_000)
    const [{ id: oldest }] = (await database.system.query<{ id: string }>('select id from executions order by id limit 1')).rows as [{ id: string }]
    await database.system.query("update executions set operation = 'the_oldest' where id = $1", [oldest])
    const pages: { found: string[], until: Date | null }[] = []
    for (let cursor: string | undefined; ;) {
      const page = await executions.list(caller, { limit: 5, q: 'The_Oldest', cursor })
      pages.push({ found: page.data.map(({ id }) => id), until: page.searchedUntil })
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(pages.length).toBeGreaterThan(3)
    expect(pages.at(-1)).toEqual({ found: [oldest], until: null })
    const times = pages.slice(0, -1).map(({ until }) => until!.getTime())
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    // The connection goes back with its usual timeout.
    expect((await database.tenant(caller.tenantId).query('show statement_timeout')).rows).toEqual([{ statement_timeout: '30s' }])
  }, { searchMs: 0 })))

async function fill(database: Database, { tenantId }: Caller, count: number, integrations = 10): Promise<string[]> {
  const start = Date.now() - count
  const ids = Array.from({ length: integrations }, (_, index) => idAt(index))
  await database.system.query(
    `insert into executions (tenant_id, id, integration_id, operation, status, started_at, latency_ms, size_bytes, record)
     select $1, u.id, ($3::uuid[])[1 + u.position % ${integrations}], 'o', 'succeeded', now(), 1, 500, json_build_object('request', json_build_object('pad', repeat('x', 500)))
     from unnest($2::uuid[]) with ordinality as u (id, position)`,
    [tenantId, Array.from({ length: count }, (_, index) => idAt(start + index)), ids])
  return ids
}

interface Plan { 'Node Type': string, 'Relation Name'?: string, 'Actual Rows': number, 'Actual Loops': number, Plans?: Plan[] }

/** The nodes of a list's own plan that read executions and really ran. */
async function scansOf(database: Database, { tenantId }: Caller, filter: Parameters<typeof listExecutions>[2]): Promise<Plan[]> {
  const scans: Plan[] = []
  const walk = (plan: Plan): void => {
    if (plan['Relation Name']?.startsWith('executions_') && plan['Actual Loops'] > 0) scans.push(plan)
    for (const child of plan.Plans ?? []) walk(child)
  }
  const db: Db = {
    async query(text, values) {
      const { rows } = await database.tenant(tenantId).query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`explain (analyze, format json) ${text}`, values)
      walk(rows[0]!['QUERY PLAN'][0]!.Plan)
      return { rows: [], rowCount: 0 }
    },
    transaction: (work) => work(db),
  }
  await listExecutions(db, tenantId, filter)
  return scans
}

test('a page out of 10,000 records reads that page from an index of the days that were asked for, and no more', () =>
  withDatabase(async (database) => {
    const [caller, other] = [await addTenant(database), await addTenant(database)]
    const [integrationId] = await fill(database, caller, 10_000)
    await fill(database, other, 10_000)
    await database.owner.query('analyze executions')
    const today = new Date(Date.now() - HOUR)
    for (const filter of [{}, { integrationId }, { from: today }, { from: today, integrationId }, { before: idAt(Date.now() - 5000) }]) {
      const scans = await scansOf(database, caller, { limit: 51, before: undefined, ...filter })
      expect(scans.every((scan) => scan['Node Type'].startsWith('Index'))).toBe(true)
      expect(scans.reduce((sum, scan) => sum + scan['Actual Rows'] * scan['Actual Loops'], 0)).toBe(51)
    }
    const tomorrow = new Date(Date.now() + 26 * HOUR)
    const bounded = await scansOf(database, caller, { limit: 51, before: undefined, from: tomorrow, to: new Date(tomorrow.getTime() + MINUTE) })
    expect(bounded.length).toBeLessThanOrEqual(2)
    expect(new Set(bounded.map((scan) => scan['Relation Name']))).not.toContain(`executions_${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`)
  }))
