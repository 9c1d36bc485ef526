import { afterAll, describe, expect, test } from 'vitest'
import { createJq } from './jq.ts'

const jq = createJq({ timeoutMs: 5_000 })
afterAll(() => jq.close())
const evaluate = (program: string, input: unknown, variables?: Record<string, unknown>) =>
  jq.evaluate(program, input, { batchKey: 'tests', ...(variables && { variables }) })

const orders = { orders: [{ id: 7, total: 12.5, tags: ['a', 'b'] }, { id: 8, total: 3, tags: [] }] }

test.each<[string, unknown, unknown[]]>([
  ['.orders[]|.id', orders, [7, 8]],
  ['.orders | map(.total) | add', orders, [15.5]],
  ['[.orders[] | select(.total > 5) | .id]', orders, [[7]]],
  ['{ids: [.orders[].id], n: (.orders|length)}', orders, [{ ids: [7, 8], n: 2 }]],
  ['.orders | group_by(.tags|length) | map(length)', orders, [[1, 1]]],
  ['.orders[0] | to_entries | map(.key)', orders, [['id', 'total', 'tags']]],
  ['.missing // "none"', {}, ['none']],
  ['empty', 1, []],
  ['.[]', [], []],
  ['-.', 4, [-4]],
  ['-1', null, [-1]],
  ['def double: . * 2; map(double)', [1, 2], [[2, 4]]],
  ['reduce .[] as $n (0; . + $n)', [1, 2, 3], [6]],
  ['"\\(.a) and \\(.b)"', { a: 1, b: [2] }, ['1 and [2]']],
  ['@base64, (@base64 | @base64d), @uri', 'ä b', ['w6QgYg==', 'ä b', '%C3%A4%20b']],
  ['test("^[a-z]+$")', 'abc', [true]],
  ['capture("(?<year>\\\\d+)-(?<month>\\\\d+)")', '2026-03', [{ year: '2026', month: '03' }]],
  ['try error("no") catch .', 1, ['no']],
  ['first(range(10; 20))', null, [10]],
  ['limit(3; repeat(.))', 1, [1, 1, 1]],
  ['fromjson | .a', '{"a":[1]}', [[1]]],
  ['todate', 0, ['1970-01-01T00:00:00Z']],
  ['paths', { a: [1] }, [['a'], ['a', 0]]],
  ['.a |= . + 1', { a: 1, b: 2 }, [{ a: 2, b: 2 }]],
  ['del(.b)', { a: 1, b: 2 }, [{ a: 1 }]],
  ['walk(if type == "number" then . + 1 else . end)', [1, { a: 2 }], [[2, { a: 3 }]]],
  ['. # a comment\n | .a', { a: 1 }, [1]],
  ['ascii_downcase, length, utf8bytelength', 'É🎉A', ['É🎉a', 3, 7]],
  ['"a\nb"', null, ['a\nb']],
  ['.', 'line\nbreak\u2028\u0000', ['line\nbreak\u2028\u0000']],
  ['[.[] | tostring]', [1, 'x', null, true], [['1', 'x', 'null', 'true']]],
  ['. + 0', undefined, [0]],
])('%s gives what jq gives', async (program, input, outputs) => {
  expect(await evaluate(program, input)).toEqual(outputs)
})

test('first gives the first output, and undefined where there is none', async () => {
  expect(await jq.first('.[] | . + 1', [1, 2])).toBe(2)
  expect(await jq.first('empty', 1)).toBeUndefined()
  expect(await jq.first('null, 1', 1)).toBeNull()
})

describe('variables', () => {
  test('a program reads the variables it is given', async () => {
    expect(await evaluate('.a + $more.n + $b', { a: 1 }, { more: { n: 10 }, b: 100, unused: 5 })).toEqual([111])
  })
  test('a program that begins with definitions or a minus sign takes them too', async () => {
    expect(await evaluate('def f: $x + 1; f, .', 7, { x: 1 })).toEqual([2, 7])
    expect(await evaluate('-$x, .', 7, { x: 1 })).toEqual([-1, 7])
  })
  test('words of jq are fit to be names', async () => {
    expect(await evaluate('$if + $end', 7, { if: 1, end: 2 })).toEqual([3])
  })
  test('a variable that is not given, or is not the caller\'s own, does not exist', async () => {
    await expect(evaluate('$nope + 1', 1, { x: 1 })).rejects.toMatchObject({ code: 'invalid_expression', message: '$nope is not defined (line 1, column 1)' })
    await expect(evaluate('$nope.a', 1)).rejects.toMatchObject({ code: 'invalid_expression' })
    await expect(evaluate('$constructor', 1, { x: 1 })).rejects.toMatchObject({ code: 'invalid_expression' })
  })
  test('each evaluation of a batch sees its own', async () => {
    const inputs = Array.from({ length: 30 }, (_, i) => i)
    expect(await Promise.all(inputs.map((x) => evaluate('[., $x]|.', -x, { x })))).toEqual(inputs.map((x) => [[-x, x]]).map((v) => [v[0]!.map((n) => n + 0)]))
  })
  test('a program gets no more than what it asked for', async () => {
    expect(await evaluate('., (.. | numbers)', { a: 1 }, { secret: 5 })).toEqual([{ a: 1 }, 1])
  })
})

describe('numbers', () => {
  test('integers up to 2^53 are exact, larger ones are the nearest double', async () => {
    expect(await evaluate('.[0] + 1, .[1]', [2 ** 53 - 2, 0])).toEqual([2 ** 53 - 1, 0])
    expect(await evaluate('12345678901234567890, [100000000000000000001]', 1)).toEqual([12345678901234567000, [1e20]])
  })
  test('what no double can hold is the largest double, and nan is null', async () => {
    expect(await evaluate('[1e1000, -1e1000, infinite, nan], "1e1000"', 1)).toEqual([[Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_VALUE, null], '1e1000'])
  })
})

test('`__proto__` and `constructor` are keys like any other, and change no prototype', async () => {
  const input: unknown = JSON.parse('{"__proto__": {"admin": true}, "constructor": {"prototype": {"x": 1}}}')
  const [same, proto, keys] = await evaluate('(. | .), .__proto__, keys', input)
  expect(JSON.stringify(same)).toBe(JSON.stringify(input))
  expect(Object.getPrototypeOf(same)).toBe(Object.prototype)
  expect(proto).toEqual({ admin: true })
  expect(keys).toEqual(['__proto__', 'constructor'])
  expect(({} as Record<string, unknown>).admin).toBeUndefined()
  expect(await evaluate('.constructor, .toString, .__proto__', {})).toEqual([null, null, null])
})

describe('failures', () => {
  test('a program that fails says so in jq\'s words, even after outputs', async () => {
    await expect(evaluate('1, .a.b', { a: 5 })).rejects.toMatchObject({ code: 'expression_failed', message: 'Cannot index number with string ("b")' })
    await expect(evaluate('error("no \\(.a)")', { a: 5 })).rejects.toMatchObject({ code: 'expression_failed', message: 'no 5' })
    await expect(evaluate('error({code: 5})', 1)).rejects.toMatchObject({ code: 'expression_failed', message: 'The expression raised an error that is not text but an object' })
  })
  test('one that fails leaves the next ones as they are', async () => {
    const settled = await Promise.allSettled([1, 'a', 2, 'b', 3].map((n) => evaluate('. - 1', n)))
    expect(settled.map((s) => s.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect(settled.map((s) => s.status === 'fulfilled' && s.value)).toEqual([[0], false, [1], false, [2]])
  })
  test('an input that JSON cannot hold is refused, and so is one that is too large', async () => {
    const loop: Record<string, unknown> = {}
    loop.loop = loop
    await expect(evaluate('.a + 1', loop)).rejects.toMatchObject({ code: 'expression_failed' })
    await expect(evaluate('.a + 1', { a: 1n })).rejects.toMatchObject({ code: 'expression_failed' })
    await expect(evaluate('. + 1', () => 1)).rejects.toMatchObject({ code: 'expression_failed' })
    const small = createJq({ maxInputBytes: 100, maxOutputBytes: 1_000 })
    await expect(small.evaluate('. + "x"', 'ä'.repeat(60))).rejects.toMatchObject({ code: 'expression_failed', message: expect.stringContaining('100 bytes') as string })
    await expect(small.evaluate('"x" * 2000', 1)).rejects.toMatchObject({ code: 'expression_failed', message: expect.stringContaining('more output') as string })
    expect(await small.evaluate('"x" * 20', 1)).toEqual(['x'.repeat(20)])
    await small.close()
  })
  test('an input that jq finds too deep fails by itself, others of its batch do not', async () => {
    let deep: unknown = 1
    for (let i = 0; i < 3_500; i++) deep = [deep]
    const [first, bad, last] = await Promise.allSettled([evaluate('. | tojson | length', 1), evaluate('. | tojson | length', deep), evaluate('. | tojson | length', 22)])
    expect(first).toMatchObject({ value: [1] })
    expect(bad).toMatchObject({ reason: { code: 'expression_failed', message: 'The expression recursed too deeply, or its value is nested too deeply' } })
    expect(last).toMatchObject({ value: [2] })
  })
})

describe('check', () => {
  test('takes a good program without an input', async () => {
    await jq.check('.a.b')
    await jq.check('.a + error("would fail if it ran")')
    await jq.check('$context.user | ascii_upcase', { variables: ['context'] })
  })
  test.each([
    ['.a | )', /INVALID_CHARACTER.*line 1, column 6/],
    ['.a |\n\n  nosuch(1)', /nosuch\/1 is not defined \(line 3, column 3\)/],
    ['', /Top-level program not given/],
    ['def f: 1;', /Top-level program not given/],
    ['"a\\(', /line 1, column/],
    ['$other', /\$other is not defined \(line 1, column 1\)/],
    ['.a \0 | .b', /line 1, column 4/],
    ['.' + ' '.repeat(70_000), /longer than/],
    ['['.repeat(300) + ']'.repeat(300), /deeper than 256/],
  ])('%j is refused with the place', async (program, message) => {
    await expect(jq.check(program, { variables: ['context'] })).rejects.toMatchObject({ code: 'invalid_expression', message: expect.stringMatching(message) as string })
    await expect(evaluate(program, 1)).rejects.toMatchObject({ code: 'invalid_expression' })
  })
  test('the place is the program\'s own, also when variables are put in front', async () => {
    await expect(evaluate('$x |\n  nosuch', 1, { x: 1 })).rejects.toMatchObject({ message: 'nosuch/0 is not defined (line 2, column 3)' })
  })
})

test('after close, and for what waits then, the answer is that the hub is stopping', async () => {
  const closing = createJq({ timeoutMs: 60_000 })
  const running = closing.evaluate('def f: f; f', 1)
  const waiting = closing.evaluate('. + 1', 1, { batchKey: 'other' })
  const outcomes = Promise.allSettled([running, waiting])
  await closing.close()
  expect(await outcomes).toMatchObject([{ reason: { code: 'shutting_down' } }, { reason: { code: 'shutting_down' } }])
  await expect(closing.evaluate('. + 1', 1)).rejects.toMatchObject({ code: 'shutting_down' })
  expect(closing.stats().threads).toBe(0)
})
