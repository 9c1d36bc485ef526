import { expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import { accept, addTenant, withEvents } from './area.fixture.ts'

test('a filter looks at so many events a page, and goes on behind them', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const caller = await addTenant(database)
    const wanted = await accept(area, caller, { data: 0 })
    await Promise.all(Array.from({ length: 400 }, (_, at) => accept(area, caller, { data: at + 1 })))
    const pages: number[] = []
    const found: string[] = []
    for (let cursor: string | undefined; ;) {
      const page = await area.events.list(caller, { filter: '[.data] | .[0] == 0', limit: 10, cursor })
      pages.push(page.data.length)
      found.push(...page.data.map(({ messageId }) => messageId))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(found).toEqual([wanted])
    expect(pages).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1])
  }, { mostScanned: 50 })))

test('a filter that takes too long is told', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const caller = await addTenant(database)
    await accept(area, caller)
    await expect(area.events.list(caller, { filter: 'def f: f; f', limit: 1 })).rejects.toMatchObject({ code: 'expression_timeout' })
  })))

test('a search over many events answers with what it found so far and how far it came, and goes on behind that', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const caller = await addTenant(database)
    const wanted = await accept(area, caller, { data: 'the one' })
    await Promise.all(Array.from({ length: 4500 }, (_, at) => accept(area, caller, { data: at })))
    const last = await accept(area, caller, { data: 'the one again' })
    const found: string[] = []
    const reached: (Date | null)[] = []
    for (let cursor: string | undefined; ;) {
      const page = await area.events.list(caller, { q: 'THE ONE', limit: 5, cursor })
      found.push(...page.data.map(({ messageId }) => messageId))
      reached.push(page.searchedUntil)
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(found).toEqual([last, wanted])
    expect(reached).toEqual([expect.any(Date), expect.any(Date), null])
    expect(await area.events.list(caller, { q: 'the one', limit: 1 })).toMatchObject({ data: [{ messageId: last }], nextCursor: expect.any(String), searchedUntil: null })
  }, { searchMs: 0 })))

test('a page of large texts is cut where it becomes too much, and the next goes on there', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const caller = await addTenant(database)
    await Promise.all(Array.from({ length: 200 }, () => accept(area, caller, { data: 'x'.repeat(60_000) })))
    const first = await area.events.list(caller, { limit: 500 })
    expect(first.data.length).toBeLessThan(150)
    const second = await area.events.list(caller, { limit: 500, cursor: first.nextCursor! })
    expect(new Set([...first.data, ...second.data].map(({ messageId }) => messageId)).size).toBe(200)
    expect(second.nextCursor).toBeNull()
  })))

test('an event whose data is gone from the blob store is still found', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const caller = await addTenant(database)
    const id = await accept(area, caller, { data: 'x'.repeat(100_000) })
    const { rows: [row] } = await database.system.query<{ blobId: string }>('select blob_id as "blobId" from events')
    await area.blobs.remove(caller.tenantId, row!.blobId)
    expect(await area.events.find(caller, id)).toMatchObject({ messageId: id, type: 'test' })
    expect(await area.events.list(caller, { limit: 1, filter: '.data == 1' })).toEqual({ data: [], nextCursor: null, searchedUntil: null })
  })))
