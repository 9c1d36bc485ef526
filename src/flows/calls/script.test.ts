import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startUpstream, type Upstream } from '../../../test/upstream.ts'
import { openCalls, type CallsFixture } from './calls.fixture.ts'

let fixture: CallsFixture
let upstream: Upstream
beforeAll(() => { fixture = openCalls({ allow: { pythonCommand: 'python3' } }) })
afterAll(() => fixture[Symbol.asyncDispose]())
beforeEach(async () => { upstream = await startUpstream() })
afterEach(() => upstream.close())

describe.each([
  ['javascript', 'import { readFileSync } from "node:fs"; console.log(process.argv[2], process.env.foo, readFileSync(0, "utf8")); console.error("told")', 'process.exit(3)'],
  ['python', 'import sys, os; print(sys.argv[1], os.environ["foo"], sys.stdin.read()); print("told", file=sys.stderr)', 'import sys; sys.exit(3)'],
])('in %s', (language, code, failing) => {
  const given = { language, code, arguments: ['hello'], environment: { foo: 'bar' }, stdin: 'input' }

  test.each([
    ['stdout', 'hello bar input\n'], [undefined, 'hello bar input\n'], ['stderr', 'told\n'], ['code', 0], ['all', { code: 0, stdout: 'hello bar input\n', stderr: 'told\n' }], ['none', null],
  ])('`return: %s` gives %j', async (wanted, output) => {
    expect(await fixture.run('script', { ...given, return: wanted })).toEqual(output)
  })

  test('a failure is a fault for whoever wants the output, and a code for whoever wants that', async () => {
    expect(await fixture.faultOf('script', { language, code: failing })).toMatchObject({ type: expect.stringMatching(/runtime$/), detail: expect.stringContaining('3') })
    expect(await fixture.run('script', { language, code: failing, return: 'code' })).toBe(3)
  })

  test('the code may be a resource', async () => {
    upstream.answer((_request, response) => { response.end(code) })
    expect(await fixture.run('script', { ...given, code: undefined, source: { endpoint: `${upstream.url}/{name}` } }, { input: { name: 'x.js' } })).toBe('hello bar input\n')
  })

  test('values that are no text go in as JSON', async () => {
    expect(await fixture.run('script', { ...given, arguments: [{ a: 1 }], stdin: [1, 2] })).toBe('{"a":1} bar [1,2]\n')
  })
})

test.each([[{ language: 'ruby', code: '' }, 'ruby'], [{ language: 'js' }, 'code or source'], [{ language: 'js', code: '', environment: { 'A=B': 'x' } }, 'environment']])('%j is refused', async (args, said) => {
  expect((await fixture.faultOf('script', args)).detail).toContain(said)
})

test("Python gets nothing of the hub's environment", async () => {
  process.env['CANARY_OF_THE_HUB'] = 'canary'
  try {
    expect(await fixture.run('script', { language: 'python', code: 'import os; print(sorted(os.environ))' })).not.toContain('CANARY')
  } finally {
    delete process.env['CANARY_OF_THE_HUB']
  }
})

test('a script without end is ended with its task', async () => {
  for (const [language, code] of [['js', 'for (;;);'], ['python', 'while True: pass']] as const) {
    await expect(fixture.run('script', { language, code }, { signal: AbortSignal.timeout(300) })).rejects.toMatchObject({ name: 'TimeoutError' })
  }
})
