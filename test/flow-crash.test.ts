/** Runs of flows end, whatever dies meanwhile: each effect happens, its repeats carry one key, and what was committed is not done again. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { startHubProcess, type HubProcess } from './hub-process.ts'
import { createTestDatabase } from './postgres.ts'
import { json, startUpstream, type Upstream } from './upstream.ts'

const RUNS = 2000
const TASKS = 8
const poll = { timeout: 240_000, interval: 500 }
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

let cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const step of cleanUp.toReversed()) await step()
  cleanUp = []
})

interface Target { upstream: Upstream, /** Run and task → the keys of its calls, in order. */ calls: Map<string, string[]>, /** Keys that had their effect. */ effects: Map<string, number> }

/** Honours idempotency keys: a repeat has the first answer and no effect. */
async function startTarget(): Promise<Target> {
  const upstream = await startUpstream()
  cleanUp.push(() => upstream.close())
  const target: Target = { upstream, calls: new Map(), effects: new Map() }
  upstream.answer(({ headers, body }, response) => {
    upstream.asked.length = 0
    const key = String(headers['idempotency-key'])
    const { run, task } = JSON.parse(body) as { run: string, task: string }
    const name = `${run} ${task}`
    target.calls.set(name, [...target.calls.get(name) ?? [], key])
    if (!target.effects.has(key)) target.effects.set(key, target.effects.size)
    setTimeout(() => { json(response, 200, { number: target.effects.get(key) }) }, 5)
  })
  return target
}

async function setUp(): Promise<{ connectionString: string, start(): Promise<HubProcess>, query(text: string): Promise<Record<string, unknown>[]> }> {
  const database = await createTestDatabase()
  const folder = await mkdtemp(path.join(tmpdir(), 'interchange-flow-crash-'))
  cleanUp.push(() => database.drop(), () => rm(folder, { recursive: true, force: true }))
  const client = new Client({ connectionString: database.connectionString })
  await client.connect()
  cleanUp.push(() => client.end())
  return {
    connectionString: database.connectionString,
    start: () => startHubProcess({ INTERCHANGE_DATA: folder, DATABASE_URL: database.connectionString, INTERCHANGE_LOG_LEVEL: 'fatal' }),
    query: async (text) => (await client.query<Record<string, unknown>>(text)).rows,
  }
}

function flow(url: string): object {
  const names = Array.from({ length: TASKS }, (_, number) => `task${number}`)
  return {
    document: { dsl: '1.0.3', namespace: 'default', name: 'crash', version: '1.0.0' },
    do: names.map((task) => ({ [task]: { call: 'http', with: { method: 'post', endpoint: `${url}/effect`, body: { run: '${ $workflow.id }', task } } } })),
  }
}

async function startRuns(hub: () => HubProcess, count: number): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) {
      const number = next++
      for (;;) {
        const status = await hub().call('POST', '/api/v1/flows/crash/runs', {}, { headers: { 'idempotency-key': `run ${number}` } }).then((reply) => reply.status, () => 0)
        if (status === 202) break
        await pause(100)
      }
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}

interface Entry { reference: string, name: string, status: string }

/** Run and task of all that is committed as done. */
async function committed(query: (text: string) => Promise<Record<string, unknown>[]>): Promise<string[]> {
  const journal = await query('select run_id as id, entries from flow_journal') as { id: string, entries: string }[]
  const over = await query('select id, record from flow_runs') as { id: string, record: string }[]
  return [
    ...journal.flatMap(({ id, entries }) => (JSON.parse(entries) as Entry[]).map(({ name }) => `${id} ${name}`)),
    ...over.flatMap(({ id, record }) => (JSON.parse(record) as { tasks: Entry[] }).tasks.map(({ name }) => `${id} ${name}`)),
  ]
}

test('2,000 runs of eight effects each end though the hub is killed every two seconds', { timeout: 400_000 }, async () => {
  const target = await startTarget()
  const { start, query } = await setUp()
  let hub = await start()
  cleanUp.push(() => hub.kill())
  expect((await hub.call('POST', '/api/v1/flows', flow(target.upstream.url))).status).toBe(201)
  const starting = startRuns(() => hub, RUNS)
  const done = async (): Promise<number> => Number((await query('select count(*)::int as count from flow_runs'))[0]!['count'])
  const known: Map<string, number>[] = []
  let kills = 0
  while (kills < 4 || kills < 30 && await done() < RUNS) {
    await pause(2000)
    await hub.kill()
    kills += 1
    known.push(new Map((await committed(query)).map((name) => [name, target.calls.get(name)!.length])))
    hub = await start()
  }
  await starting
  await vi.waitFor(async () => { expect(await done()).toBe(RUNS) }, poll)
  expect(await query("select status, count(*)::int as count from flow_runs group by 1")).toEqual([{ status: 'completed', count: RUNS }])
  // What was committed at a kill was not asked for again.
  expect(known.flatMap((before) => [...before].filter(([name, count]) => target.calls.get(name)!.length > count))).toEqual([])
  // Each at least once, all calls of one under one key, and so exactly once where the target honours it.
  expect(target.calls.size).toBe(RUNS * TASKS)
  expect([...target.calls.values()].filter((keys) => new Set(keys).size !== 1)).toEqual([])
  expect(target.effects.size).toBe(RUNS * TASKS)
  const tasks = await committed(query)
  expect({ all: tasks.length, different: new Set(tasks).size }).toEqual({ all: RUNS * TASKS, different: RUNS * TASKS })
})

test('a process that was frozen past its time commits nothing of the runs that another took over', { timeout: 120_000 }, async () => {
  const target = await startTarget()
  const { start, query } = await setUp()
  const first = await start()
  cleanUp.push(async () => {
    process.kill(first.pid, 'SIGCONT')
    await first.kill()
  })
  expect((await first.call('POST', '/api/v1/flows', flow(target.upstream.url))).status).toBe(201)
  await startRuns(() => first, 100)
  process.kill(first.pid, 'SIGSTOP')
  const live = await query('select count(*)::int as count from flow_live')
  const second = await start()
  cleanUp.push(() => second.kill())
  const done = async (): Promise<unknown> => (await query('select count(*)::int as count from flow_runs'))[0]!['count']
  await vi.waitFor(async () => { expect(await done()).toBe(100) }, { timeout: 60_000, interval: 200 })
  const before = await query('select id, record from flow_runs order by id')
  process.kill(first.pid, 'SIGCONT')
  // It looks at its sign of life first, and at what it holds then.
  await vi.waitFor(async () => { expect((await first.call('GET', '/readyz')).status).toBe(200) }, { timeout: 30_000, interval: 100 })
  await pause(3000)
  expect(await query('select id, record from flow_runs order by id')).toEqual(before)
  expect(await query('select count(*)::int as count from flow_live')).toEqual([{ count: 0 }])
  const tasks = await committed(query)
  expect({ all: tasks.length, different: new Set(tasks).size }).toEqual({ all: 100 * TASKS, different: 100 * TASKS })
  expect([...target.calls.values()].filter((keys) => new Set(keys).size !== 1)).toEqual([])
  expect(Number(live[0]!['count'])).toBeGreaterThan(0)
})
