import { expect, test, vi } from 'vitest'
import { withDatabase } from '../../../test/postgres.ts'
import { withFlows, type FlowsArea } from '../area.fixture.ts'

const waiting = { timeout: 30_000, interval: 20 }

/** Runs of a flow with these settings, and how many were at work at once. */
async function observe(settings: Record<string, unknown>, inputs: { key: string }[]): Promise<{ most: number, mostOfOneKey: number, order: string[] }> {
  const working: string[] = []
  let [most, mostOfOneKey] = [0, 0]
  const order: string[] = []
  const work = async (args: unknown): Promise<void> => {
    const { key, n } = args as { key: string, n: number }
    working.push(key)
    order.push(`${key}${n}`)
    most = Math.max(most, working.length)
    mostOfOneKey = Math.max(mostOfOneKey, working.filter((each) => each === key).length)
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    working.splice(working.indexOf(key), 1)
  }
  await withDatabase((database) => withFlows(database, async ({ runs, caller, add }: FlowsArea) => {
    const name = await add({ document: { dsl: '1.0.3', namespace: 'default', name: 'limited', version: '1.0.0', metadata: { interchange: settings } }, do: [{ rest: { wait: { milliseconds: 5 } } }, { work: { call: 'work', with: { key: '${ .key }', n: '${ .n }' } } }] })
    const flow = { namespace: 'default', name }
    for (const [n, input] of inputs.entries()) await runs.start(caller, { flow, input: { ...input, n }, trigger: { type: 'api' } })
    await vi.waitFor(async () => { expect((await runs.list(caller, { limit: 100, status: 'completed' })).data.length).toBe(inputs.length) }, waiting)
  }, { functions: { work } }))
  return { most, mostOfOneKey, order }
}

test('no more runs of a flow at once than its limit', async () => {
  const { most } = await observe({ concurrency: 2 }, Array.from({ length: 9 }, () => ({ key: 'a' })))
  expect(most).toBe(2)
})

test('runs of one key go one after another, in the order in which they came; others do not wait for them', async () => {
  const { mostOfOneKey, order } = await observe({ orderBy: '.key' }, [..."aabab"].map((key) => ({ key })))
  expect(mostOfOneKey).toBe(1)
  expect(order.filter((each) => each.startsWith('a'))).toEqual(['a0', 'a1', 'a3'])
  expect(order.filter((each) => each.startsWith('b'))).toEqual(['b2', 'b4'])
})
