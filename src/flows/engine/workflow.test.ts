import { expect, test } from 'vitest'
import { withDatabase } from '../../../test/postgres.ts'
import { withFlows } from '../area.fixture.ts'

test('a run goes from task to task, and its record says how', () => withDatabase((database) => withFlows(database, async ({ run }) => {
  const record = await run(`
    - one: { set: { a: '\${ .start }' } }
    - two: { set: { b: '\${ .a + 1 }', kept: 'as it is' } }
  `, { start: 1 })
  expect(record).toMatchObject({ status: 'completed', input: { start: 1 }, output: { b: 2, kept: 'as it is' }, error: null })
  expect(record.tasks).toEqual([
    { reference: '/do/0/one', name: 'one', status: 'completed', startedAt: expect.any(String), endedAt: expect.any(String), attempts: 1, input: { start: 1 }, output: { a: 1 } },
    { reference: '/do/1/two', name: 'two', status: 'completed', startedAt: expect.any(String), endedAt: expect.any(String), attempts: 1, input: { a: 1 }, output: { b: 2, kept: 'as it is' } },
  ])
})))

test('what came out before output.as is recorded beside it, unless it is large', () => withDatabase((database) => withFlows(database, async ({ run }) => {
  const { tasks } = await run(`
    - small: { set: { a: '\${ .start }', b: 2 }, output: { as: .a } }
    - large: { set: { text: '\${ "x" * 70000 }', n: 1 }, output: { as: .n } }
    - plain: { set: { c: 3 } }
  `, { start: 1 })
  expect(tasks).toMatchObject([{ output: 1, rawOutput: { a: 1, b: 2 } }, { output: 1 }, { output: { c: 3 } }])
  expect((tasks as object[]).map((task) => 'rawOutput' in task)).toEqual([true, false, false])
})))

test('a call gets its arguments evaluated, and its answer is the output', () => withDatabase((database) => withFlows(database, async ({ run }) => {
  const record = await run([{ greet: { call: 'greet', with: { name: '${ .who }' } } }], { who: 'Ada' })
  expect(record).toMatchObject({ status: 'completed', output: { said: 'Hello Ada' } })
}, { functions: { greet: (args) => ({ said: `Hello ${(args as { name: string }).name}` }) } })))
