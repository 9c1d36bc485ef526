/** What the hub keeps of what happened, and what led to what: event → run → execution, run → event → delivery, and all of it back again. */
import type { Events, EventRecord } from '../events/events.ts'
import { HubError, isHubError } from '../errors.ts'
import type { Executions } from '../executions/executions.ts'
import type { ShownExecution } from '../executions/record.ts'
import { flowIdOf } from '../flows/flow-id.ts'
import type { RunSummary } from '../flows/runs/record.ts'
import type { Runs } from '../flows/runs/runs.ts'
import type { Caller, Scope } from '../tenants/caller.ts'
import type { Deliveries, DeliverySummary } from '../webhooks/outbound/deliveries.ts'

export const recordKinds = ['event', 'run', 'execution', 'delivery'] as const
export type RecordKind = (typeof recordKinds)[number]

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

export interface Trace extends KeptRecord {
  /** What led to it, one to another, the nearest first. */
  before: KeptRecord[]
  /** What came of it: at most 50 of each kind, the newest first. */
  after: KeptRecord[]
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
}

/** With the id of what led to it. */
interface Found extends KeptRecord { cause: string | undefined }

/** Longer chains are a flow that begins itself. */
const MOST_BEFORE = 20
const MOST_AFTER = 50
const page = { limit: MOST_AFTER, cursor: undefined }

export function createRecords(deps: RecordsDeps): Records {
  return {
    async trace(caller, id) {
      const found = await find(deps, caller, id)
      if (found === undefined) throw new HubError('not_found', 'There is no event, run, execution or delivery of this id that you may read.')
      const [before, after] = await Promise.all([causesOf(deps, caller, found), consequencesOf(deps, caller, found)])
      return { ...shown(found), before, after }
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

async function causesOf(deps: RecordsDeps, caller: Caller, { cause }: Found): Promise<KeptRecord[]> {
  const causes: KeptRecord[] = []
  for (let next = cause; next !== undefined && causes.length < MOST_BEFORE;) {
    const found = await find(deps, caller, next)
    if (found === undefined || causes.some(({ id }) => id === found.id)) break
    causes.push(shown(found))
    next = found.cause
  }
  return causes
}

async function consequencesOf({ events, runs, executions, deliveries }: RecordsDeps, caller: Caller, { kind, id }: Found): Promise<KeptRecord[]> {
  const deliveriesOf = async (eventId: string): Promise<Found[]> => (may(caller, 'delivery') ? (await deliveries.list(caller, { ...page, eventId })).data.map(ofDelivery) : [])
  const begun = async (): Promise<Found[]> => (may(caller, 'run') ? (await runs.list(caller, { ...page, cause: id })).data.map(ofRun) : [])
  if (kind === 'event') return (await Promise.all([begun(), deliveriesOf(id)])).flat().map(shown)
  if (kind !== 'run') return []
  const calls = async (): Promise<Found[]> => (may(caller, 'execution') ? (await executions.list(caller, { ...page, runId: id })).data.map((each) => ofExecution({ ...each, runId: id })) : [])
  const sent = async (): Promise<Found[]> => (may(caller, 'event') ? (await events.list(caller, { ...page, runId: id })).data.map(ofEvent) : [])
  const [runsBegun, made, told] = await Promise.all([begun(), calls(), sent()])
  const delivered = (await Promise.all(told.map((event) => deliveriesOf(event.id)))).flat().slice(0, MOST_AFTER)
  return [...made, ...told, ...delivered, ...runsBegun].map(shown)
}

const shown = ({ kind, id, label, status, at }: Found): KeptRecord => ({ kind, id, label, status, at })

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

function ofEvent({ messageId, type, receivedAt, runId }: EventRecord): Found {
  return { kind: 'event', id: messageId, label: type, status: null, at: new Date(receivedAt), cause: runId ?? undefined }
}

function ofRun({ id, namespace, name, status, startedAt, trigger: { eventId, runId } }: RunSummary): Found {
  const cause = eventId ?? runId
  return { kind: 'run', id, label: flowIdOf({ namespace, name }), status, at: startedAt, cause: typeof cause === 'string' ? cause : undefined }
}

function ofExecution({ id, operation, status, startedAt, runId }: Pick<ShownExecution, 'id' | 'operation' | 'status' | 'startedAt' | 'runId'>): Found {
  return { kind: 'execution', id, label: operation, status, at: startedAt, cause: runId ?? undefined }
}

function ofDelivery({ id, eventType, status, finishedAt, dueAt, messageId }: DeliverySummary): Found {
  return { kind: 'delivery', id, label: eventType, status, at: finishedAt ?? dueAt ?? new Date(), cause: messageId }
}
