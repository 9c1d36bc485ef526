import { describe, expect, test } from 'vitest'
import { readProgram } from './program.ts'

const refused = ['input', 'inputs', 'halt', 'halt_error', 'env', 'debug', 'stderr', 'input_line_number', 'input_filename', 'modulemeta', 'get_search_list', 'import', 'include', 'module']
const disguises: ((word: string) => string)[] = [
  (w) => w, (w) => ` ${w} `, (w) => `(${w})`, (w) => `[.[]|${w}]`, (w) => `"\\(${w})"`, (w) => `"a\\("b\\(${w})c")d"`, (w) => `@json "x\\( ${w} )"`,
  (w) => `{(${w}): 1}`, (w) => `{a: ${w}}`, (w) => `{a: 1, b: (${w})}`, (w) => `{a: if . then 1, ${w} else 2 end}`, (w) => `{"a\\(${w})": 1}`,
  (w) => `{a: [1, ${w}]}`, (w) => `.a[${w}]`, (w) => `. as {a: $x} | ${w}`, (w) => `def f: ${w}; f`, (w) => `def f(${w}): ${w}; f(1)`, (w) => `def ${w}: 1; ${w}`,
  (w) => `# harmless\n${w}`, (w) => `"# not a comment" | ${w}`, (w) => `"\\\\" | ${w} | "\\""`, (w) => `"\\"" | ${w}`, (w) => `1,${w}`, (w) => `.a|${w}`, (w) => `.a?//${w}`, (w) => `1 | try ${w} catch ${w}`,
  (w) => `..|${w}`, (w) => `1.${w}`, (w) => `. ${w}`, (w) => `{a}|${w}`, (w) => `reduce .[] as $x (0; ${w})`, (w) => `-${w}`, (w) => `"\\u0041\\(1)" + ${w}`, (w) => `.["a"]${w}`,
  (w) => `{a: {b, c: ${w}}}`, (w) => `{"${w}": ${w}}`, (w) => `{${w}: ${w}}`, (w) => `{if: 1} | ${w}`, (w) => `label $x | ${w}`, (w) => `"é🎉" | ${w}`, (w) => `${w}#`, (w) => `"a" as $if | {$if, b: ${w}}`,
]

describe('what would read, end or leave the batch is refused', () => {
  test.each(refused)('%s, in every disguise', (word) => {
    for (const disguise of disguises) {
      expect(() => readProgram(disguise(word)), disguise(word)).toThrow(`\`${word}\` is not available here`)
    }
  })
  test.each(['$ENV', '$ENV.PATH', '$ ENV', '{$ENV}', '"\\($ENV)"', '. as $x | $ENV', '$__prog_args', '[$ENV[]]'])('%s', (program) => {
    expect(() => readProgram(program)).toThrow('is not available here')
  })
  test('the message says where', () => {
    expect(() => readProgram('.a |\n "x\\(input)"')).toThrow('`input` is not available here: there is one input only, and it is `.` (line 2, column 6)')
  })
})

test.each([
  '.input', '.a.env.halt', '..|.debug?', '{input: 1}', '{ input : 1, env: 2 }', '{a: 1, input}', '{input, env}', '{"input": 1}', '."input"', '.["input"]', '"input"', '"say \\"input\\" # halt"', '# input\n.',
  '. as {input: $x} | $x', '$input', '$env', '{$input}', '. as $halt | $halt', '{a: {input: 1, b: {env}}}', '{if: 1, input: 2}', '{a: if . then 1 else 2 end, input: 3}', '{input # why\n : 1}',
  'my_input', 'input2', 'inputss', '@text "env"', '"\\("a")input"', 'def f: 1; {input: f}', '{(.a): 1, input: 2}', '{"a": 1, input: "\\(.env)"}', '{@text "x": 1, halt: 2}', '.a # env \\\\x\n', '.input_filename',
])('%j only names a field, a variable, or text: taken', (program) => {
  expect(readProgram(program).source).toBe(program)
})

test.each(['. # a \\\n input', '. # a \\\r\n input', '. # a \r input'])('a comment whose end is not plain is refused: %j', (program) => {
  expect(() => readProgram(program)).toThrow('comment')
})

test('variables and words are told', () => {
  const program = readProgram('$user.name + .["first name"] + "x\\($i + 12)y" | . as $local | {key: $local}')
  expect([...program.variables].sort()).toEqual(['i', 'local', 'user'])
  expect(program.words).toEqual(new Set(['name', 'first name', 'x', '12', 'y', 'key']))
})

test('text that never closes ends the reading, and jq says what is wrong', () => {
  for (const program of ['"abc', '"a\\(', '"a\\', '"\\', '((((', '"a\\("b', '))))', '{"a": "', ')"(']) expect(readProgram(program).source).toBe(program)
})
