/** Runs the bridges that this process has a lease on. Each runs in one process at a time; where that dies, another one takes over when its lease ends. */
import { uuidv7 } from 'uuidv7'
import type { Database } from '../../db/database.ts'
import { startBridge, type BridgeDeps, type RunningBridge } from './bridge.ts'
import { claimBridges, releaseBridges, writeReport, type HeldBridge } from './leases-store.ts'

export interface RunnerDeps extends BridgeDeps {
  database: Database
  leaseSeconds?: number
}

export interface Runner {
  /** Something of a bridge changed, here or elsewhere: it starts, stops or starts anew at once. */
  refresh(): void
  stop(): Promise<void>
}

const LEASE_SECONDS = 15
/** At a time, so that processes that start together share them out. */
const CLAIM_AT_MOST = 20

interface Running { held: HeldBridge, bridge: RunningBridge }

export function startRunner(deps: RunnerDeps): Runner {
  const runner = new BridgeRunner(deps)
  return { refresh: () => { runner.refresh() }, stop: () => runner.stop() }
}

class BridgeRunner {
  readonly #deps: RunnerDeps
  readonly #processId = uuidv7()
  readonly #leaseMs: number
  readonly #running = new Map<string, Running>()
  #timer: NodeJS.Timeout | undefined
  #turning: Promise<void> | undefined
  #isAsked = false
  #isStopped = false
  /** Goes off before others may take what this process has: with a database that is away, or hangs, no lease is prolonged. */
  #expiry: NodeJS.Timeout | undefined

  constructor(deps: RunnerDeps) {
    this.#deps = deps
    this.#leaseMs = (deps.leaseSeconds ?? LEASE_SECONDS) * 1000
    this.refresh()
  }

  refresh(): void {
    if (this.#isStopped) return
    this.#isAsked = true
    this.#turning ??= this.#turn().finally(() => {
      this.#turning = undefined
      if (this.#isAsked) this.refresh()
      else this.#plan()
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#isAsked = false
    clearTimeout(this.#timer)
    await this.#turning
    clearTimeout(this.#timer)
    clearTimeout(this.#expiry)
    await this.#endAll()
  }

  async #endAll(): Promise<void> {
    await Promise.all([...this.#running.values()].map((each) => this.#end(each)))
  }

  #plan(): void {
    clearTimeout(this.#timer)
    if (this.#isStopped) return
    this.#timer = setTimeout(() => { this.refresh() }, this.#leaseMs / 5)
    this.#timer.unref()
  }

  async #turn(): Promise<void> {
    this.#isAsked = false
    const { database: { system }, onError } = this.#deps
    const askedAt = performance.now()
    try {
      const held = await claimBridges(system, { processId: this.#processId, seconds: this.#leaseMs / 1000 }, CLAIM_AT_MOST)
      clearTimeout(this.#expiry)
      this.#expiry = setTimeout(() => { void this.#endAll() }, this.#leaseMs * 0.8 - (performance.now() - askedAt))
      this.#expiry.unref()
      await this.#adopt(held)
      for (const each of this.#running.values()) await this.#write(each)
    } catch (error) {
      onError('the bridges to Pulsar could not be looked after', error)
    }
  }

  async #adopt(held: HeldBridge[]): Promise<void> {
    const wanted = new Map(held.map((each) => [keyOf(each), each]))
    const outdated = [...this.#running].filter(([key, running]) => wanted.get(key)?.revision !== running.held.revision)
    // Those that begin anew keep their lease.
    await Promise.all(outdated.map(([key, running]) => this.#end(running, { release: !wanted.has(key) })))
    for (const [key, each] of wanted) {
      if (!this.#running.has(key) && !this.#isStopped) this.#running.set(key, { held: each, bridge: startBridge(this.#deps, each) })
    }
  }

  async #end(running: Running, { release = true } = {}): Promise<void> {
    const { onError, database: { system } } = this.#deps
    this.#running.delete(keyOf(running.held))
    await running.bridge.end().catch((error: unknown) => { onError('a bridge to Pulsar did not end well', error) })
    await this.#write(running)
    if (release) await releaseBridges(system, this.#processId, [running.held.id]).catch((error: unknown) => { onError('a bridge to Pulsar could not be handed on', error) })
  }

  async #write({ held, bridge: { report } }: Running): Promise<void> {
    const part = report.take()
    if (part === undefined) return
    await writeReport(this.#deps.database.system, held, part).catch((error: unknown) => {
      report.putBack(part)
      this.#deps.onError('what a bridge to Pulsar did could not be written down', error)
    })
  }
}

function keyOf({ tenantId, id }: HeldBridge): string {
  return `${tenantId} ${id}`
}
