import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import { LRUCache } from 'lru-cache'
import { buildConnector, Pool } from 'undici'
import { narrowedGuard } from './address-guard.ts'
import type { OriginLoad } from './exchange.ts'

export interface OriginsOptions {
  guard: { assertAllowed(address: string): void, lookup: LookupFunction }
  connectTimeoutMs: number
  connectionsPerOrigin: number
  maxOrigins: number
  keepAliveMs: number
  idleBodyMs: number
  ca: string[] | undefined
}

/** A host's connections. */
export interface Origin extends OriginLoad { pool: Pool }

export interface Origins {
  /** `origin` as URL.origin gives it. With `onlyAddresses` its connections go to these networks alone, and are shared with no others. */
  find(origin: string, onlyAddresses?: readonly string[]): Origin
  stats(): { origins: number, connected: number, pending: number }
  /** Lets exchanges that run end, for `graceMs`. */
  close(graceMs: number): Promise<void>
}

/**
 * One pool an origin. An origin without connections and exchanges is dropped at once, and of more than `maxOrigins`
 * the one that was not asked for longest: calling many different hosts leaves nothing behind.
 */
export function createOrigins(options: OriginsOptions): Origins {
  const connect = guardedConnector(options.guard, options)
  const retiring = new Map<Origin, Promise<void>>()

  const retire = (origin: Origin): void => {
    const { pool } = origin
    // Nobody waits for what is still queued in an origin without open exchanges: closing would connect for it.
    const retired = (origin.open > 0 ? pool.close() : pool.destroy()).finally(() => { retiring.delete(origin) })
    retiring.set(origin, retired)
  }
  const origins = new LRUCache<string, Origin>({ max: options.maxOrigins, dispose: retire })

  const open = (key: string, name: string, onlyAddresses: readonly string[] | undefined): Origin => {
    const pool = new Pool(name, {
      connect: onlyAddresses === undefined ? connect : guardedConnector(narrowedGuard(options.guard, onlyAddresses), options),
      connections: options.connectionsPerOrigin,
      keepAliveTimeout: options.keepAliveMs,
      headersTimeout: 0, // the exchange's own deadline
      bodyTimeout: options.idleBodyMs,
      maxHeaderSize: 64 * 1024,
      allowH2: false,
    })
    const origin = { pool, waiting: 0, open: 0 }
    const dropIfIdle = (): void => {
      if (origin.open === 0 && pool.stats.connected === 0 && origins.peek(key) === origin) origins.delete(key)
    }
    // Later, since undici is in the middle of its own bookkeeping when it emits these.
    const later = (): void => { setImmediate(dropIfIdle) }
    pool.on('disconnect', later).on('connectionError', later)
    origins.set(key, origin)
    return origin
  }

  return {
    find(name, onlyAddresses) {
      const key = onlyAddresses === undefined ? name : `${name} ${onlyAddresses.join(' ')}`
      return origins.get(key) ?? open(key, name, onlyAddresses)
    },
    stats: () => {
      const all = [...origins.values(), ...retiring.keys()]
      return {
        origins: origins.size,
        connected: all.reduce((sum, { pool }) => sum + pool.stats.connected, 0),
        pending: all.reduce((sum, { waiting }) => sum + waiting, 0),
      }
    },
    close: async (graceMs) => {
      origins.clear()
      const breakOff = setTimeout(() => { for (const { pool } of retiring.keys()) void pool.destroy() }, graceMs)
      await Promise.allSettled(retiring.values())
      clearTimeout(breakOff)
    },
  }
}

/** Connects to addresses that the guard has seen, and to no others: the answer it checked is the one connected to. */
function guardedConnector(guard: OriginsOptions['guard'], { connectTimeoutMs, ca }: OriginsOptions): buildConnector.connector {
  // HTTP/1.1 only: with one request a connection it is known whether a request was sent.
  const connect = buildConnector({ lookup: guard.lookup, timeout: connectTimeoutMs, allowH2: false, maxCachedSessions: 1000, ...(ca === undefined ? {} : { ca }) })
  return (options, callback) => {
    try {
      // No lookup happens for these.
      if (isIP(options.hostname) !== 0) guard.assertAllowed(options.hostname)
    } catch (error) {
      setImmediate(() => { callback(error as Error, null) })
      return
    }
    connect(options, callback)
  }
}
