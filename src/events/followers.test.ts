import { expect, test, vi } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import { createDatabase } from '../db/database.ts'
import { accept, addTenant, withEvents, type EventsArea } from './area.fixture.ts'
import { createFeed } from './feed.ts'
import { createFollowers, type FollowedEvent, type Followers } from './followers.ts'

const waiting = { timeout: 20_000, interval: 10 }

function followersOf({ database, blobs, feed, errors }: EventsArea, leaseSeconds = 15, noteEveryMs = 5000): Followers {
  return createFollowers({ database, blobs, feed, leaseSeconds, noteEveryMs, firstRetryMs: 10, onError: (error) => { errors.push(error) } })
}

test('a follower goes on behind what it handled, in the order of the stream', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const { tenantId } = await addTenant(database)
    const followers = followersOf(area)
    const before = await accept(area, { tenantId })
    await database.tenant(tenantId).transaction(async (db) => {
      await followers.begin(db, tenantId, 'all', 'beginning')
      await followers.begin(db, tenantId, 'new')
    })
    const seen: Record<string, FollowedEvent[]> = { all: [], new: [] }
    const start = (name: string) => followers.follow({ tenantId, name, handle: async (batch) => { seen[name]!.push(...batch) } })
    const first = [start('all'), start('new')]
    const later = await accept(area, { tenantId }, { data: { large: 'x'.repeat(100_000) } })
    await vi.waitFor(() => { expect([seen['all']!.map(({ id }) => id), seen['new']!.map(({ id }) => id)]).toEqual([[before, later], [later]]) }, waiting)
    // Whole, though it lies in a blob.
    expect(seen['new']![0]!.event.data).toEqual({ large: 'x'.repeat(100_000) })
    expect(JSON.parse(seen['new']![0]!.json)).toEqual(seen['new']![0]!.event)
    expect(seen['all']![0]!.sequence < seen['all']![1]!.sequence).toBe(true)
    await Promise.all(first.map((each) => each.stop()))
    const meanwhile = await accept(area, { tenantId })
    const second = start('all')
    await vi.waitFor(() => { expect(seen['all']!.map(({ id }) => id)).toEqual([before, later, meanwhile]) }, waiting)
    await second.stop()
    // Beginning again changes nothing; once removed it begins anew.
    await followers.begin(database.tenant(tenantId), tenantId, 'all', 'beginning')
    await followers.remove(database.tenant(tenantId), tenantId, 'new')
    const { rows } = await database.system.query('select name, id from event_followers where tenant_id = $1', [tenantId])
    expect(rows).toEqual([{ name: 'all', id: meanwhile }])
  })))

test('what was stored before a follower began is none of its own, also where an older transaction was still open then', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const { tenantId } = await addTenant(database)
    const followers = followersOf(area, 15, 0)
    const seen: string[] = []
    const follow = () => followers.follow({ tenantId, name: 'f', handle: async (batch) => { seen.push(...batch.map(({ id }) => id)) } })
    let between = ''
    await database.system.transaction(async (older) => {
      await older.query('select pg_current_xact_id()')
      await accept(area, { tenantId })
      await followers.begin(database.tenant(tenantId), tenantId, 'f')
      between = await accept(area, { tenantId })
    })
    const first = follow()
    await vi.waitFor(() => { expect(seen).toEqual([between]) }, waiting)
    await first.stop()
    const later = await accept(area, { tenantId })
    const second = follow()
    await vi.waitFor(() => { expect(seen).toEqual([between, later]) }, waiting)
    await second.stop()
    expect((await database.system.query('select began from event_followers where tenant_id = $1', [tenantId])).rows).toEqual([{ began: null }])
  })))

test('a batch comes again until it was handled', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const { tenantId } = await addTenant(database)
    const followers = followersOf(area)
    await followers.begin(database.tenant(tenantId), tenantId, 'f')
    const tries: string[][] = []
    const follower = followers.follow({
      tenantId, name: 'f', types: ['a'],
      async handle(batch) {
        tries.push(batch.map(({ id }) => id))
        if (tries.length < 3) throw new Error('not yet')
      },
    })
    await accept(area, { tenantId }, { type: 'b' })
    const id = await accept(area, { tenantId }, { type: 'a' })
    await vi.waitFor(() => { expect(tries).toEqual([[id], [id], [id]]) }, waiting)
    expect(area.errors.map(String)).toEqual(['Error: not yet', 'Error: not yet'])
    await follower.stop()
  })))

test('what a follower does not want it need not pass over again', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const { tenantId } = await addTenant(database)
    const followers = followersOf(area, 15, 0)
    await followers.begin(database.tenant(tenantId), tenantId, 'f')
    const follower = followers.follow({ tenantId, name: 'f', types: ['a'], handle: () => Promise.reject(new Error('nothing is wanted')) })
    const id = await accept(area, { tenantId }, { type: 'b' })
    const { xid } = await area.feed.positionOf(tenantId, id)
    await vi.waitFor(async () => {
      const { rows } = await database.system.query<{ xid: string }>('select xid::text as xid from event_followers where tenant_id = $1', [tenantId])
      expect(BigInt(rows[0]!.xid)).toBeGreaterThanOrEqual(BigInt(xid))
    }, waiting)
    await follower.stop()
    expect(area.errors).toEqual([])
  })))

test('one process at a time has a follower; another goes on at once where it is stopped, and after the lease where it dies', () =>
  withDatabase((database, connectionString) => withEvents(database, async (area) => {
    const { tenantId } = await addTenant(database)
    await followersOf(area).begin(database.tenant(tenantId), tenantId, 'f')
    const second = createDatabase({ connectionString, maxConnections: 8, onError: () => undefined })
    const seen: [string, string][] = []
    const start = (followers: Followers, who: string) => followers.follow({ tenantId, name: 'f', handle: async (batch) => { for (const { id } of batch) seen.push([who, id]) } })
    const ids: string[] = []
    const expectNext = async (who: string): Promise<void> => {
      ids.push(await accept(area, { tenantId }))
      await vi.waitFor(() => { expect(seen.at(-1)).toEqual([who, ids.at(-1)]) }, waiting)
      expect(seen.map(([, id]) => id)).toEqual(ids)
    }
    const a = start(followersOf(area, 1), 'a')
    await expectNext('a')
    const onSecond = createFeed({ database: second, pollMs: 20, onError: () => undefined })
    const b = start(createFollowers({ database: second, blobs: area.blobs, feed: onSecond, leaseSeconds: 1, onError: () => undefined }), 'b')
    await expectNext('a')
    await a.stop()
    await expectNext('b')
    // As if it had died: its connections are gone, and with them what would prolong the lease.
    await second.close()
    const c = start(followersOf(area, 1), 'c')
    await expectNext('c')
    await Promise.all([b.stop(), c.stop()])
  })))
