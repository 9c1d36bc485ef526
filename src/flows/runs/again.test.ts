/** Runs that are over: tried again, kept as test cases, told of, let go of. */
import { expect, test, vi } from 'vitest'
import { withDatabase } from '../../../test/postgres.ts'
import { ensurePartitions, lowestId } from '../../db/partitions.ts'
import type { TaskList } from '../definition.ts'
import { withFlows } from '../area.fixture.ts'
import { fault } from '../fault.ts'
import { createRunRetention } from './retention.ts'

const waiting = { timeout: 30_000, interval: 20 }

test('a run begins anew before a chosen task, with what was recorded or another input', () => withDatabase(async (database) => {
  let isDown = true
  const asked: unknown[] = []
  await withFlows(database, async ({ runs, caller, run }) => {
    const first = await run([
      { one: { set: { n: '${ .n * 2 }' }, export: { as: '{ kept: .n }' } } }, { two: { do: [{ call: { call: 'service', with: { n: '${ .n }' } } }] } }, { three: { set: { got: '${ .ok }', kept: '${ $context.kept }', at: '${ $workflow.input.n }' } } },
    ], { n: 21 })
    expect(first).toMatchObject({ status: 'faulted' })
    isDown = false
    const end = async (request: { from?: string, input?: unknown }): Promise<unknown> => {
      const { id } = await runs.retry(caller, first.id, request)
      await runs.wait(caller, id, 30_000)
      return runs.get(caller, id)
    }
    expect(await end({ from: '/do/1/two/do/0/call' })).toMatchObject({ status: 'completed', output: { got: true, kept: 42, at: 21 }, trigger: { type: 'retry', runId: first.id }, tasks: [{ name: 'two' }, { name: 'call' }, { name: 'three' }] })
    expect(await end({ from: '/do/1/two', input: { n: 7 } })).toMatchObject({ status: 'completed' })
    expect(await end({ input: { n: 1 } })).toMatchObject({ status: 'completed', output: { kept: 2, at: 1 } })
    expect(asked).toEqual([42, 42, 7, 2])
    await expect(runs.retry(caller, first.id, { from: '/do/9/none' })).rejects.toMatchObject({ code: 'invalid_input' })
  }, { functions: { service: (args) => {
    asked.push((args as { n: number }).n)
    if (isDown) throw fault('communication', 'down', { status: 503 })
    return { ok: true }
  } } })
}))

test('it begins within `do` and `try` too, and within a loop in the round that the task was last in', () => withDatabase(async (database) => {
  let isDown = true
  const asked: unknown[] = []
  await withFlows(database, async ({ runs, caller, run }) => {
    const call = (n: string) => ({ call: 'service', with: { n } })
    const first = await run([
      { start: { set: { n: '${ .n + 1 }' } } },
      { group: { do: [{ add: { set: { n: '${ .n * 10 }' } } }, { guard: { try: [{ ask: call('${ .n }') }, { again: call('${ .n + 1 }') }], catch: { errors: { with: { status: 404 } } } } }], output: { as: '{ total: .n }' } } },
      { loop: { for: { in: '[1, 2]' }, do: [{ each: call('${ $item }') }] } },
    ], { n: 1 })
    expect(first).toMatchObject({ status: 'faulted', error: { instance: '/do/1/group/do/1/guard/try/1/again' } })
    expect(asked.splice(0)).toEqual([20, 21])
    isDown = false
    const end = async (from: string, input?: unknown): Promise<unknown> => {
      const { id } = await runs.retry(caller, first.id, { from, ...input !== undefined && { input } })
      await runs.wait(caller, id, 30_000)
      return runs.get(caller, id)
    }
    expect(await end('/do/1/group/do/1/guard/try/1/again')).toMatchObject({ status: 'completed', tasks: [{ name: 'group' }, { name: 'guard' }, { name: 'again', input: { n: 20 } }, { name: 'loop' }, { name: 'each' }, { name: 'each' }] })
    expect(asked.splice(0)).toEqual([21, 1, 2])
    const deep = await runs.list(caller, { limit: 1 })
    expect((await runs.get(caller, deep.data[0]!.id)).tasks[0]).toMatchObject({ name: 'group', output: { total: 21 } })
    await end('/do/1/group/do/0/add', { n: 5 })
    expect(asked.splice(0)).toEqual([50, 51, 1, 2])
    const { id } = await runs.retry(caller, deep.data[0]!.id, { from: '/do/2/loop/do/0/each' })
    await runs.wait(caller, id, 30_000)
    expect(asked.splice(0)).toEqual([2])
    for (const from of ['/do/1/group/do/7/none', '/do/1/group/do/0/other', '/do/2/loop', '/do/0', 'nonsense']) await expect(runs.retry(caller, first.id, { from })).rejects.toMatchObject({ code: 'invalid_input' })
  }, { functions: { service: (args) => {
    const { n } = args as { n: number }
    asked.push(n)
    if (isDown && n === 21) throw fault('communication', 'down', { status: 503 })
    return { n }
  } } })
}))

test('a test case replays with what was recorded, and shows what a change of the flow changes', () => withDatabase(async (database) => {
  let calls = 0
  await withFlows(database, async ({ runs, caller, run, definitions }) => {
    const tasks: TaskList = [{ ask: { call: 'service', output: { as: '.answer' } } }, { rest: { wait: { milliseconds: 1 } } }, { tell: { set: { said: '${ "It is \\(.n)" }', run: '${ $workflow.id }' } } }]
    const { id, name } = await run(tasks, {})
    const testCase = await runs.testCase(caller, id)
    const definition = (await definitions.version(caller.tenantId, (await definitions.find(caller.tenantId, 'default', name))!.id, '1.0.0'))!
    expect(await runs.replay(caller, definition, testCase)).toEqual({ passed: true, differences: [] })
    // Nothing is waited for.
    const slow = { ...definition, do: definition.do.map((task) => ('rest' in task ? { rest: { wait: { days: 1 } } } : task)) }
    expect(await runs.replay(caller, slow, testCase)).toEqual({ passed: true, differences: [] })
    const changed = { ...definition, do: [...definition.do.slice(0, 2), { tell: { set: { said: '${ "It was \\(.n)" }', run: '${ $workflow.id }' } } }] }
    expect(await runs.replay(caller, changed, testCase)).toMatchObject({ passed: false, differences: [{ reference: '', what: 'output' }, { reference: '/do/2/tell', what: 'output', expected: { said: 'It is 42' }, actual: { said: 'It was 42' } }] })
    expect(await runs.replay(caller, { ...definition, do: [definition.do[0]!] }, testCase)).toMatchObject({ passed: false, differences: expect.arrayContaining([expect.objectContaining({ reference: '/do/2/tell', what: 'missing' })]) })
    expect(calls).toBe(1)
  }, { functions: { service: () => {
    calls += 1
    return { answer: { n: 42 } }
  } } })
}))

test('lifecycle events are told as far as the flow wants them', () => withDatabase((database) => withFlows(database, async ({ run, told }) => {
  const of = (lifecycleEvents: string) => ({ document: { dsl: '1.0.3', namespace: 'default', name: `told-${lifecycleEvents}`, version: '1.0.0', metadata: { interchange: { lifecycleEvents } } }, do: [{ a: { set: { a: 1 } } }] })
  await run(of('none'))
  expect(told).toEqual([])
  const { id } = await run(of('workflow'))
  await vi.waitFor(() => { expect(told.map(({ type }) => type)).toEqual(['started', 'status-changed', 'completed', 'status-changed'].map((what) => `io.serverlessworkflow.workflow.${what}.v1`)) }, waiting)
  expect(told[0]).toMatchObject({ subject: id, data: { name: `told-workflow-${id}.default`, definition: { namespace: 'default', name: 'told-workflow', version: '1.0.0' }, startedAt: expect.any(String) } })
  expect(told[2]).toMatchObject({ data: { output: { a: 1 }, completedAt: expect.any(String) } })
  told.length = 0
  const limited = of('workflow')
  await run({ ...limited, document: { ...limited.document, name: 'told-limited', metadata: { interchange: { lifecycleEvents: 'workflow', concurrency: 1 } } } })
  await vi.waitFor(() => { expect(told.map(({ type }) => type)).toContain('io.serverlessworkflow.workflow.completed.v1') }, waiting)
  expect(told[0]!.type).toBe('io.serverlessworkflow.workflow.started.v1')
  told.length = 0
  await run(of('tasks'))
  await vi.waitFor(() => { expect(told.filter(({ type }) => type.includes('.task.'))).toEqual([['created', { createdAt: expect.any(String) }], ['started', { startedAt: expect.any(String) }], ['completed', { completedAt: expect.any(String) }]].flatMap(([what, at], index) => [
    expect.objectContaining({ type: `io.serverlessworkflow.task.${what}.v1`, data: { workflow: expect.any(String), task: '/do/0/a', ...at as object } }),
    expect.objectContaining({ type: 'io.serverlessworkflow.task.status-changed.v1', data: { workflow: expect.any(String), task: '/do/0/a', updatedAt: expect.any(String), status: ['pending', 'running', 'completed'][index] } }),
  ])) }, waiting)
})))

test('what begins is told of while it goes on; pauses, retries and correlations are told, too', () => withDatabase(async (database) => {
  let isDown = true
  await withFlows(database, async ({ runs, caller, add, told, publishing }) => {
    const flow = await add({
      document: { dsl: '1.0.3', namespace: 'default', name: 'told-all', version: '1.0.0', metadata: { interchange: { lifecycleEvents: 'tasks' } } },
      do: [
        { flaky: { try: [{ ask: { call: 'service' } }], catch: { retry: { delay: { milliseconds: 10 }, limit: { attempt: { count: 2 } } } } } },
        { hear: { listen: { to: { one: { with: { type: 'heard' }, correlate: { order: { from: '.data.order' } } } } } } },
      ],
    })
    const { id } = await runs.start(caller, { flow: { namespace: 'default', name: flow }, input: {}, trigger: { type: 'api' } })
    const saw = (what: string, task?: string): object => expect.objectContaining({ type: `io.serverlessworkflow.${what}.v1`, ...task !== undefined && { data: expect.objectContaining({ task }) } })
    const all = (...expected: object[]): Promise<void> => vi.waitFor(() => { expect(told).toEqual(expect.arrayContaining(expected)) }, waiting)
    await all(saw('task.retried', '/do/0/flaky'), saw('task.faulted', '/do/0/flaky/try/0/ask'), saw('task.started', '/do/1/hear'), saw('workflow.correlation-started'))
    await vi.waitFor(async () => { expect((await runs.get(caller, id)).status).toBe('waiting') }, waiting)
    const status = (to: string): object => expect.objectContaining({ type: 'io.serverlessworkflow.workflow.status-changed.v1', data: expect.objectContaining({ status: to }) })
    const ofTask = (to: string): object => expect.objectContaining({ type: 'io.serverlessworkflow.task.status-changed.v1', data: expect.objectContaining({ task: '/do/1/hear', status: to }) })
    await all(status('running'), status('waiting'), ofTask('pending'), ofTask('running'), ofTask('waiting'))
    await runs.suspend(caller, id)
    await all(saw('workflow.suspended'), saw('task.suspended', '/do/1/hear'), ofTask('suspended'))
    await runs.resume(caller, id)
    await all(saw('workflow.resumed'), saw('task.resumed', '/do/1/hear'))
    const event = { specversion: '1.0' as const, id: 'e', source: '/test', type: 'heard', data: { order: 17 } }
    await publishing.publish(caller, [{ event, json: JSON.stringify(event) }], { schemaCheck: 'pass' })
    await all(expect.objectContaining({ type: 'io.serverlessworkflow.workflow.correlation-completed.v1', data: expect.objectContaining({ correlationKeys: { order: 17 } }) }), saw('task.completed', '/do/1/hear'), saw('workflow.completed'))
  }, { functions: { service: () => {
    if (isDown) {
      isDown = false
      throw fault('communication', 'down', { status: 503 })
    }
    return {}
  } } })
}))

test('runs go by whole days, with their large values; what is not over stays', () => withDatabase((database) => withFlows(database, async ({ run, runs, caller, add, blobs }) => {
  const kept = await run([{ a: { set: { text: '${ .text }' } } }], { text: 'x'.repeat(100_000) })
  const reference = (kept.output as { text: { $blob: { id: string } } }).text.$blob.id
  const old = new Date(Date.now() - 40 * 86_400_000)
  await ensurePartitions(database.owner, old)
  const id = lowestId(old)
  await database.system.query(
    `insert into flow_runs (tenant_id, id, flow_id, namespace, name, version, status, started_at, ended_at, trigger, record) values ($1, $2, $2, 'default', 'old', '1', 'completed', $3, $3, '{"type":"api"}', '{"tasks":[]}')`, [caller.tenantId, id, old])
  const large = await blobs.write(caller.tenantId, Buffer.from('"old"'), { contentType: 'application/json' })
  await database.system.query('insert into flow_blobs (tenant_id, blob_id, run_id) values ($1, $2, $3)', [caller.tenantId, large.$blob.id, id])
  const live = await runs.start(caller, { flow: { namespace: 'default', name: await add([{ rest: { wait: { minutes: 5 } } }]) }, input: {}, trigger: { type: 'api' } })
  const recent = lowestId(new Date(Date.now() - 86_400_000))
  await database.system.query(
    `insert into flow_runs (tenant_id, id, flow_id, namespace, name, version, status, started_at, ended_at, trigger, record) values ($1, $2, $2, 'default', 'recent', '1', 'completed', now(), now(), '{"type":"api"}', '{"tasks":[]}')`, [caller.tenantId, recent])
  await database.system.query(`insert into flow_journal (tenant_id, run_id, seq, entries) values ($1, $2, 1, '[]')`, [caller.tenantId, recent])
  const result = await createRunRetention({ database, blobs, days: 30, ownDays: async () => [] }).apply()
  expect(result).toMatchObject({ blobs: 1 })
  expect(result.days.length).toBeGreaterThan(0)
  await expect(blobs.read(caller.tenantId, large.$blob.id)).rejects.toMatchObject({ code: 'not_found' })
  ;(await blobs.read(caller.tenantId, reference)).stream.destroy()
  expect((await runs.get(caller, live.id)).status).toMatch(/running|waiting/)
  expect(await runs.look(caller, recent)).toBeDefined()
  const own = (tenantId: string) => createRunRetention({ database, blobs, days: 30, ownDays: async () => [{ tenantId, days: { runs: 1 } }] }).apply(new Date(Date.now() + 1000))
  expect(await own(live.id)).toMatchObject({ runs: 0 })
  expect(await own(caller.tenantId)).toMatchObject({ runs: 1 })
  expect(await runs.look(caller, recent)).toBeUndefined()
  expect((await database.system.query('select from flow_journal where run_id = $1', [recent])).rowCount).toBe(0)
  expect((await runs.get(caller, live.id)).status).toMatch(/running|waiting/)
})))
