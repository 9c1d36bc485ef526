/** Lets runs in where their flow has a concurrency limit or an ordering key: the oldest first, and of each key one at a time. */
import type { Database } from '../../db/database.ts'
import { every, type Schedule } from '../../jobs/schedule.ts'
import { settingsOf } from '../definition.ts'
import type { Definitions } from '../definitions.ts'
import type { Engine } from '../engine/engine.ts'
import type { RunObserver } from '../engine/observer.ts'
import { findFirstPending, listPendingFlows, lockFlow, updateAdmitted, type PendingFlow } from './admission-store.ts'

export interface Admission {
  /** A run of the flow came, or ended. */
  look(flow: PendingFlow): void
  /** Looks where a run ended. */
  observer: Pick<RunObserver, 'ended'>
  start(): void
  stop(): Promise<void>
}

export interface AdmissionDeps {
  database: Pick<Database, 'system'>
  definitions: Pick<Definitions, 'version'>
  engine: Pick<Engine, 'wake'>
  onError(error: unknown): void
}

/** For what ended in other processes, or with one that died. */
const LOOK_EVERY_MS = 1000
const ADMIT_MAX = 500

export function createAdmission(deps: AdmissionDeps): Admission {
  const { database, onError } = deps
  const running = new Map<string, { again: boolean, done: Promise<void> }>()
  let schedule: Schedule | undefined
  let hasStopped = false
  const admitAll = async (flow: PendingFlow, state: { again: boolean }): Promise<void> => {
    state.again = false
    const admitted = await admit(deps, flow)
    if (!hasStopped && (admitted === ADMIT_MAX || state.again)) await admitAll(flow, state)
  }
  const look = (flow: PendingFlow): void => {
    const known = running.get(flow.flowId)
    if (known !== undefined) {
      known.again = true
      return
    }
    if (hasStopped) return
    const state = { again: false, done: Promise.resolve() }
    running.set(flow.flowId, state)
    state.done = admitAll(flow, state).catch(onError).finally(() => { running.delete(flow.flowId) })
  }
  const ended: RunObserver['ended'] = ({ row, definition }) => {
    const { concurrency, orderBy } = settingsOf(definition)
    if (concurrency !== undefined || orderBy !== undefined) look(row)
  }
  return {
    look, observer: { ended },
    start() {
      schedule = every(LOOK_EVERY_MS, async () => { for (const flow of await listPendingFlows(database.system)) look(flow) }, onError)
    },
    async stop() {
      hasStopped = true
      await schedule?.stop()
      await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}

/** The limit is the one of the version that the oldest pending run follows. */
async function admit({ database, definitions, engine }: AdmissionDeps, flow: PendingFlow): Promise<number> {
  const first = await findFirstPending(database.system, flow)
  if (first === undefined) return 0
  const definition = await definitions.version(flow.tenantId, flow.flowId, first.version)
  const { concurrency } = definition === undefined ? {} : settingsOf(definition)
  const admitted = await database.system.transaction(async (db) => {
    // Two processes would both see room for one.
    await lockFlow(db, flow.flowId)
    return updateAdmitted(db, flow, { limit: concurrency ?? null, most: ADMIT_MAX })
  })
  if (admitted > 0) engine.wake()
  return admitted
}
