/** What runs do over time: waiting, listening, being steered, going on in another process. */
import { expect, test, vi } from 'vitest'
import { uuidv7 } from 'uuidv7'
import { withDatabase } from '../../../test/postgres.ts'
import type { TaskList } from '../definition.ts'
import { withFlows, type FlowsArea } from '../area.fixture.ts'
import { fault } from '../fault.ts'

const waiting = { timeout: 30_000, interval: 20 }

async function start({ runs, caller, add }: FlowsArea, definition: Parameters<FlowsArea['add']>[0], input: unknown = {}): Promise<string> {
  return (await runs.start(caller, { flow: { namespace: 'default', name: await add(definition) }, input, trigger: { type: 'api' } })).id
}

async function until({ runs, caller }: FlowsArea, id: string, shape: object): Promise<void> {
  await vi.waitFor(async () => { expect(await runs.get(caller, id)).toMatchObject(shape) }, waiting)
}

function publish({ publishing, caller }: FlowsArea, event: { type: string, data?: unknown, source?: string, subject?: string }): Promise<unknown> {
  const whole = { specversion: '1.0' as const, id: uuidv7(), source: '/test', ...event }
  return publishing.publish(caller, [{ event: whole, json: JSON.stringify(whole) }], { schemaCheck: 'pass' })
}

test('a run that waits is in no memory, and goes on in the next process', () => withDatabase(async (database) => {
  const seen = await withFlows(database, async (area) => {
    const id = await start(area, [{ a: { set: { n: 1 } } }, { rest: { wait: { seconds: 3 } } }, { b: { set: { m: '${ .n + 1 }' } } }])
    await until(area, id, { status: 'waiting', tasks: [{ name: 'a', status: 'completed' }, { name: 'rest', status: 'waiting', endedAt: null }] })
    expect(area.engine.stats().held).toBe(0)
    return { id, caller: area.caller }
  })
  await withFlows(database, async (area) => {
    await until(area, seen.id, { status: 'completed', output: { m: 2 } })
    const { tasks } = await area.runs.get(area.caller, seen.id)
    expect(tasks.map(({ name, status }) => [name, status])).toEqual([['a', 'completed'], ['rest', 'completed'], ['b', 'completed']])
    expect(Date.parse(tasks[1]!.endedAt!) - Date.parse(tasks[1]!.startedAt)).toBeGreaterThanOrEqual(3000)
  }, { caller: seen.caller })
}))

test('a task whose result was committed does not run again; the one under way does, under the same key', () => withDatabase(async (database) => {
  const asked: [string, string][] = []
  const tasks: TaskList = [{ one: { call: 'note', with: { n: 1 } } }, { loop: { for: { in: '[1, 2, 3]' }, do: [{ each: { call: 'note', with: { n: '${ $item * 10 }' } } }] } }]
  let hangs = true
  const note = (args: unknown, { idempotencyKey, signal }: { idempotencyKey: string, signal: AbortSignal }): unknown => {
    const { n } = args as { n: number }
    asked.push([String(n), idempotencyKey])
    if (n !== 20 || !hangs) return { n }
    return new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error) }) })
  }
  const seen = await withFlows(database, async (area) => {
    const id = await start(area, tasks)
    await vi.waitFor(() => { expect(asked.length).toBe(3) }, waiting)
    return { id, caller: area.caller }
  }, { functions: { note } })
  hangs = false
  await withFlows(database, async (area) => {
    await until(area, seen.id, { status: 'completed' })
    expect(asked.map(([n]) => n)).toEqual(['1', '10', '20', '20', '30'])
    expect(new Set(asked.map(([, key]) => key)).size).toBe(4)
    expect((await area.runs.get(area.caller, seen.id)).tasks.map(({ name, status }) => [name, status])).toEqual([['one', 'completed'], ['loop', 'completed'], ['each', 'completed'], ['each', 'completed'], ['each', 'completed']])
  }, { functions: { note }, caller: seen.caller })
}), 60_000)

test('cancel, suspend and resume', () => withDatabase((database) => withFlows(database, async (area) => {
  const { runs, caller } = area
  const slow: TaskList = [{ rest: { wait: { minutes: 5 } } }, { b: { set: { b: 1 } } }]
  const cancelled = await start(area, slow)
  await until(area, cancelled, { status: 'waiting' })
  await runs.cancel(caller, cancelled)
  await until(area, cancelled, { status: 'cancelled', tasks: [{ name: 'rest', status: 'cancelled' }] })
  await expect(runs.cancel(caller, cancelled)).rejects.toMatchObject({ code: 'conflict' })

  const suspended = await start(area, [{ rest: { wait: { milliseconds: 1500 } } }, { b: { set: { b: 1 } } }])
  await until(area, suspended, { status: 'waiting' })
  await runs.suspend(caller, suspended)
  await until(area, suspended, { status: 'suspended', tasks: [{ name: 'rest', status: 'suspended' }] })
  await expect(runs.resume(caller, cancelled)).rejects.toMatchObject({ code: 'conflict' })
  await runs.resume(caller, suspended)
  await until(area, suspended, { status: 'completed', output: { b: 1 } })
})))

test('a call under way is broken off by a cancel', () => withDatabase(async (database) => {
  let isBroken = false
  await withFlows(database, async (area) => {
    const id = await start(area, [{ t: { try: [{ a: { call: 'hang' } }], catch: { do: [{ never: { set: { a: 1 } } }] } } }])
    await until(area, id, { status: 'running', tasks: [{ name: 't' }, { name: 'a', status: 'running' }] })
    await area.runs.cancel(area.caller, id)
    await until(area, id, { status: 'cancelled' })
    expect(isBroken).toBe(true)
  }, { functions: { hang: (_args, { signal }) => new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { isBroken = true; reject(signal.reason as Error) }) }) } })
}))

test('what one flow emits another hears', () => withDatabase((database) => withFlows(database, async (area) => {
  const listener = await start(area, [{ hear: { listen: { to: { one: { with: { type: 'order.paid', data: '${ .amount > $input.least }' } } } } } }, { tell: { set: { got: '${ .[0].amount }' } } }], { least: 10 })
  await until(area, listener, { status: 'waiting', tasks: [{ name: 'hear', status: 'waiting' }] })
  for (const amount of [5, 50]) {
    const { output } = await area.run([{ say: { emit: { event: { with: { source: 'https://shop', type: 'order.paid', data: { amount: '${ .amount }' } } } } } }], { amount })
    expect(output).toMatchObject({ specversion: '1.0', id: expect.any(String), time: expect.any(String), source: 'https://shop', type: 'order.paid', data: { amount } })
  }
  await until(area, listener, { status: 'completed', output: { got: 50 } })
  const { rows } = await database.system.query('select (select count(*) from flow_waits)::int as waits, (select count(*) from flow_signals)::int as signals')
  expect(rows).toEqual([{ waits: 0, signals: 0 }])
})))

test('listens to all, to any until a condition or another event, one after another with `foreach`', () => withDatabase((database) => withFlows(database, async (area) => {
  const all = await start(area, [{ l: { listen: { to: { all: [{ with: { type: 'a' } }, { with: { type: 'b' } }] }, read: 'envelope' } } }])
  const counted = await start(area, [{ l: { listen: { to: { any: [{ with: { type: 'a' } }, { with: { type: 'c' } }], until: '(. | length) == 3' } } } }])
  const ended = await start(area, [{ l: { listen: { to: { any: [{ with: { type: 'a' } }], until: { one: { with: { type: 'stop' } } } } }, foreach: { item: 'event', at: 'i', do: [{ mark: { set: { n: '${ $event.n }', i: '${ $i }' } } }], output: { as: '[.i, .n]' } } } }])
  for (const id of [all, counted, ended]) await until(area, id, { status: 'waiting' })
  for (const [type, n] of [['a', 1], ['a', 2], ['b', 3], ['c', 4], ['stop', 5], ['a', 6]] as const) await publish(area, { type, data: { n } })
  await until(area, all, { status: 'completed', output: [{ type: 'a', data: { n: 1 } }, { type: 'b', data: { n: 3 } }] })
  await until(area, counted, { status: 'completed', output: [{ n: 1 }, { n: 2 }, { n: 4 }] })
  await until(area, ended, { status: 'completed', output: [[0, 1], [1, 2]] })
})))

test('correlates events: with what the run has, or with the first of them', () => withDatabase((database) => withFlows(database, async (area) => {
  const correlate = (expect?: string) => ({ order: { from: '.data.order', ...expect !== undefined && { expect } } })
  const own = await start(area, [{ l: { listen: { to: { one: { with: { type: 'a' }, correlate: correlate('${ $input.order }') } } } } }], { order: 'two' })
  const first = await start(area, [{ l: { listen: { to: { any: [{ with: { type: 'a' }, correlate: correlate() }], until: '(. | length) == 2' } } } }])
  for (const id of [own, first]) await until(area, id, { status: 'waiting' })
  for (const [order, n] of [['one', 1], ['two', 2], ['one', 3]]) await publish(area, { type: 'a', data: { order, n } })
  await until(area, own, { status: 'completed', output: [{ order: 'two', n: 2 }] })
  await until(area, first, { status: 'completed', output: [{ order: 'one', n: 1 }, { order: 'one', n: 3 }] })
})))

test('a flow runs another one and waits for it, or does not; its fault is the caller\'s, its cancel comes along', () => withDatabase((database) => withFlows(database, async (area) => {
  const child = await area.add([{ rest: { wait: { milliseconds: 20 } } }, { double: { set: { n: '${ $workflow.input.n * 2 }' } } }])
  const call = (name: string, more = {}): TaskList => [{ sub: { run: { workflow: { namespace: 'default', name, version: 'latest', input: { n: '${ .n }' } }, ...more } } }]
  expect(await area.run(call(child), { n: 4 })).toMatchObject({ status: 'completed', output: { n: 8 } })
  expect(await area.run(call(child, { await: false }), { n: 4 })).toMatchObject({ status: 'completed', output: { n: 4 } })
  expect(await area.run(call(await area.add([{ no: { raise: { error: { type: 'https://no', status: 409 } } } }])), {})).toMatchObject({ status: 'faulted', error: { type: 'https://no', status: 409 } })
  expect(await area.run(call('nothing'), {})).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/configuration$/) } })
  const slow = await area.add([{ rest: { wait: { minutes: 5 } } }])
  const parent = await start(area, call(slow))
  await until(area, parent, { status: 'waiting' })
  await area.runs.cancel(area.caller, parent)
  await vi.waitFor(async () => { expect((await area.runs.list(area.caller, { limit: 10, flow: { namespace: 'default', name: slow } })).data).toMatchObject([{ status: 'cancelled', trigger: { type: 'flow', runId: parent } }]) }, waiting)
})))

test('flows run each other so deep and no deeper: one that runs itself is told so, awaited or not', () => withDatabase((database) => withFlows(database, async (area) => {
  for (const isAwaited of [true, false]) {
    const name = `itself-${isAwaited}`
    const again = { run: { await: isAwaited, workflow: { namespace: 'default', name, version: 'latest' } } }
    await area.add({ document: { dsl: '1.0.3', namespace: 'default', name, version: '1.0.0' }, do: [{ again }] })
    const { id } = await area.runs.start(area.caller, { flow: { namespace: 'default', name }, input: {}, trigger: { type: 'api' } })
    const runs = await vi.waitFor(async () => {
      const { data } = await area.runs.list(area.caller, { limit: 50, flow: { namespace: 'default', name } })
      expect(data.filter(({ endedAt }) => endedAt === null)).toEqual([])
      expect(data[0]).toMatchObject({ status: 'faulted', trigger: { type: 'flow', depth: 10 } })
      return data
    }, waiting)
    expect(runs).toHaveLength(11)
    // Where it is awaited, its fault is that of all around it.
    expect(runs.filter(({ status }) => status === 'faulted')).toHaveLength(isAwaited ? 11 : 1)
    expect(await area.runs.get(area.caller, isAwaited ? id : runs[0]!.id)).toMatchObject({ error: { type: expect.stringMatching(/runtime$/), detail: expect.stringContaining('does one of them run itself?') } })
  }
})))

test('a flow runs one of another namespace in the version that it names; one that is not enabled, or a version that is not there, is a fault', () => withDatabase((database) => withFlows(database, async (area) => {
  for (const version of ['1.0.0', '2.0.0']) {
    const text = JSON.stringify({ document: { dsl: '1.0.3', namespace: 'other', name: 'sub', version }, do: [{ tell: { set: { version, got: '${ . }' } } }] })
    if (version === '1.0.0') await area.add(JSON.parse(text) as object)
    else await database.system.query(`insert into flow_versions (tenant_id, flow_id, version, status, format, source, definition, sha256, created_by) select tenant_id, id, $1, 'published', 'json', $2::text, $2::text::json, 'x', 'test' from flows where name = 'sub'`, [version, text])
  }
  const call = (version: string): TaskList => [{ sub: { run: { workflow: { namespace: 'other', name: 'sub', version, input: { n: '${ .n }' } } } } }]
  for (const version of ['1.0.0', '2.0.0']) expect(await area.run(call(version), { n: 1 })).toMatchObject({ status: 'completed', output: { version, got: { n: 1 } } })
  expect(await area.run(call('3.0.0'))).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/configuration$/), detail: expect.stringContaining('no version 3.0.0'), instance: '/do/0/sub' } })
  await database.system.query("update flows set enabled = false where name = 'sub'")
  area.definitions.forgetAll()
  expect(await area.run(call('1.0.0'))).toMatchObject({ status: 'faulted', error: { detail: expect.stringContaining('not enabled') } })
})))

test('a run of a flow that was never told its answer in time goes on; its retries wait outside of memory', () => withDatabase(async (database) => {
  let left = 1
  await withFlows(database, async (area) => {
    const id = await start(area, [{ t: { try: [{ a: { call: 'flaky' } }], catch: { retry: { delay: { milliseconds: 2500 }, limit: { attempt: { count: 2 } } } } } }])
    await until(area, id, { status: 'waiting' })
    expect(area.engine.stats().held).toBe(0)
    await until(area, id, { status: 'completed', output: { ok: true }, tasks: [{ name: 't', attempts: 2 }, { name: 'a', status: 'faulted' }, { name: 'a', status: 'completed', attempts: 2 }] })
  }, { functions: { flaky: () => {
    if (left-- > 0) throw fault('communication', 'down', { status: 503 })
    return { ok: true }
  } } })
}))

test('a key makes a second start the first', () => withDatabase((database) => withFlows(database, async (area) => {
  const { runs, caller, add } = area
  const request = { flow: { namespace: 'default', name: await add([{ a: { set: { a: 1 } } }]) }, input: {}, idempotencyKey: 'once', trigger: { type: 'api' as const } }
  const [one, two] = await Promise.all([runs.start(caller, request), runs.start(caller, request)])
  expect(two.id).toBe(one.id)
  expect((await runs.start(caller, request)).id).toBe(one.id)
})))

test('a large value is stored once, however many tasks pass it on, and stands whole in the state', () => withDatabase((database) => withFlows(database, async (area) => {
  const large = { text: 'x'.repeat(300_000) }
  const pass = (name: string): TaskList[number] => ({ [name]: { set: { kept: '${ .kept }' } } })
  const record = await area.run([{ take: { set: { kept: '${ . }' } } }, pass('a'), pass('b'), { rest: { wait: { milliseconds: 1300 } } }, pass('c'), { size: { set: { size: '${ .kept.text | length }', kept: '${ .kept }' } } }], large)
  expect(record).toMatchObject({ status: 'completed', output: { size: 300_000, kept: { text: { $blob: { sizeBytes: 300_002 } } } } })
  const { rows } = await database.system.query('select count(*)::int as blobs from blobs')
  expect(rows).toEqual([{ blobs: 1 }])
})))
