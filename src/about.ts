/** What runs here, and how its operator set it up. Never a secret; what tells of the operator's own network or machine is for his tenant. */
import packageFile from '../package.json' with { type: 'json' }
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'

export type EngineId = 'postgres' | 'jq' | 'javascript' | 'python' | 'shell' | 'containers' | 'mcpCommands' | 'mail' | 'traces'

export interface Engine {
  id: EngineId
  on: boolean
  version: string | null
  /** The variable that sets it, where one does. */
  setting: string | null
  /** Names of commands, for the operator. */
  detail: string[] | null
}

export interface About {
  version: string
  node: string
  publicUrl: string
  engines: Engine[]
  database: { embedded: boolean, sizeBytes: number | null }
  /** Of the tables of all tenants, the largest first; null for whoever is not the operator. */
  tables: { name: string, sizeBytes: number }[] | null
  /** Networks besides public addresses that calls may reach; null for whoever is not the operator. */
  allowedNetworks: string[] | null
  signIn: { providers: { id: string, name: string, issuer: string | null, domains: string[] | null, joins: boolean }[], idleHours: number, maxDays: number }
  limits: { bodyBytes: number }
}

export type ReadAbout = (options: { isOperator: boolean }) => Promise<About>

export function createAbout({ config, database, publicUrl }: { config: Config, database: Database, publicUrl(): string }): ReadAbout {
  return async ({ isOperator }) => {
    const [postgres, tables] = await Promise.all([readPostgres(database), isOperator ? listTables(database) : null])
    return {
      version: packageFile.version, node: process.version, publicUrl: publicUrl(),
      engines: enginesOf(config, postgres.version).map((engine) => ({ ...engine, detail: isOperator ? engine.detail : null })),
      database: { embedded: config.databaseUrl === undefined, sizeBytes: isOperator ? postgres.sizeBytes : null }, tables,
      allowedNetworks: isOperator ? config.allowNetworks : null,
      signIn: {
        idleHours: config.sessionIdleHours, maxDays: config.sessionMaxDays,
        providers: config.openIdProviders.map(({ id, name, issuer, domains, join }) => ({ id, name, issuer: isOperator ? issuer : null, domains: isOperator ? domains ?? null : null, joins: join !== undefined })),
      },
      limits: { bodyBytes: config.maxBodyBytes },
    }
  }
}

function enginesOf(config: Config, postgres: string): Engine[] {
  const { dependencies } = packageFile
  const byCommand = (id: EngineId, setting: string, commands: (string | undefined)[]): Engine => {
    const named = commands.filter((each) => each !== undefined)
    return { id, on: named.length > 0, version: null, setting, detail: named.length > 0 ? named : null }
  }
  const bySwitch = (id: EngineId, setting: string, on: boolean): Engine => ({ id, on, version: null, setting, detail: null })
  return [
    { id: 'postgres', on: true, version: postgres, setting: 'DATABASE_URL', detail: null },
    { id: 'jq', on: true, version: dependencies['jq-wasm'].replace(/^.*jq-/, ''), setting: null, detail: null },
    { id: 'javascript', on: true, version: dependencies['quickjs-emscripten-core'], setting: null, detail: null },
    byCommand('python', 'INTERCHANGE_PYTHON', [config.pythonCommand]),
    bySwitch('shell', 'INTERCHANGE_ALLOW_SHELL', config.allowShell),
    byCommand('containers', 'INTERCHANGE_CONTAINER_COMMAND', [config.containerCommand]),
    byCommand('mcpCommands', 'INTERCHANGE_ALLOW_COMMANDS', config.allowCommands),
    bySwitch('mail', 'INTERCHANGE_SMTP_URL', config.smtpUrl !== undefined),
    bySwitch('traces', 'OTEL_EXPORTER_OTLP_ENDPOINT', config.otlpEndpoint !== undefined),
  ]
}

async function readPostgres(database: Database): Promise<{ version: string, sizeBytes: number }> {
  const { rows } = await database.system.query<{ version: string, sizeBytes: number }>(`select current_setting('server_version') as version, pg_database_size(current_database())::float8 as "sizeBytes"`)
  return rows[0]!
}

/** A table with its partitions, indexes and large values. */
async function listTables(database: Database): Promise<{ name: string, sizeBytes: number }[]> {
  const { rows } = await database.system.query<{ name: string, sizeBytes: number }>(
    `select c.relname as name, (case c.relkind when 'p' then (select coalesce(sum(pg_total_relation_size(part.relid)), 0) from pg_partition_tree(c.oid) part) else pg_total_relation_size(c.oid) end)::float8 as "sizeBytes"
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 2 desc, 1`)
  return rows
}
