/** When a flow begins by itself: what its `schedule` says in the DSL, and the polls among Interchange's own settings. */
import { Cron } from 'croner'
import { settingsOf, type ConsumptionStrategy, type FlowDefinition, type PollTrigger } from '../definition.ts'
import { durationMs } from '../duration.ts'

/** What stands in the settings of a row of `flow_schedules`. */
export type Timing =
  | { kind: 'every', ms: number }
  | { kind: 'cron', expression: string, timezone: string }
  /** So long after the run before has ended. */
  | { kind: 'after', ms: number }
  | { kind: 'poll', ms: number, poll: PollTrigger }
  /** At no time of its own: events are gathered until there are enough of them. */
  | { kind: 'gather', on: ConsumptionStrategy }

export interface TimedTrigger {
  /** Stays the same over versions, so that a poll keeps its cursor. */
  id: string
  timing: Timing
}

const POLL_EVERY_MS = 60_000

/** The definition was validated. */
export function timedTriggersOf(definition: FlowDefinition): TimedTrigger[] {
  const { every, cron, after, on } = (definition.schedule ?? {}) as Record<string, unknown> & { on?: ConsumptionStrategy }
  const { timezone = 'UTC', triggers = [] } = settingsOf(definition)
  const found: TimedTrigger[] = []
  if (every !== undefined) found.push({ id: 'every', timing: { kind: 'every', ms: durationMs(every) } })
  if (typeof cron === 'string') found.push({ id: 'cron', timing: { kind: 'cron', expression: cron, timezone } })
  if (after !== undefined) found.push({ id: 'after', timing: { kind: 'after', ms: durationMs(after) } })
  if (on !== undefined && isGathering(on)) found.push({ id: 'on', timing: { kind: 'gather', on } })
  for (const { poll } of triggers) {
    if (poll !== undefined) found.push({ id: `poll:${poll.integration}:${poll.operation ?? ''}`.slice(0, 500), timing: { kind: 'poll', ms: poll.interval === undefined ? POLL_EVERY_MS : durationMs(poll.interval), poll } })
  }
  return found
}

/** Whether it takes more than one event to begin a run. */
export function isGathering({ all, until }: ConsumptionStrategy): boolean {
  return all !== undefined || until !== undefined
}

/** The first time, counted from `now`. */
export function firstDue(timing: Timing, now: Date): Date | null {
  return timing.kind === 'after' || timing.kind === 'poll' ? now : nextDue(timing, now)
}

/** The next time behind `now`, of an interval in step with when it was `due`, however late it was seen; what was missed while nobody ran is made up for once, not as often as it was missed. Null where there is none, or where the end of a run says when. */
export function nextDue(timing: Timing, now: Date, due = now): Date | null {
  if (timing.kind === 'after' || timing.kind === 'gather') return null
  if (timing.kind === 'cron') return new Cron(timing.expression, { paused: true, timezone: timing.timezone, mode: 'auto' }).nextRun(now)
  const missed = Math.max(0, Math.floor((now.getTime() - due.getTime()) / timing.ms))
  return new Date(due.getTime() + (missed + 1) * timing.ms)
}
