/**
 * graphile-worker notes how a job ended without waiting for it, and repeats that for a few failures only. With any other, such as
 * a database that is gone, the promise rejects unheard, which ends the process; and the job would run a second time. Through
 * this pool such a note is tried until the database is back.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { isConnectionLoss } from '../db/database.ts'

const RETRY_MS = 500

type Query = (statement: { name?: string }, values?: unknown[]) => Promise<unknown>

/** The same pool, but for the clients that `await pool.connect()` gives: they connect at their first statement, whose name tells what it is for. */
export function patientPool(pool: pg.Pool): pg.Pool {
  return Object.create(pool, {
    connect: { value: (callback?: Parameters<pg.Pool['connect']>[0]) => (callback === undefined ? Promise.resolve(lazyClient(pool)) : pool.connect(callback)) },
    query: { value: pool.query.bind(pool) },
  }) as pg.Pool
}

function lazyClient(pool: pg.Pool): { query: Query, release(): void } {
  let connecting: Promise<pg.PoolClient> | undefined
  let client: pg.PoolClient | undefined
  let broken: Error | undefined
  return {
    async query(statement, values) {
      if (/^(complete|fail)_job/.test(statement.name ?? '')) return untilDone(pool, statement)
      try {
        client = await (connecting ??= pool.connect())
        return await (client.query as unknown as Query)(statement, values)
      } catch (error) {
        if (isConnectionLoss(error)) broken = error as Error
        throw error
      }
    },
    release() { client?.release(broken) },
  }
}

/** Single statements, which do no harm when they are repeated. */
async function untilDone(pool: pg.Pool, statement: { name?: string }): Promise<unknown> {
  for (;;) {
    try {
      return await (pool.query as unknown as Query).call(pool, statement)
    } catch (error) {
      // The job stays locked, until others find its process gone.
      if (pool.ending) return { rows: [] }
      if (!isConnectionLoss(error)) throw error
      await pause(RETRY_MS, undefined, { ref: false })
    }
  }
}
