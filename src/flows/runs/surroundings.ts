/** What the tasks of runs need of the hub, made of its services. */
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../../db/database.ts'
import { isRowFault } from '../../db/faults.ts'
import { readPostedEvents } from '../../events/cloudevent.ts'
import type { Publishing } from '../../events/publishing.ts'
import type { SchemaDefinition } from '../definition.ts'
import type { EffectContext, Effects } from '../effect.ts'
import type { LiveRun } from '../engine/run.ts'
import type { Services } from '../engine/services.ts'
import { eventText } from '../events/event-text.ts'
import { fault } from '../fault.ts'
import { literalOf } from '../listening/filter.ts'
import type { Listening } from '../listening/listening.ts'
import { deleteSignals, deleteWaits, listSignals } from '../listening/waits-store.ts'
import type { FlowSecrets } from '../secrets.ts'
import { findLive, findOver, updateWanted } from './runs-store.ts'
import { endOf } from './record.ts'
import type { Starting } from './start.ts'
import { wholeValues } from './whole.ts'

export interface SurroundingsDeps {
  database: Database
  blobs: Pick<Blobs, 'read'>
  effects: Effects
  secrets: FlowSecrets
  publishing: Pick<Publishing, 'publish'>
  listening: Pick<Listening, 'register'>
  /** Notes that a run took an event that it listened for. */
  heard(tenantId: string, runId: string, eventId: string): Promise<void>
  /** Made later, since it hands runs to the engine. */
  starting(): Pick<Starting, 'start'>
  /** A schema that lies elsewhere. Throws FlowFault. */
  loadSchema(resource: { endpoint: unknown }, context: EffectContext): Promise<object>
  wake(): void
}

export function createSurroundings(deps: SurroundingsDeps): Omit<Services, 'isHeld' | 'executorOf'> {
  const { effects, secrets, publishing } = deps
  return {
    effects, openSecrets: (run) => secrets.openAll(run), secret: (run, name) => secrets.one(run, name),
    schemaOf: (run, schema) => schemaOf(deps, run, schema),
    async publish(run, event) {
      const [read] = readPostedEvents(Buffer.from(JSON.stringify(event)), { 'content-type': 'application/cloudevents+json' })
      await publishing.publish(run.caller, [read!], { schemaCheck: 'flag', runId: run.row.id })
    },
    listening: listeningOf(deps), children: childrenOf(deps),
  }
}

function schemaOf({ loadSchema, secrets }: SurroundingsDeps, run: LiveRun, { document, resource }: SchemaDefinition): Promise<object> | object {
  if (document !== undefined) return document
  if (resource === undefined) throw fault('configuration', 'The schema has neither a document nor a resource.')
  return loadSchema(resource, contextOf(run, secrets))
}

/** Of no task: what is fetched for the whole run. */
function contextOf(run: LiveRun, secrets: FlowSecrets): EffectContext {
  return {
    tenantId: run.row.tenantId, caller: run.caller, runId: run.row.id, depth: run.depth, definition: run.definition, input: run.input.of, idempotencyKey: run.row.id, signal: run.signal, authentication: undefined,
    evaluate: (expression, input, variables = {}) => run.expressions.evaluate(expression, input, variables, { bare: true }),
    evaluateWithin: (template, input, variables = {}) => run.expressions.evaluate(template, input, variables),
    secret: (name) => secrets.one(run, name), conceal: (value) => { run.conceal(value) },
    perform: () => Promise.reject(fault('configuration', 'There is no task to perform one for.')),
  }
}

function listeningOf({ database, blobs, listening, heard }: SurroundingsDeps): Services['listening'] {
  return {
    register: ({ row: { tenantId, id } }, waits) => listening.register(waits.flatMap(({ waitId, filters }) => filters.map(({ filter, variables }, filterIndex) => ({
      tenantId, runId: id, waitId, filterIndex, type: literalOf(filter, 'type'), source: literalOf(filter, 'source'), subject: literalOf(filter, 'subject'), filter: JSON.stringify({ ...filter, variables }),
    })))),
    async signals({ row: { tenantId, id } }, waitId, after, limit) {
      const db = database.tenant(tenantId)
      const found = await listSignals(db, { tenantId, runId: id, waitId, after }, limit)
      if (after !== '' && found.length > 0) await deleteSignals(db, { tenantId, runId: id, waitId, upTo: after })
      return Promise.all(found.map(async ({ event, eventId, ...signal }) => ({ ...signal, eventId, event: event ?? await eventText({ database, blobs }, tenantId, eventId) })))
    },
    heard: ({ row: { tenantId, id } }, eventId) => heard(tenantId, id, eventId),
    end: ({ row: { tenantId, id } }, waitIds) => deleteWaits(database.tenant(tenantId), { tenantId, runId: id, waitIds }),
  }
}

function childrenOf(deps: SurroundingsDeps): Services['children'] {
  const { database, blobs, wake } = deps
  return {
    async start({ row, caller, depth }, { id, flow: { namespace, name, version }, input, isAwaited }) {
      const db = database.tenant(row.tenantId)
      if (await findLive(db, row.tenantId, id) !== undefined || await findOver(db, row.tenantId, id) !== undefined) return
      const trigger = { type: 'flow' as const, runId: row.id, flow: row.name, depth: depth + 1 }
      // Two who start it at the same moment: the one that was taken over, and who took it over.
      await deps.starting().start(caller, { id, flow: { namespace, name }, version, input, trigger, ...isAwaited && { parentId: row.id } }).catch((error: unknown) => { if (!isRowFault(error)) throw error })
    },
    async end({ row: { tenantId } }, id) {
      const db = database.tenant(tenantId)
      const over = await findOver(db, tenantId, id)
      if (over === undefined) return undefined
      const end = endOf(over)
      return { ...end, output: await wholeValues(blobs, db, { tenantId, runId: id }, end.output) }
    },
    async cancel({ row: { tenantId } }, id) {
      await updateWanted(database.tenant(tenantId), tenantId, id, 'cancel')
      wake()
    },
  }
}
