/**
 * What a run waits for. Once every strand of it waits for something that is not just coming, the run leaves memory: its row says when somebody must
 * look at it again. The strands' promises are then abandoned where they stand, never to settle.
 */

export interface Parked {
  /** When it is over, in ms. Without: only something from outside ends it. */
  until?: number | undefined
  /** Asked when something happened to the run: whether the wait is over. */
  isOver?: (() => Promise<boolean>) | undefined
}

/** When the run must be taken up again, in ms; undefined where only something from outside wakes it. */
export interface Wish {
  dueAt: number | undefined
  isSuspended: boolean
  /** The process ends: somebody else is to go on at once. */
  isLeaving: boolean
}

/** Shorter waits stay in memory. */
const LINGER_MS = 1000
/** setTimeout takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

interface Spot extends Parked { end(error?: Error): void }

export class Parking {
  /** Strands of work: one, and more within forks. */
  #strands = 1
  readonly #spots = new Set<Spot>()
  readonly #deadlines = new Set<number>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #release: () => void
  #isLeaving = false
  /** Something happened while it was on its way out of memory. */
  hasMissedWake = false
  #isSuspending = false
  #isGoing = false
  readonly #isInstant: boolean

  /** `isInstant`: no time passes while something waits for it. */
  constructor(release: () => void, isInstant = false) {
    this.#release = release
    this.#isInstant = isInstant
  }

  /** Work must pause before its next task. */
  get isPausing(): boolean { return this.#isSuspending || this.#isGoing }

  addStrands(count: number): void {
    this.#strands += count
    if (count < 0) this.#settle()
  }

  /** Timeouts that run while strands wait. */
  addDeadline(at: number): () => void {
    this.#deadlines.add(at)
    return () => { this.#deadlines.delete(at) }
  }

  /** One that ends with the run's stay in memory. */
  timer(work: () => void, ms: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (!this.#isLeaving) work()
    }, Math.min(ms, LONGEST_TIMER_MS))
    this.#timers.add(timer)
    return timer
  }

  clearTimer(timer: NodeJS.Timeout | undefined): void {
    clearTimeout(timer)
    if (timer !== undefined) this.#timers.delete(timer)
  }

  async wait(parked: Parked, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const leftMs = parked.until === undefined ? Infinity : parked.until - Date.now()
    if ((leftMs <= 0 || this.#isInstant) && !this.isPausing) return
    await new Promise<void>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const spot: Spot = {
        ...parked,
        end: (error) => {
          this.clearTimer(timer)
          this.#spots.delete(spot)
          signal.removeEventListener('abort', abort)
          if (error === undefined) resolve()
          else reject(error)
        },
      }
      const abort = (): void => { spot.end(signal.reason as Error) }
      signal.addEventListener('abort', abort, { once: true })
      this.#spots.add(spot)
      const over = (): void => {
        const left = parked.until! - Date.now()
        if (left > 0) timer = this.timer(over, left)
        else if (!this.isPausing) spot.end()
      }
      if (leftMs !== Infinity) over()
      this.#settle()
    })
  }

  /** Something happened to the run. */
  async wake(): Promise<void> {
    if (this.#isLeaving) this.hasMissedWake = true
    for (const spot of this.#spots) if (!this.#isLeaving && await spot.isOver?.() === true) spot.end()
  }

  suspend(): void {
    this.#isSuspending = true
    this.#settle()
  }

  /** The process ends: the run is given back as soon as it stands still. */
  leave(): void {
    this.#isGoing = true
    this.#settle()
  }

  /** It was to pause, and is to go on before it did. */
  resume(): void {
    this.#isSuspending = false
    for (const spot of this.#spots) if (spot.isOver === undefined && (spot.until === undefined || spot.until <= Date.now())) spot.end()
  }

  wish(): Wish {
    const times = [...[...this.#spots].flatMap(({ until }) => (until === undefined ? [] : [until])), ...this.#deadlines]
    return { dueAt: times.length === 0 ? undefined : Math.min(...times), isSuspended: this.#isSuspending, isLeaving: this.#isGoing }
  }

  /** Ends all timers; what waits does so for ever. */
  clear(): void {
    this.#isLeaving = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  #settle(): void {
    if (this.#isLeaving || this.#spots.size < this.#strands) return
    // After all that happens at this moment: one strand's wait may be another's end.
    setImmediate(() => {
      if (this.#isLeaving || this.#spots.size < this.#strands) return
      const { dueAt } = this.wish()
      if (!this.isPausing && dueAt !== undefined && dueAt - Date.now() <= LINGER_MS) return
      this.clear()
      this.#release()
    })
  }
}
