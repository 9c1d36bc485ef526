/** The end of a tenant's stream, read once for all in this process who follow it. */
import { isBehind, type FeedRow, type Position } from './feed-store.ts'

export interface FeedPage {
  rows: FeedRow[]
  /** How far the page goes. */
  end: Position
  /** Nothing is behind it yet. */
  atEnd: boolean
}

export interface WindowDeps {
  /** `since`: a moment at which nothing was behind that position yet. */
  read(after: Position, since: number): Promise<FeedPage>
  onError(error: unknown): void
  pollMs: number
  /** Nobody follows any more. */
  unused(): void
}

const MOST_ROWS = 500
const MOST_BYTES = 4 * 1024 * 1024
/** After a wake-up that found nothing: what was committed may wait for another transaction's end. */
const SOON_MS = 20
const SLOWER = 3

export class Window {
  readonly #deps: WindowDeps
  #followers = 0
  #rows: FeedRow[] = []
  #bytes = 0
  /** All that lies behind `start`, as far as `end`, is in the rows. Undefined before it began. */
  #start: Position | undefined
  #end: Position | undefined
  #since = 0
  #waiting = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #waitMs: number
  #reading = false
  #again = false

  constructor(deps: WindowDeps) {
    this.#deps = deps
    this.#waitMs = deps.pollMs
  }

  enter(): void {
    this.#followers += 1
  }

  leave(): void {
    this.#followers -= 1
    if (this.#followers > 0) return
    clearTimeout(this.#timer)
    this.#deps.unused()
  }

  /** `end` is where somebody found nothing behind. */
  begin(end: Position, since: number): void {
    if (this.#start !== undefined) return
    this.#start = this.#end = end
    this.#since = since
    this.#plan()
  }

  /** Undefined where the window does not reach back so far. */
  behind(at: Position, limit: number, maxBytes: number): FeedPage | undefined {
    if (this.#start === undefined || isBehind(this.#start, at)) return undefined
    const from = this.#indexBehind(at)
    let to = from
    for (let bytes = 0; to < this.#rows.length && to - from < limit && bytes < maxBytes; to += 1) bytes += this.#rows[to]!.text.length
    const rows = this.#rows.slice(from, to)
    const atEnd = to === this.#rows.length
    return { rows, atEnd, end: !atEnd ? rows.at(-1)! : isBehind(at, this.#end!) ? at : this.#end! }
  }

  /** Resolves when there is something behind, or the signal ends. */
  async beyond(at: Position, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#indexBehind(at) === this.#rows.length) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#waiting.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        this.#waiting.add(done)
        signal.addEventListener('abort', done)
      })
    }
  }

  wake(): void {
    if (this.#start === undefined) return
    this.#waitMs = SOON_MS
    if (this.#reading) this.#again = true
    else this.#look()
  }

  #look(): void {
    clearTimeout(this.#timer)
    this.#reading = true
    this.#again = false
    const asked = Date.now()
    this.#deps.read(this.#end!, this.#since).then((page) => {
      this.#take(page)
      if (page.atEnd) this.#since = asked
      else this.#again = true
    }, this.#deps.onError).finally(() => {
      this.#reading = false
      if (this.#followers === 0) return
      if (this.#again) this.#look()
      else this.#plan()
    })
  }

  #plan(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => { this.#look() }, this.#waitMs)
    this.#timer.unref()
    this.#waitMs = Math.min(this.#deps.pollMs, this.#waitMs * SLOWER)
  }

  #take({ rows, end }: FeedPage): void {
    this.#end = end
    if (rows.length === 0) return
    for (const row of rows) this.#bytes += row.text.length
    this.#rows.push(...rows)
    let dropped = 0
    for (; this.#rows.length - dropped > MOST_ROWS || this.#bytes > MOST_BYTES; dropped += 1) this.#bytes -= this.#rows[dropped]!.text.length
    if (dropped > 0) {
      this.#start = this.#rows[dropped - 1]!
      this.#rows = this.#rows.slice(dropped)
    }
    for (const resolve of this.#waiting) resolve()
  }

  #indexBehind(at: Position): number {
    let [low, high] = [0, this.#rows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (isBehind(this.#rows[middle]!, at)) high = middle
      else low = middle + 1
    }
    return low
  }
}
