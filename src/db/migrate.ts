/** Applies migrations/*.sql in order, each in its own transaction, one process at a time. A file that was applied never changes. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { ensurePartitions } from './partitions.ts'

const folder = fileURLToPath(new URL('../../migrations/', import.meta.url))
/** Any number that no other program on the database uses: "interchange" in ASCII, cut to 32 bits. */
const LOCK = 0x696e7465

export async function migrate(connectionString: string): Promise<{ applied: string[] }> {
  const client = new Client({ connectionString, application_name: 'interchange migrate', connectionTimeoutMillis: 5000 })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    const applied = await applyAll(client, connectionString)
    await ensurePartitions({ query: (text, values) => client.query(text, values) })
    return { applied }
  } finally {
    await client.end()
  }
}

async function applyAll(client: Client, connectionString: string): Promise<string[]> {
  const { rows: existing } = await client.query("select to_regclass('public.schema_migrations') is not null as there, to_regclass('graphile_worker.migrations') is not null as queue")
  if (!existing[0].there) {
    await client.query('create table schema_migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())')
  }
  const { rows } = await client.query<{ name: string, sha256: string }>('select name, sha256 from schema_migrations')
  const done = new Map(rows.map((row) => [row.name, row.sha256]))
  const applied: string[] = []
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()) {
    const sql = await readFile(folder + name, 'utf8')
    const sha256 = createHash('sha256').update(sql).digest('hex')
    const before = done.get(name)
    if (before !== undefined && before !== sha256) throw new Error(`${name} was changed after it was applied. Put it back and write a new migration.`)
    if (before !== undefined) continue
    await applyOne(client, { name, sql, sha256 })
    applied.push(name)
  }
  if (!existing[0].queue || applied.length > 0) {
    // Loaded here only: a start on a database that is up to date does without it.
    const { Logger, runMigrations } = await import('graphile-worker')
    await runMigrations({ connectionString, logger: new Logger(() => () => undefined) })
  }
  return applied
}

async function applyOne(client: Client, { name, sql, sha256 }: { name: string, sql: string, sha256: string }): Promise<void> {
  await client.query('begin')
  try {
    await client.query(sql)
    await client.query('insert into schema_migrations (name, sha256) values ($1, $2)', [name, sha256])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error })
  }
}
