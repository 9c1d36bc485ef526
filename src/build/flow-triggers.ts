/** What begins flows by itself: events, webhooks, the clock, and what polls find. */
import type { Logger } from 'pino'
import type { Services } from '../api/services.ts'
import type { Config } from '../config.ts'
import { createAnswering, type Answering } from '../flows/triggers/answering.ts'
import { startClock } from '../flows/triggers/clock.ts'
import { createEventTriggers, type EventTriggers, type EventTriggersDeps } from '../flows/triggers/event-triggers.ts'
import { createGathering, type Gathering } from '../flows/triggers/gathering.ts'
import { createPoller, type PollerDeps } from '../flows/triggers/poll.ts'
import type { Jq } from '../lib/jq/jq.ts'
import type { Schedule } from '../jobs/schedule.ts'
import type { EventBus } from './event-bus.ts'
import type { FlowRuns } from './flow-runs.ts'
import type { Storage } from './storage.ts'

export interface FlowTriggers extends Answering, Pick<EventTriggers, 'sequels' | 'forget'>, Pick<Gathering, 'expire'> {
  /** Begins what is due, from now on. */
  start(): Schedule
}

export interface FlowTriggersDeps extends Omit<PollerDeps, 'starting'>, Pick<EventTriggersDeps, 'findSources' | 'announce'> {
  config: Pick<Config, 'eventsRetentionDays'>
  storage: Pick<Storage, 'database' | 'blobs' | 'links'>
  logger: Logger
  jq: Jq
  eventBus: Pick<EventBus, 'followers'>
  runs: Services['runs']
  starting: FlowRuns['starting']
}

export function createFlowTriggers({ storage: { database, blobs, links }, config, eventBus: { followers }, logger, runs, findSources, ...deps }: FlowTriggersDeps): FlowTriggers {
  const onError = (error: unknown): void => { logger.warn({ err: error }, 'a flow could not begin by itself') }
  const triggers = createEventTriggers({ database, findSources, onError, ...deps })
  const gathering = createGathering({ database, blobs, followers, heard: links.heard, retentionDays: config.eventsRetentionDays, onError, ...deps })
  return {
    sequels: triggers.sequels,
    forget(tenantId) {
      triggers.forget(tenantId)
      gathering.look()
    },
    ...createAnswering({ triggers, runs }),
    expire: gathering.expire,
    start() {
      gathering.start()
      const clock = startClock({ database, starting: deps.starting, poller: createPoller(deps), onError })
      return {
        async stop() {
          await clock.stop()
          await gathering.stop()
        },
      }
    },
  }
}
