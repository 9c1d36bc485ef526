/** Knows of a lost database before anybody asks it something: what must not begin during an outage asks here, which costs nothing while all is well. */

export interface Watch {
  /** Somebody saw the connection break. */
  lost(): void
  /** Throws what `probe` throws while the database is away. All who ask at once share one probe. */
  assertReachable(): Promise<void>
  /** Asks in any case. */
  ask(): Promise<void>
  stop(): void
}

/** A database that takes connections and answers nothing is found out by asking it now and then. */
const PROBE_EVERY_MS = 2000

/** `probe` asks the database something cheap, and throws soon where it doesn't answer. */
export function createWatch(probe: () => Promise<unknown>): Watch {
  let isLost = false
  let probing: Promise<void> | undefined
  const ask = (): Promise<void> => probing ??= probe().then(() => { isLost = false }, (error: unknown) => {
    isLost = true
    throw error
  }).finally(() => { probing = undefined })
  const timer = setInterval(() => { ask().catch(() => undefined) }, PROBE_EVERY_MS)
  timer.unref()
  return {
    lost() { isLost = true },
    assertReachable: async () => { if (isLost) await ask() },
    ask,
    stop() { clearInterval(timer) },
  }
}
