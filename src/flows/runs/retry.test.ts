/** Runs that begin anew within loops, branches, handlers and events: nothing whose result was committed is done again. */
import { expect, test } from 'vitest'
import { withDatabase } from '../../../test/postgres.ts'
import type { FlowDefinition, TaskList } from '../definition.ts'
import { withFlows, type FlowsArea } from '../area.fixture.ts'
import { fault } from '../fault.ts'
import { placesOf } from './places.ts'
import type { RunRecord } from './record.ts'
import type { RetryRequest } from './retry.ts'

interface Tried extends Pick<FlowsArea, 'run' | 'runs' | 'caller' | 'publishing' | 'add'> {
  /** What was called with, emptied by each look. */
  asked(): unknown[]
  /** Calls with these fail from now on. */
  failing(...values: unknown[]): void
  again(id: string, request: RetryRequest): Promise<RunRecord>
}

/** `call: service` answers what it is given; `call: gate` does so, too, once nothing is to fail, and `call: meet` once somebody stood at the gate. */
function withService(work: (area: Tried) => Promise<void>): Promise<void> {
  const calls: unknown[] = []
  let broken: unknown[] = []
  const service = (given: unknown): unknown => {
    calls.push(given)
    if (broken.includes(given)) throw fault('communication', 'down', { status: 503 })
    return given
  }
  const reached = Promise.withResolvers<void>()
  const meet = async (given: unknown): Promise<unknown> => {
    await reached.promise
    return given
  }
  const gate = (given: unknown, { signal }: { signal: AbortSignal }): unknown => {
    reached.resolve()
    return broken.length === 0 ? given : new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error) }) })
  }
  return withDatabase((database) => withFlows(database, (area) => work({
    ...area, asked: () => calls.splice(0), failing: (...values) => { broken = values },
    async again(id, request) {
      const made = await area.runs.retry(area.caller, id, request)
      await area.runs.wait(area.caller, made.id, 30_000)
      return area.runs.get(area.caller, made.id)
    },
  }), { functions: { service, gate, meet } }))
}

const call = (given: string): { call: string, with: unknown } => ({ call: 'service', with: given as never })

test('a loop goes on in the round that failed, with the items before done, and again from there', () => withService(async ({ run, asked, failing, again }) => {
  failing('c!')
  const first = await run([
    { list: { set: { items: ['a', 'b', 'c', 'd'], sum: '' } }, },
    { loop: { for: { in: '.items', at: 'n' }, do: [{ join: { set: '${ { sum: (.sum + $item), items: .items } }' as never, input: { from: '.' } } }, { tell: { ...call('${ $item + "!" }'), input: { from: '.sum' }, output: { as: '${ { sum: $task.input.sum, items: $task.input.items } }' }, export: { as: '${ { last: $item } }' } } }] } },
    { end: { set: { sum: '${ .sum }', last: '${ $context.last }' } } },
  ] as TaskList)
  expect(first).toMatchObject({ status: 'faulted', error: { instance: '/do/1/loop/do/1/tell' } })
  expect(first.tasks.filter(({ name }) => name === 'tell').map(({ rounds, status }) => [rounds, status])).toEqual([[[0], 'completed'], [[1], 'completed'], [[2], 'faulted']])
  expect(asked()).toEqual(['a!', 'b!', 'c!'])
  const second = await again(first.id, { from: '/do/1/loop/do/1/tell' })
  expect(second).toMatchObject({ status: 'faulted', trigger: { from: '/do/1/loop/do/1/tell', rounds: [2] } })
  expect(asked()).toEqual(['c!'])
  failing()
  // The second run knows of the first two rounds only by the first.
  const third = await again(second.id, { from: '/do/1/loop/do/1/tell' })
  expect(third).toMatchObject({ status: 'completed', output: { sum: 'abcd', last: 'd' } })
  expect(asked()).toEqual(['c!', 'd!'])
  const round = await again(third.id, { from: '/do/1/loop/do/0/join', rounds: [1] })
  expect(round).toMatchObject({ status: 'completed', output: { sum: 'abcd' } })
  expect(asked()).toEqual(['b!', 'c!', 'd!'])
  const given = await again(first.id, { from: '/do/1/loop/do/1/tell', input: 'x' })
  expect(given.tasks.find(({ name }) => name === 'tell')).toMatchObject({ input: 'x', rounds: [2] })
  await expect(again(first.id, { from: '/do/1/loop/do/1/tell', rounds: [3] })).rejects.toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/rounds' }] })
}))

test("a branch begins anew with the others' results; one that was broken off goes on where it was", () => withService(async ({ run, asked, failing, again }) => {
  failing('bad')
  const flow: TaskList = [{ both: { fork: { branches: [
    { done: call('${ "done" }') },
    { broken: { do: [{ made: { ...call('${ "made" }'), export: { as: '{ made: true }' } } }, { gate: { call: 'gate', with: 1 as never } }, { rest: call('${ "rest" }') }] } },
    { bad: { do: [{ pause: { call: 'meet', with: 1 as never } }, { fails: call('${ "bad" }') }] } },
  ] } } }, { end: { set: { outputs: '${ . }', made: '${ $context.made }' } } }]
  const first = await run(flow)
  expect(first).toMatchObject({ status: 'faulted', error: { instance: '/do/0/both/fork/branches/2/bad/do/1/fails' } })
  expect(asked().toSorted()).toEqual(['bad', 'done', 'made'])
  // It hangs at the same place, and is broken off again.
  const second = await again(first.id, { from: '/do/0/both/fork/branches/2/bad/do/1/fails' })
  expect(second.status).toBe('faulted')
  expect(asked()).toEqual(['bad'])
  failing()
  const third = await again(second.id, { from: '/do/0/both/fork/branches/2/bad/do/1/fails' })
  expect(third).toMatchObject({ status: 'completed', output: { outputs: ['done', 'rest', 'bad'], made: true } })
  expect(asked().toSorted()).toEqual(['bad', 'rest'])
  expect(await again(third.id, { from: '/do/0/both/fork/branches/0/done' })).toMatchObject({ status: 'completed', output: { outputs: ['done', 'rest', 'bad'], made: true } })
  expect(asked()).toEqual(['done'])
}))

test('a run that began within a loop leaves memory while it waits, and goes on from what was stored', () => withService(async ({ run, asked, failing, again }) => {
  failing('b')
  const first = await run([{ list: { set: { items: ['a', 'b'] }, export: { as: '.items' } } }, { loop: { for: { in: '$context' }, do: [{ tell: call('${ $item }') }, { spoil: { set: {}, export: { as: '[]' } } }, { rest: { wait: { milliseconds: 1200 } } }, { told: call('${ "\\($item) again" }') }] } }])
  expect(first.status).toBe('faulted')
  expect(asked()).toEqual(['a', 'a again', 'b'])
  failing()
  // The items come of the context as it was before the first round changed it.
  expect(await again(first.id, { from: '/do/1/loop/do/0/tell' })).toMatchObject({ status: 'completed', output: 'b again' })
  expect(asked()).toEqual(['b', 'b again'])
}))

test('where the first branch wins, one that lost may be tried again without it', () => withService(async ({ run, asked, again }) => {
  const first = await run([{ race: { fork: { compete: true, branches: [{ quick: call('${ "quick" }') }, { slow: { do: [{ pause: { wait: { milliseconds: 300 } } }, { late: call('${ "late" }') }] } }] } } }])
  expect(first).toMatchObject({ status: 'completed', output: 'quick' })
  expect(asked()).toEqual(['quick'])
  expect(await again(first.id, { from: '/do/0/race/fork/branches/1/slow/do/0/pause' })).toMatchObject({ status: 'completed', output: 'late' })
  expect(asked()).toEqual(['late'])
}))

test('a handler begins anew with the error that it was for', () => withService(async ({ run, asked, failing, again }) => {
  failing('bad', 'mend 503')
  const first = await run([{ guard: { try: [{ good: call('${ "good" }') }, { bad: call('${ "bad" }') }], catch: { as: 'why', do: [{ note: call('${ "note" }') }, { mend: { ...call('${ "mend \\($why.status)" }') } }] } } }])
  expect(first).toMatchObject({ status: 'faulted', error: { instance: '/do/0/guard/catch/do/1/mend' } })
  expect(asked()).toEqual(['good', 'bad', 'note', 'mend 503'])
  failing()
  expect(await again(first.id, { from: '/do/0/guard/catch/do/1/mend' })).toMatchObject({ status: 'completed', output: 'mend 503' })
  expect(asked()).toEqual(['mend 503'])
}))

test('tasks for an event begin anew with it, and with what came of those before', () => withService(async ({ add, run: _run, runs, caller, publishing, asked, failing, again }) => {
  failing(2)
  const name = await add([{ take: { listen: { to: { any: [{ with: { type: 'number' } }], until: 'length >= 2' } }, foreach: { item: 'number', do: [{ look: { set: '${ $number }' as never } }, { tell: { call: 'service', with: '${ $number }' as never } }] } } } as never])
  const { id } = await runs.start(caller, { flow: { namespace: 'default', name }, input: {}, trigger: { type: 'api' } })
  const isListening = async (): Promise<boolean> => (await runs.get(caller, id)).status === 'waiting'
  while (!await isListening()) await new Promise((resolve) => { setTimeout(resolve, 20) })
  for (const data of [1, 2]) {
    const event = { specversion: '1.0' as const, id: String(data), source: '/test', type: 'number', data }
    await publishing.publish(caller, [{ event, json: JSON.stringify(event) }], { schemaCheck: 'pass' })
  }
  await runs.wait(caller, id, 30_000)
  const first = await runs.get(caller, id)
  expect(first).toMatchObject({ status: 'faulted' })
  expect(asked()).toEqual([1, 2])
  failing()
  expect(await again(id, { from: '/do/0/take/foreach/do/1/tell' })).toMatchObject({ status: 'completed', output: [1, 2] })
  expect(asked()).toEqual([2])
}))

test('what extends a task around does not run again', () => withService(async ({ run, asked, failing, again }) => {
  failing('inner')
  const definition: Partial<FlowDefinition> = {
    use: { extensions: [{ tell: { extend: 'composite', before: [{ before: call('${ "before" }') }] } }] } as never,
    do: [{ group: { do: [{ inner: call('${ "inner" }') }] } }],
  }
  const first = await run(definition)
  expect(first).toMatchObject({ error: { instance: '/do/0/group/do/0/inner' } })
  expect(asked()).toEqual(['before', 'inner'])
  failing()
  expect((await again(first.id, { from: '/do/0/group/do/0/inner' })).status).toBe('completed')
  expect(asked()).toEqual(['inner'])
}))

test('what stands within a call belongs to the call; names are compared as they are written in references', () => {
  const definition = { do: [{ 'a/b': { call: 'named' } }, { loop: { for: { in: '[]' }, do: [{ inner: { set: {} } }] } }] } as unknown as FlowDefinition
  const of = (reference: string): string[] | undefined => placesOf(definition, reference)?.map(({ name }) => name)
  expect(of('/do/0/a~1b/function')).toEqual(['a/b'])
  expect(of('/do/1/loop/do/0/inner')).toEqual(['loop', 'inner'])
  for (const nowhere of ['/do/0/other', '/do/0', '/do/1/loop/try/0/inner', '/do/1/loop/do/0/inner/do/0/x', 'do/1/loop']) expect(of(nowhere)).toBeUndefined()
})
