import { afterAll, expect, test } from 'vitest'
import { createJq } from './jq.ts'

const jq = createJq({ timeoutMs: 10_000 })
afterAll(() => jq.close())

const canary = 'canary-sk_live_51H'
const input = { s: canary, o: { k: canary }, a: [canary], d: { [canary]: canary }, paren: `) and string (${canary}) cannot`, quote: `"${canary}" (while parsing '${canary}'` }

const failing = [
  '.s.x', '.s[0]', '.a[.s]', '.o[.a]', '.o[0]', '.[.s].x.y | .z + 1 | .[0] | error(.)|.x', '.s[]', '.s + 1', '1 + .s', '.s - .s', '.o * .a', '.s / 1', '.o / .o', '.s % 2', '5 / (.s|length - length)', '-.s', '-.o', '.o | -.',
  '.s|keys', '.s|tonumber', '.s|fromjson', '.quote|fromjson', '.paren + 1', '.paren - .paren', '.s|sort', '.s|sort_by(.)', '.s|group_by(.)', '.s|unique', '.s|min_by(.)', '.s|flatten', '.s|has(0)', '.o|has(0)', '.a|has("x")',
  '{(.o): 1}', '{(.a): 1}', '.s|implode', '.o|explode', '.a|ltrimstr(1)|.x', '.o|test("a")', '.s|test(.o)', '.s|test(.s + "(")', '.s|test("a"; .s)', '.s|test("(?<" + .s + ">")', '.s|test("\\\\k<" + .s + ">")', '.o|split(",")', '.s|split(1)', '.a|join(1)', '.o|@csv', '[.o]|@csv', '[.a]|@tsv', '[.o]|@sh',
  '.o|@base64d', '.s|@base64d|.x', '.s|format(.)', '.s|strptime("%Y")', '.s|strptime(.)', '.s|mktime', '.s|todate', '.o|strftime("%Y")', '.s|path(tojson)|.[0]', 'path(.s|tojson)', 'path(.o|tojson|.x)', '.o|tojson|path(.[]?|.a)|.x', '[.s]|path(tojson|.[0])', 'path([.s]|.[0])', 'path({a:.s}|.[])', '.s|setpath(.;1)', '.s|setpath(["a"];1)', '.o|getpath(["k","z"])', '.s|delpaths(1)', '.o|delpaths([.k])', '.s|del(.x)', '.a|del(.x)', '.o|del(.[0])',
  '.s|to_entries', '.a|from_entries', '.s|contains(1)', '.o|inside("x")', '.s|ascii_downcase|.[0].x', '.o|ascii_downcase', '.s|error', 'error(.o)', '.s|range(.)|1', '[limit(-1; .s)]|.[0].x', '.a|.["x"] = 1', '.o|.[0] = 1', '.s|.[1:2] = 3', '.a|.[.[0]:]', '.s|splits(1)', '.s|tojson|fromjson|.x', '.o|tostring|tonumber', '.s|toboolean', '.a|implode', '[.s]|implode', '.s|ltrimstr("c")|.x', '.o|trim', '.o|ascii_upcase', '.s|gsub("(";"")', '.s|sub(.o;"")', '.o|@uri|.x', '.s|infinite + .', '.s|pow(.;2)', '.o|floor', '.s|sqrt', '.s|ldexp(.;1)', '.s|gmtime', '.o|localtime', '.a|transpose', '.s|add', '.s|any', '.s|bsearch(1)', '.o|bsearch(1)', '.s|tostream|.x', '[[.s]]|fromstream(.[])', '.a|combinations', '.o|INDEX(.x)', '.s|utf8bytelength|.x', '.o|utf8bytelength', '.s|@text|.x', '.o|limit(1; .k.z)', '.d[.s].x', '.d|.[keys[0]].x', '.a|first.x', '.a|.[0]|.[0]', '.s as [$x] | $x', '.s as {a: $x} | $x', '.s as {$x} ?// [$x] | $x',
  '.s|@json|fromjson|fromjson', '(.s + "{")|fromjson', '("[" + .s)|fromjson', '("{\\"" + .s + "\\" 1}")|fromjson', '("\'" + .s + "\'")|fromjson', '("\\"" + .s)|fromjson', '.s|fromdate', '.s|fromdateiso8601', '.s|dateadd("x";1)', '.a|tojson|tonumber', '.s|abs', '.a|abs', '.s|trunc', '.o|getpath(.)', '.o|getpath([.k, .k])', '.o|pick(.k.z)', '.s|pick(.a)', '.a|@base32d', '.s|@base32d|.x', '.s|have_literal_numbers|.x', '.s|significand', '.o|round', '.a|ltrimstr("x")|.[0].y', '.o|startswith("x")', '.s|endswith(1)', '.s|ascii|.x', '.a|walk(.x)', '.s|until(.x; .)', '.a|nth(-1; .[])', '.s|splits(.o)', '.s|tojson|.[0]', '.a|indices(.[0])|.x', '.s|indices(1)', '.o|indices(1)', 
  // Regular expressions and flags made of the input.
  ...['$r + "("', '"(?<" + $r + ">"', '"\\\\k<" + $r + ">"', '"\\\\g<" + $r + ">"', '"[" + $r', '"(?" + $r + ")"', '"\\\\p{" + $r + "}"', '"[[:" + $r + ":]]"', '"(?<9" + $r + ">a)"', '"{" + $r + "}**+"', '$r + "{3,1}{"'].map((re) => `.s as $r | "x" | test(${re})`),
  '.s as $r | "x" | test("x"; $r)', '.s as $r | "x" | sub("x"; "y"; $r)', '. as $r | "x" | test($r.o)', '. as $r | "x" | test("x"; $r.o)', '. as $r | "x" | splits($r.a)',
]

test('no failure\'s message quotes the input', async () => {
  const messages = await Promise.all(failing.map(async (program) => {
    const error = await jq.evaluate(program, input, { batchKey: 'canary' }).then(() => undefined, (e: unknown) => e as { code: string, message: string, cause?: unknown })
    return { program, code: error?.code, message: error?.message ?? '', cause: error?.cause }
  }))
  // `error` with the program's own choice of text is the one thing that may.
  const leaks = messages.filter(({ program, message }) => program !== '.s|error' && /canary|sk_live/.test(message))
  expect(leaks).toEqual([])
  expect(messages.filter(({ cause }) => cause !== undefined)).toEqual([])
  const failures = messages.filter(({ code }) => code === 'expression_failed')
  expect(failures.length).toBeGreaterThan(100)
  // What is left still says something.
  expect(failures.filter(({ message }) => message.length < 10)).toEqual([])
})

test.each([
  ['.s + 1', 'string and number cannot be added'],
  ['.s.name', 'Cannot index string with string ("name")'],
  ['.o[.a[0] | length]', 'Cannot index object with number'],
  ['.s | .[7].x', 'Cannot index string with number (7)'],
  ['.s[]', 'Cannot iterate over string'],
  ['.s | tonumber', 'string cannot be parsed as a number'],
  ['.o | test("a")', 'object cannot be matched, as it is not a string'],
  ['.s | strptime("%Y")', 'date does not match format ("%Y")'],
  ['{(.o): 1}', 'Cannot use object as object key'],
  ['error(.s)', canary],
])('%s says: %s', async (program, message) => {
  await expect(jq.evaluate(program, input, { batchKey: 'canary' })).rejects.toMatchObject({ message })
})

test('a long message is cut', async () => {
  const error = await jq.evaluate('error("🎉" * 5000)', 1).catch((e: Error) => e) as Error
  expect(error.message.length).toBeLessThan(520)
  expect(error.message.isWellFormed()).toBe(true)
})
