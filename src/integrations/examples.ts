/** Inputs of operations that somebody kept by a name, for all of the tenant to try. */
import { uuidv7 } from 'uuidv7'
import type { ConnectorRegistry } from '../catalog/registry.ts'
import type { JsonSchema } from '../connectors/connector.ts'
import { brokenUniqueConstraint, type Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import { isUuid, readIdCursor, toPage, type Page, type PageRequest } from '../lib/page.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { countExamples, deleteExample, findExample, insertExample, listExamples, updateExample, type ExampleRow } from './examples-store.ts'
import type { Integrations } from './integrations.ts'

export type { ExampleRow } from './examples-store.ts'

/** All throw HubError `not_found` where the caller's tenant has no such integration, or no such example of it. */
export interface Examples {
  list(caller: Caller, integrationId: string, query: PageRequest & { operation?: string | undefined }): Promise<Page<ExampleRow>>
  find(caller: Caller, integrationId: string, id: string): Promise<ExampleRow>
  /** What the operation's schema calls secret is left out. Throws `conflict` where the operation has one of that name, or the integration too many. */
  create(caller: Caller, integrationId: string, example: { operation: string, name: string, input: unknown }): Promise<ExampleRow>
  replace(caller: Caller, integrationId: string, id: string, example: { name: string, input: unknown }): Promise<ExampleRow>
  remove(caller: Caller, integrationId: string, id: string): Promise<void>
}

export interface ExamplesDeps { database: Database, registry: Pick<ConnectorRegistry, 'find'>, integrations: Pick<Integrations, 'find'> }

const MOST = 500
const MOST_CHARACTERS = 256 * 1024

export function createExamples(deps: ExamplesDeps): Examples {
  const { database, integrations } = deps
  const find = async (caller: Caller, integrationId: string, id: string): Promise<ExampleRow> => {
    const { id: known } = await integrations.find(caller, integrationId)
    return orNotFound(isUuid(id) ? await findExample(database.tenant(caller.tenantId), caller.tenantId, known, id) : undefined)
  }
  return {
    find,
    async list(caller, integrationId, { limit, cursor, operation }) {
      const { id } = await integrations.find(caller, integrationId)
      const rows = await listExamples(database.tenant(caller.tenantId), caller.tenantId, id, { operation, after: readIdCursor(cursor), limit: limit + 1 })
      return toPage(rows, limit, (row) => [row.id])
    },
    async create(caller, integrationId, { operation, name, input }) {
      const kept = await keepable(deps, caller, { integrationId, operation, input })
      return named(name, () => database.tenant(caller.tenantId).transaction(async (db) => {
        if (await countExamples(db, caller.tenantId, integrationId) >= MOST) throw new HubError('conflict', `An integration keeps ${MOST} examples at most. Delete one first.`)
        const row = await insertExample(db, caller.tenantId, { id: uuidv7(), integrationId, operation, name, input: kept, createdBy: caller.actor })
        await recordChange(db, caller, { action: 'example.created', targetType: 'integration', targetId: integrationId, detail: { operation, name } })
        return row
      }))
    },
    async replace(caller, integrationId, id, { name, input }) {
      const { operation } = await find(caller, integrationId, id)
      const kept = await keepable(deps, caller, { integrationId, operation, input })
      return named(name, () => database.tenant(caller.tenantId).transaction(async (db) => {
        const row = orNotFound(await updateExample(db, caller.tenantId, integrationId, { id, name, input: kept }))
        await recordChange(db, caller, { action: 'example.changed', targetType: 'integration', targetId: integrationId, detail: { operation, name } })
        return row
      }))
    },
    async remove(caller, integrationId, id) {
      await find(caller, integrationId, id)
      await database.tenant(caller.tenantId).transaction(async (db) => {
        const { operation, name } = orNotFound(await deleteExample(db, caller.tenantId, integrationId, id))
        await recordChange(db, caller, { action: 'example.deleted', targetType: 'integration', targetId: integrationId, detail: { operation, name } })
      })
    },
  }
}

async function keepable({ registry, integrations }: ExamplesDeps, caller: Caller, { integrationId, operation, input }: { integrationId: string, operation: string, input: unknown }): Promise<unknown> {
  const { connector } = await integrations.find(caller, integrationId)
  const found = await (await registry.find(caller.tenantId, connector))?.operations.find(operation)
  if (found === undefined) throw refused('/operation', 'is no operation of this integration')
  if (JSON.stringify(input ?? null).length > MOST_CHARACTERS) throw refused('/input', `is longer than ${MOST_CHARACTERS} characters`)
  return withoutSecrets(found.input, input)
}

/** What is only ever written is nothing to be shown to others. */
function withoutSecrets(schema: JsonSchema, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>
  return Object.fromEntries(Object.entries(value).flatMap(([name, each]) => {
    const field = Object.hasOwn(properties, name) ? properties[name]! : {}
    return field['writeOnly'] === true ? [] : [[name, withoutSecrets(field, each)]]
  }))
}

async function named<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (brokenUniqueConstraint(error) === undefined) throw error
    throw new HubError('conflict', `There is an example ${name.slice(0, 100)} of this operation already.`, { cause: error, errors: [{ pointer: '/name', detail: 'is taken' }] })
  }
}

function refused(pointer: string, detail: string): HubError {
  return new HubError('invalid_input', `${pointer}: ${detail}.`, { errors: [{ pointer, detail }] })
}

function orNotFound(row: ExampleRow | undefined): ExampleRow {
  if (row === undefined) throw new HubError('not_found', 'There is no such example.')
  return row
}
