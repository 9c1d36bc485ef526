import { afterEach, expect, test } from 'vitest'
import { createJq } from './jq.ts'
import type { Jq, JqOptions } from './jq.ts'

const open: Jq[] = []
afterEach(async () => { await Promise.all(open.splice(0).map((jq) => jq.close())) })

function start(options: JqOptions = {}): Jq {
  const jq = createJq({ threads: 1, timeoutMs: 5_000, ...options })
  open.push(jq)
  return jq
}

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i)

test('many evaluations of one program under one key start jq once', async () => {
  const jq = start()
  const outputs = await Promise.all(numbers(500).map((n) => jq.evaluate('. + 1', n, { batchKey: 'acme' })))
  expect(outputs).toEqual(numbers(500).map((n) => [n + 1]))
  expect(jq.stats()).toMatchObject({ evaluations: 500, runs: 1, threads: 1 })
})

test('one after another they start jq once too', async () => {
  const jq = start()
  for (const n of numbers(50)) expect(await jq.evaluate('. + 1', n, { batchKey: 'acme' })).toEqual([n + 1])
  expect(jq.stats()).toMatchObject({ evaluations: 50, runs: 1 })
})

test('outputs of any number stay with their own input', async () => {
  const jq = start()
  const outputs = await Promise.all(numbers(200).map((n) => jq.evaluate('range(.)', n % 7, { batchKey: 'acme' })))
  expect(outputs).toEqual(numbers(200).map((n) => numbers(n % 7)))
  expect(jq.stats().runs).toBe(1)
})

test('a batch never has two keys: each key\'s evaluations are runs of their own', async () => {
  const jq = start()
  const keys = ['acme', 'bolt', 'corp', 'dune']
  // Interleaved as they come: a a' b b' … would be 4 runs; here the keys alternate at every call.
  await Promise.all(numbers(40).map((n) => jq.evaluate('. + 1', n, { batchKey: keys[n % 4]! })))
  expect(jq.stats()).toMatchObject({ evaluations: 40, runs: 4 })
  for (const n of numbers(12)) await jq.evaluate('. + 1', n, { batchKey: keys[n % 2]! })
  expect(jq.stats()).toMatchObject({ evaluations: 52, runs: 16 })
})

test('without a key every evaluation is a run of its own', async () => {
  const jq = start()
  expect(await Promise.all(numbers(5).map((n) => jq.evaluate('. + 1', n)))).toEqual(numbers(5).map((n) => [n + 1]))
  expect(jq.stats()).toMatchObject({ evaluations: 5, runs: 5 })
})

test('two programs, and one with other variables, do not mix', async () => {
  const jq = start()
  const outputs = await Promise.all(numbers(30).map((n) => {
    const variables = n % 3 === 2 ? { x: 5 } : undefined
    return jq.evaluate(['. + 1', '. + 2', '. + $x'][n % 3]!, n, { batchKey: 'acme', ...(variables && { variables }) })
  }))
  expect(outputs).toEqual(numbers(30).map((n) => [n + [1, 2, 5][n % 3]!]))
  expect(jq.stats().runs).toBe(3)
})

test('after a deadline only the guilty one fails; those around it get their outputs', async () => {
  const jq = start({ timeoutMs: 400 })
  const program = 'if . == 13 then def f: f; f else . * 2 end'
  const settled = await Promise.allSettled(numbers(40).map((n) => jq.evaluate(program, n, { batchKey: 'acme' })))
  expect(settled[13]).toMatchObject({ status: 'rejected', reason: { code: 'expression_timeout', message: 'The expression took longer than 400 ms' } })
  expect(settled.filter((_, n) => n !== 13)).toEqual(numbers(40).filter((n) => n !== 13).map((n) => ({ status: 'fulfilled', value: [n * 2] })))
  expect(jq.stats()).toMatchObject({ timeouts: 1, replaced: 1 })
})

test('each evaluation\'s own deadline counts, also within a batch of others', async () => {
  const jq = start({ timeoutMs: 60_000 })
  const program = 'if . == 3 then def f: f; f else . * 2 end'
  const settled = await Promise.allSettled(numbers(6).map((n) => jq.evaluate(program, n, { batchKey: 'acme', ...(n === 3 && { timeoutMs: 300 }) })))
  expect(settled.map((s) => s.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
})

test('a hub that was busy itself for longer than the deadline blames nobody', async () => {
  const jq = start({ timeoutMs: 200 })
  await jq.evaluate('. + 1', 1, { batchKey: 'acme' })
  const outcome = Promise.all(numbers(64).map((n) => jq.evaluate('. + 1', n, { batchKey: 'acme' })))
  await Promise.resolve()
  const until = Date.now() + 600
  while (Date.now() < until); // the timer for the deadline is due before the results can be received
  expect(await outcome).toEqual(numbers(64).map((n) => [n + 1]))
  expect(jq.stats().timeouts).toBe(0)
})

test('one that runs out of memory fails alone, and a new thread takes the rest', async () => {
  const jq = start({ timeoutMs: 30_000, maxMemoryBytes: 32 * 1024 * 1024 })
  const settled = await Promise.allSettled(numbers(10).map((n) => jq.evaluate('if . == 4 then [range(1e9)] else . + 1 end', n, { batchKey: 'acme' })))
  expect(settled[4]).toMatchObject({ reason: { code: 'expression_failed', message: 'The expression needed more memory than it may have' } })
  expect(settled.filter((s) => s.status === 'fulfilled').length).toBe(9)
  expect(jq.stats()).toMatchObject({ timeouts: 0, replaced: 1 })
})

test('no thread is started before one is needed, and idle ones end', async () => {
  const jq = start({ idleMs: 20 })
  await jq.evaluate('.a.b', { a: {} })
  expect(jq.stats()).toMatchObject({ threads: 0, paths: 1 })
  await jq.evaluate('. + 1', 1, { batchKey: 'acme' })
  await expect.poll(() => jq.stats().threads).toBe(0)
  // And start again.
  expect(await jq.evaluate('. + 1', 2, { batchKey: 'acme' })).toEqual([3])
  expect(jq.stats().replaced).toBe(0)
})

test('more than 5,000 waiting under one key are refused, while another key is served', async () => {
  const jq = start({ timeoutMs: 60_000 })
  const crowd = numbers(5_100).map((n) => jq.evaluate('. + 1', n, { batchKey: 'crowd' }))
  const other = jq.evaluate('. + 1', 1, { batchKey: 'other' })
  const settled = await Promise.allSettled(crowd)
  expect(await other).toEqual([2])
  const refused = settled.filter((s) => s.status === 'rejected')
  expect(refused).toHaveLength(100)
  expect(refused[0]).toMatchObject({ reason: { code: 'rate_limited', retryAfterSeconds: 1 } })
})
