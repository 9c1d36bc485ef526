/** Runs of flows: what begins, runs and shows them. */
import type { Logger } from 'pino'
import type { Services } from '../api/services.ts'
import type { Config } from '../config.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { APPROVAL_LINK, type Approvals } from '../flows/approvals/approvals.ts'
import { createCalls } from '../flows/calls/index.ts'
import type { Effect, FunctionArguments } from '../flows/effect.ts'
import type { Definitions } from '../flows/definitions.ts'
import type { HubEvents } from '../events/hub-events.ts'
import { createEngine, type Engine } from '../flows/engine/engine.ts'
import type { RunObserver } from '../flows/engine/observer.ts'
import { createListening } from '../flows/listening/listening.ts'
import { createAdmission } from '../flows/runs/admission.ts'
import { createLifecycle } from '../flows/runs/lifecycle.ts'
import { createRunRetention, type RunRetention } from '../flows/runs/retention.ts'
import { countLive, createRuns } from '../flows/runs/runs.ts'
import { createStarting, type Starting } from '../flows/runs/start.ts'
import { createSurroundings } from '../flows/runs/surroundings.ts'
import { createFlowSecrets } from '../flows/secrets.ts'
import type { NamedIntegrations } from '../integrations/named.ts'
import type { Jq } from '../lib/jq/jq.ts'
import type { Metrics } from '../metrics.ts'
import { announcerOn, RUNS_CHANGED } from './announcing.ts'
import type { EventBus } from './event-bus.ts'
import type { Storage } from './storage.ts'

export interface FlowRuns {
  engine: Engine
  starting: Starting
  start(): Promise<void>
  services: Pick<Services, 'runs' | 'describeCall'>
  retention: RunRetention
  /** For /metrics. */
  figures(): Promise<{ live: Record<string, number>, due: number, held: number }>
  close(): Promise<void>
}

export interface FlowRunsDeps {
  storage: Storage
  logger: Logger
  metrics: Metrics
  jq: Jq
  credentials: Credentials
  config: Config
  definitions: Definitions
  approvals: Pick<Approvals, 'link'>
  named: NamedIntegrations
  execute: Services['execute']
  eventBus: Pick<EventBus, 'followers' | 'publishing'>
  hubEvents: HubEvents
  /** Made later, since agents start runs themselves. */
  agentSteps(callFunction: Effect<FunctionArguments>): Effect<FunctionArguments>
}

export function createFlowRuns({ storage: { database, blobs, links, retention, http, guard }, config, logger, metrics, jq, credentials, definitions, named, execute, eventBus: { followers, publishing }, hubEvents, agentSteps, approvals }: FlowRunsDeps): FlowRuns {
  const onError = (error: unknown): void => { logger.warn({ err: error }, 'the running of flows stumbled') }
  const calls = createCalls({
    http, guard, blobs, execute, integrations: named, now: Date.now, builtIn: { [APPROVAL_LINK]: approvals.link },
    allow: { shell: config.allowShell, containerCommand: config.containerCommand, pythonCommand: config.pythonCommand, stdioCommands: config.allowCommands },
  })
  const secrets = createFlowSecrets({ credentials })
  const listening = createListening({ database, followers, jq, wake: () => { engine.wake() }, onError })
  const announcer = announcerOn(RUNS_CHANGED, { database, logger })
  const observers: Partial<RunObserver>[] = [{ ended: (_run, { status }) => { metrics.run(status) } }, createLifecycle(hubEvents), { committed: ({ row }) => { announcer.announce(row.tenantId) } }]
  const engine: Engine = createEngine({
    database, blobs, jq, definitions, onError,
    services: createSurroundings({ database, blobs, effects: { ...calls, kinds: { ...calls.kinds, function: withSteps(calls.kinds.function as Effect<FunctionArguments>, agentSteps) } }, secrets, publishing, listening, heard: links.heard, starting: () => starting, loadSchema: calls.loadSchema, wake: () => { engine.wake() } }),
    observers,
  })
  const starting: Starting = createStarting({ database, blobs, jq, definitions, engine, began: ({ tenantId }) => { announcer.announce(tenantId) }, pending: (run) => { admission.look(run) } })
  const admission = createAdmission({ database, definitions, engine, onError })
  observers.push(admission.observer)
  return {
    engine, starting,
    async start() {
      await engine.start()
      listening.start()
      admission.start()
    },
    services: { describeCall: calls.describe, runs: createRuns({ database, blobs, jq, definitions, engine, starting, maskOf: (tenantId, definition) => secrets.maskOf(tenantId, definition) }) },
    retention: createRunRetention({ database, blobs, days: config.runsRetentionDays, ownDays: retention.all }),
    figures: async () => ({ ...await countLive(database), held: engine.stats().held }),
    async close() {
      await listening.stop()
      await admission.stop()
      await starting.drain()
      await engine.stop()
      await announcer.close()
      await calls.close()
    },
  }
}

function withSteps(callFunction: Effect<FunctionArguments>, agentSteps: FlowRunsDeps['agentSteps']): Effect<FunctionArguments> {
  let made: Effect<FunctionArguments> | undefined
  return (args, context) => (made ??= agentSteps(callFunction))(args, context)
}
