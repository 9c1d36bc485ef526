/** Types of events, with JSON Schemas of their data: a tenant's own, and what the connectors' manifests declare, which need no row. */
import { LRUCache } from 'lru-cache'
import type { Connector, JsonSchema } from '../connectors/connector.ts'
import type { Database } from '../db/database.ts'
import { HubError, isHubError, type FieldError } from '../errors.ts'
import { compileSchema, type SchemaCheck } from '../lib/json/schema.ts'
import { readCursor, toPage, type Page, type PageRequest } from '../lib/page.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { deleteEventType, findEventType, listEventTypes, upsertEventType, type EventTypeRow } from './types-store.ts'

export interface EventType {
  type: string
  description: string
  schema: JsonSchema | null
  /** Who says so: the tenant, or a connector. */
  origin: 'tenant' | 'connector'
  connector: string | null
  createdAt: Date | null
  updatedAt: Date | null
}

export interface EventTypeFilter { q?: string | undefined, origin?: EventType['origin'] | undefined }

export interface EventTypes {
  /** By type; the tenant's own stand in the place of a connector's of the same name. */
  list(caller: Caller, filter: EventTypeFilter, page: PageRequest): Promise<Page<EventType>>
  /** Throws `not_found`. */
  find(caller: Caller, type: string): Promise<EventType>
  /** Throws `invalid_document` for a schema that cannot be used, with pointers into the body. */
  put(caller: Caller, type: string, input: { description?: string | undefined, schema?: JsonSchema | null | undefined }): Promise<{ eventType: EventType, isNew: boolean }>
  /** A connector's own cannot be removed: `conflict`. */
  remove(caller: Caller, type: string): Promise<void>
  /** What the type's schema says against the data: nothing where it fits. Undefined where no schema is known. */
  validate(tenantId: string, type: string, data: unknown): Promise<FieldError[] | undefined>
  /** Another process changed it. */
  forget(tenantId: string, type: string): void
  forgetAll(): void
}

/** Payload: `<tenant>:<type>`. */
export const EVENT_TYPES_CHANGED = 'interchange_event_types'

/** How long another process's change may go unseen where its notice gets lost. */
const FRESH_MS = 10_000
/** Of the text of schemas that are kept compiled. */
const MAX_TEXT = 32 * 1024 * 1024
const LEAST_TEXT = 500
const MAX_SCHEMA_TEXT = 256 * 1024

export function createEventTypes({ database, connectors }: { database: Database, connectors: readonly Connector[] }): EventTypes {
  const declared = declaredBy(connectors)
  const checks = rememberChecks(async (tenantId, type) => {
    const row = await findEventType(database.tenant(tenantId), tenantId, type)
    return row === undefined ? declared.get(type)?.schema() : row.schema ?? undefined
  })
  const changed = async (tenantId: string, type: string): Promise<void> => {
    checks.forget(tenantId, type)
    await database.system.query('select pg_notify($1, $2)', [EVENT_TYPES_CHANGED, `${tenantId}:${type}`])
  }
  return {
    list: (caller, filter, page) => list(database, declared, caller, { ...filter, ...page }),

    async find(caller, type) {
      const row = await findEventType(database.tenant(caller.tenantId), caller.tenantId, type)
      const found = row === undefined ? shown(declared.get(type)) : own(row)
      if (found === undefined) throw notFound()
      return found
    },

    async put(caller, type, { description = '', schema = null }) {
      if (schema !== null) checkSchema(schema)
      const { isNew, ...row } = await database.tenant(caller.tenantId).transaction(async (db) => {
        const written = await upsertEventType(db, caller.tenantId, { type, description, schema })
        await recordChange(db, caller, { action: written.isNew ? 'event_type.created' : 'event_type.updated', targetType: 'event_type', targetId: type, detail: {} })
        return written
      })
      await changed(caller.tenantId, type)
      return { eventType: own(row), isNew }
    },

    async remove(caller, type) {
      const removed = await database.tenant(caller.tenantId).transaction(async (db) => {
        if (!await deleteEventType(db, caller.tenantId, type)) return false
        await recordChange(db, caller, { action: 'event_type.deleted', targetType: 'event_type', targetId: type, detail: {} })
        return true
      })
      if (!removed && declared.has(type)) throw new HubError('conflict', `${type} is declared by the connector ${declared.get(type)!.connector}: it stays as long as that one. Register a type of that name to put another schema in its place.`)
      if (!removed) throw notFound()
      await changed(caller.tenantId, type)
    },

    async validate(tenantId, type, data) {
      const check = await checks.find(tenantId, type)
      if (check === undefined) return undefined
      try {
        return check(data ?? null)
      } catch (error) {
        if (!isHubError(error, 'invalid_document')) throw error
        // Data that cannot be checked does not pass for checked.
        return [{ pointer: '', detail: `could not be checked: ${error.message}` }]
      }
    },

    forget: (tenantId, type) => { checks.forget(tenantId, type) },
    forgetAll: () => { checks.forgetAll() },
  }
}

interface Remembered { check: SchemaCheck | undefined, sizeText: number }

interface Checks {
  find(tenantId: string, type: string): Promise<SchemaCheck | undefined>
  forget(tenantId: string, type: string): void
  forgetAll(): void
}

function rememberChecks(schemaOf: (tenantId: string, type: string) => Promise<JsonSchema | undefined>): Checks {
  const remembered = new LRUCache<string, Remembered>({ maxSize: MAX_TEXT, sizeCalculation: ({ sizeText }) => LEAST_TEXT + sizeText, ttl: FRESH_MS })
  /** What was looked up across a change may be from before it, and is not remembered. */
  let changes = 0
  return {
    async find(tenantId, type) {
      const key = `${tenantId}:${type}`
      const known = remembered.get(key)
      if (known !== undefined) return known.check
      const before = changes
      const schema = await schemaOf(tenantId, type)
      const found: Remembered = { check: schema && compileSchema(schema), sizeText: schema === undefined ? 0 : Math.min(MAX_SCHEMA_TEXT, JSON.stringify(schema).length) }
      if (changes === before) remembered.set(key, found)
      return found.check
    },
    forget(tenantId, type) {
      changes += 1
      remembered.delete(`${tenantId}:${type}`)
    },
    forgetAll() {
      changes += 1
      remembered.clear()
    },
  }
}

interface Declared { type: string, description: string, connector: string, schema(): JsonSchema | undefined }

/** Where several connectors have a type of the same name, the first one's counts. */
function declaredBy(connectors: readonly Connector[]): Map<string, Declared> {
  const declared = new Map<string, Declared>()
  for (const { manifest, eventSchema } of connectors) {
    for (const { eventType, description } of manifest.events) {
      if (!declared.has(eventType)) declared.set(eventType, { type: eventType, description, connector: manifest.type, schema: () => eventSchema?.(eventType) })
    }
  }
  return declared
}

function shown(declared: Declared | undefined): EventType | undefined {
  return declared && { type: declared.type, description: declared.description, schema: declared.schema() ?? null, origin: 'connector', connector: declared.connector, createdAt: null, updatedAt: null }
}

function own({ type, description, schema, createdAt, updatedAt }: EventTypeRow): EventType {
  return { type, description, schema: schema as JsonSchema | null, origin: 'tenant', connector: null, createdAt, updatedAt }
}

async function list(database: Database, declared: Map<string, Declared>, { tenantId }: Caller, { q, origin, limit, cursor }: EventTypeFilter & PageRequest): Promise<Page<EventType>> {
  const after = readCursor(cursor, 1)?.[0]
  const db = database.tenant(tenantId)
  const rows = origin === 'connector' ? [] : await listEventTypes(db, tenantId, { after, limit: limit + 1, q })
  const words = q?.toLowerCase()
  const others = origin === 'tenant' ? [] : [...declared.values()].filter(({ type, description }) =>
    (after === undefined || isBefore(after, type)) && (words === undefined || `${type} ${description}`.toLowerCase().includes(words)))
  // One of their own stands in the place of a connector's even where the search does not find it.
  const replaced = await replacedOf(database, tenantId, others.map(({ type }) => type))
  const all = [...rows.map(own), ...others.filter(({ type }) => !replaced.has(type)).map((each) => shown(each)!)].sort((a, b) => (isBefore(a.type, b.type) ? -1 : 1))
  return toPage(all, limit, ({ type }) => [type])
}

/** As Postgres sorts bytes: JavaScript's own order differs beyond the basic plane. */
function isBefore(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0
}

async function replacedOf(database: Database, tenantId: string, types: string[]): Promise<Set<string>> {
  if (types.length === 0) return new Set()
  const { rows } = await database.tenant(tenantId).query<{ type: string }>('select type from event_types where tenant_id = $1 and type = any($2)', [tenantId, types])
  return new Set(rows.map(({ type }) => type))
}

function checkSchema(schema: JsonSchema): void {
  if (JSON.stringify(schema).length > MAX_SCHEMA_TEXT) {
    throw new HubError('invalid_document', 'The schema is too large.', { errors: [{ pointer: '/schema', detail: `has more than ${MAX_SCHEMA_TEXT} characters` }] })
  }
  try {
    // References are followed when a check first gets there.
    compileSchema(schema)(null)
  } catch (error) {
    if (!isHubError(error)) throw error
    throw new HubError(error.code, error.message, { cause: error, errors: (error.errors ?? [{ pointer: '', detail: error.message }]).map(({ pointer, detail }) => ({ pointer: `/schema${pointer}`, detail })) })
  }
}

function notFound(): HubError {
  return new HubError('not_found', 'There is no such type of event. Those without a schema need not be registered.')
}
