import { expect, test } from 'vitest'
import type { Run } from '../../../hub/client.ts'
import { allTasks, namesOf, readTasks } from '../graph/tasks.ts'
import { sampleOf, typedSample } from './sample.ts'

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

test('tasks are found by their names, wherever they stand by now', () => {
  expect(namesOf('/do/3/each/do/0/1')).toBe('do/each/do/1')
  expect(sampleOf(run, task('inner'), 'input').input).toBe('two')
  expect(sampleOf(run, task('inner'), 'output').input).toBe('c2')
})

test('what a task gets before it transforms it came out of the one before it; of what it stands in for the first', () => {
  expect(sampleOf(run, task('first'), 'raw').input).toEqual({ whole: true })
  expect(sampleOf(run, task('fresh'), 'input').input).toEqual({ a: 1 })
  expect(sampleOf(run, task('inner'), 'raw').input).toEqual({ items: [7] })
})

test('loops around it and the error that was caught are known to it', () => {
  expect(sampleOf(run, task('inner'), 'input').loops).toEqual([{ name: 'thing', at: 'index', program: '.items', input: { items: [7] } }])
  expect(sampleOf(run, task('tell'), 'input').variables).toMatchObject({ fault: { status: 503 } })
  expect(typedSample({ items: [1] }, task('inner')).loops).toEqual([{ name: 'thing', at: 'index', program: '.items', input: { items: [1] } }])
})

test('the context is as the last task before it exported it', () => {
  const at = (reference: string, second: number, more: object = {}): object => entry(reference, null, null, { startedAt: `2026-01-01T00:00:0${second}Z`, endedAt: `2026-01-01T00:00:0${second + 1}Z`, ...more })
  const exporting = { ...run, tasks: [at('/do/0/first', 1, { context: { n: 1 } }), at('/do/1/each', 3, { context: { n: 2 } }), at('/do/2/guarded', 5)] } as Run
  const contextOf = (name: string, moment: 'input' | 'output' = 'input'): unknown => sampleOf(exporting, task(name), moment).variables['context']
  expect([contextOf('first'), contextOf('each'), contextOf('guarded'), contextOf('fresh')]).toEqual([{}, { n: 1 }, { n: 2 }, { n: 2 }])
})
