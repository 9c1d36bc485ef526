/**
 * What the hub keeps of what happened, and what led to what: event → run → execution, run → event → delivery, and all of it back again; what was run or
 * sent once more; events that a run listened for; and what the hub itself told of a record.
 */
import { SOURCE_OF_THE_HUB } from '../events/attributes.ts'
import type { Events, EventRecord } from '../events/events.ts'
import { HubError, isHubError } from '../errors.ts'
import type { Executions } from '../executions/executions.ts'
import type { ShownExecution } from '../executions/record.ts'
import { flowIdOf } from '../flows/flow-id.ts'
import type { RunSummary } from '../flows/runs/record.ts'
import type { Runs } from '../flows/runs/runs.ts'
import type { Caller, Scope } from '../tenants/caller.ts'
import { isUuid } from '../lib/page.ts'
import type { Deliveries, DeliverySummary } from '../webhooks/outbound/deliveries.ts'
import type { Links } from './links.ts'

export const recordKinds = ['event', 'run', 'execution', 'delivery'] as const
export type RecordKind = (typeof recordKinds)[number]

export const relations = ['led', 'repeated', 'heard', 'told'] as const
/** How the earlier one of two stands to the later: it led to it, was repeated by it, was heard by it (an event, by a run), or is told of by it (by an event of the hub's). */
export type Relation = (typeof relations)[number]

export interface KeptRecord {
  kind: RecordKind
  id: string
  /** The event's type, the flow, the operation. */
  label: string
  /** Of events, which have none, null. */
  status: string | null
  /** When it came or began; of a delivery, when it was over, or is due. */
  at: Date
}

export interface RelatedRecord extends KeptRecord { relation: Relation }

export interface Trace extends KeptRecord {
  /** What led to it, one to another, the nearest first; each with how it stands to the one it led to. */
  before: RelatedRecord[]
  /** Of a run: events that it listened for and took, the newest first, at most 50. */
  heard: RelatedRecord[]
  /** What came of it: at most 50 of each kind, the newest first. */
  after: RelatedRecord[]
}

export interface Records {
  /** By whatever id it has; of an event, also the CloudEvent's own. Only what the caller may read is looked at. Throws HubError `not_found`. */
  trace(caller: Caller, id: string): Promise<Trace>
}

export interface RecordsDeps {
  events: Pick<Events, 'look' | 'list'>
  runs: Pick<Runs, 'look' | 'list'>
  executions: Pick<Executions, 'find' | 'list'>
  deliveries: Pick<Deliveries, 'find' | 'list'>
  links: Pick<Links, 'causes' | 'consequences'>
}

/** With what led to it. */
interface Found extends KeptRecord { cause: Cause | undefined }

interface Cause { id: string, relation: Relation }

/** Longer chains are a flow that begins itself. */
const MOST_BEFORE = 20
const MOST_AFTER = 50
const page = { limit: MOST_AFTER, cursor: undefined }

export function createRecords(deps: RecordsDeps): Records {
  return {
    async trace(caller, id) {
      const found = await find(deps, caller, id)
      if (found === undefined) throw new HubError('not_found', 'There is no event, run, execution or delivery of this id that you may read.')
      const [before, heard, after] = await Promise.all([causesOf(deps, caller, found), heardBy(deps, caller, found), consequencesOf(deps, caller, found)])
      return { ...shown(found), before, heard, after }
    },
  }
}

const needs: Record<RecordKind, Scope> = { event: 'events:read', run: 'flows:read', execution: 'executions:read', delivery: 'webhooks:read' }
const may = ({ scopes }: Caller, kind: RecordKind): boolean => scopes.has(needs[kind])

async function find({ events, runs, executions, deliveries }: RecordsDeps, caller: Caller, id: string): Promise<Found | undefined> {
  const finders: Record<RecordKind, () => Promise<Found | undefined>> = {
    event: async () => ifFound(await events.look(caller, id), ofEvent), run: async () => ifFound(await runs.look(caller, id), ofRun),
    execution: async () => ifFound(await orNothing(executions.find(caller, id)), ofExecution), delivery: async () => ifFound(await orNothing(deliveries.find(caller, id)), ofDelivery),
  }
  const found = await Promise.all(recordKinds.filter((kind) => may(caller, kind)).map((kind) => finders[kind]()))
  return found.find((each) => each !== undefined)
}

async function causesOf(deps: RecordsDeps, caller: Caller, of: Found): Promise<RelatedRecord[]> {
  const causes: RelatedRecord[] = []
  for (let next = await causeOf(deps, caller, of); next !== undefined && causes.length < MOST_BEFORE;) {
    const found = await find(deps, caller, next.id)
    if (found === undefined || found.id === of.id || causes.some(({ id }) => id === found.id)) break
    causes.push(related(found, next.relation))
    next = await causeOf(deps, caller, found)
  }
  return causes
}

/** What it says itself; else what was noted beside it. */
async function causeOf({ links }: RecordsDeps, { tenantId }: Caller, { id, kind, cause }: Found): Promise<Cause | undefined> {
  if (cause !== undefined || kind === 'delivery') return cause
  return (await links.causes(tenantId, id, MOST_AFTER)).find(({ relation }) => relation === 'repeated')
}

async function heardBy(deps: RecordsDeps, caller: Caller, { kind, id }: Found): Promise<RelatedRecord[]> {
  if (kind !== 'run' || !may(caller, 'event')) return []
  const heard = (await deps.links.causes(caller.tenantId, id, MOST_AFTER)).filter(({ relation }) => relation === 'heard')
  return existing(await Promise.all(heard.map(async (link) => relatedIf(ifFound(await deps.events.look(caller, link.id), ofEvent), 'heard'))))
}

async function consequencesOf(deps: RecordsDeps, caller: Caller, of: Found): Promise<RelatedRecord[]> {
  const { kind, id } = of
  const [own, noted, told] = await Promise.all([kind === 'event' ? ofAnEvent(deps, caller, id) : kind === 'run' ? ofARun(deps, caller, id) : [], notedAfter(deps, caller, of), toldOf(deps, caller, id)])
  const seen = new Set<string>()
  return [...own, ...noted, ...told].filter((each) => each.id !== id && !seen.has(each.id) && seen.add(each.id))
}

async function ofAnEvent(deps: RecordsDeps, caller: Caller, id: string): Promise<RelatedRecord[]> {
  return (await Promise.all([begunBy(deps, caller, id), deliveriesOf(deps, caller, id)])).flat()
}

async function ofARun(deps: RecordsDeps, caller: Caller, id: string): Promise<RelatedRecord[]> {
  const { executions, events } = deps
  const calls = async (): Promise<Found[]> => (may(caller, 'execution') ? (await executions.list(caller, { ...page, runId: id })).data.map((each) => ofExecution({ ...each, runId: id })) : [])
  const sent = async (): Promise<Found[]> => (may(caller, 'event') ? (await events.list(caller, { ...page, runId: id })).data.map(ofEvent) : [])
  const [begun, made, told] = await Promise.all([begunBy(deps, caller, id), calls(), sent()])
  const delivered = (await Promise.all(told.map((event) => deliveriesOf(deps, caller, event.id)))).flat().slice(0, MOST_AFTER)
  return [...[...made, ...told].map((each) => related(each, 'led')), ...delivered, ...begun]
}

async function begunBy({ runs }: RecordsDeps, caller: Caller, id: string): Promise<RelatedRecord[]> {
  return may(caller, 'run') ? (await runs.list(caller, { ...page, cause: id })).data.map(ofRun).map((run) => related(run, run.cause?.relation ?? 'led')) : []
}

async function deliveriesOf({ deliveries }: RecordsDeps, caller: Caller, eventId: string): Promise<RelatedRecord[]> {
  return may(caller, 'delivery') ? (await deliveries.list(caller, { ...page, eventId })).data.map((each) => related(ofDelivery(each), 'led')) : []
}

/** Repeats of it; of an event, runs that took it. */
async function notedAfter(deps: RecordsDeps, caller: Caller, { id, kind }: Found): Promise<RelatedRecord[]> {
  if (kind === 'delivery') return []
  const noted = await deps.links.consequences(caller.tenantId, id, MOST_AFTER)
  return existing(await Promise.all(noted.map(async (link) => relatedIf(await find(deps, caller, link.id), link.relation))))
}

/** Events of the hub's own about it: that it was given up, that it failed, how it goes. */
async function toldOf({ events }: RecordsDeps, caller: Caller, id: string): Promise<RelatedRecord[]> {
  return may(caller, 'event') ? (await events.list(caller, { ...page, source: SOURCE_OF_THE_HUB, subject: id })).data.map((each) => related(ofEvent(each), 'told')) : []
}

const shown = ({ kind, id, label, status, at }: Found): KeptRecord => ({ kind, id, label, status, at })
const related = (found: Found, relation: Relation): RelatedRecord => ({ ...shown(found), relation })
const relatedIf = (found: Found | undefined, relation: Relation): RelatedRecord | undefined => found && related(found, relation)
const existing = (records: (RelatedRecord | undefined)[]): RelatedRecord[] => records.filter((each) => each !== undefined)
const led = (id: string): Cause => ({ id, relation: 'led' })

function ifFound<Row>(row: Row | undefined, of: (row: Row) => Found): Found | undefined {
  return row === undefined ? undefined : of(row)
}

async function orNothing<Row>(row: Promise<Row>): Promise<Row | undefined> {
  try {
    return await row
  } catch (error) {
    if (isHubError(error, 'not_found')) return undefined
    throw error
  }
}

function ofEvent({ messageId, type, source, subject, receivedAt, runId }: EventRecord): Found {
  const about = source === SOURCE_OF_THE_HUB && subject !== undefined && isUuid(subject) ? { id: subject, relation: 'told' as const } : undefined
  return { kind: 'event', id: messageId, label: type, status: null, at: new Date(receivedAt), cause: runId === null ? about : led(runId) }
}

/** One that names another run was begun by it, as a part of it or by an agent within it; or is that run once more. */
function ofRun({ id, namespace, name, status, startedAt, trigger: { type, eventId, runId } }: RunSummary): Found {
  const cause = typeof eventId === 'string' ? led(eventId) : typeof runId === 'string' ? { id: runId, relation: type === 'retry' || type === 'api' ? 'repeated' as const : 'led' as const } : undefined
  return { kind: 'run', id, label: flowIdOf({ namespace, name }), status, at: startedAt, cause }
}

function ofExecution({ id, operation, status, startedAt, runId }: Pick<ShownExecution, 'id' | 'operation' | 'status' | 'startedAt' | 'runId'>): Found {
  return { kind: 'execution', id, label: operation, status, at: startedAt, cause: runId === null ? undefined : led(runId) }
}

function ofDelivery({ id, eventType, status, finishedAt, dueAt, messageId }: DeliverySummary): Found {
  return { kind: 'delivery', id, label: eventType, status, at: finishedAt ?? dueAt ?? new Date(), cause: led(messageId) }
}
