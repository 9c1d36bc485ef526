/** The types of tasks that need nothing of the world. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/postgres.ts'
import { createDatabase, type Database } from '../../db/database.ts'
import { ensurePartitions } from '../../db/partitions.ts'
import { withFlows, type FlowsArea, type FlowsOptions } from '../area.fixture.ts'
import { fault } from '../fault.ts'

let database: Database
let close: () => Promise<void>
beforeAll(async () => {
  const made = await createTestDatabase()
  database = createDatabase({ connectionString: made.connectionString, maxConnections: 12, onError: () => undefined })
  await ensurePartitions(database.owner)
  close = async () => {
    await database.close()
    await made.drop()
  }
})
afterAll(() => close())

const flows = (work: (area: FlowsArea) => Promise<void>, options?: FlowsOptions): Promise<void> => withFlows(database, work, options)

describe('do', () => {
  test('tasks follow one another, directives lead elsewhere, `end` ends the whole', () => flows(async ({ run }) => {
    const record = await run(`
      - setRed: { set: { colors: '\${ .colors + ["red"] }' }, then: setGreen }
      - setBlue: { set: { colors: '\${ .colors + ["blue"] }' }, then: end }
      - setGreen: { set: { colors: '\${ .colors + ["green"] }' }, then: setBlue }
      - never: { set: { a: 1 } }
    `)
    expect(record).toMatchObject({ status: 'completed', output: { colors: ['red', 'green', 'blue'] } })
    expect(record.tasks.map(({ reference }) => reference)).toEqual(['/do/0/setRed', '/do/2/setGreen', '/do/1/setBlue'])
  }))

  test('`exit` ends the tasks within, `end` everything', () => flows(async ({ run }) => {
    const tasks = (then: string) => `
      - outer: { do: [ { a: { set: { a: 1 }, then: ${then} } }, { b: { set: { b: 1 } } } ] }
      - after: { set: { c: '\${ . }' } }`
    expect((await run(tasks('exit'))).output).toEqual({ c: { a: 1 } })
    expect((await run(tasks('end'))).output).toEqual({ a: 1 })
  }))

  test('a directive to nowhere is a configuration fault', () => flows(async ({ run }) => {
    const { status, error } = await run('- a: { set: { a: 1 }, then: nowhere }')
    expect({ status, error }).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/configuration$/), instance: '/do/0/a' } })
  }))

  test('a task whose `if` does not hold leaves the data as it is, and no trace', () => flows(async ({ run }) => {
    const record = await run([{ a: { if: '.go', set: { a: 1 } } }, { b: { if: '${ .go | not }', set: { was: '${ . }' } } }], { go: false })
    expect(record).toMatchObject({ output: { was: { go: false } }, tasks: [{ name: 'b' }] })
  }))

  test('a loop without end is stopped by the number of its tasks, and others have their turn meanwhile', () => flows(async ({ run }) => {
    const endless = run(`
      - a: { set: { a: 1 } }
      - b: { set: { b: 1 }, then: a }`)
    expect((await run([{ a: { set: { a: 1 } } }])).status).toBe('completed')
    expect(await endless).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/runtime$/) } })
  }), 60_000)
})

describe('data', () => {
  test('input, output, export and context', () => flows(async ({ run }) => {
    const record = await run({
      input: { from: '.order' }, output: { as: '{ total: .total, seen: $context.seen }' },
      do: [
        { count: { input: { from: '.items' }, set: { n: '${ length }' }, output: { as: '{ n: .n, had: $input }' }, export: { as: '$context + { seen: .n }' } } },
        { sum: { set: { total: '${ .had | add }', task: '${ $task.reference }', run: '${ $workflow.id }', by: '${ $runtime.name }' } } },
      ],
    }, { order: { items: [1, 2, 3] } })
    expect(record).toMatchObject({ status: 'completed', output: { total: 6, seen: 3 } })
    expect(record.tasks[0]).toMatchObject({ input: [1, 2, 3], output: { n: 3, had: [1, 2, 3] } })
    expect(record.tasks[1]!.output).toEqual({ total: 6, task: '/do/1/sum', run: record.id, by: 'Interchange' })
  }))

  test('schemas of input and output are held to', () => flows(async ({ run }) => {
    const needs = (name: string) => ({ schema: { format: 'json', document: { type: 'object', required: [name] } } })
    expect(await run([{ a: { input: needs('x'), set: { y: 1 } } }], {})).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/validation$/), instance: '/do/0/a', detail: expect.stringContaining('input') } })
    expect(await run([{ a: { output: needs('x'), set: { y: 1 } } }], {})).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/validation$/), detail: expect.stringContaining('output') } })
  }))

  test('texts may hold expressions, and the loose mode takes every text for one', () => flows(async ({ run }) => {
    expect((await run([{ a: { set: { hello: 'Hello ${ .who }, you are ${ .age + 1 }.' } } }], { who: 'Ada', age: 35 })).output).toEqual({ hello: 'Hello Ada, you are 36.' })
    expect((await run({ evaluate: { mode: 'loose' }, do: [{ a: { set: { n: '1 + 1', text: 'no jq at all', f: '.who' } } }] }, { who: 'Ada' })).output).toEqual({ n: 2, text: 'no jq at all', f: 'Ada' })
  }))

  test('an expression that fails is a fault of the task', () => flows(async ({ run }) => {
    expect(await run([{ a: { set: { x: '${ .a + {} }' } } }], { a: 1 })).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/expression$/), status: 400, instance: '/do/0/a' }, tasks: [{ status: 'faulted', error: { status: 400 } }] })
  }))

  test('what looks like the hub\'s own marks is data like any other', () => flows(async ({ run }) => {
    const odd = { $v: 0, $blob: { id: 'x' }, of: 1, order: 1, reference: 'r', json: null }
    expect((await run([{ a: { wait: { milliseconds: 1100 } } }, { b: { set: { kept: '${ . }' } } }], odd)).output).toEqual({ kept: odd })
  }))
})

describe('switch', () => {
  const tasks = (more = '') => `
    - choose: { switch: [ { red: { when: '.color == "red"', then: setRed } }, { green: { when: '.color == "green"', then: setGreen } }${more} ], then: end }
    - setRed: { set: { is: red }, then: end }
    - setGreen: { set: { is: green }, then: end }
    - other: { set: { is: '\${ $input.color }' }, then: end }`
  test('the first case that holds, the one without a condition, or the task\'s own `then`', () => flows(async ({ run }) => {
    expect((await run(tasks(), { color: 'green' })).output).toEqual({ is: 'green' })
    expect((await run(tasks(', { any: { then: other } }'), { color: 'blue' })).output).toEqual({ is: 'blue' })
    expect((await run(tasks(), { color: 'blue' })).output).toEqual({ color: 'blue' })
  }))
})

describe('for', () => {
  test('each round gets what the one before made; names of item and index; `while`', () => flows(async ({ run }) => {
    const loop = (more = {}) => [{ loop: { for: { each: 'color', in: '.colors', at: 'i' }, ...more, do: [{ mark: { set: { colors: '${ .colors }', done: '${ .done + [[$i, $color]] }' } } }] } }]
    expect((await run(loop(), { colors: ['red', 'green'] })).output).toEqual({ colors: ['red', 'green'], done: [[0, 'red'], [1, 'green']] })
    expect((await run(loop({ while: '(.done | length) < 1' }), { colors: ['red', 'green'] })).output).toMatchObject({ done: [[0, 'red']] })
    expect((await run(loop(), { colors: [] })).output).toEqual({ colors: [] })
    expect(await run(loop(), { colors: 'red' })).toMatchObject({ status: 'faulted' })
  }))
})

describe('fork', () => {
  test('all branches, their outputs in order', () => flows(async ({ run }) => {
    const record = await run([{ both: { fork: { branches: [{ slow: { do: [{ w: { wait: { milliseconds: 50 } } }, { s: { set: { a: 1 } } }] } }, { fast: { set: { b: 2 } } }] } } }])
    expect(record).toMatchObject({ status: 'completed', output: [{ a: 1 }, { b: 2 }] })
    expect(record.tasks.map(({ reference }) => reference).toSorted()).toEqual(['/do/0/both', '/do/0/both/fork/branches/0/slow', '/do/0/both/fork/branches/0/slow/do/0/w', '/do/0/both/fork/branches/0/slow/do/1/s', '/do/0/both/fork/branches/1/fast'])
  }))

  test('the first of competing branches wins, the others are cancelled; a fault does not win', () => flows(async ({ run }) => {
    const record = await run([{ race: { fork: { compete: true, branches: [{ slow: { wait: { minutes: 1 } } }, { bad: { raise: { error: { type: 'https://x', status: 500 } } } }, { good: { do: [{ w: { wait: { milliseconds: 20 } } }, { s: { set: { won: true } } }] } }] } } }])
    expect(record).toMatchObject({ status: 'completed', output: { won: true } })
    expect(record.tasks.find(({ name }) => name === 'slow')).toMatchObject({ status: 'cancelled' })
  }))

  test('a fault of one branch ends the others', () => flows(async ({ run }) => {
    const record = await run([{ both: { fork: { branches: [{ slow: { wait: { minutes: 1 } } }, { bad: { raise: { error: { type: 'https://x', status: 500, title: 'bad' } } } }] } } }])
    expect(record).toMatchObject({ status: 'faulted', error: { type: 'https://x', title: 'bad' } })
  }))
})

describe('raise and try', () => {
  test('an error that is not caught ends the run with its place', () => flows(async ({ run }) => {
    expect(await run([{ no: { raise: { error: { type: 'https://serverlessworkflow.io/errors/types/compliance', status: 400, title: 'Compliance Error', detail: '${ "for " + .who }' } } } }], { who: 'Ada' }))
      .toMatchObject({ status: 'faulted', output: null, error: { type: 'https://serverlessworkflow.io/errors/types/compliance', status: 400, title: 'Compliance Error', detail: 'for Ada', instance: '/do/0/no' } })
  }))

  const failing = { catch: { errors: { with: { type: 'https://serverlessworkflow.io/dsl/errors/types/communication', status: 503 } }, as: 'err' } }
  test('a caught error is handled with the error at hand; one that does not match is not', () => flows(async ({ run }) => {
    const tasks = (call: string) => [{ t: { try: [{ get: { call } }], catch: { ...failing.catch, do: [{ handle: { set: { error: '${ $err }' } } }] } } }]
    expect((await run(tasks('down'))).output).toMatchObject({ error: { type: 'https://serverlessworkflow.io/spec/1.0.0/errors/communication', status: 503, instance: '/do/0/t/try/0/get' } })
    expect(await run(tasks('missing'))).toMatchObject({ status: 'faulted', error: { status: 404 } })
  }, { functions: { down: () => { throw fault('communication', 'down', { status: 503 }) }, missing: () => { throw fault('communication', 'missing', { status: 404 }) } } }))

  test('tries again as often as the policy says, under one idempotency key', async () => {
    const keys: string[] = []
    let left = 2
    await flows(async ({ run }) => {
      const tasks = (count: number) => [{ t: { try: [{ get: { call: 'flaky' } }], catch: { ...failing.catch, retry: { delay: { milliseconds: 5 }, backoff: { exponential: {} }, limit: { attempt: { count } } } } } }]
      const record = await run(tasks(3))
      expect(record).toMatchObject({ status: 'completed', output: { ok: true } })
      expect(record.tasks.map(({ name, status, attempts }) => [name, status, attempts])).toEqual([['t', 'completed', 3], ['get', 'faulted', 1], ['get', 'faulted', 2], ['get', 'completed', 3]])
      expect(new Set(keys).size).toBe(1)
      left = 99
      expect(await run(tasks(1))).toMatchObject({ status: 'faulted', error: { status: 503 } })
    }, { functions: { flaky: (_args, { idempotencyKey }) => {
      keys.push(idempotencyKey)
      if (left-- > 0) throw fault('communication', 'down', { status: 503 })
      return { ok: true }
    } } })
  })

  test('a policy from `use`, with conditions and a limit of time', () => flows(async ({ run }) => {
    const record = await run({
      use: { retries: { patient: { when: '$error.status == 503', delay: { milliseconds: 1 }, backoff: { linear: {} }, jitter: { from: { milliseconds: 1 }, to: { milliseconds: 3 } }, limit: { duration: { milliseconds: 1500 } } } } },
      do: [{ t: { try: [{ get: { call: 'down' } }], catch: { retry: 'patient' } } }],
    })
    expect(record.status).toBe('faulted')
    expect(record.tasks.length).toBeGreaterThan(3)
  }, { functions: { down: () => { throw fault('communication', 'down', { status: 503 }) } } }))
})

describe('timeouts', () => {
  test('of a task: all within it is cancelled, and the fault can be caught', () => flows(async ({ run }) => {
    const slow = { timeout: { after: { milliseconds: 30 } }, do: [{ w: { wait: { minutes: 1 } } }] }
    const record = await run([{ t: { try: [{ slow }], catch: { errors: { with: { type: 'https://serverlessworkflow.io/spec/1.0.0/errors/timeout' } }, do: [{ late: { set: { late: true } } }] } } }])
    expect(record).toMatchObject({ status: 'completed', output: { late: true } })
    expect(record.tasks.map(({ name, status }) => [name, status])).toEqual([['t', 'completed'], ['slow', 'faulted'], ['w', 'cancelled'], ['late', 'completed']])
  }))

  test('of the workflow, by a name in `use`; a call under way hears of it', async () => {
    let heard = false
    await flows(async ({ run }) => {
      expect(await run({ use: { timeouts: { soon: { after: 'PT1S' } } }, timeout: 'soon', do: [{ a: { call: 'hang' } }] })).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/timeout$/), status: 408 } })
      expect(heard).toBe(true)
    }, { functions: { hang: (_args, { signal }) => new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { heard = true; reject(signal.reason as Error) }) }) } })
  })
})

describe('use', () => {
  test('extensions run before and after the tasks that they extend, and `exit` takes a task\'s place', async () => {
    const said: unknown[] = []
    await flows(async ({ run }) => {
      const record = await run(`
        use:
          extensions:
            - log: { extend: set, before: [ { b: { call: say, with: { before: '\${ $task.reference }' } } } ], after: [ { a: { call: say, with: { after: '\${ . }' } } } ] }
            - mock: { extend: call, when: '$task.call == "outside"', before: [ { m: { set: { mocked: true }, then: exit } } ] }
        do: [ { one: { set: { x: 1 } } }, { two: { call: outside } } ]
      `)
      expect(record).toMatchObject({ status: 'completed', output: { mocked: true } })
      expect(said).toEqual([{ before: '/do/0/one' }, { after: { x: 1 } }])
    }, { functions: { say: (args) => { said.push(args) } } })
  })

  test('secrets are to be had where they are declared, and stand in no record', () => flows(async ({ run }) => {
    const record = await run({ use: { secrets: ['shop'] }, do: [{ a: { set: { key: '${ $secrets.shop.apiKey }', of: '${ "is " + $secrets.shop.apiKey }' } } }, { b: { set: { long: '${ .key | length }' } } }] })
    expect(record.output).toEqual({ long: 18 })
    expect(JSON.stringify(record)).not.toContain('very-secret')
    expect(await run([{ a: { set: { key: '${ $secrets.shop.apiKey }' } } }])).toMatchObject({ output: { key: null } })
    expect(await run({ use: { secrets: ['other'] }, do: [{ a: { set: { key: '${ $secrets.other }' } } }] })).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/configuration$/) } })
  }, { credentials: { shop: { apiKey: 'very-secret-token1' } } }))

  test('errors by name', () => flows(async ({ run }) => {
    expect(await run({ use: { errors: { nope: { type: 'https://nope', status: 418, title: 'Nope' } } }, do: [{ a: { raise: { error: 'nope' } } }] })).toMatchObject({ error: { type: 'https://nope', status: 418, title: 'Nope' } })
  }))
})

describe('hostile expressions', () => {
  test('are stopped at the deadline, and others are unharmed', () => flows(async ({ run }) => {
    const hostile = ['${ def f: f; f }', '${ [range(1e12)] }', '${ "a" * 100000000 | length }', '${ [limit(100000000; repeat("x"))] | length }', '${ ("a" * 30 + "!") | test("^(a+)+$") }', '${ {} | .__proto__.polluted = 1 | .constructor.prototype.x = 1 | env }']
    const runs = hostile.map((program) => run([{ a: { set: { x: program } } }]))
    const calm = await Promise.all(Array.from({ length: 5 }, (_, n) => run([{ a: { set: { n: '${ .n }' } } }], { n })))
    expect(calm.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'completed'))
    for (const record of await Promise.all(runs)) expect(['faulted', 'completed']).toContain(record.status)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  }), 60_000)
})
