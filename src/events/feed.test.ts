import { expect, test, vi } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import { accept, addTenant, collect, openTransaction, withEvents } from './area.fixture.ts'
import { beginning } from './feed-store.ts'
import { cursorOf } from './feed.ts'

const waiting = { timeout: 20_000, interval: 10 }

test('what an open transaction wrote comes once it commits, and nothing behind it is lost or comes twice', () =>
  withDatabase((database, connectionString) => withEvents(database, async (area) => {
    const { tenantId } = await addTenant(database)
    const follower = collect(area.feed, tenantId, { after: beginning })
    const first = await accept(area, { tenantId })
    await vi.waitFor(() => { expect(follower.rows.map(({ id }) => id)).toEqual([first]) }, waiting)
    const slow = await openTransaction(connectionString, tenantId)
    const early = await slow.insert('early')
    const later = [await accept(area, { tenantId }), await accept(area, { tenantId })]
    // Looked for again, and again not there.
    const other = collect(area.feed, tenantId, { after: beginning })
    await vi.waitFor(() => { expect(other.rows.length).toBe(1) }, waiting)
    expect(follower.rows.length).toBe(1)
    await slow.commit()
    for (const each of [follower, other]) await vi.waitFor(() => { expect(each.rows.map(({ id }) => id)).toEqual([first, early, ...later]) }, waiting)
    await Promise.all([follower.stop(), other.stop()])
  })))

test('readers that break off and go on behind their last event see each event once, whoever writes and however long', () =>
  withDatabase((database, connectionString) => withEvents(database, async (area) => {
    const { tenantId } = await addTenant(database)
    const written = new Set<string>()
    let writing = true
    let allWritten = false
    const quick = async (): Promise<void> => { while (writing) written.add(await accept(area, { tenantId })) }
    const slow = async (): Promise<void> => {
      while (writing) {
        const transaction = await openTransaction(connectionString, tenantId)
        const ids = [await transaction.insert('slow'), await transaction.insert('slow')]
        await Promise.all([accept(area, { tenantId }), accept(area, { tenantId })]).then((added) => { for (const id of added) written.add(id) })
        if (Math.random() < 0.3) await transaction.rollback()
        else {
          await transaction.commit()
          for (const id of ids) written.add(id)
        }
      }
    }
    const readers = [1, 2, 3].map(async () => {
      const seen: string[] = []
      let after = beginning
      const isDone = (): boolean => allWritten && seen.length >= written.size
      while (!isDone()) {
        const controller = new AbortController()
        const most = 1 + Math.floor(Math.random() * 60)
        let taken = 0
        const timer = setInterval(() => { if (isDone()) controller.abort() }, 20)
        outer: for await (const page of area.feed.follow(tenantId, { after }, controller.signal)) {
          for (const row of page) {
            seen.push(row.id)
            after = await area.feed.positionOf(tenantId, cursorOf(row))
            if ((taken += 1) >= most) break outer
          }
        }
        clearInterval(timer)
      }
      return seen
    })
    const writers = Promise.all([quick(), quick(), slow(), slow(), slow()])
    await vi.waitFor(() => { expect(written.size).toBeGreaterThan(600) }, { timeout: 60_000, interval: 20 })
    writing = false
    await writers
    allWritten = true
    for (const seen of await Promise.all(readers)) {
      expect(seen.length).toBe(written.size)
      expect(new Set(seen)).toEqual(written)
    }
  })))

test('who begins now sees nothing from before, and of the types and sources that he wants alone', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const { tenantId } = await addTenant(database)
    const source = '01890000-0000-7000-8000-000000000001'
    await accept(area, { tenantId }, { type: 'order.paid' })
    const after = await area.feed.now(tenantId)
    const [orders, ofSource, all] = [collect(area.feed, tenantId, { after, types: ['order.*', 'x'] }), collect(area.feed, tenantId, { after, webhookSourceId: source }), collect(area.feed, tenantId, { after })]
    const ids = [await accept(area, { tenantId }, { type: 'order.paid.eu' }), await accept(area, { tenantId }, { type: 'orders' }), await accept(area, { tenantId }, { type: 'x' }, { webhookSourceId: source })]
    await vi.waitFor(() => { expect(all.rows.map(({ id }) => id)).toEqual(ids) }, waiting)
    await vi.waitFor(() => { expect(orders.rows.map(({ id }) => id)).toEqual([ids[0], ids[2]]) }, waiting)
    await vi.waitFor(() => { expect(ofSource.rows.map(({ id }) => id)).toEqual([ids[2]]) }, waiting)
    await Promise.all([orders, ofSource, all].map((each) => each.stop()))
  })))

test("another tenant's events are not followed", () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const [mine, other] = [await addTenant(database), await addTenant(database)]
    const follower = collect(area.feed, mine.tenantId, { after: beginning })
    const theirs = await accept(area, other)
    const id = await accept(area, mine)
    await vi.waitFor(() => { expect(follower.rows.map((row) => row.id)).toEqual([id]) }, waiting)
    await follower.stop()
    await expect(area.feed.positionOf(mine.tenantId, theirs)).rejects.toMatchObject({ code: 'invalid_cursor' })
  })))

test('one who is far behind catches up in order, in bounded pages, while another reads the end', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const { tenantId } = await addTenant(database)
    // From a place that is known: begun without one, it would miss what is committed before it has asked where it is.
    const atEnd = collect(area.feed, tenantId, { after: await area.feed.now(tenantId) })
    const ids: string[] = []
    for (let round = 0; round < 15; round += 1) ids.push(...await Promise.all(Array.from({ length: 100 }, () => accept(area, { tenantId }, { data: 'x'.repeat(1000) }))))
    const sizes: number[] = []
    const controller = new AbortController()
    const seen: string[] = []
    for await (const page of area.feed.follow(tenantId, { after: beginning }, controller.signal)) {
      sizes.push(page.length)
      seen.push(...page.map(({ id }) => id))
      if (seen.length === 1500) controller.abort()
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100)
    expect(new Set(seen)).toEqual(new Set(ids))
    await vi.waitFor(() => { expect(atEnd.rows.length).toBe(1500) }, waiting)
    expect(atEnd.rows.map(({ id }) => id)).toEqual(seen)
    await atEnd.stop()
  })))

test('without a wake-up, who follows finds out by himself', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const caller = await addTenant(database)
    const follower = collect(area.feed, caller.tenantId, { after: beginning })
    await vi.waitFor(async () => {
      await accept(area, caller)
      expect(follower.rows.length).toBeGreaterThan(2)
    }, waiting)
    await follower.stop()
  }, { wakes: false })))

test('a place in the stream is a cursor, an id or the beginning, and nothing else', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const { tenantId } = await addTenant(database)
    const id = await accept(area, { tenantId })
    await accept(area, { tenantId }, { type: 'second' })
    const at = await area.feed.positionOf(tenantId, id)
    expect(at.id).toBe(id)
    expect(await area.feed.positionOf(tenantId, cursorOf(at))).toEqual(at)
    const follower = collect(area.feed, tenantId, { after: at })
    await vi.waitFor(() => { expect(follower.rows.map(({ type }) => type)).toEqual(['second']) }, waiting)
    await follower.stop()
    for (const text of ['', 'x', '00', Buffer.from('1:2').toString('base64url'), Buffer.from(`99999999999999999999:${id}`).toString('base64url'), '01890000-0000-7000-8000-000000000001']) {
      await expect(area.feed.positionOf(tenantId, text)).rejects.toMatchObject({ code: 'invalid_cursor', errors: [{ pointer: '?after' }] })
    }
  })))

test('an outage of the database is waited for', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const caller = await addTenant(database)
    const follower = collect(area.feed, caller.tenantId, { after: beginning })
    await accept(area, caller)
    await vi.waitFor(() => { expect(follower.rows.length).toBe(1) }, waiting)
    await database.owner.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'interchange request' and datname = current_database()")
    await accept(area, caller)
    await vi.waitFor(() => { expect(follower.rows.length).toBe(2) }, waiting)
    await follower.stop()
  })))
