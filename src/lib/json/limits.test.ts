import { describe, expect, test } from 'vitest'
import { HubError } from '../../errors.ts'
import { parseJson } from './limits.ts'
import type { JsonLimits } from './limits.ts'

function refusal(source: Uint8Array | string, limits?: JsonLimits): HubError {
  try {
    parseJson(source, limits)
  } catch (error) {
    if (error instanceof HubError) return error
    throw error
  }
  throw new Error(`it was taken: ${String(source).slice(0, 100)}`)
}

describe('what is JSON is parsed as JSON.parse does', () => {
  const texts = [
    '{}', '[]', '0', '-0.5e+10', '"x"', 'null', 'true', ' \n\t\r[1 , 2] ', '{"a":{"b":[{"c":null}]}}', '"\\u00e9\\ud83c\\udf89\\n\\"\\\\"', '"é🎉\u2028\u007f"', '{"":{"":0}}',
    '{"a:b":"c:d","[":"{","}":"]"}', '["\\"", "\\\\", ":", "{\\"a\\":1}"]', '{"toString":1,"hasOwnProperty":2,"constructor":"Ferrari"}', '{"prototype":{"a":1},"proto":1}',
    '{"constructor":{"name":"Ferrari"}}', '{"constructor":[{"prototype":1}]}', `${'['.repeat(128)}${']'.repeat(128)}`, `${'[['.repeat(64)}1${']]'.repeat(64)}`, JSON.stringify(Array.from({ length: 500 }, (_, i) => ({ id: i, tags: ['[', { a: [] }] }))),
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}', '12345678901234567890', '"\\u005f_proto__"', '["__proto__"]', '1e400',
  ]
  test.each(texts)('%j', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text))
    expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text))
  })
  test('a byte order mark is passed over', () => {
    expect(parseJson(Buffer.from('\ufeff{"a":1}'))).toEqual({ a: 1 })
  })
  test('bytes from the middle of a larger buffer are read where they are', () => {
    expect(parseJson(Buffer.from('xx[1,2]xx').subarray(2, 7))).toEqual([1, 2])
  })
})

describe('bad syntax is malformed_json, and the detail says where', () => {
  test.each([
    ['', '', 'ends where a value is expected (line 1, column 1)'],
    ['   ', '', 'ends where a value is expected (line 1, column 4)'],
    ['{"a": 1,}', '', 'has "}" where a key in double quotes is expected (line 1, column 9)'],
    ['{"a": [1, 2\n  "b"]}', '/a/1', 'has """ where a comma or ] is expected (line 2, column 3)'],
    ['{\n  "a": tru\n}', '/a', 'has "t" where a value is expected (line 2, column 8)'],
    ['{"a" 1}', '/a', 'has "1" where a colon is expected (line 1, column 6)'],
    ["{'a': 1}", '', 'has "\'" where a key in double quotes is expected (line 1, column 2)'],
    ['[1, 2', '/1', 'ends where a comma or ] is expected (line 1, column 6)'],
    ['["abc', '/0', 'has a string that never ends (line 1, column 2)'],
    ['["a\\x"]', '/0', 'has a bad escape in a string (line 1, column 4)'],
    ['["a\\u12"]', '/0', 'has a bad escape in a string (line 1, column 4)'],
    ['["a\nb"]', '/0', 'has an unescaped control character in a string (line 1, column 4)'],
    ['[01]', '/0', 'has "1" where a comma or ] is expected (line 1, column 3)'],
    ['[1.]', '/0', 'has "." where a comma or ] is expected (line 1, column 3)'],
    ['[+1]', '/0', 'has "+" where a value is expected (line 1, column 2)'],
    ['[NaN]', '/0', 'has "N" where a value is expected (line 1, column 2)'],
    ['{} {}', '', 'has "{" where nothing more is expected (line 1, column 4)'],
    ['{"a":{"b~/c":[0,é]}}', '/a/b~0~1c/1', 'has U+00E9 where a value is expected (line 1, column 17)'],
    ['[1]]', '', 'has "]" where nothing more is expected (line 1, column 4)'],
    ['\u00a0[]', '', 'has U+00A0 where a value is expected (line 1, column 1)'],
    ['{"a":1 // no comments\n}', '/a', 'has "/" where a comma or } is expected (line 1, column 8)'],
  ])('%j', (text, pointer, detail) => {
    expect(() => { JSON.parse(text) }).toThrow(SyntaxError)
    expect(refusal(text)).toMatchObject({ code: 'malformed_json', message: `The JSON is not valid: ${detail}`, errors: [{ pointer, detail }] })
  })

  test('any text that JSON.parse refuses is refused with a place, however it is broken', () => {
    const good = '{"a": [1, -2.5e3, "x\\n\\u0041", true, null], "b": {"c": {}}}'
    const breaks = ['', '"', '\\', '{', '}', '[', ']', ',', ':', '1', 'x', '\n', '\0', '.', '-', 'e', '\u2028']
    let broken = 0
    for (let at = 0; at <= good.length; at++) {
      for (const cut of [0, 1]) {
        for (const insert of breaks) {
          const text = good.slice(0, at) + insert + good.slice(at + cut)
          let fine = true
          try { JSON.parse(text) } catch { fine = false }
          if (fine) continue
          broken++
          expect(refusal(text).errors?.[0]?.detail, text).toMatch(/\(line \d+, column \d+\)$/)
        }
      }
    }
    expect(broken).toBeGreaterThan(1_000)
  })

  test('bytes that are not UTF-8 are refused with their place', () => {
    const at = (prefix: string, ...bytes: number[]) => Buffer.concat([Buffer.from(prefix), Buffer.from(bytes), Buffer.from('"]')])
    expect(refusal(at('["ab', 0xff))).toMatchObject({ code: 'malformed_json', errors: [{ pointer: '', detail: 'is not valid UTF-8 at byte 4' }] })
    expect(refusal(at('["é\ufffd', 0xc3, 0x28)).errors).toEqual([{ pointer: '', detail: 'is not valid UTF-8 at byte 7' }])
    expect(refusal(at('["', 0xed, 0xa0, 0x80)).code).toBe('malformed_json') // a lone surrogate
    expect(refusal(at('["', 0xc0, 0xaf)).code).toBe('malformed_json') // an overlong slash
    expect(refusal(Buffer.from([0x5b, 0x22, 0xe2, 0x82])).code).toBe('malformed_json') // cut short
  })
})

describe('depth', () => {
  test('one level more than the limit is refused with the pointer', () => {
    expect(refusal('['.repeat(129) + ']'.repeat(129))).toMatchObject({
      code: 'invalid_request', errors: [{ pointer: '/0'.repeat(128), detail: 'is nested deeper than 128 levels (line 1, column 129)' }],
    })
    expect(refusal('{"a":[{"b":[]}]}', { maxDepth: 3 })).toMatchObject({ errors: [{ pointer: '/a/0/b', detail: 'is nested deeper than 3 levels (line 1, column 12)' }] })
    expect(parseJson('{"a":[{"b":[]}]}', { maxDepth: 4 })).toEqual({ a: [{ b: [] }] })
  })
  test.each([
    ['10,000 arrays', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['10,000 objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['5,000,000 arrays that never close', '['.repeat(5_000_000)],
    ['500,000 of both', '[{"a":'.repeat(500_000)],
  ])('%s are refused without a stack overflow', (_, text) => {
    const error = refusal(Buffer.from(text))
    expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('nested deeper than 128 levels') as string })
    expect(error.errors![0]!.pointer.length).toBeLessThan(1_100)
  })
  test('brackets in strings count for nothing', () => {
    const text = JSON.stringify(['['.repeat(1_000), { '{{{{': '\\"['.repeat(200) }])
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })
})

describe('keys', () => {
  test.each([
    ['{"__proto__": {"admin": true}}', '/__proto__'],
    ['{"a": [{"__proto__": 1}]}', '/a/0/__proto__'],
    ['{"\\u005f_proto\\u005f_": 1}', '/__proto__'],
    ['{"__proto__": 1, "__proto__": null}', '/__proto__'],
    ['{"constructor": {"prototype": {"admin": true}}}', '/constructor/prototype'],
    ['{"x": {"c\\u006fnstructor": {"a": 1, "protot\\u0079pe": null}}}', '/x/constructor/prototype'],
    ['[{"a/b": {"__proto__": []}}]', '/0/a~1b/__proto__'],
  ])('%s is refused with the pointer', (text, pointer) => {
    const error = refusal(text)
    expect(error.code).toBe('invalid_request')
    expect(error.errors![0]).toMatchObject({ pointer, detail: expect.stringContaining('is a key that is not taken') as string })
  })

  test.each([
    ['{"a": 1, "a": 1}', ['/a']],
    ['{"a": {"b": 1, "b": 2}, "c": [0, {"d": 1, "e": 2, "d": 3}]}', ['/a/b', '/c/1/d']],
    ['{"a": 1, "\\u0061": 2}', ['/a']],
    ['{"": 1, "": 2}', ['/']],
    ['{"constructor": {"prototype": 1}, "constructor": 1}', ['/constructor/prototype', '/constructor']],
  ])('the same key twice is refused: %s', (text, pointers) => {
    expect(refusal(text).errors!.map(({ pointer }) => pointer)).toEqual(pointers)
    expect(refusal(text).code).toBe('invalid_request')
  })

  test('the last of them is kept where a caller wants it so', () => {
    expect(parseJson('{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}', { duplicateKeys: 'last' })).toEqual({ a: 3, b: { c: 2 } })
    expect(refusal('{"__proto__": 1, "a": 1, "a": 2}', { duplicateKeys: 'last' }).errors).toHaveLength(1)
  })

  test('a key longer than the limit is refused, and not repeated in the answer', () => {
    expect(refusal(`{"a": {"${'k'.repeat(65_537)}": 1}}`)).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/a', detail: 'has a key longer than 65536 characters (line 1, column 8)' }] })
    const huge = refusal(`{"${'k'.repeat(10_000_000)}": 1}`)
    expect(JSON.stringify([huge.message, huge.errors]).length).toBeLessThan(1_000)
    expect(parseJson(`{"${'k'.repeat(65_536)}": 1}`)).toEqual({ ['k'.repeat(65_536)]: 1 })
  })

  test('many faults are not all told, and a long pointer is cut', () => {
    expect(refusal(`[${'{"a":1,"a":1},'.repeat(1_000)}0]`).errors).toHaveLength(20)
    const key = 'k'.repeat(60_000)
    expect(refusal(`{"${key}": {"${key}": {"a": 1, "a": 2}}}`).errors![0]!.pointer.length).toBeLessThan(1_100)
  })
})
