import { expect, test } from 'vitest'
import { createGroupCommit } from './group-commit.ts'

interface Write { rows: number[], end(error?: Error): void }

function recorder(maxRows: number, maxInFlight: number): { writes: Write[], add(row: number): Promise<void>, drain(): Promise<void> } {
  const writes: Write[] = []
  const commits = createGroupCommit<number>({
    maxRows, maxInFlight,
    async write(rows) {
      const { promise, resolve } = Promise.withResolvers<Error | undefined>()
      writes.push({ rows, end: resolve })
      const error = await promise
      if (error) throw error
    },
  })
  return { writes, add: commits.add, drain: commits.drain }
}

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

test('rows that come at nearly the same time are written in one go, and further ones wait for a free place', async () => {
  const { writes, add } = recorder(10, 1)
  const first = Promise.all([add(1), add(2)])
  await turn()
  const second = Promise.all([add(3), add(4), add(5)])
  await turn()
  expect(writes.map(({ rows }) => rows)).toEqual([[1, 2]])
  writes[0]!.end()
  await first
  await turn()
  expect(writes.map(({ rows }) => rows)).toEqual([[1, 2], [3, 4, 5]])
  writes[1]!.end()
  await second
})

test('no write has more rows than it may', async () => {
  const { writes, add } = recorder(2, 5)
  const all = Promise.all([1, 2, 3, 4, 5].map(add))
  while (writes.length < 3) await turn()
  expect(writes.map(({ rows }) => rows)).toEqual([[1, 2], [3, 4], [5]])
  for (const { end } of writes) end()
  await all
})

test('a failed write fails its own rows alone', async () => {
  const { writes, add } = recorder(1, 2)
  const [first, second] = [add(1), add(2)]
  while (writes.length < 2) await turn()
  writes[0]!.end(new Error('no'))
  writes[1]!.end()
  await expect(first).rejects.toThrow('no')
  await expect(second).resolves.toBeUndefined()
})

test('drain waits for all that was asked for', async () => {
  const { writes, add, drain } = recorder(10, 1)
  const row = add(1)
  let drained = false
  const draining = drain().then(() => { drained = true })
  await turn()
  expect(drained).toBe(false)
  writes[0]!.end()
  await Promise.all([row, draining])
  expect(drained).toBe(true)
})
