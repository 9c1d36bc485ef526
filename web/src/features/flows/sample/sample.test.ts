import { expect, test } from 'vitest'
import type { Run } from '../../../hub/client.ts'
import { allTasks, namesOf, readTasks, type Task } from '../graph/tasks.ts'
import type { Moment } from '../panel/field.ts'
import { sampleOf as sampleIn, typedSample, type PastRun, type Sample } from './sample.ts'

const list = readTasks({ do: [
  { first: { set: { a: 1 } } }, { fresh: { set: { b: 1 } } },
  { each: { for: { in: '.items', each: 'thing' }, do: [{ inner: { set: { c: 1 } } }] } },
  { guarded: { try: [{ risky: { call: 'http' } }], catch: { as: 'fault', do: [{ tell: { set: { d: 1 } } }] } } },
] })
const task = (name: string) => allTasks(list).find((each) => each.name === name)!
const entry = (reference: string, input: unknown, output: unknown, more: object = {}): object => ({ reference, name: '', status: 'completed', startedAt: '', endedAt: '', attempts: 1, input, output, ...more })
const run = {
  id: 'r', startedAt: '2026-01-02T03:04:05.000Z', input: { whole: true },
  tasks: [
    entry('/do/0/first', { whole: true }, { a: 1 }), entry('/do/1/each', { items: [7] }, { items: [7] }), entry('/do/1/each/do/0/inner', 'one', 'c1'), entry('/do/1/each/do/0/inner', 'two', 'c2'),
    entry('/do/2/guarded', 'g', 'h'), entry('/do/2/guarded/try/0/risky', 'x', null, { status: 'faulted', error: { type: 't', status: 503, title: 'Away' } }),
  ],
} as unknown as Run

const ran: PastRun = { run, tasks: new Map(allTasks(list).map((each) => [namesOf(each.pointer), each.definition])) }
const sampleOf = (name: string, moment: Moment, past = ran): Sample => sampleIn(past, task(name), moment)
/** The task as the document has it by now. */
const changed = (name: string, more: object): Task => ({ ...task(name), definition: { ...task(name).definition, ...more } })

test('tasks are found by their names, wherever they stand by now', () => {
  expect(namesOf('/do/3/each/do/0/1')).toBe('do/each/do/1')
  expect(sampleOf('inner', 'input').input).toBe('two')
  expect(sampleOf('inner', 'output').input).toBe('c2')
})

test('what a task gets came out of the one that ended before it; of one that has not run, of the one before it in the document', () => {
  expect(sampleOf('first', 'raw').input).toEqual({ whole: true })
  expect(sampleOf('fresh', 'input').input).toEqual({ a: 1 })
  const transformed = { ...ran, tasks: new Map([['do/each', { input: { from: '.items' } }]]) }
  expect(sampleOf('each', 'raw', transformed).input).toEqual({ a: 1 })
  expect(sampleOf('guarded', 'raw', { ...ran, tasks: new Map([['do/guarded', { input: { from: '.' } }]]) }).input).toEqual({ items: [7] })
})

test('an expression sees what it would see in a run: before input.from, after it, before output.as, after it', () => {
  const from = { input: { from: '{ n: .a }' }, output: { as: '.n' } }
  expect(sampleIn(ran, changed('fresh', from), 'raw')).toMatchObject({ input: { a: 1 }, variables: { input: { a: 1 } } })
  expect(sampleIn(ran, changed('fresh', from), 'input').first).toEqual({ value: '{ n: .a }', input: { a: 1 }, variable: 'input' })
  const recorded = { ...ran, run: { ...run, tasks: [entry('/do/0/first', { whole: true }, 1, { rawOutput: { a: 1 } })] } as unknown as Run }
  expect(sampleIn(recorded, changed('first', { output: { as: '.a' } }), 'output')).toMatchObject({ input: { a: 1 }, isRough: false, variables: { input: { whole: true }, task: { output: { a: 1 } } } })
  expect(sampleIn(recorded, changed('first', { output: { as: '.a' } }), 'exported').first).toEqual({ value: '.a', input: { a: 1 }, variable: 'output' })
  expect(sampleIn(recorded, task('first'), 'exported')).toMatchObject({ input: 1, variables: { output: 1 } })
})

test('where what came out before output.as was not recorded, that is said', () => {
  const then = { ...ran, tasks: new Map([['do/first', { output: { as: '.a' } }]]) }
  expect([sampleOf('first', 'output', then).isRough, sampleOf('first', 'exported', then).isRough, sampleOf('first', 'output').isRough]).toEqual([true, true, false])
})

test('loops around it and the error that was caught are known to it', () => {
  const loop = { name: 'thing', at: 'index', program: '.items', input: { items: [7] } }
  expect(sampleOf('inner', 'input').loops).toEqual([loop])
  expect([sampleOf('each', 'input').loops, sampleOf('each', 'round').loops]).toEqual([[], [loop]])
  expect(sampleOf('tell', 'input').variables).toMatchObject({ fault: { status: 503 } })
  expect(sampleOf('guarded', 'caught').variables).toMatchObject({ fault: { status: 503 } })
  expect(typedSample({ items: [1] }, task('inner'), 'input').loops).toEqual([{ ...loop, input: { items: [1] } }])
})

test('the context is as the last task before it exported it', () => {
  const at = (reference: string, second: number, more: object = {}): object => entry(reference, null, null, { startedAt: `2026-01-01T00:00:0${second}Z`, endedAt: `2026-01-01T00:00:0${second + 1}Z`, ...more })
  const exporting = { ...ran, run: { ...run, tasks: [at('/do/0/first', 1, { context: { n: 1 } }), at('/do/1/each', 3, { context: { n: 2 } }), at('/do/2/guarded', 5)] } as Run }
  const contextOf = (name: string): unknown => sampleOf(name, 'input', exporting).variables['context']
  expect([contextOf('first'), contextOf('each'), contextOf('guarded'), contextOf('fresh')]).toEqual([{}, { n: 1 }, { n: 2 }, { n: 2 }])
})
