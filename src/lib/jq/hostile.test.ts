import { spawnSync } from 'node:child_process'
import { afterAll, describe, expect, test } from 'vitest'
import { Evaluator } from './evaluator.ts'
import { createJq } from './jq.ts'

const memoryMb = 64
const jq = createJq({ threads: 2, timeoutMs: 250, maxMemoryBytes: memoryMb * 1024 * 1024 })
afterAll(() => jq.close())

const deepValue = 'reduce range(100000) as $i (0; [.])'

/** Programs of SECURITY.md's attack 6: they loop, allocate, recurse, backtrack. */
const hostile: [string, string][] = [
  ['an endless loop', 'def f: f; f'],
  ['an endless loop with outputs', 'repeat(1)'],
  ['an endless loop without any', 'last(repeat(.))'],
  ['an array of a thousand million numbers', '[range(1e9)]'],
  ['an array of endless outputs', '[limit(1e9; repeat(1))]'],
  ['a string of a thousand million letters', '"x" * 1e9'],
  ['a string that doubles', 'def f: (. + .) | f; "x" | f'],
  ['an object with endless keys', 'reduce range(1e9) as $i ({}; .[$i|tostring] = $i)'],
  ['endless recursion', 'def f: 1 + f; f'],
  ['endless recursion in a path', 'def f: .[] | f; path(.. | f)'],
  ['mutual recursion', 'def a: def b: [a]; [b]; a'],
  ['a value nested 100,000 deep, freed', `(${deepValue}) | length`],
  ['a value nested 100,000 deep, written', deepValue],
  ['a value nested 100,000 deep, as text', `${deepValue} | tojson`],
  ['a value nested 100,000 deep, compared', `[${deepValue}, ${deepValue}] | .[0] == .[1]`],
  ['a value nested 100,000 deep, flattened', `${deepValue} | flatten`],
  ['a value nested 100,000 deep, walked', `${deepValue} | walk(.)`],
  ['a value nested 5,000 deep, as text', 'reduce range(5000) as $i (0; [.]) | tojson'],
  ['a value nested 8,000 deep, streamed', 'reduce range(8000) as $i (0; [.]) | [tostream]'],
  ['text nested 9,000 deep, read', '("[" * 9000 + "]" * 9000) | fromjson | tojson'],
  ['a regular expression that backtracks', '("a" * 40) | test("^(a+)+$b")'],
  ['another one', '("x" * 5000) | test("(x+x+)+y")'],
  ['a regular expression nested 50,000 deep', '"a" | test("(" * 50000 + ")" * 50000)'],
  ['a regular expression with huge repeats', '"a" | test("((((a{1,99999}){1,99999}){1,99999}){1,99999})")'],
  ['a substitution that grows', 'def f: gsub("a"; "aa") | f; "a" | f'],
  ['every combination', '[range(20)] | [combinations(20)]'],
  ['an array index of a thousand million', '[] | .[999999999] = 1'],
  ['a path of a million steps', '[range(1000000) | 0] as $p | null | setpath($p; 1)'],
  ['a huge sort', '[range(1e7)] | sort'],
  ['a huge split', '("a," * 1e7) / ","'],
  ['a huge explosion', '("x" * 1e7) | explode'],
  ['a huge date', 'now | strftime("%Y" * 1e6)'],
  ['a number of a million digits', '("9" * 1000000) | tonumber | . * .'],
  ['a label that is never left', 'label $out | foreach repeat(1) as $i (0; . + 1; empty)'],
  ['until never', '0 | until(false; . + 1)'],
  ['a huge output', '[range(300000)] | repeat(.)'],
]

function watchMemory(): () => number {
  let highest = process.memoryUsage.rss()
  const timer = setInterval(() => { highest = Math.max(highest, process.memoryUsage.rss()) }, 5)
  return () => {
    clearInterval(timer)
    return Math.max(highest, process.memoryUsage.rss()) / 1024 / 1024
  }
}

test('each hostile program ends with an error of its own, memory stays bounded, and others go on', async () => {
  await jq.evaluate('. + 1', 1, { batchKey: 'bystander' })
  const before = process.memoryUsage.rss() / 1024 / 1024
  const highest = watchMemory()
  const bystander = { on: true, served: 0 }
  const bystanding = (async () => {
    for (; bystander.on; bystander.served++) expect(await jq.evaluate('. + 1', 1, { batchKey: 'bystander' })).toEqual([2])
  })()
  const outcomes = await Promise.all(hostile.map(async ([name, program], i) => {
    const outcome = await jq.evaluate(program, { a: 1 }, { batchKey: `attacker ${i % 3}` }).then((v) => `took it: ${JSON.stringify(v).slice(0, 50)}`, (e: { code: string }) => e.code)
    return { name, outcome }
  }))
  bystander.on = false
  await bystanding
  // Some are harmless to jq: what counts is that it answered.
  expect(outcomes.filter(({ outcome }) => !/^(expression_failed|expression_timeout|took it: .*)$/.test(outcome))).toEqual([])
  expect(outcomes.filter(({ outcome }) => outcome.startsWith('expression_')).length).toBeGreaterThan(25)
  // Two threads with their caps, what replaced threads have not yet given back, and the two threads' own.
  expect(highest() - before).toBeLessThan(2 * 2 * memoryMb + 150)
  expect(bystander.served).toBeGreaterThan(hostile.length)
  expect(await jq.evaluate('.a + 1', { a: 1 }, { batchKey: 'attacker 0' })).toEqual([2])
})

describe('hostile text of programs', () => {
  test.each([
    ['20,000 parentheses', '('.repeat(20_000) + '1' + ')'.repeat(20_000)],
    ['2,000 brackets', '['.repeat(2_000) + '1' + ']'.repeat(2_000)],
    ['2,000 objects', '{a:'.repeat(2_000) + '1' + '}'.repeat(2_000)],
    ['2,000 interpolations', '"\\('.repeat(2_000) + '1' + ')"'.repeat(2_000)],
    ['30,000 minus signs', '-'.repeat(30_000) + '1'],
    ['20,000 pipes', '.|'.repeat(20_000) + '.'],
    ['20,000 commas', '1,'.repeat(20_000) + '1'],
    ['10,000 definitions', 'def f: 1;'.repeat(7_000)],
    ['100 KB', `"${'x'.repeat(100_000)}"`],
  ])('%s are refused', async (_, program) => {
    await expect(jq.check(program)).rejects.toMatchObject({ code: expect.stringMatching(/^(invalid_expression|expression_timeout)$/) as string })
  })
  test.each([
    ['250 brackets', '['.repeat(250) + '1' + ']'.repeat(250)],
    ['250 definitions in each other', 'def f: '.repeat(250) + '1;'.repeat(250) + '1'],
    ['5,000 additions', '1+'.repeat(5_000) + '1'],
    ['60 KB of text', `"${'x'.repeat(60_000)}" | length`],
  ])('%s are taken', async (_, program) => {
    await jq.check(program)
  })
})

describe('programs that reach for the host find nothing', () => {
  test.each(['$ENV', 'env', 'input', 'inputs', 'import "a" as a; 1', 'include "a"; 1', 'import "/etc/passwd" as $p; $p', 'input_filename', 'get_search_list', '"a" | modulemeta', '$__prog_args', 'halt', '"x" | halt_error', 'debug', 'stderr'])('%s', async (program) => {
    await expect(jq.evaluate(program, 1, { batchKey: 'attacker' })).rejects.toMatchObject({ code: 'invalid_expression' })
  })
  test.each(['--version', '-n', '--help', '-f/etc/passwd', '--rawfile x /etc/passwd', '-L.', '--seq', '--stream'])('%s is a program, not a flag', async (program) => {
    await expect(jq.evaluate(program, 1, { batchKey: 'attacker' })).rejects.toMatchObject({ code: 'invalid_expression' })
  })
  test('constructors and prototypes are plain names', async () => {
    const program = '[.constructor, .__proto__, .["constructor"]["prototype"], getpath(["__proto__", "polluted"]), (. * {__proto__: {polluted: 1}} | keys)]'
    expect(await jq.evaluate(program, {}, { batchKey: 'attacker' })).toEqual([[null, null, null, null, ['__proto__']]])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

test('a thread that dies is replaced; only the evaluation it was at fails', async () => {
  // Stands in for jq's thread: it answers as that does, and dies at the document `13`.
  const thread = `
    const { parentPort, workerData } = require('node:worker_threads')
    const cells = new Int32Array(workerData.board), clocks = new BigInt64Array(workerData.board)
    parentPort.on('message', (batch) => {
      for (const [i, text] of batch.documents.entries()) {
        Atomics.store(clocks, 2, process.hrtime.bigint()); Atomics.store(cells, 1, 2); Atomics.store(cells, 2, batch.first + i)
        if (text === '13') process.exit(1)
        parentPort.postMessage({ results: [[batch.first + i, 'ok', text]], runs: 0, spent: false })
      }
      Atomics.store(cells, 1, 0); Atomics.store(cells, 2, -1)
    })`
  const dying = new Evaluator({ threads: 1 }, new URL(`data:text/javascript,${encodeURIComponent(`import { createRequire } from 'node:module'; const require = createRequire('file:///'); ${thread}`)}`))
  const settled = await Promise.allSettled([11, 12, 13, 14, 15].map((n) => dying.evaluate('. + 0', n, { batchKey: 'a' })))
  expect(settled[2]).toMatchObject({ reason: { code: 'internal' } })
  expect(settled.filter((_, i) => i !== 2)).toMatchObject([{ value: [11] }, { value: [12] }, { value: [14] }, { value: [15] }])
  expect(dying.stats().replaced).toBe(1)
  await dying.close()
})

test('threads that cannot start fail what waits, and do not start for ever', async () => {
  const broken = new Evaluator({ threads: 2 }, new URL('data:text/javascript,throw new Error("no")'))
  await expect(broken.evaluate('. + 1', 1, { batchKey: 'a' })).rejects.toMatchObject({ code: 'internal' })
  expect(broken.stats()).toMatchObject({ threads: 0, waiting: 0, replaced: 1 })
  await broken.close()
})

test('a process with idle threads ends by itself, and prints nothing of jq\'s', () => {
  const program = `
    const { createJq } = await import(${JSON.stringify(new URL('./jq.ts', import.meta.url).href)})
    const jq = createJq({ timeoutMs: 2500 })
    await jq.evaluate('"x" * 1e9', 1, { batchKey: 'a' }).catch(() => {})
    process.stdout.write(JSON.stringify(await jq.evaluate('. + 1', 1, { batchKey: 'a' })))`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', env: {} })
  expect({ stdout, stderr, status }).toEqual({ stdout: '[2]', stderr: '', status: 0 })
})
