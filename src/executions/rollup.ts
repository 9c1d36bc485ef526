/**
 * Makes minutes of figures from the records themselves, so that the two never part: not by a kill -9, not with several hubs at work.
 * A minute is made once it is over and again a quarter of an hour later, when even the longest run that began in it has been recorded;
 * each making replaces the one before. Nothing is counted on the way of a call.
 */
import type { Database } from '../db/database.ts'
import { idTime } from '../db/partitions.ts'
import { floorMinute, MINUTE_MS } from '../lib/minute.ts'
import { createMinutes } from '../lib/minutes.ts'
import { findNewestId, lockFigures, rollUpKeys, rollUpMinutes, type MinuteKey } from './figures-store.ts'

export interface Rollup {
  /** A record was committed. Its id has the time when its run began, which may lie in a minute that was made already. */
  recorded(row: { tenantId: string, integrationId: string, id: string }): void
  /** Where live records begin, in ms: minutes before it are in `integration_minutes`, as they are now. */
  boundary(): Promise<number>
  /** Makes what minutes are due. Call it every ten seconds or so. */
  run(): Promise<void>
  /** Minutes before this moment (ms) are made for good. */
  settled(): Promise<number>
}

/** Longer than the longest run: `connection.timeout` ends at ten minutes. */
const SETTLE_MS = 15 * MINUTE_MS
/** How far before the newest record a new process begins: twice what the one before it may have left unsettled. */
const LOOK_BACK_MS = 2 * SETTLE_MS
/** For commits that are on their way when a minute ends. */
const GRACE_MS = 2000
/** Minutes in one statement: keeps it below the statement timeout at the highest rates. */
const CHUNK = 5

/** Nothing was recorded within the gap: it lies between the newest record that a new process found and that process's start. */
interface State { complete: number, settled: number, gap: { from: number, to: number } }

export function createRollup({ database, clock = Date.now }: { database: Pick<Database, 'system'>, clock?: () => number }): Rollup {
  /** Minutes that got a record after they were made. Taken before the reading: what is recorded meanwhile asks anew. */
  const late = createMinutes<MinuteKey>({
    keyOf: ({ tenantId, integrationId, minute }) => `${tenantId}${integrationId}${minute}`, merge() {}, write: (keys) => locked(database, (db) => rollUpKeys(db, keys)),
  })
  /** Minutes before this are made, or are being made now. */
  let begun = Number.NEGATIVE_INFINITY
  let opening: Promise<State> | undefined
  let running: Promise<void> | undefined

  const open = (): Promise<State> => {
    opening ??= begin(database, clock).then((state) => {
      begun = state.complete
      return state
    }).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  /** Makes minutes from `from` till `end`, telling how far it is. */
  const makeRange = async (from: number, end: number, { gap }: State, done: (till: number) => void): Promise<void> => {
    while (from < end) {
      const inGap = from >= gap.from && from < gap.to
      const to = Math.min(inGap ? gap.to : from + CHUNK * MINUTE_MS, end)
      begun = Math.max(begun, to)
      if (!inGap) await locked(database, (db) => rollUpMinutes(db, minutesBetween(from, to)))
      done(to)
      from = to
    }
  }

  const make = async (): Promise<void> => {
    const state = await open()
    const now = clock()
    await makeRange(state.complete, floorMinute(now - GRACE_MS), state, (till) => { state.complete = till })
    await makeRange(state.settled, floorMinute(now - SETTLE_MS), state, (till) => { state.settled = till })
    await late.flush()
  }

  return {
    recorded({ tenantId, integrationId, id }) {
      const minute = floorMinute(idTime(id))
      if (minute < begun) late.add({ tenantId, integrationId, minute })
    },
    async boundary() {
      const state = await open()
      await late.flush()
      return state.complete
    },
    run() {
      running ??= make().finally(() => { running = undefined })
      return running
    },
    settled: async () => (await open()).settled,
  }
}

async function begin({ system }: Pick<Database, 'system'>, clock: () => number): Promise<State> {
  const now = clock()
  const newest = await findNewestId(system)
  const last = Math.min(newest === undefined ? now : idTime(newest), now)
  const start = floorMinute(last - LOOK_BACK_MS)
  // Runs that are under way now began no longer ago than it takes to settle.
  return { complete: start, settled: start, gap: { from: floorMinute(last) + MINUTE_MS, to: floorMinute(now - SETTLE_MS) } }
}

function locked({ system }: Pick<Database, 'system'>, work: (db: Database['system']) => Promise<void>): Promise<void> {
  return system.transaction(async (db) => {
    // Read committed: the statement after the lock sees all that the one before it saw, and more.
    await lockFigures(db)
    await work(db)
  })
}

function minutesBetween(from: number, to: number): number[] {
  const minutes: number[] = []
  for (let minute = from; minute < to; minute += MINUTE_MS) minutes.push(minute)
  return minutes
}
