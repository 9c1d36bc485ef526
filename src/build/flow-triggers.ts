/** What begins flows by itself: events, webhooks, the clock, and what polls find. */
import type { Logger } from 'pino'
import type { Services } from '../api/services.ts'
import { createAnswering, type Answering } from '../flows/triggers/answering.ts'
import { startClock } from '../flows/triggers/clock.ts'
import { createEventTriggers, type EventTriggers, type EventTriggersDeps } from '../flows/triggers/event-triggers.ts'
import { createPoller, type PollerDeps } from '../flows/triggers/poll.ts'
import type { Schedule } from '../jobs/schedule.ts'
import type { FlowRuns } from './flow-runs.ts'
import type { Storage } from './storage.ts'

export interface FlowTriggers extends Answering, Pick<EventTriggers, 'sequels' | 'forget'> {
  /** Begins what is due, from now on. */
  start(): Schedule
}

export interface FlowTriggersDeps extends Omit<PollerDeps, 'starting'>, Pick<EventTriggersDeps, 'findSources'> {
  storage: Pick<Storage, 'database'>
  logger: Logger
  runs: Services['runs']
  starting: FlowRuns['starting']
}

export function createFlowTriggers({ storage: { database }, logger, runs, findSources, ...deps }: FlowTriggersDeps): FlowTriggers {
  const onError = (error: unknown): void => { logger.warn({ err: error }, 'a flow could not begin by itself') }
  const triggers = createEventTriggers({ database, findSources, onError, ...deps })
  return {
    sequels: triggers.sequels,
    forget: (tenantId) => { triggers.forget(tenantId) },
    ...createAnswering({ triggers, runs }),
    start: () => startClock({ database, starting: deps.starting, poller: createPoller(deps), onError }),
  }
}
