import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { withDatabase } from '../../../test/postgres.ts'
import type { OwnSecrets } from '../../credentials/own.ts'
import type { Database } from '../../db/database.ts'
import { createLoadedSources } from './loaded.ts'

const own = {} as OwnSecrets
const path = (): string => randomBytes(20).toString('base64url')

/** The database with a count of what it is asked. */
function counted(database: Database): { database: Database, count: { queries: number, atOnce: number } } {
  const count = { queries: 0, atOnce: 0 }
  let running = 0
  const system: Database['system'] = {
    ...database.system,
    async query(text, values) {
      count.queries += 1
      running += 1
      count.atOnce = Math.max(count.atOnce, running)
      try {
        return await database.system.query(text, values)
      } finally {
        running -= 1
      }
    },
  }
  return { database: { ...database, system }, count }
}

test('thousands of guessed paths at once are few queries, one after the other; the same again are none', () => withDatabase(async (real) => {
  const { database, count } = counted(real)
  const sources = createLoadedSources({ database, own })
  const guesses = Array.from({ length: 5000 }, path)
  expect(new Set(await Promise.all(guesses.map((each) => sources.find(each))))).toEqual(new Set([undefined]))
  expect(count.atOnce).toBe(1)
  expect(count.queries).toBeLessThan(20)
  const before = count.queries
  await Promise.all(guesses.map((each) => sources.find(each)))
  expect(count.queries).toBe(before)
}))

test('what can be no path asks nothing', () => withDatabase(async (real) => {
  const { database, count } = counted(real)
  const sources = createLoadedSources({ database, own })
  for (const each of ['', 'x', 'a'.repeat(26), 'a'.repeat(28), `${'a'.repeat(26)}%`, `${'a'.repeat(26)}\0`]) expect(await sources.find(each)).toBeUndefined()
  expect(count.queries).toBe(0)
}))

test('a look-up that fails fails for those who asked, and the next one asks again', () => withDatabase(async (real) => {
  const { database } = counted(real)
  let broken = true
  const system: Database['system'] = { ...database.system, query: (text, values) => (broken ? Promise.reject(new Error('away')) : real.system.query(text, values)) }
  const sources = createLoadedSources({ database: { ...database, system }, own })
  const one = path()
  await expect(sources.find(one)).rejects.toThrow('away')
  broken = false
  expect(await sources.find(one)).toBeUndefined()
}))
