import { expect, test, vi } from 'vitest'
import { uuidv7 } from 'uuidv7'
import { withHub } from '../../test/hub.ts'
import { withDatabase } from '../../test/postgres.ts'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import { createIdempotency, type Idempotency, type StoredAnswer } from './idempotency.ts'

const made: StoredAnswer = { status: 201, headers: { 'content-type': 'application/json; charset=utf-8', etag: '"1"', location: '/things/1', 'retry-after': '3' }, body: '{"id":1}' }
const gone = (): HubError => new HubError('database_unavailable', 'The database cannot be reached.')

interface Given {
  database: Database
  /** Counts how often the work was done. */
  ask(end?: () => Promise<StoredAnswer>, on?: Idempotency): Promise<StoredAnswer & { replayed: boolean }>
  done(): number
  idempotency: Idempotency
  /** So that the key's claim has lapsed. */
  age(): Promise<unknown>
}

function withKey(work: (given: Given) => Promise<void>, { lossy = (database: Database): Database => database } = {}): Promise<void> {
  return withDatabase(async (database) => {
    const tenantId = uuidv7()
    await database.system.query("insert into tenants (id, slug, name) values ($1, 't', 't')", [tenantId])
    const idempotency = createIdempotency(lossy(database))
    let count = 0
    await work({
      database, idempotency, done: () => count,
      ask: (end = () => Promise.resolve(made), on = idempotency) => on.once(tenantId, 'key', 'POST /things', () => {
        count += 1
        return end()
      }),
      age: () => database.system.query("update idempotency_keys set created_at = created_at - interval '11 minutes'"),
    })
  })
}

/** Statements that begin so fail, as they do when the database is lost, until `back` is called. */
function losing(beginning: string): { lossy(database: Database): Database, back(): void } {
  let lost = true
  return {
    lossy: (database) => ({
      ...database,
      tenant(id) {
        const db = database.tenant(id)
        return { ...db, query: (text, values) => (lost && text.startsWith(beginning) ? Promise.reject(gone()) : db.query(text, values)) }
      },
    }),
    back() { lost = false },
  }
}

test('a repeat is answered with the status, the headers and the body of the first answer', () => withKey(async ({ ask, done }) => {
  expect(await ask()).toEqual({ ...made, replayed: false })
  expect(await ask()).toEqual({ ...made, replayed: true })
  expect(done()).toBe(1)
}))

test("over HTTP a repeat has the first answer's ETag", () => withHub(async ({ call }) => {
  const create = (): ReturnType<typeof call> => call('POST', '/api/v1/integrations?test=false', { name: 'n', connector: 'http' }, { headers: { 'idempotency-key': 'k' } })
  const [first, second] = [await create(), await create()]
  expect(first).toMatchObject({ status: 201, body: { etag: expect.any(String) as string } })
  expect(first.headers.get('etag')).toBe(`"${(first.body as { etag: string }).etag}"`)
  for (const name of ['etag', 'content-type']) expect(second.headers.get(name)).toBe(first.headers.get(name))
  expect([second.status, second.text, second.headers.get('idempotency-replayed')]).toEqual([201, first.text, 'true'])
}))

test('a refusal frees the key: what was put right is done', () => withKey(async ({ ask, done }) => {
  await expect(ask(() => Promise.reject(new HubError('invalid_input', 'no')))).rejects.toMatchObject({ code: 'invalid_input' })
  expect(await ask()).toMatchObject({ status: 201, replayed: false })
  expect(done()).toBe(2)
}))

test.each([['a database that was lost during the work', gone()], ['a fault of the hub', new TypeError('x is undefined')], ['one that was told already', new HubError('internal', 'x')]])('after %s nobody knows what was made: a repeat is refused, not done again', (_what, failure) => withKey(async ({ ask, done, age }) => {
  await expect(ask(() => Promise.reject(failure))).rejects.toBe(failure)
  await expect(ask()).rejects.toMatchObject({ code: 'idempotency_in_progress', retryAfterSeconds: 1 })
  expect(done()).toBe(1)
  await age()
  expect(await ask()).toMatchObject({ status: 201, replayed: false })
}))

test('a database that is lost between the work and the answer costs neither: the caller is told what was made, and so is a repeat once it is back', () => {
  const { lossy, back } = losing('update idempotency_keys')
  return withKey(async ({ ask, done }) => {
    expect(await ask()).toEqual({ ...made, replayed: false })
    await expect(ask()).rejects.toMatchObject({ code: 'idempotency_in_progress' })
    back()
    await vi.waitFor(async () => { expect(await ask()).toEqual({ ...made, replayed: true }) }, { timeout: 10_000, interval: 50 })
    expect(done()).toBe(1)
  }, { lossy })
})

test('an answer that comes after its claim has lapsed does not stand for the one who claimed the key since', () => withKey(async ({ ask, age }) => {
  const begin = async (): Promise<{ end(body: string): Promise<unknown> }> => {
    const [started, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<StoredAnswer>()]
    const asked = ask(() => {
      started.resolve()
      return ended.promise
    })
    await started.promise
    return {
      end(body) {
        ended.resolve({ ...made, body })
        return asked
      },
    }
  }
  const first = await begin()
  await age()
  const second = await begin()
  expect(await first.end('first')).toMatchObject({ body: 'first', replayed: false })
  await expect(ask()).rejects.toMatchObject({ code: 'idempotency_in_progress' })
  expect(await second.end('second')).toMatchObject({ body: 'second', replayed: false })
  expect(await ask()).toMatchObject({ body: 'second', replayed: true })
}))
