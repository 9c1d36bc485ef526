import { expect, test, vi } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import { accept, addTenant, withEvents } from './area.fixture.ts'
import { createStreams, type StreamOptions } from './streams.ts'

const waiting = { timeout: 20_000, interval: 5 }
const onError = (): void => undefined

test('a tenant has so many streams at a time, and another tenant its own; one that ended makes room', () =>
  withDatabase((database) => withEvents(database, async ({ feed }) => {
    const streams = createStreams({ feed, onError, mostStreams: 2 })
    const [mine, other] = [await addTenant(database), await addTenant(database)]
    const open = (caller = mine, signal = new AbortController().signal) => streams.open({ caller, types: [], stillAllowed: async () => true, signal })
    const first = new AbortController()
    await open(mine, first.signal)
    await open()
    await expect(open()).rejects.toMatchObject({ code: 'rate_limited' })
    await open(other)
    // Even though nobody read from it.
    first.abort()
    await open()
    await expect(open()).rejects.toMatchObject({ code: 'rate_limited' })
    streams.close()
    await expect(open()).rejects.toMatchObject({ code: 'shutting_down' })
  })))

test('a stream ends when its reader may not read any more, and goes on while nobody can tell', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const caller = await addTenant(database)
    let answer: 'yes' | 'no' | 'unknown' = 'unknown'
    let asked = 0
    const stillAllowed: StreamOptions['stillAllowed'] = async () => {
      asked += 1
      if (answer === 'unknown') throw new Error('the database is away')
      return answer === 'yes'
    }
    const stream = await createStreams({ feed: area.feed, onError, checkEveryMs: 5 }).open({ caller, types: [], stillAllowed, signal: new AbortController().signal })
    let seen = 0
    const reading = (async () => { for await (const page of stream.pages) seen += page.length })()
    await vi.waitFor(() => { expect(asked).toBeGreaterThan(3) }, waiting)
    await accept(area, caller)
    await vi.waitFor(() => { expect(seen).toBe(1) }, waiting)
    expect(stream.ended()).toBeUndefined()
    answer = 'no'
    await reading
    expect(stream.ended()).toBe('key')
  })))

test('what happens between opening and reading is not missed', () =>
  withDatabase((database) => withEvents(database, async (area) => {
    const caller = await addTenant(database)
    const controller = new AbortController()
    const { pages } = await createStreams({ feed: area.feed, onError }).open({ caller, types: [], stillAllowed: async () => true, signal: controller.signal })
    const id = await accept(area, caller)
    for await (const [item] of pages) {
      expect(JSON.parse(item!.json)).toMatchObject({ messageId: id })
      controller.abort()
    }
  })))
