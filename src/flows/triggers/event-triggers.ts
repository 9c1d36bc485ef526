/**
 * Flows that events begin: `schedule.on` of the DSL, and webhook sources among Interchange's own settings. Which flows an event begins is known from
 * memory, so that their runs are committed together with it.
 */
import type { LRUCache } from 'lru-cache'
import type { Database } from '../../db/database.ts'
import { isHubError } from '../../errors.ts'
import { depthOf } from '../../events/depth.ts'
import type { AcceptedEvent, CloudEvent } from '../../events/event.ts'
import type { HubEvents } from '../../events/hub-events.ts'
import type { Sequel, Sequels } from '../../events/inbox.ts'
import { boundedCache } from '../../lib/bounded-cache.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { systemCaller } from '../../tenants/caller.ts'
import { settingsOf, type ConsumptionStrategy, type EventFilter, type FlowDefinition } from '../definition.ts'
import { durationMs } from '../duration.ts'
import { compileFilter, type CompiledFilter } from '../events/filter.ts'
import { createExpressions } from '../expressions/evaluate.ts'
import { flowIdOf } from '../flow-id.ts'
import { meetsExpectations } from '../listening/filter.ts'
import type { Planned, Starting } from '../runs/start.ts'
import { newRunClauses, newRunValues } from '../runs/start-store.ts'
import { listTriggered, type TriggeredFlow } from './event-triggers-store.ts'
import { isGathering } from './schedule.ts'

/** A run whose output the sender of a webhook waits for. */
export interface Awaited { runId: string, timeoutMs: number }

export interface EventTriggers {
  sequels: Sequels
  /** Once, after the event was accepted: undefined where no flow answers its sender. */
  takeAwaited(eventId: string): Awaited | undefined
  /** Flows of the tenant changed, or its webhook sources; of anybody without one. */
  forget(tenantId?: string): void
}

export interface EventTriggersDeps {
  database: Pick<Database, 'tenant'>
  jq: Jq
  starting: Pick<Starting, 'plan'>
  /** Ids of the webhook sources of that name, or the one of that id. */
  findSources(tenantId: string, nameOrId: string): Promise<string[]>
  announce: HubEvents['announce']
  onError(error: unknown): void
}

interface Trigger extends Pick<TriggeredFlow, 'namespace' | 'name' | 'version'> {
  /** Any of them suffices; none takes every event. */
  filters: CompiledFilter[]
  sources?: Set<string>
  answerMs?: number
}

/** How long a change made by another process may go unseen where its notice gets lost. */
const FRESH_MS = 30_000
const LOOP_STOPPED = 'flow.loop_stopped'
/** What is told of runs begins a flow only where it names that: else a flow that takes every event would begin itself without end. */
export function isOfRuns(type: string): boolean {
  return type.startsWith('io.serverlessworkflow.') || type === LOOP_STOPPED
}

/** Nobody waits for an answer who could be told of it. Once an hour: who begins at this event itself would tell it again. */
export function tellIfLoop({ announce }: Pick<EventTriggersDeps, 'announce'>, error: unknown, { tenantId, namespace, name, event }: Pick<TriggeredFlow, 'namespace' | 'name'> & { tenantId: string, event: CloudEvent }): void {
  if (!isHubError(error, 'nested_too_deep')) return
  announce(tenantId, {
    type: LOOP_STOPPED, subject: flowIdOf({ namespace, name }), data: { flow: flowIdOf({ namespace, name }), code: error.code, detail: error.message, eventType: event.type, eventSource: event.source, eventId: event.id, depth: depthOf(event) },
    once: { scope: LOOP_STOPPED, key: `${namespace}/${name}`, windowSeconds: 3600 },
  })
}

const AWAITED_MAX = 10_000
const ANSWER_MS = 30_000

interface PlannedSequel extends Sequel { row: Planned['row'] }

export function createEventTriggers(deps: EventTriggersDeps): EventTriggers {
  const tenants = boundedCache<Trigger[]>(20_000, { ttl: FRESH_MS })
  const awaited = boundedCache<Awaited>(AWAITED_MAX)
  let generation = 0
  const load = async (tenantId: string): Promise<Trigger[]> => {
    const began = generation
    const rows = await listTriggered(deps.database.tenant(tenantId), tenantId)
    const triggers = (await Promise.all(rows.map((row) => triggersOf(deps, tenantId, row)))).flat()
    // What was forgotten while it was read may be from before the change.
    if (began === generation) tenants.set(tenantId, triggers)
    return triggers
  }
  const planAll = async (event: AcceptedEvent, triggers: Trigger[]): Promise<Sequel[] | undefined> => {
    const begun = (await Promise.all(triggers.map((trigger) => planOne(deps, awaited, event, trigger)))).filter((each) => each !== undefined)
    return begun.length === 0 ? undefined : begun
  }
  return {
    sequels: {
      plan(event) {
        // A test of an endpoint is for it alone.
        if (event.onlyTo !== undefined) return undefined
        const known = tenants.get(event.tenantId)
        if (known === undefined) return load(event.tenantId).then((triggers) => planAll(event, triggers.filter((each) => mayBegin(each, event))))
        const triggers = known.filter((each) => mayBegin(each, event))
        return triggers.length === 0 ? undefined : planAll(event, triggers)
      },
      rows: (all) => ({
        values: newRunValues((all as PlannedSequel[]).map(({ row }) => row)),
        clauses: (first, isStored) => `${newRunClauses(first, isStored("(g.trigger::json->>'eventId')"))},
     fresh_sequels as (select id from fresh_runs)`,
      }),
    },
    takeAwaited(eventId) {
      const found = awaited.get(eventId)
      awaited.delete(eventId)
      return found
    },
    forget(tenantId) {
      generation += 1
      if (tenantId === undefined) tenants.clear()
      else tenants.delete(tenantId)
    },
  }
}

function mayBegin({ filters, sources }: Trigger, { event: { type }, webhookSourceId }: AcceptedEvent): boolean {
  if (sources !== undefined && (webhookSourceId === undefined || !sources.has(webhookSourceId))) return false
  return filters.some((filter) => filter.type === type) || !isOfRuns(type) && (filters.length === 0 || filters.some((filter) => filter.type === undefined))
}

async function planOne({ starting, announce, onError }: EventTriggersDeps, awaited: LRUCache<string, Awaited>, { tenantId, id, event }: AcceptedEvent, trigger: Trigger): Promise<PlannedSequel | undefined> {
  const { namespace, name, version, filters, sources, answerMs } = trigger
  try {
    if (filters.length > 0 && !await matchesAny(filters, event)) return undefined
    // The DSL hands over what was consumed as a list; a webhook is one event by nature.
    const { row, ...planned } = await starting.plan(systemCaller(tenantId), {
      flow: { namespace, name }, version, input: sources === undefined ? [event] : event, trigger: { type: sources === undefined ? 'event' : 'webhook', eventId: id, eventType: event.type, depth: depthOf(event) },
    })
    if (answerMs !== undefined) awaited.set(id, { runId: row.id, timeoutMs: answerMs })
    return { id: row.id, row, ...planned }
  } catch (error) {
    // A flow that cannot begin (its schema refuses the event, it was disabled this moment) must not keep the event out.
    onError(error)
    tellIfLoop({ announce }, error, { tenantId, namespace, name, event })
    return undefined
  }
}

async function matchesAny(filters: CompiledFilter[], event: CloudEvent): Promise<boolean> {
  for (const filter of filters) if (await filter.matches(event)) return true
  return false
}

async function triggersOf({ jq, findSources }: EventTriggersDeps, tenantId: string, { namespace, name, version, schedule, document }: TriggeredFlow): Promise<Trigger[]> {
  const flow = { namespace, name, version }
  const found: Trigger[] = []
  const on = schedule?.['on'] as ConsumptionStrategy | undefined
  // What gathers several events stands elsewhere.
  const filters = on === undefined || isGathering(on) ? undefined : on.one !== undefined ? [on.one] : on.any
  if (filters !== undefined) found.push({ ...flow, filters: filters.map((filter) => filterOf(filter, jq, tenantId)) })
  for (const { webhook } of settingsOf({ document } as FlowDefinition).triggers ?? []) {
    if (webhook === undefined) continue
    const { source, respond = false, timeout } = webhook
    found.push({ ...flow, filters: [], sources: new Set(await findSources(tenantId, source)), ...respond && { answerMs: timeout === undefined ? ANSWER_MS : durationMs(timeout) } })
  }
  return found
}

/** Of what correlations link an event to others, one event alone has to meet what they expect. */
function filterOf(filter: EventFilter, jq: Jq, tenantId: string): CompiledFilter {
  const compiled = compileFilter(filter, { jq, batchKey: tenantId })
  const { correlate } = filter
  if (correlate === undefined) return compiled
  const expressions = createExpressions({ jq, batchKey: tenantId })
  return { ...compiled, matches: async (event) => await compiled.matches(event) && meetsExpectations(correlate, event, { expressions, variables: {} }) }
}
