/**
 * Flows that several events begin together: `schedule.on` of the DSL with `all`, and with `any` until something is so. Each tenant that has such a flow
 * is followed, in one process at a time and in the order of the stream; what was gathered stands in the database, so that it outlives all processes.
 */
import { createHash } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { isHubError } from '../../errors.ts'
import { depthOf } from '../../events/depth.ts'
import type { CloudEvent } from '../../events/event.ts'
import type { FollowedEvent, Followers } from '../../events/followers.ts'
import { every, type Schedule } from '../../jobs/schedule.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { canonical } from '../../lib/json/canonical.ts'
import { systemCaller } from '../../tenants/caller.ts'
import type { ConsumptionStrategy, EventFilter } from '../definition.ts'
import { eventText } from '../events/event-text.ts'
import { createExpressions, type Expressions } from '../expressions/evaluate.ts'
import { correlationOf, fits } from '../listening/filter.ts'
import type { Starting } from '../runs/start.ts'
import { isOfRuns, tellIfLoop, type EventTriggersDeps } from './event-triggers.ts'
import {
  deleteGathering, deleteOldGatherings, findOpenGathering, listComplete, listGatheringFlows, listGatheringTenants, listOpenGatherings, lockGatheringFlows, updateGatheringPlace, upsertGathering,
  type CompleteGathering, type GatheringFlow, type GatheringRow,
} from './gathering-store.ts'
import { GATHERER } from './placing.ts'

export interface Gathering {
  start(): void
  /** Flows changed: tenants may have come. */
  look(): void
  /** Forgets what can never be complete, since its first events are kept no longer. */
  expire(): Promise<void>
  stop(): Promise<void>
}

export interface GatheringDeps extends Pick<EventTriggersDeps, 'announce'> {
  database: Pick<Database, 'system' | 'tenant'>
  blobs: Pick<Blobs, 'read'>
  jq: Jq
  followers: Pick<Followers, 'follow'>
  starting: Pick<Starting, 'start'>
  /** Notes that a run took an event. */
  heard(tenantId: string, runId: string, eventId: string): Promise<void>
  /** Of events. */
  retentionDays: number
  onError(error: unknown): void
}

const LOOK_EVERY_MS = 5000
/** More begin the run as they are. */
const MAX_EVENTS = 1000
const SHOWN_EVENTS = 50

export function createGathering(deps: GatheringDeps): Gathering {
  const { database, followers, retentionDays, onError } = deps
  const following = new Map<string, { stop(): Promise<void> }>()
  let schedule: Schedule | undefined
  let hasStopped = false
  const look = async (): Promise<void> => {
    const tenants = new Set(await listGatheringTenants(database.system))
    for (const tenantId of tenants) {
      if (!hasStopped && !following.has(tenantId)) following.set(tenantId, followers.follow({ tenantId, name: GATHERER, handle: (batch) => gather(deps, tenantId, batch) }))
    }
    for (const [tenantId, each] of following) {
      if (tenants.has(tenantId)) continue
      following.delete(tenantId)
      await each.stop()
    }
  }
  let looking = Promise.resolve()
  const lookInTurn = (): Promise<void> => {
    looking = looking.then(look).catch(onError)
    return looking
  }
  return {
    start() {
      schedule = every(LOOK_EVERY_MS, lookInTurn, onError)
      void lookInTurn()
    },
    look() { if (schedule !== undefined && !hasStopped) void lookInTurn() },
    expire: () => deleteOldGatherings(database.system, retentionDays),
    async stop() {
      hasStopped = true
      await schedule?.stop()
      await looking
      await Promise.all([...following.values()].map((each) => each.stop()))
    },
  }
}

/** An event with the filters of a flow that it passes, each with what links it to other events. */
interface Passing { flow: GatheringFlow, event: FollowedEvent, own: Passed[], until: Passed[] }
interface Passed { filter: number, correlation: string }

async function gather(deps: GatheringDeps, tenantId: string, batch: FollowedEvent[]): Promise<void> {
  const { database, jq } = deps
  const expressions = createExpressions({ jq, batchKey: tenantId })
  const flows = await listGatheringFlows(database.system, tenantId)
  const passing = (await Promise.all(batch.flatMap((event) => flows.map((flow) => passingOf(expressions, flow, event))))).filter(({ own, until }) => own.length + until.length > 0)
  if (passing.length > 0) {
    await database.system.transaction(async (db) => {
      const locked = new Map((await lockGatheringFlows(db, tenantId)).map((flow) => [flow.flowId, flow]))
      for (const each of passing) {
        const flow = locked.get(each.flow.flowId)
        // It changed meanwhile, or somebody had its turn with this event.
        if (flow === undefined || canonical(flow.on) !== canonical(each.flow.on) || each.event.sequence <= flow.after) continue
        await take({ ...deps, db, expressions }, { ...each, flow })
        flow.after = each.event.sequence
      }
      for (const flow of locked.values()) await updateGatheringPlace(db, flow, flow.after)
    })
  }
  // Also what a process left that died right after its commit.
  for (const complete of await listComplete(database.system, tenantId)) await begin(deps, tenantId, complete)
}

async function passingOf(expressions: Expressions, flow: GatheringFlow, event: FollowedEvent): Promise<Passing> {
  const { on } = flow
  const passed = async (filters: EventFilter[]): Promise<Passed[]> => (await Promise.all(filters.map(async (filter, index) => {
    // As for flows that one event begins: what runs tell of themselves is meant only where it is named.
    if (isOfRuns(event.event.type) && filter.with['type'] !== event.event.type) return undefined
    if (!await fits({ ...filter, variables: {} }, event.event, expressions)) return undefined
    return { filter: index, correlation: await linkOf(filter, event.event, expressions) }
  }))).filter((each) => each !== undefined)
  return { flow, event, own: await passed(filtersOf(on)), until: typeof on.until === 'object' ? await passed(filtersOf(on.until)) : [] }
}

function filtersOf({ one, all, any = [] }: ConsumptionStrategy): EventFilter[] {
  if (one !== undefined) return [one]
  return all ?? (any.length === 0 ? [{ with: {} }] : any)
}

/** What has an expectation of its own was checked against it, and links nothing. */
async function linkOf({ correlate = {} }: EventFilter, event: CloudEvent, expressions: Expressions): Promise<string> {
  const linking = Object.entries(correlate).filter(([, { expect }]) => expect === undefined)
  if (linking.length === 0) return ''
  const values = await Promise.all(linking.map(async ([name, { from }]) => [name, await correlationOf(from, event, expressions, {}) ?? null]))
  return createHash('sha256').update(canonical(Object.fromEntries(values as [string, unknown][]))).digest('hex')
}

interface Taking extends GatheringDeps { db: Db, expressions: Expressions }

async function take(taking: Taking, passing: Passing): Promise<void> {
  if (passing.own.length > 0) await takeOwn(taking, passing)
  if (passing.until.length > 0) await takeEnd(taking, passing)
}

/** Into the oldest that still lacks it, else into a new one. */
async function takeOwn({ db, ...taking }: Taking, { flow, event, own }: Passing): Promise<void> {
  const isAll = flow.on.all !== undefined
  let found: GatheringRow | undefined
  let [passed] = own as [Passed]
  for (const each of own) {
    found = await findOpenGathering(db, flow, { correlation: each.correlation, ...isAll && { lacking: each.filter } })
    if (found === undefined) continue
    passed = each
    break
  }
  const { id = uuidv7(), events: before = [], untilMet = [] } = found ?? {}
  const events = [...before, { id: event.id, filter: passed.filter }]
  const row = { id, correlation: passed.correlation, events, untilMet }
  await upsertGathering(db, flow, { ...row, isComplete: events.length >= MAX_EVENTS || await isEnough({ db, ...taking }, flow, row) })
}

async function isEnough(taking: Taking, { tenantId, on: { all, until } }: GatheringFlow, { events }: GatheringRow): Promise<boolean> {
  if (all !== undefined) return new Set(events.map(({ filter }) => filter)).size === all.length
  if (typeof until !== 'string') return false
  try {
    return await taking.expressions.holds(until, await readEvents(taking, tenantId, events), {})
  } catch (error) {
    // A condition that cannot be decided is not met.
    taking.onError(error)
    return false
  }
}

/** An event that ends what is gathered: of what it is linked to, or of all where it is linked to nothing. Where nothing was gathered, nothing begins. */
async function takeEnd({ db }: Taking, { flow, until }: Passing): Promise<void> {
  const { all } = flow.on.until as ConsumptionStrategy
  for (const { filter, correlation } of until) {
    for (const open of await listOpenGatherings(db, flow, correlation === '' ? undefined : correlation)) {
      const untilMet = [...new Set([...open.untilMet, filter])]
      await upsertGathering(db, flow, { ...open, correlation, untilMet, isComplete: all === undefined || untilMet.length === all.length })
    }
  }
}

async function readEvents(deps: Pick<GatheringDeps, 'database' | 'blobs'>, tenantId: string, events: GatheringRow['events']): Promise<CloudEvent[]> {
  return Promise.all(events.map(async ({ id }) => JSON.parse(await eventText(deps, tenantId, id)) as CloudEvent))
}

/** Its id keeps it from beginning two runs. */
async function begin(deps: GatheringDeps, tenantId: string, complete: CompleteGathering): Promise<void> {
  const { namespace, name, id, events } = complete
  let input: CloudEvent[] = []
  const work = async (): Promise<void> => {
    input = await readEvents(deps, tenantId, events)
    const { id: runId } = await deps.starting.start(systemCaller(tenantId), {
      flow: { namespace, name }, input, idempotencyKey: `gathering ${id}`, trigger: { type: 'event', eventId: events.at(-1)!.id, eventType: input.at(-1)!.type, events: events.length, depth: Math.max(...input.map(depthOf)) },
    })
    // The last one stands in its trigger; more than these nobody is shown.
    for (const event of events.slice(-SHOWN_EVENTS, -1)) await deps.heard(tenantId, runId, event.id)
  }
  await work().catch((error: unknown) => {
    if (isHubError(error, 'database_unavailable')) throw error
    // Its schema refuses the events, or one of them is gone: it will not fit better later.
    deps.onError(error)
    if (input.length > 0) tellIfLoop(deps, error, { tenantId, namespace, name, event: input.at(-1)! })
  })
  await deleteGathering(deps.database.system, tenantId, complete)
}
