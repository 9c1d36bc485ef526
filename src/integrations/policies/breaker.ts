/** Circuit breaker: closed → open when too many calls of the window failed → after a while one call is let through → closed or open again. */
import type { CircuitBreakerSettings } from '../settings.ts'

const SLICES = 10

interface Slice { start: number, calls: number, failures: number }

export type BreakerState = 'closed' | 'open' | 'half-open'

export class CircuitBreaker {
  readonly #settings: CircuitBreakerSettings
  #slices: Slice[] = []
  #openUntil = 0
  #isOpen = false
  #trialRunning = false

  constructor(settings: CircuitBreakerSettings) {
    this.#settings = settings
  }

  state(now: number): BreakerState {
    if (!this.#isOpen) return 'closed'
    return now < this.#openUntil ? 'open' : 'half-open'
  }

  /** Undefined: go ahead, and say afterwards how it went. Otherwise: the seconds until the next chance. */
  refuse(now: number): number | undefined {
    if (!this.#settings.enabled || !this.#isOpen) return undefined
    if (now < this.#openUntil) return Math.max(1, Math.ceil((this.#openUntil - now) / 1000))
    if (this.#trialRunning) return 1
    this.#trialRunning = true
    return undefined
  }

  succeeded(now: number): void {
    if (this.#isOpen) {
      this.#isOpen = false
      this.#trialRunning = false
      this.#slices = []
    }
    this.#count(now, false)
  }

  failed(now: number): void {
    if (this.#isOpen) {
      this.#trialRunning = false
      this.#openUntil = now + this.#settings.openFor
      return
    }
    this.#count(now, true)
    const { calls, failures } = this.#totals(now)
    if (this.#settings.enabled && calls >= this.#settings.minimumCalls && failures * 100 >= calls * this.#settings.failureRate) {
      this.#isOpen = true
      this.#openUntil = now + this.#settings.openFor
    }
  }

  /** The call ended without saying anything about the upstream: cancelled, or refused before it was sent. */
  abandoned(): void {
    this.#trialRunning = false
  }

  #count(now: number, failure: boolean): void {
    const width = this.#settings.window / SLICES
    const start = Math.floor(now / width) * width
    let slice = this.#slices.at(-1)
    if (slice === undefined || slice.start !== start) {
      slice = { start, calls: 0, failures: 0 }
      this.#slices.push(slice)
      while (this.#slices[0]!.start <= now - this.#settings.window) this.#slices.shift()
    }
    slice.calls += 1
    if (failure) slice.failures += 1
  }

  #totals(now: number): { calls: number, failures: number } {
    let calls = 0
    let failures = 0
    for (const slice of this.#slices) {
      if (slice.start <= now - this.#settings.window) continue
      calls += slice.calls
      failures += slice.failures
    }
    return { calls, failures }
  }
}
