/**
 * Runs flows. What this process started runs from memory; what must be taken up again (timers, events, runs of a process that died) is claimed from
 * the table of live runs. A run that waits is in no process's memory.
 */
import { uuidv7 } from 'uuidv7'
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../../db/database.ts'
import { isRowFault } from '../../db/faults.ts'
import { ensurePartitions } from '../../db/partitions.ts'
import { HubError, isHubError } from '../../errors.ts'
import { createHeartbeat, type Heartbeat } from '../../jobs/heartbeat.ts'
import { every, type Schedule } from '../../jobs/schedule.ts'
import { createStrays, type Strays } from '../../jobs/strays.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import type { FlowDefinition } from '../definition.ts'
import type { Definitions } from '../definitions.ts'
import { createExpressions } from '../expressions/evaluate.ts'
import { fault, FlowFault, toFault, type FaultDetail } from '../fault.ts'
import { callerOf } from '../rights.ts'
import { executorOf } from '../tasks/index.ts'
import type { FinishedRow } from './checkpoint-store.ts'
import { createCheckpoints, type Checkpoints } from './checkpoints.ts'
import { framesOf, newState, type RunState } from './frame.ts'
import type { RunEnd } from './end.ts'
import type { RunObserver } from './observer.ts'
import { createLargeValues, type LargeValues } from './large.ts'
import { beat, claimDue, findClaimed, freeLapsed, freeOrphans, releaseRuns, signOff, takeWoken, wakeRun } from './live-store.ts'
import { insertBlobOwner } from './blobs-store.ts'
import { entriesText, recordText, snapshotOf, type Snapshot } from './recording.ts'
import { LiveRun, type RunRow } from './run.ts'
import type { Services } from './services.ts'
import { readState, readValue } from './state.ts'
import { Value } from './value.ts'
import { runWorkflow, type Ending } from './workflow.ts'

export interface Engine {
  workerId: string
  start(): Promise<void>
  /** Whether a new run may be written as claimed by this process. A promise of room, to be used or given back. */
  reserve(runId: string): boolean
  /** `uncertain`: whether its row was written is not known. */
  giveBack(runId: string, how?: 'uncertain'): void
  /** Its row is committed as claimed, its room reserved. */
  begin(row: RunRow, given: Given): void
  /** Something happened to runs: what is due is looked for now. */
  wake(): void
  /** Told once the run's end is committed here; never where it ends elsewhere. */
  onEnd(runId: string, listener: (end: RunEnd) => void): () => void
  stats(): { held: number }
  /** Gives runs back as they stand, after effects under way had a while to end. */
  stop(): Promise<void>
}

/** The input of a run that is new, which need not be read again; and its large values that are stored, by their hash. */
export interface Given { input: unknown, large: Record<string, string> }

export interface EngineDeps {
  database: Database
  blobs: Pick<Blobs, 'write' | 'read'>
  jq: Jq
  definitions: Definitions
  services: Omit<Services, 'isHeld' | 'executorOf'>
  observers: readonly Partial<RunObserver>[]
  onError(error: unknown): void
}

const HELD_MAX = 5000
const CLAIM_MAX = 200
const LOOK_EVERY_MS = 250
const STOP_GRACE_MS = 5000

interface Held { run: LiveRun, large: LargeValues }

export function createEngine(deps: EngineDeps): Engine {
  return new Running(deps)
}

class Running implements Engine {
  readonly workerId = uuidv7()
  readonly #deps: EngineDeps
  readonly #held = new Map<string, Held>()
  readonly #listeners = new Map<string, Set<(end: RunEnd) => void>>()
  readonly #checkpoints: Checkpoints
  readonly #heartbeat: Heartbeat
  readonly #services: Services
  readonly #unread = new Map<string, RunRow>()
  /** Runs that are being written or read. */
  readonly #promised = new Set<string>()
  readonly #strays: Strays
  #looking: Schedule | undefined
  #stopped = false
  #idle: (() => void) | undefined

  constructor(deps: EngineDeps) {
    this.#deps = deps
    const { database, onError } = deps
    this.#checkpoints = createCheckpoints({ db: database.system, workerId: this.workerId, ensurePartitions: () => ensurePartitions(database.owner), onError })
    this.#heartbeat = createHeartbeat({ db: database.system, store: { beat, freeLapsed, freeOrphans, signOff }, workerId: this.workerId, lost: () => { this.#loseAll() }, held: () => undefined, onError })
    this.#strays = createStrays({
      findClaimed: () => findClaimed(database.system, this.workerId), release: (rows) => releaseRuns(database.system, this.workerId, rows),
      isInHand: (id) => this.#held.has(id) || this.#promised.has(id),
    })
    this.#services = { ...deps.services, executorOf, isHeld: () => this.#heartbeat.isHeld() }
  }

  async start(): Promise<void> {
    await this.#heartbeat.start()
    this.#looking = every(LOOK_EVERY_MS, () => this.#look(), this.#deps.onError)
  }

  reserve(runId: string): boolean {
    if (this.#stopped || !this.#heartbeat.isHeld() || this.#held.size + this.#promised.size >= HELD_MAX) return false
    this.#promised.add(runId)
    return true
  }

  giveBack(runId: string, how?: 'uncertain'): void {
    this.#promised.delete(runId)
    if (how !== undefined) this.#strays.suspect()
  }

  begin(row: RunRow, given: Given): void {
    this.#adopt(row, given)
  }

  wake(): void {
    this.#look().catch(this.#deps.onError)
  }

  onEnd(runId: string, listener: (end: RunEnd) => void): () => void {
    const listeners = this.#listeners.get(runId) ?? new Set()
    this.#listeners.set(runId, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(runId)
    }
  }

  stats(): { held: number } {
    return { held: this.#held.size }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#looking?.stop()
    // Each goes on to its next task at most.
    for (const { run } of this.#held.values()) run.parking.leave()
    const late = setTimeout(() => { this.#idle?.() }, STOP_GRACE_MS)
    if (this.#held.size > 0) await new Promise<void>((resolve) => { this.#idle = resolve })
    clearTimeout(late)
    this.#checkpoints.giveUp()
    const left = [...this.#held.values()].map(({ run }) => run)
    for (const run of left) run.stop('lost')
    if (left.length > 0) await releaseRuns(this.#deps.database.system, this.workerId, left.map(({ row }) => row)).catch(this.#deps.onError)
    await this.#checkpoints.drain()
    await this.#heartbeat.stop()
  }

  /** Others may have them by now. */
  #loseAll(): void {
    for (const { run } of this.#held.values()) run.stop('lost')
  }

  /** Answers whether another look would find more. */
  async #look(): Promise<boolean> {
    if (this.#stopped || !this.#heartbeat.isHeld()) return false
    const { database: { system } } = this.#deps
    if (this.#unread.size > 0) {
      await releaseRuns(system, this.workerId, [...this.#unread.values()])
      this.#unread.clear()
    }
    if (this.#held.size > 0) {
      for (const { id, wanted } of await takeWoken(system, this.workerId)) await this.#heed(id, wanted)
    }
    const room = Math.min(CLAIM_MAX, HELD_MAX - this.#held.size - this.#promised.size)
    if (room <= 0) return false
    await this.#strays.free()
    const rows = await claimDue(system, this.workerId, room).catch((error: unknown) => {
      this.#strays.suspect()
      throw error
    })
    for (const row of rows) this.#adopt(row)
    return rows.length === room
  }

  async #heed(id: string, wanted: RunRow['wanted']): Promise<void> {
    const run = this.#held.get(id)?.run
    if (run === undefined) return
    if (wanted === 'cancel') run.stop('cancelled')
    else {
      if (wanted === 'suspend') run.parking.suspend()
      if (wanted === 'resume') run.parking.resume()
      await run.parking.wake()
    }
  }

  #adopt(row: RunRow, given?: Given): void {
    // The place is taken at once: what is claimed twice would be two runs.
    const before = this.#held.get(row.id)
    if (before !== undefined) before.run.stop('lost')
    this.#promised.add(row.id)
    this.#take(row, given).catch((error: unknown) => {
      this.#deps.onError(error)
      // It could not even be read: given back when the database can be reached.
      this.#unread.set(row.id, row)
      this.#promised.delete(row.id)
    })
  }

  async #take(row: RunRow, given: Given | undefined): Promise<void> {
    const loaded = await this.#load(row, given).catch((error: unknown) => this.#broken(row, error))
    const { held } = loaded
    const { run } = held
    this.#held.set(row.id, held)
    this.#promised.delete(row.id)
    if (loaded.fault !== undefined) {
      await this.#finish(held, { status: 'faulted', error: loaded.fault })
      return
    }
    this.#tell((observer) => { observer.committed?.(run) })
    // One that was left to whoever claims it begins here.
    if (given !== undefined || row.state === null) this.#tell((observer) => { observer.started?.(run) })
    else if (row.wanted === null && framesOf(run.state.list).some(({ waiting }) => waiting)) this.#tell((observer) => { observer.woken?.(run) })
    if (row.wanted === 'resume') this.#tell((observer) => { observer.resumed?.(run) })
    if (row.wanted === 'cancel') run.stop('cancelled')
    if (row.wanted === 'suspend') run.parking.suspend()
    if (this.#stopped) run.parking.leave()
    const ending = await runWorkflow(run, this.#services)
    if (ending.status === 'lost') this.#drop(row, run)
    else await this.#finish(held, ending)
  }

  async #load(row: RunRow, given: Given | undefined): Promise<{ held: Held, fault?: FaultDetail }> {
    const { tenantId, namespace, name, version } = row
    const definition = await this.#deps.definitions.version(tenantId, row.flowId, version)
    if (definition === undefined) throw fault('configuration', `The definition of ${namespace}/${name} ${version} is gone.`)
    let large: LargeValues | undefined
    const state = row.state === null ? undefined : await readState(row.state, (known) => (large ??= this.#largeOf(row, known)))
    const known = state?.large ?? given?.large ?? {}
    large ??= this.#largeOf(row, known)
    const input = new Value(given === undefined ? await readValue(row.input, large) : given.input)
    return { held: { run: this.#runOf(row, definition, input, state ?? newState(input, known)), large } }
  }

  /** What cannot be run is at its end, and says why; where the database is away it is not known to be so. */
  #broken(row: RunRow, error: unknown): { held: Held, fault: FaultDetail } {
    if (isHubError(error, 'database_unavailable') || !(error instanceof FlowFault || error instanceof HubError)) throw error
    const { namespace, name, version } = row
    const state = newState(new Value(null))
    const run = this.#runOf(row, { document: { dsl: '', namespace, name, version }, do: [] }, new Value(null), state)
    return { held: { run, large: this.#largeOf(row, state.large) }, fault: toFault(error).toJSON() }
  }

  #runOf(row: RunRow, definition: FlowDefinition, input: Value, state: RunState): LiveRun {
    const expressions = createExpressions({ jq: this.#deps.jq, batchKey: row.tenantId })
    return new LiveRun({ row, definition, input, state, caller: callerOf(row), expressions }, { commit: (each) => this.#commit(each), release: (each) => { this.#release(each) } })
  }

  #largeOf({ tenantId, id }: RunRow, known: Record<string, string>): LargeValues {
    const { blobs, database } = this.#deps
    return createLargeValues({ blobs, tenantId, known, stored: (blobId) => insertBlobOwner(database.tenant(tenantId), { tenantId, blobId, runId: id }) })
  }

  async #commit(run: LiveRun): Promise<void> {
    const held = this.#held.get(run.row.id)
    if (held?.run !== run) return
    await this.#write(held, { status: 'running', isReleased: false, dueInMs: null })
  }

  async #write({ run, large }: Held, how: { status: 'running' | 'waiting' | 'suspended', isReleased: boolean, dueInMs: number | null }): Promise<void> {
    const { tenantId, id, epoch } = run.row
    const { state, seq, taken, steps } = await snapshotOf(run, large)
    const entries = await entriesText(run, large, taken)
    const isHeld = this.#heartbeat.isHeld() && await this.#checkpoints.commit({ kind: 'checkpoint', row: { tenantId, id, epoch, state, seq, entries, ...how } })
    if (!isHeld) run.stop('lost')
    else this.#told(run, { taken, steps }, how.status)
  }

  /** Every strand of it waits: it leaves memory. */
  #release(run: LiveRun): void {
    const held = this.#held.get(run.row.id)
    if (held?.run !== run) return
    const { dueAt, isSuspended, isLeaving } = run.wishOf()
    run.settle().then(() => this.#write(held, {
      status: isSuspended ? 'suspended' : isLeaving ? 'running' : 'waiting', isReleased: true,
      dueInMs: isSuspended ? null : isLeaving ? 0 : dueAt === undefined ? null : Math.max(0, dueAt - Date.now()),
    })).then(() => (run.parking.hasMissedWake ? wakeRun(this.#deps.database.system, run.row) : undefined))
      .catch(this.#deps.onError).finally(() => { this.#drop(run.row, run) })
  }

  async #finish({ run, large }: Held, ending: Exclude<Ending, { status: 'lost' }>): Promise<void> {
    const { row } = run
    run.close()
    await run.settle()
    if (ending.status === 'cancelled') run.cancelOpen()
    const output = ending.status === 'completed' ? ending.output : null
    const error = ending.status === 'faulted' ? ending.error : undefined
    const [taken, steps] = [run.takeEnded(), run.takeSteps()]
    const record = await recordText(run, large, { output, error, tasks: await entriesText(run, large, taken) })
    const finished: FinishedRow = { tenantId: row.tenantId, id: row.id, epoch: row.epoch, status: ending.status, errorType: error?.type ?? null, record, hasListened: run.state.listened === true }
    const isHeld = this.#heartbeat.isHeld() && await this.#checkpoints.commit({ kind: 'finished', row: finished }).catch((fault: unknown) => {
      if (!isRowFault(fault)) throw fault
      // What Postgres does not take must not keep the run from its end.
      this.#deps.onError(fault)
      return this.#checkpoints.commit({ kind: 'finished', row: { ...finished, record: JSON.stringify({ input: null, output: null, error: error ?? null, tasks: [] }) } })
    })
    this.#drop(row, run)
    if (!isHeld) return
    this.#told(run, { taken, steps }, 'running')
    const end: RunEnd = { status: ending.status, output: run.mask.maskValue(output), error: run.mask.maskValue(error) }
    for (const listener of this.#listeners.get(row.id) ?? []) listener(end)
    this.#listeners.delete(row.id)
    this.#tell((observer) => { observer.ended?.(run, end) })
    if (row.parentId !== null) this.wake()
  }

  #told(run: LiveRun, { taken, steps }: Pick<Snapshot, 'taken' | 'steps'>, status: 'running' | 'waiting' | 'suspended'): void {
    this.#tell((observer) => { observer.committed?.(run) })
    if (steps.length > 0) this.#tell((observer) => { observer.stepsTaken?.(run, steps) })
    if (taken.length > 0) this.#tell((observer) => { observer.tasksEnded?.(run, taken) })
    if (status === 'suspended') this.#tell((observer) => { observer.suspended?.(run) })
    if (status === 'waiting') this.#tell((observer) => { observer.waiting?.(run) })
  }

  /** Their faults are theirs. */
  #tell(what: (observer: Partial<RunObserver>) => void): void {
    for (const observer of this.#deps.observers) {
      try {
        what(observer)
      } catch (error) {
        this.#deps.onError(error)
      }
    }
  }

  #drop({ id }: Pick<RunRow, 'id'>, run?: LiveRun): void {
    if (run !== undefined && this.#held.get(id)?.run === run) this.#held.delete(id)
    run?.close()
    if (this.#stopped && this.#held.size === 0) this.#idle?.()
  }
}
