/** A run in the hands of this process: its state, what it waits for, and its checkpoints. */
import { createMask, noMask, type Mask } from '../../lib/mask.ts'
import type { Caller } from '../../tenants/caller.ts'
import { settingsOf, type FlowDefinition } from '../definition.ts'
import type { Expressions } from '../expressions/evaluate.ts'
import { fault, type FaultDetail } from '../fault.ts'
import type { EndedTask, RunStep } from './entry.ts'
import { framesOf, type Frame, type RunState } from './frame.ts'
import { Parking, type Wish } from './parking.ts'
import { Stop } from './stop.ts'
import { takeTurn } from './turns.ts'
import { Value } from './value.ts'

/** A run's row, as it was claimed. */
export interface RunRow {
  tenantId: string
  id: string
  flowId: string
  namespace: string
  name: string
  version: string
  startedAt: Date
  epoch: number
  orderingKey: string | null
  state: string | null
  /** As `writeValue` writes it. */
  input: string
  trigger: string
  parentId: string | null
  rights: string
  wanted: 'cancel' | 'suspend' | 'resume' | null
}

export interface RunParts {
  row: RunRow
  definition: FlowDefinition
  input: Value
  state: RunState
  caller: Caller
  expressions: Expressions
}

/** Of what was not committed: more waits for its commit. */
const MAX_PENDING = 500
/** A run with more tasks has gone astray. */
const MAX_TASKS = 100_000
/** Tasks whose repetition does no harm may be this far ahead of their commit. */
const COMMIT_WITHIN_MS = 50

export class LiveRun {
  readonly row: RunRow
  readonly definition: FlowDefinition
  readonly input: Value
  readonly state: RunState
  readonly caller: Caller
  /** How many runs it stands within. */
  readonly depth: number
  readonly expressions: Expressions
  readonly parking: Parking
  readonly secrets = new Map<string, unknown>()
  readonly concealed = new Set<string>()
  mask: Mask = noMask
  readonly loose: boolean
  readonly #controller = new AbortController()
  readonly #commit: (run: LiveRun) => Promise<void>
  #ended: EndedTask[] = []
  /** Kept for those who are told of them, where the flow wants that. */
  #steps: RunStep[] | undefined
  #isDirty = false
  #writing: Promise<void> | undefined
  #next: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(parts: RunParts, { commit, release, isInstant = false }: { commit(run: LiveRun): Promise<void>, release(run: LiveRun): void, isInstant?: boolean }) {
    this.row = parts.row
    this.definition = parts.definition
    this.input = parts.input
    this.state = parts.state
    this.depth = (JSON.parse(parts.row.trigger) as { depth?: number }).depth ?? 0
    this.caller = { ...parts.caller, depth: this.depth + 1 }
    this.expressions = parts.expressions
    this.loose = parts.definition.evaluate?.mode === 'loose'
    this.parking = new Parking(() => { release(this) }, isInstant)
    this.#commit = commit
    if ((settingsOf(parts.definition).lifecycleEvents ?? 'none') !== 'none') this.#steps = []
  }

  get signal(): AbortSignal { return this.#controller.signal }

  stop(reason: 'lost' | 'cancelled'): void {
    clearTimeout(this.#timer)
    this.parking.clear()
    this.#controller.abort(new Stop(reason))
  }

  /** A value that may stand in no record. */
  conceal(value: string): void {
    if (this.concealed.has(value)) return
    this.concealed.add(value)
    this.mask = createMask([...this.concealed])
  }

  /** Before each task: whoever wants the run to pause is heard here, and others get their turn. */
  async beforeTask(signal: AbortSignal): Promise<void> {
    if (this.parking.isPausing) await this.parking.wait({}, signal)
    if (this.#ended.length >= MAX_PENDING) await this.flush()
    await takeTurn()
    signal.throwIfAborted()
  }

  newFrame({ reference, name, attempts, rounds, input }: Pick<Frame, 'reference' | 'name' | 'attempts'> & { rounds: readonly number[], input: Value }): Frame {
    if (this.state.started >= MAX_TASKS) throw fault('runtime', `The run has had ${MAX_TASKS} tasks, which is the most that one may have.`)
    this.touch()
    const frame: Frame = { order: this.state.started++, reference, name, startedAt: Date.now(), attempts, ...rounds.length > 0 && { rounds }, input }
    this.noted('began', frame)
    return frame
  }

  ended(frame: Frame, status: EndedTask['status'], { output, raw, error, context }: { output?: Value, raw?: Value | undefined, error?: FaultDetail, context?: Value | undefined } = {}): void {
    this.#ended.push({ frame, status, endedAt: Date.now(), output, raw, error, context })
    this.touch()
  }

  /** Something that is told of once it is committed. */
  noted(what: RunStep['what'], frame: Frame, keys?: Record<string, unknown>): void {
    this.#steps?.push({ what, frame, at: Date.now(), ...keys !== undefined && { keys } })
  }

  takeSteps(): RunStep[] {
    const taken = this.#steps ?? []
    if (taken.length > 0) this.#steps = []
    return taken
  }

  /** Its state has changed: it is committed soon. */
  touch(): void {
    this.#isDirty = true
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.flush().catch(() => undefined)
    }, COMMIT_WITHIN_MS)
  }

  /** Resolves once everything up to now is committed. Rejects where the run is lost. */
  async flush(): Promise<void> {
    if (!this.#isDirty && this.#writing === undefined) return
    // One at a time: a later state must not be overtaken by an earlier one.
    this.#next ??= (this.#writing ?? Promise.resolve()).catch(() => undefined).then(() => {
      this.#next = undefined
      if (!this.#isDirty) return undefined
      this.#isDirty = false
      const writing: Promise<void> = this.#commit(this).finally(() => { if (this.#writing === writing) this.#writing = undefined })
      this.#writing = writing
      return writing
    })
    return this.#next
  }

  /** Resolves when no write of it is under way. */
  async settle(): Promise<void> {
    while (this.#writing !== undefined || this.#next !== undefined) await Promise.allSettled([this.#writing, this.#next])
  }

  /** Those of which the journal knows nothing yet; the caller writes them. */
  takeEnded(): EndedTask[] {
    const taken = this.#ended
    this.#ended = []
    return taken
  }

  giveBack(taken: EndedTask[]): void {
    this.#ended = [...taken, ...this.#ended]
    this.#isDirty = true
  }

  /** What is under way is over for good. */
  cancelOpen(): void {
    for (const frame of framesOf(this.state.list)) this.ended(frame, 'cancelled')
  }

  /** Nothing more is written by itself. */
  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.parking.clear()
  }

  wishOf(): Wish { return this.parking.wish() }
}
