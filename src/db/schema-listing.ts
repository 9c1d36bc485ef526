/** migrations/schema.txt: what the migrations make, read from the catalogue, so that a change of schema shows in review. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { startEmbeddedPostgres } from './embedded/index.ts'
import { migrate } from './migrate.ts'

const file = fileURLToPath(new URL('../../migrations/schema.txt', import.meta.url))

/** Throws where `check` finds the listing out of date. */
export async function writeSchemaListing({ check }: { check: boolean }): Promise<void> {
  const listing = await listFreshSchema()
  const before = await readFile(file, 'utf8').catch(() => '')
  if (before === listing) return
  if (check) throw new Error('migrations/schema.txt does not say what the migrations make. Run `node bin/interchange.mjs schema`, and look at the difference.')
  await writeFile(file, listing)
}

async function listFreshSchema(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'interchange-schema-'))
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, durable: false, log: { info: () => undefined } })
  const client = new Client({ connectionString: postgres.connectionString })
  try {
    await migrate(postgres.connectionString)
    await client.connect()
    return await listSchema(client)
  } finally {
    await client.end()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Partitions are left out: their names are dates. */
async function listSchema(client: Client): Promise<string> {
  const { rows } = await client.query<{ line: string }>(`
    with tables as (
      select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition)
    select line from (
      select relname as owner, 0 as part, 0 as place, 'table ' || relname || case when relrowsecurity and relforcerowsecurity then ' (row security forced)' else '' end as line from tables
      union all
      select t.relname, 1, a.attnum, '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
      from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
      union all
      select t.relname, 2, row_number() over (partition by t.relname order by con.contype, con.conname), '  constraint ' || con.conname || ' ' || pg_get_constraintdef(con.oid)
      from tables t join pg_constraint con on con.conrelid = t.oid and con.contype <> 'n'
      union all
      select t.relname, 3, row_number() over (partition by t.relname order by i.relname), '  ' || pg_get_indexdef(x.indexrelid)
      from tables t join pg_index x on x.indrelid = t.oid join pg_class i on i.oid = x.indexrelid
      where not exists (select from pg_constraint con where con.conindid = x.indexrelid and con.contype in ('p', 'u'))
      union all
      select t.relname, 4, row_number() over (partition by t.relname order by p.polname),
        '  policy ' || p.polname || ' for ' || p.polcmd::text || ' to ' || array_to_string(array(select rolname from pg_roles where oid = any(p.polroles) order by 1), ', ')
        || coalesce(' using ' || pg_get_expr(p.polqual, p.polrelid), '') || coalesce(' check ' || pg_get_expr(p.polwithcheck, p.polrelid), '')
      from tables t join pg_policy p on p.polrelid = t.oid
      union all
      select t.relname, 5, row_number() over (partition by t.relname order by g.grantee), '  grant ' || g.privileges || ' to ' || g.grantee
      from tables t join (
        select table_name, grantee, string_agg(lower(privilege_type), ', ' order by privilege_type) as privileges
        from information_schema.role_table_grants where table_schema = 'public' and grantee like 'interchange\\_%' group by 1, 2) g on g.table_name = t.relname
      union all
      select '', 0, row_number() over (order by p.proname), 'function ' || p.proname || '(' || pg_get_function_arguments(p.oid) || ') returns ' || pg_get_function_result(p.oid)
      from pg_proc p where p.pronamespace = 'public'::regnamespace
    ) lines order by owner, part, place`)
  return `${rows.map(({ line }) => line).join('\n')}\n`
}
