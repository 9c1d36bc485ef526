/** Brings events to the runs that listen for them: a follower of each tenant that has waits, in one process at a time. */
import type { Database } from '../../db/database.ts'
import type { FollowedEvent, Followers } from '../../events/followers.ts'
import { every, type Schedule } from '../../jobs/schedule.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { createExpressions } from '../expressions/evaluate.ts'
import { fits, type StoredFilter } from './filter.ts'
import { findCandidates, insertSignals, insertWaits, listWaitingTenants, type SignalRow, type WaitRow } from './waits-store.ts'

export interface Listening {
  /** Resolves once they are committed: what comes from then on is kept for them. */
  register(waits: WaitRow[]): Promise<void>
  start(): void
  stop(): Promise<void>
}

export interface ListeningDeps {
  database: Database
  followers: Pick<Followers, 'begin' | 'follow' | 'remove'>
  jq: Jq
  /** Runs were woken. */
  wake(): void
  onError(error: unknown): void
}

const FOLLOWER = 'flows'
const LOOK_EVERY_MS = 5000
/** A tenant without waits is followed a while longer: the next may just be coming. */
const IDLE_LOOKS = 12
const MAX_EVENT_CHARACTERS = 64 * 1024

interface Following { stop(): Promise<void>, idleLooks: number }

export function createListening(deps: ListeningDeps): Listening {
  const { database, followers, onError } = deps
  const following = new Map<string, Following>()
  let schedule: Schedule | undefined
  let hasStopped = false
  const follow = (tenantId: string): void => {
    const known = following.get(tenantId)
    if (known !== undefined) known.idleLooks = 0
    else if (!hasStopped) following.set(tenantId, { ...followers.follow({ tenantId, name: FOLLOWER, handle: (batch) => match(deps, tenantId, batch) }), idleLooks: 0 })
  }
  const look = async (): Promise<void> => {
    const waiting = new Set(await listWaitingTenants(database.system))
    for (const tenantId of waiting) follow(tenantId)
    for (const [tenantId, each] of following) {
      if (waiting.has(tenantId) || ++each.idleLooks < IDLE_LOOKS) continue
      following.delete(tenantId)
      await each.stop()
      await forget(deps, tenantId)
    }
  }
  return {
    async register(waits) {
      const [{ tenantId }] = waits as [WaitRow]
      await database.tenant(tenantId).transaction(async (db) => {
        await db.query("select pg_advisory_xact_lock_shared(hashtextextended('flow waits ' || $1, 0))", [tenantId])
        await followers.begin(db, tenantId, FOLLOWER)
        await insertWaits(db, waits)
      })
      follow(tenantId)
    },
    start() {
      look().catch(onError)
      schedule = every(LOOK_EVERY_MS, look, onError)
    },
    async stop() {
      hasStopped = true
      await schedule?.stop()
      await Promise.all([...following.values()].map((each) => each.stop()))
    },
  }
}

/** Else it would have to pass over all that came meanwhile when the next one listens. */
async function forget({ database, followers }: ListeningDeps, tenantId: string): Promise<void> {
  await database.tenant(tenantId).transaction(async (db) => {
    await db.query("select pg_advisory_xact_lock(hashtextextended('flow waits ' || $1, 0))", [tenantId])
    const { rows } = await db.query('select from flow_waits where tenant_id = $1 limit 1', [tenantId])
    if (rows.length === 0) await followers.remove(db, tenantId, FOLLOWER)
  })
}

async function match({ database, jq, wake }: ListeningDeps, tenantId: string, batch: FollowedEvent[]): Promise<void> {
  const db = database.system
  const candidates = await findCandidates(db, tenantId, batch.map(({ event: { type, source, subject = null }, sequence }) => ({ type, source, subject, sequence })))
  if (candidates.length === 0) return
  const expressions = createExpressions({ jq, batchKey: tenantId })
  const signals = await Promise.all(candidates.map(async ({ runId, waitId, filterIndex, filter, place }): Promise<SignalRow | undefined> => {
    const { id, event, json, sequence } = batch[place]!
    if (!await fits(JSON.parse(filter) as StoredFilter, event, expressions)) return undefined
    return { tenantId, runId, waitId, filterIndex, eventId: id, sequence, event: json.length > MAX_EVENT_CHARACTERS ? null : json }
  }))
  const wanted = signals.filter((each) => each !== undefined)
  if (wanted.length === 0) return
  await insertSignals(db, wanted)
  wake()
}
