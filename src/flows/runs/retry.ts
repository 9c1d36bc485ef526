/** A run anew: as a new run that begins before a chosen task, with what was recorded up to there. */
import { HubError } from '../../errors.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { FlowDefinition } from '../definition.ts'
import type { Definitions } from '../definitions.ts'
import type { RunState } from '../engine/frame.ts'
import { Value } from '../engine/value.ts'
import { aroundOf, historyOf, keptBefore, lastOf, wholeOf, type History, type HistoryDeps, type Recorded } from './history.ts'
import { placesOf, type Place } from './places.ts'
import type { StoredRecord } from './record.ts'
import { canEnter, onWay, type Step } from './reopen.ts'
import { findOver } from './runs-store.ts'

export interface RetryRequest {
  /** Reference of a task of the first run. The first task unless given. */
  from?: string | undefined
  /** Which round of the loops around it, the outermost first, as the run shows them; the last one unless given. */
  rounds?: number[] | undefined
  /** Instead of the input that the task had; of the whole run where no task is named. */
  input?: unknown
}

export interface RetryPlan {
  flow: { namespace: string, name: string }
  version: string
  input: unknown
  /** Where the run begins; undefined for its first task. */
  state: RunState | undefined
  /** The task that it begins with: the chosen one, or the one around it that can be begun. */
  from?: { from: string, rounds?: number[] }
}

export interface RetryDeps extends HistoryDeps { definitions: Pick<Definitions, 'version'> }

/**
 * Secrets in what was recorded are masked, and stay so: a task that needs one gets it from `$secrets` again, or from the input that is given here.
 * Throws HubError `not_found`, `conflict` for a run that is not over, `invalid_input` for a task that the run did not reach.
 */
export async function planRetry(deps: RetryDeps, { tenantId }: Caller, id: string, { from, rounds, input }: RetryRequest): Promise<RetryPlan> {
  const over = await findOver(deps.database.tenant(tenantId), tenantId, id)
  if (over === undefined) throw new HubError('conflict', 'Only a run that is over can be tried again.')
  const whole = (entry: Pick<Recorded, 'runId'>, value: unknown): Promise<unknown> => wholeOf(deps, tenantId, entry, value)
  const first = await whole({ runId: id }, (JSON.parse(over.record) as StoredRecord).input)
  const { namespace, name, version } = over
  const plan = { flow: { namespace, name }, version }
  if (from === undefined) return { ...plan, input: input ?? first, state: undefined }
  const definition = await deps.definitions.version(tenantId, over.flowId, version)
  if (definition === undefined) throw new HubError('not_found', 'The definition of this run is gone.')
  const history = await historyOf(deps, tenantId, { definition, over })
  const steps = stepsTo(definition, history, { from, rounds })
  const contextAt = async (entry: Recorded, entries: readonly Recorded[]): Promise<unknown> => {
    const exporting = entries.findLast((each) => 'context' in each && !entry.reference.startsWith(`${each.reference}/`))
    return exporting === undefined ? {} : whole(exporting, exporting.context)
  }
  const list = await onWay({ definition, history, whole, first, given: input, contextAt: (entry) => contextAt(entry, history.ended.filter(({ order }) => order < entry.order)) }, steps)
  const { entry } = steps.at(-1)!
  const kept = keptBefore(history, steps.map(({ place }) => place), entry)
  const state: RunState = {
    list, context: new Value(await contextAt(entry, kept)), from: new Value(null), journal: 0, large: {},
    started: kept.reduce((most, { order }) => Math.max(most, order), entry.order) + 1,
  }
  return { ...plan, input: first, state, from: { from: entry.reference, ...entry.rounds !== undefined && { rounds: entry.rounds } } }
}

/** As deep as what was recorded lets one begin. */
function stepsTo(definition: FlowDefinition, history: History, { from, rounds }: { from: string, rounds: number[] | undefined }): [Step, ...Step[]] {
  let places = placesOf(definition, from)
  if (places === undefined || lastOf(history, { reference: from }) === undefined) throw noSuchTask('/from', 'is not the reference of a task that the run began')
  const isClipped = places.at(-1)!.reference !== from
  let entry = lastOf(history, { reference: places.at(-1)!.reference, rounds: isClipped ? undefined : rounds })
  if (entry === undefined) throw noSuchTask('/rounds', 'are not ones that the task began in')
  for (;;) {
    const steps = stepsUpTo(history, places, entry)
    const shut = steps.findIndex((step, index) => index > 0 && !canEnter({ history }, steps[index - 1]!, step))
    if (shut === -1) return steps
    places = places.slice(0, shut)
    entry = steps[shut - 1]!.entry
  }
}

function stepsUpTo(history: History, places: Place[], last: Recorded): [Step, ...Step[]] {
  return places.map((place, index): Step => {
    const entry = index === places.length - 1 ? last : aroundOf(history, place, last)
    if (entry === undefined) throw noSuchTask('/from', 'lies within a task whose record is gone')
    return { place, entry }
  }) as [Step, ...Step[]]
}

function noSuchTask(pointer: string, detail: string): HubError {
  return new HubError('invalid_input', 'The run has no such task.', { errors: [{ pointer, detail }] })
}
