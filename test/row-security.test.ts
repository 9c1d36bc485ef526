/** Postgres itself keeps tenants apart, were a store's own condition ever forgotten. Tables come from the catalogue: a new one is covered by itself. */
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listTenantTables, ownEverything, withClient, type Everything } from './everything.ts'
import { openHub } from './hub.ts'
import { startUpstream } from './upstream.ts'

let connectionString: string
let close: () => Promise<void>
let tables: string[]
let ofA: Everything
let ofB: Everything

beforeAll(async () => {
  const upstream = await startUpstream()
  const opened = await openHub()
  connectionString = opened.hub.connectionString
  const keyOfB = await opened.hub.addTenant('b')
  ;[ofA, ofB] = await Promise.all([
    ownEverything(opened.hub, upstream, { key: opened.hub.key, mark: 'mark-of-a' }), ownEverything(opened.hub, upstream, { key: keyOfB, mark: 'mark-of-b' }),
  ])
  tables = await asOwner(listTenantTables)
  close = async () => {
    await opened.close()
    await upstream.close()
  }
})
afterAll(() => close())

function asOwner<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
  return withClient(connectionString, work)
}

/** As the hub's connections are: under a role, set to a tenant. */
function as<Result>(role: string, tenantId: string | undefined, work: (client: Client) => Promise<Result>): Promise<Result> {
  return withClient(connectionString, async (client) => {
    if (tenantId !== undefined) await client.query("select set_config('interchange.tenant', $1, false)", [tenantId])
    return work(client)
  }, `-c role=interchange_${role}`)
}

/** How many rows a statement touched, or the code that Postgres refused it with. */
async function outcome(client: Client, sql: string, values: unknown[] = []): Promise<number | string> {
  try {
    return (await client.query(sql, values)).rowCount ?? 0
  } catch (error) {
    return (error as { code: string }).code
  }
}

const DENIED = '42501'

test('every table with a tenant_id has forced row-level security and a policy for requests', async () => {
  expect(tables.length).toBeGreaterThan(14)
  const { rows } = await asOwner((client) => client.query<{ name: string, forced: boolean, policies: string[] }>(
    `select relname as name, relrowsecurity and relforcerowsecurity as forced,
       array(select polname::text from pg_policy p where p.polrelid = c.oid and 'interchange_request'::regrole = any(polroles)) as policies
     from pg_class c where relnamespace = 'public'::regnamespace and relname = any($1)`, [tables]))
  expect(rows.length).toBe(tables.length)
  for (const row of rows) expect(row).toMatchObject({ forced: true, policies: ['request'] })
})

test('requests reach no table but those of tenants, no partition by its own name, and not the job queue', async () => {
  const { rows } = await asOwner((client) => client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm')
       and (has_table_privilege('interchange_request', c.oid, 'select, insert, update, delete') and has_schema_privilege('interchange_request', n.oid, 'usage'))`))
  expect(rows.map(({ name }) => name).sort()).toEqual([...tables, 'tenants'].sort())
})

test('a request of one tenant sees no row of another, in any table', () => as('request', ofB.tenantId, async (client) => {
  for (const table of tables) {
    const { rows } = await client.query<{ tenant_id: string }>(`select distinct tenant_id from ${table}`)
    expect(rows, table).toEqual([{ tenant_id: ofB.tenantId }])
  }
  expect((await client.query('select id from tenants')).rows).toEqual([{ id: ofB.tenantId }])
}))

test('the same look finds a table that has no policy', async () => {
  await asOwner((client) => client.query('create table planted as select tenant_id, id from members; grant select on planted to interchange_request'))
  await as('request', ofB.tenantId, async (client) => {
    expect((await client.query('select distinct tenant_id from planted')).rows).toContainEqual({ tenant_id: ofA.tenantId })
  })
  await asOwner((client) => client.query('drop table planted'))
})

test('a request of one tenant changes and deletes no row of another', async () => {
  for (const table of tables) {
    const all = (): Promise<unknown[]> => asOwner(async (client) => (await client.query(`select to_jsonb(t)::text as row from ${table} t where tenant_id = $1 order by 1`, [ofA.tenantId])).rows)
    const before = await all()
    expect(before.length, table).toBeGreaterThan(0)
    await as('request', ofB.tenantId, async (client) => {
      expect([0, DENIED], table).toContain(await outcome(client, `update ${table} set tenant_id = tenant_id where tenant_id = $1`, [ofA.tenantId]))
      expect([0, DENIED], table).toContain(await outcome(client, `delete from ${table} where tenant_id = $1`, [ofA.tenantId]))
    })
    expect(await all(), table).toEqual(before)
  }
})

test('a request of one tenant puts no row among those of another, by inserting or by moving its own', async () => {
  for (const table of tables) {
    const { rows: [row] } = await asOwner((client) => client.query<{ row: string }>(`select to_jsonb(t)::text as row from ${table} t where tenant_id = $1 limit 1`, [ofA.tenantId]))
    await as('request', ofB.tenantId, async (client) => {
      expect(await outcome(client, `insert into ${table} select * from jsonb_populate_record(null::${table}, $1)`, [row!.row]), table).toBe(DENIED)
      expect(await outcome(client, `update ${table} set tenant_id = $1`, [ofA.tenantId]), table).toBe(DENIED)
    })
  }
})

test('without a tenant nothing is seen, changed or added', () => as('request', undefined, async (client) => {
  for (const table of [...tables, 'tenants']) {
    expect(await outcome(client, `select * from ${table}`), table).toBe(0)
    const column = table === 'tenants' ? 'id' : 'tenant_id'
    expect([0, DENIED], table).toContain(await outcome(client, `update ${table} set ${column} = ${column}`))
    expect([0, DENIED], table).toContain(await outcome(client, `delete from ${table}`))
  }
}))

test('what is no tenant at all sees nothing either', async () => {
  for (const tenantId of ['', 'nonsense', '00000000-0000-0000-0000-000000000000']) {
    await as('request', tenantId, async (client) => {
      for (const table of [...tables, 'tenants']) expect([0, '22P02'], `${table} for "${tenantId}"`).toContain(await outcome(client, `select * from ${table}`))
    })
  }
})

test('the writer reads, changes and deletes nothing, and inserts only what arrives: executions, events, their deliveries and runs of flows', () => as('writer', ofA.tenantId, async (client) => {
  // Of deduplication keys it must see which are taken, and take over those whose time is up.
  const keys = ['event_keys', 'flow_keys']
  for (const table of [...tables.filter((name) => !keys.includes(name)), 'tenants', 'workers', 'delivery_workers', 'flow_workers']) {
    const column = table === 'tenants' || table.endsWith('workers') ? 'id' : 'tenant_id'
    expect(await outcome(client, `select * from ${table}`), table).toBe(DENIED)
    expect(await outcome(client, `update ${table} set ${column} = ${column}`), table).toBe(DENIED)
    expect(await outcome(client, `delete from ${table}`), table).toBe(DENIED)
    if (!['executions', 'events', 'delivery_queue', 'flow_live'].includes(table)) expect(await outcome(client, `insert into ${table} (${column}) values (gen_random_uuid())`), table).toBe(DENIED)
  }
  for (const table of keys) expect(await outcome(client, `delete from ${table}`), table).toBe(DENIED)
  // Back in its own words: `returning` would read.
  const { rows: [row] } = await asOwner((owner) => owner.query<{ row: string }>('select to_jsonb(t)::text as row from executions t limit 1'))
  const insert = "insert into executions select * from jsonb_populate_record(null::executions, $1::jsonb || jsonb_build_object('id', $2::text))"
  expect(await outcome(client, insert, [row!.row, `${ofA.execution.slice(0, 18)}-8000-000000000001`])).toBe(1)
  expect(await outcome(client, `${insert} returning id`, [row!.row, ofA.execution])).toBe(DENIED)
}))

test('a connection that served one tenant shows the next one nothing of it', async () => {
  await as('request', ofA.tenantId, async (client) => {
    expect(await outcome(client, 'select * from members where tenant_id = $1', [ofA.tenantId])).toBeGreaterThan(0)
    await client.query("select set_config('interchange.tenant', $1, false)", [ofB.tenantId])
    expect(await outcome(client, 'select * from members where tenant_id = $1', [ofA.tenantId])).toBe(0)
  })
})

test('history is written, and neither changed nor deleted by requests', () => as('request', ofA.tenantId, async (client) => {
  expect(await outcome(client, 'select * from audit_log')).toBeGreaterThan(0)
  expect(await outcome(client, "update audit_log set action = 'nothing'")).toBe(DENIED)
  expect(await outcome(client, 'delete from audit_log')).toBe(DENIED)
}))
