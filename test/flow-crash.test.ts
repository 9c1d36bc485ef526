/** Runs of flows end, whatever dies meanwhile: each effect happens, its repeats carry one key, and what was committed is not done again. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { describe, expect, test, vi, type TestContext } from 'vitest'
import { startHubProcess, type HubProcess } from './hub-process.ts'
import { createTestDatabase } from './postgres.ts'
import { json, startUpstream, type Upstream } from './upstream.ts'

const RUNS = 2000
const TASKS = 8
const poll = { timeout: 240_000, interval: 500 }
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

type AtEnd = TestContext['onTestFinished']

interface Target { upstream: Upstream, /** Run and task → the keys of its calls, in order. */ calls: Map<string, string[]>, /** Keys that had their effect. */ effects: Map<string, number> }

/** Honours idempotency keys: a repeat has the first answer and no effect. */
async function startTarget(atEnd: AtEnd, answerMs: number): Promise<Target> {
  const upstream = await startUpstream()
  atEnd(() => upstream.close())
  const target: Target = { upstream, calls: new Map(), effects: new Map() }
  upstream.answer(({ headers, body }, response) => {
    upstream.asked.length = 0
    const key = String(headers['idempotency-key'])
    const { run, task } = JSON.parse(body) as { run: string, task: string }
    const name = `${run} ${task}`
    target.calls.set(name, [...target.calls.get(name) ?? [], key])
    if (!target.effects.has(key)) target.effects.set(key, target.effects.size)
    setTimeout(() => { json(response, 200, { number: target.effects.get(key) }) }, answerMs)
  })
  return target
}

async function setUp(atEnd: AtEnd): Promise<{ start(): Promise<HubProcess>, query(text: string): Promise<Record<string, unknown>[]> }> {
  const database = await createTestDatabase()
  const folder = await mkdtemp(path.join(tmpdir(), 'interchange-flow-crash-'))
  atEnd(() => database.drop())
  atEnd(() => rm(folder, { recursive: true, force: true }))
  const client = new Client({ connectionString: database.connectionString })
  await client.connect()
  atEnd(() => client.end())
  return {
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

// Beside each other: the second mostly waits.
describe.concurrent('runs of eight effects', () => {
  test('2,000 of them each end though the hub is killed every two seconds', { timeout: 400_000 }, async ({ onTestFinished }) => {
    const target = await startTarget(onTestFinished, 5)
    const { start, query } = await setUp(onTestFinished)
    let hub = await start()
    onTestFinished(() => hub.kill())
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

  test('of a process that is frozen for a minute are taken over by another; when it wakes, it commits nothing stale', { timeout: 240_000 }, async ({ onTestFinished }) => {
    const runs = 100
    // Slow enough that calls are under way when it freezes: their answers are read a minute later.
    const target = await startTarget(onTestFinished, 250)
    const { start, query } = await setUp(onTestFinished)
    const [first, second] = await Promise.all([start(), start()])
    onTestFinished(() => second.kill())
    onTestFinished(async () => {
      process.kill(first.pid, 'SIGCONT')
      await first.kill()
    })
    expect((await first.call('POST', '/api/v1/flows', flow(target.upstream.url))).status).toBe(201)
    await startRuns(() => first, runs)
    process.kill(first.pid, 'SIGSTOP')
    const wakes = pause(60_000)
    const [held] = await query('select count(*)::int as count, count(distinct claimed_by)::int as holders from flow_live where claimed_by is not null') as { count: number, holders: number }[]
    expect(held!.count).toBeGreaterThan(0)
    expect(held!.holders).toBe(1)
    const done = async (): Promise<unknown> => (await query('select count(*)::int as count from flow_runs'))[0]!['count']
    await vi.waitFor(async () => { expect(await done()).toBe(runs) }, { timeout: 50_000, interval: 200 })
    const rows = async (): Promise<unknown> => [await query('select id, status, record from flow_runs order by id'), await query('select run_id, seq, entries from flow_journal order by 1, 2'), await query('select id from flow_live')]
    const [before, effects, calls] = [await rows(), new Map(target.effects), new Map([...target.calls].map(([name, keys]) => [name, new Set(keys)]))]
    await wakes
    process.kill(first.pid, 'SIGCONT')
    // It looks at its sign of life first, and at what it holds then.
    await vi.waitFor(async () => { expect((await first.call('GET', '/readyz')).status).toBe(200) }, { timeout: 30_000, interval: 100 })
    await pause(5000)
    expect(await rows()).toEqual(before)
    expect(target.effects).toEqual(effects)
    expect(new Map([...target.calls].map(([name, keys]) => [name, new Set(keys)]))).toEqual(calls)
    const tasks = await committed(query)
    expect({ all: tasks.length, different: new Set(tasks).size, effects: effects.size }).toEqual({ all: runs * TASKS, different: runs * TASKS, effects: runs * TASKS })
    // It is of use again.
    expect(await first.call('POST', '/api/v1/flows/crash/runs?wait=60s', {})).toMatchObject({ status: 200, body: { status: 'completed' } })
  })
})
