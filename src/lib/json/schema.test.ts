import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { HubError } from '../../errors.ts'
import { compileSchema } from './schema.ts'

const faults = (schema: object, value: unknown) => compileSchema(schema)(value).map(({ pointer, detail }) => `${pointer} ${detail}`)

/** Objects with a `then` written in them look like promises to the linter. */
const conditional = (condition: unknown, consequence: unknown, otherwise: unknown): object => ({ if: condition, [['then'][0]!]: consequence, else: otherwise })

function refusal(action: () => unknown): HubError {
  try {
    action()
  } catch (error) {
    if (error instanceof HubError) return error
    throw error
  }
  throw new Error('it was taken')
}

test.each<[string, object, unknown, string[]]>([
  ['type', { type: 'string' }, 5, [' must be a string, not a number']],
  ['types', { type: ['integer', 'null'] }, 'x', [' must be an integer or null, not a string']],
  ['integer', { type: 'integer' }, 1.5, [' must be an integer, not a number with a fraction']],
  ['array for an object', { type: 'object' }, [], [' must be an object, not an array']],
  ['required', { required: ['name', 'a/b'] }, {}, ['/name is missing', '/a~1b is missing']],
  ['additionalProperties', { properties: { a: true }, additionalProperties: false }, { a: 1, b: 2, 'c~': 3 }, ['/b is not a known property', '/c~0 is not a known property']],
  ['unevaluatedProperties', { allOf: [{ properties: { a: true } }], unevaluatedProperties: false }, { a: 1, b: 2 }, ['/b is not a known property']],
  ['enum', { enum: ['a', 1, null] }, 'b', [' must be one of "a", 1, null']],
  ['a long enum', { enum: Array.from({ length: 14 }, (_, i) => i) }, 'b', [' must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 4 more']],
  ['const', { const: { a: 1 } }, {}, [' must be {"a":1}']],
  ['pattern', { pattern: '^[a-z]+$' }, 'A', [' must match ^[a-z]+$']],
  ['format', { format: 'email' }, 'no', [' must be a valid email']],
  ['lengths', { minLength: 2, maxLength: 3 }, 'a', [' must have at least 2 characters']],
  ['numbers', { minimum: 5, multipleOf: 2 }, 3, [' must be at least 5', ' must be a multiple of 2']],
  ['exclusive', { exclusiveMaximum: 5 }, 5, [' must be less than 5']],
  ['items', { items: { properties: { a: { type: 'number' } } } }, [{ a: 1 }, { a: 'x' }, { a: null }], ['/1/a must be a number, not a string', '/2/a must be a number, not null']],
  ['tuples', { prefixItems: [{ type: 'string' }], items: false }, ['a', 1], [' must have at most 1 items']],
  ['uniqueItems', { uniqueItems: true }, [{ a: 1, b: 2 }, 1, { b: 2, a: 1 }], [' has the same item at 0 and 2']],
  ['contains', { contains: { const: 1 }, maxContains: 1 }, [1, 1], [' must have at least 1 and at most 1 of the items wanted']],
  ['sizes', { minItems: 1, minProperties: 1 }, [], [' must have at least 1 item']],
  ['dependentRequired', { dependentRequired: { card: ['cvc'] } }, { card: 1 }, ['/cvc is missing']],
  ['propertyNames', { propertyNames: { pattern: '^[a-z]+$' } }, { A: 1 }, ['/A has a name that is not taken']],
  ['not', { not: { type: 'null' } }, null, [' has a form that is not allowed']],
  ['false', { properties: { a: false } }, { a: 1 }, ['/a must not be there']],
  ['if', conditional({ properties: { a: { const: 1 } } }, { required: ['b'] }, { required: ['c'] }), { a: 1 }, ['/b is missing']],
  ['oneOf, both', { oneOf: [{ minimum: 1 }, { maximum: 9 }] }, 5, [' fits more than one of the forms of which only one is allowed']],
  ['anyOf, none', { anyOf: [{ type: 'string' }, { type: 'number' }] }, null, [' must be a string or a number, not null']],
  ['anyOf of null and an object', { anyOf: [{ type: 'null' }, { type: 'object', required: ['a'] }] }, {}, ['/a is missing']],
  ['oneOf told apart by a member', { oneOf: [{ properties: { kind: { const: 'a' }, n: { type: 'number' } } }, { properties: { kind: { const: 'b' }, n: { type: 'string' } } }] }, { kind: 'b', n: 1 }, ['/n must be a string, not a number']],
  ['references', { $ref: '#/$defs/node', $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' }, v: { type: 'number' } } } } }, { next: { next: { v: 'x' } } }, ['/next/next/v must be a number, not a string']],
  ['a reference with company', { $ref: '#/definitions/a', required: ['b'], definitions: { a: { required: ['a'] } } }, {}, ['/a is missing', '/b is missing']],
])('%s says what is wrong and where', (_, schema, value, expected) => {
  expect(faults(schema, value)).toEqual(expected)
})

describe('sloppy and older schemas', () => {
  test.each<[string, object, unknown, unknown]>([
    ['exclusiveMaximum as a flag', { maximum: 5, exclusiveMaximum: true }, 4, 5],
    ['a list of items', { items: [{ type: 'string' }], additionalItems: { type: 'number' } }, ['a', 1], ['a', 'b']],
    ['dependencies', { dependencies: { a: ['b'], c: { required: ['d'] } } }, { a: 1, b: 1, c: 1, d: 1 }, { c: 1 }],
    ['definitions anywhere', { $ref: '#/components/schemas/A~1B%20C', components: { schemas: { 'A/B C': { type: 'number' } } } }, 1, 'x'],
    ['anchors', { $ref: '#thing', $defs: { x: { $anchor: 'thing', type: 'number' } } }, 1, 'x'],
    ['the root\'s own id', { $id: 'https://example.com/s', properties: { a: { $ref: 'https://example.com/s#/$defs/n' } }, $defs: { n: { type: 'number' } } }, { a: 1 }, { a: 'x' }],
    ['the root itself', { type: 'object', properties: { child: { $ref: '#' } }, additionalProperties: false }, { child: { child: {} } }, { child: { x: 1 } }],
    ['$dynamicRef', { $dynamicRef: '#node', $defs: { x: { $dynamicAnchor: 'node', type: 'number' } } }, 1, 'x'],
    ['OpenAPI\'s own words', { type: 'string', maxLength: 1, nullable: true, example: 5, xml: { name: 'x' }, externalDocs: {}, discriminator: { propertyName: 'a' }, deprecated: true, 'x-any': [1] }, 'a', 'ab'],
    ['values of the wrong type', { type: 'any', minimum: '5', required: true, enum: [], pattern: 5, properties: [], items: 7, allOf: {}, format: 'unheard-of', maxLength: 2 }, 'ab', 'abc'],
  ])('%s', (_, schema, good, bad) => {
    expect(faults(schema, good)).toEqual([])
    expect(faults(schema, bad)).not.toEqual([])
  })

  test('a property may have any name, even one of a keyword', () => {
    const schema = { properties: { $ref: { type: 'string' }, $id: { type: 'number' }, enum: { type: 'string' } }, examples: [{ $ref: 'https://example.com' }], enum: [{ $ref: 'x' }, { $ref: 5 }] }
    expect(faults(schema, { $ref: 'x' })).toEqual([])
    expect(faults(schema, { $ref: 5 })).toEqual(['/$ref must be a string, not a number'])
    const hostile = JSON.parse('{"properties": {"__proto__": {"type": "string"}, "constructor": {"type": "string"}}, "additionalProperties": false}') as object
    expect(faults(hostile, JSON.parse('{"__proto__": 5}'))).toEqual(['/__proto__ must be a string, not a number'])
    expect(faults(hostile, {})).toEqual([])
    expect(faults({ required: ['constructor', 'toString', '__proto__'] }, {})).toHaveLength(3)
    expect(faults({ properties: {}, additionalProperties: false }, { toString: 1 })).toEqual(['/toString is not a known property'])
  })
})

test('the value is never changed, no default is filled in and nothing is converted', () => {
  const value = Object.freeze({ n: '5', list: Object.freeze([1]) })
  const schema = { properties: { n: { type: 'number' }, d: { default: 1 }, list: { type: 'string' } }, additionalProperties: false }
  expect(faults(schema, value)).toEqual(['/n must be a number, not a string', '/list must be a string, not an array'])
  expect(JSON.stringify(value)).toBe('{"n":"5","list":[1]}')
})

test('a schema is compiled once', () => {
  const schema = { type: 'string' }
  expect(compileSchema(schema)).toBe(compileSchema(schema))
})

describe('patterns', () => {
  test.each(['^(a+)+$', '^(a|aa)+$', '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}$', '(x+x+)+y', '^(\\w+\\s?)*$'])('%s does not backtrack', (pattern) => {
    // A backtracking engine would not end within the life of the machine.
    expect(faults({ type: 'string', pattern }, `${'a'.repeat(20_000)}!`)).toHaveLength(1)
    expect(faults({ patternProperties: { [pattern]: false } }, { [`${'a'.repeat(20_000)}!`]: 1 })).toEqual([])
  })
  test('what JavaScript writes in its own way is understood', () => {
    for (const [pattern, good, bad] of [['^\\u00e9$', 'é', 'e'], ['^\\/[^\\/]$', '/a', '//'], ['^[\\w-]+$', 'a-b', 'a b'], ['^(?<year>\\d{4})$', '2026', '26'], ['\\p{Lu}', 'É', 'é'], ['^[^]$', '\n', '']] as const) {
      expect(faults({ pattern }, good), pattern).toEqual([])
      expect(faults({ pattern }, bad), pattern).toHaveLength(1)
    }
  })
  test('one that a linear-time engine cannot take is not checked, and the caller may know', () => {
    const ignored: string[] = []
    const schema = { properties: { a: { pattern: '^(?!x)' }, b: { pattern: '(a)\\1' }, c: { pattern: '(?<n>a)\\k<n>' }, d: { pattern: '[' }, e: { pattern: 'a'.repeat(6_000) }, f: { pattern: '(a{1000}){1000}' }, h: { pattern: `(${'[a-z0-9é]'.repeat(200)}){1000}` }, g: { pattern: '^ok$' } } }
    const check = compileSchema(schema, { onIgnoredPattern: (pattern) => ignored.push(pattern) })
    expect(check({ a: 'x', b: 'q', c: 'q', d: 'q', e: 'q', f: 'q', h: 'q', g: 'q' })).toEqual([{ pointer: '/g', detail: 'must match ^ok$' }])
    expect(ignored).toHaveLength(7)
  })
  test('properties that only such a pattern would cover are not refused as unknown', () => {
    const schema = { properties: { a: { type: 'number' } }, patternProperties: { '^(?!x)': { type: 'string' } }, additionalProperties: false }
    expect(faults(schema, { a: 1, other: 5 })).toEqual([])
    expect(faults({ ...schema, patternProperties: {}, allOf: [schema], unevaluatedProperties: false }, { a: 1, other: 5 })).toEqual(['/other is not a known property'])
    expect(faults({ allOf: [schema], unevaluatedProperties: false }, { a: 1, other: 5 })).toEqual([])
  })
})

describe('hostile schemas', () => {
  const doubling = (keyword: string, levels: number): object => ({
    $ref: '#/$defs/l0',
    $defs: Object.fromEntries(Array.from({ length: levels }, (_, i) => [`l${i}`, i === levels - 1 ? { type: keyword === 'allOf' ? 'object' : 'string' } : { [keyword]: [{ $ref: `#/$defs/l${i + 1}` }, { $ref: `#/$defs/l${i + 1}` }] }])),
  })
  test.each<[string, object, unknown]>([
    ['references that double, all of', doubling('allOf', 40), {}],
    ['references that double, any of', doubling('anyOf', 40), {}],
    ['references that double, one of', doubling('oneOf', 40), {}],
    ['conditions that double', { $ref: '#/$defs/l0', $defs: { ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`l${i}`, conditional({ $ref: `#/$defs/l${i + 1}` }, { $ref: `#/$defs/l${i + 1}` }, false)])), l40: {} } }, {}],
    ['a schema that is itself', { $ref: '#' }, 1],
    ['all of itself', { allOf: [{ $ref: '#' }] }, 1],
    ['two that are each other', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { not: { $ref: '#/$defs/a' } } } }, 1],
    ['patterns that thrash', { allOf: Array.from({ length: 50 }, (_, i) => ({ pattern: `^(a?){300}a{${300 + i}}$` })) }, Array.from({ length: 100 }, () => 'a'.repeat(500))],
    ['patterns that thrash, on every item', { items: { pattern: '^(a?){300}a{301}$' } }, Array.from({ length: 1_000 }, (_, i) => 'a'.repeat(400 + i % 100))],
    ['many patterns for many names', { patternProperties: Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`^(a|b)*${i}$`, true])) }, Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`name${i}`, 1]))],
    ['a length taken a thousand times', { allOf: Array.from({ length: 5_000 }, () => ({ maxLength: 600_000 })) }, 'x'.repeat(1_000_000)],
    ['names needed of every item', { items: { required: Array.from({ length: 50_000 }, (_, i) => `n${i}`) } }, Array.from({ length: 100_000 }, () => 1).concat([{} as never])],
  ])('%s end', (_, schema, value) => {
    let outcome: unknown
    try {
      outcome = compileSchema(schema)(value)
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid_document', message: expect.stringMatching(/takes too long|without end/) as string })
      return
    }
    expect(outcome).toEqual(expect.any(Array))
  })
  test('those that double are cut off, not waited for', () => {
    expect(refusal(() => compileSchema(doubling('allOf', 60))({}))).toMatchObject({ code: 'invalid_document', message: 'Checking the value against its schema takes too long' })
    expect(refusal(() => compileSchema({ $ref: '#' })(1))).toMatchObject({ code: 'invalid_document', message: 'The schema refers to itself without end, or the value is nested too deeply for it' })
  })
  test('a huge enum, and items compared with each other, cost no more than their size', () => {
    const words = Array.from({ length: 200_000 }, (_, i) => `word${i}`)
    expect(faults({ items: { enum: words } }, [...words, 'other'])[0]).toMatch(/^\/200000 must be one of "word0", .* and 199990 more$/)
    const items = Array.from({ length: 50_000 }, (_, i) => ({ id: i }))
    expect(faults({ uniqueItems: true }, items)).toEqual([])
    expect(faults({ uniqueItems: true }, [...items, { id: 7 }])).toEqual([' has the same item at 7 and 50000'])
  })
  test('one fault in every item gives 50 faults', () => {
    expect(faults({ items: { type: 'string' } }, Array.from({ length: 500_000 }, () => 1))).toHaveLength(50)
    expect(faults({ additionalProperties: false }, Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, 1])))).toHaveLength(50)
    expect(faults({ required: Array.from({ length: 50_000 }, (_, i) => `k${i}`) }, {})).toHaveLength(50)
  })
  test('faults never repeat much of the value or the schema', () => {
    const long = 'x'.repeat(1_000_000)
    expect(JSON.stringify(faults({ additionalProperties: false, const: long, enum: [long] }, { [long]: long })).length).toBeLessThan(2_000)
  })
  test('what is beyond bounds is refused, with the place', () => {
    let deep: object = {}
    for (let i = 0; i < 10_000; i++) deep = { not: deep }
    expect(refusal(() => compileSchema(deep))).toMatchObject({ code: 'invalid_document', message: expect.stringContaining('deeper than 200 levels') as string, errors: [{ pointer: '/not'.repeat(201) }] })
    expect(refusal(() => compileSchema({ allOf: Array.from({ length: 30_000 }, () => ({})) }))).toMatchObject({ code: 'invalid_document', message: expect.stringContaining('more than 20000 parts') as string })
    expect(refusal(() => compileSchema({ allOf: Array.from({ length: 2_000 }, (_, i) => ({ pattern: `[a-z]{0,200}${i}` })) }))).toMatchObject({ code: 'invalid_document', message: expect.stringContaining('patterns are too large') as string })
  })
  test('an object that contains itself is refused', () => {
    const schema: Record<string, unknown> = {}
    schema.not = schema
    expect(refusal(() => compileSchema(schema)).code).toBe('invalid_document')
  })
  test('a schema of thousands of definitions costs what is used of it', () => {
    const schema = { $ref: '#/$defs/d0', $defs: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`d${i}`, { type: 'object', properties: { next: { $ref: `#/$defs/d${i + 1}` } } }])) }
    expect(faults(schema, { next: { next: 5 } })).toEqual(['/next/next must be an object, not a number'])
  })
})

describe('references that lead outside', () => {
  test('nothing is fetched: it is refused with the place', async () => {
    let requests = 0
    const server = createServer((_, response) => { requests++; response.end('{"type":"number"}') }).listen(0, '127.0.0.1')
    await new Promise((resolve) => { server.once('listening', resolve) })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/schema.json`
    for (const $ref of [url, `${url}#/a`, 'file:///etc/passwd', '../other.json', 'other.json#/a', 'https://json-schema.org/draft/2020-12/schema', '//evil/x']) {
      expect(refusal(() => compileSchema({ properties: { a: { items: { $ref } } } })), $ref).toMatchObject({ code: 'invalid_document', message: expect.stringContaining('nothing is fetched') as string, errors: [{ pointer: '/properties/a/items/$ref' }] })
    }
    await new Promise((resolve) => { server.close(resolve) })
    expect(requests).toBe(0)
  })
  test('ids within the schema change nothing', () => {
    const schema = { $id: 'https://a.example/root', properties: { a: { $id: 'https://b.example/sub', $ref: '#/$defs/n' } }, $defs: { n: { $id: '#n', type: 'number' } } }
    expect(faults(schema, { a: 'x' })).toEqual(['/a must be a number, not a string'])
    expect(refusal(() => compileSchema({ $id: 'https://a.example/', $ref: 'https://b.example/#/$defs/n', $defs: { n: { $id: 'https://b.example/' } } })).code).toBe('invalid_document')
  })
  test.each(['#/nope', '#/properties/a/type', '#nope', '#/%', '#/constructor', '#/$defs/__proto__', '#/~2'])('%s is refused: it does not exist', ($ref) => {
    expect(refusal(() => compileSchema({ properties: { a: { type: 'string' } }, $ref }))).toMatchObject({ code: 'invalid_document', message: expect.stringContaining('does not exist') as string, errors: [{ pointer: '/$ref' }] })
  })
  test('behind another reference it is found when a check gets there', () => {
    const check = compileSchema({ properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { $ref: 'https://example.com/' } } })
    expect(check({ b: 1 })).toEqual([])
    expect(refusal(() => check({ a: 1 }))).toMatchObject({ code: 'invalid_document', errors: [{ pointer: '/$defs/a/$ref' }] })
  })
})

describe('unevaluatedProperties and unevaluatedItems', () => {
  const fooBar = { properties: { foo: true }, required: ['foo'] }
  test.each<[string, object, unknown, boolean]>([
    ['sees properties beside it', { properties: { a: true }, unevaluatedProperties: false }, { a: 1 }, true],
    ['refuses others', { properties: { a: true }, unevaluatedProperties: false }, { b: 1 }, false],
    ['sees patterns', { patternProperties: { '^a': true }, unevaluatedProperties: false }, { ab: 1 }, true],
    ['sees additionalProperties', { additionalProperties: true, unevaluatedProperties: false }, { b: 1 }, true],
    ['sees through a reference', { $ref: '#/$defs/x', unevaluatedProperties: false, $defs: { x: { properties: { a: true } } } }, { a: 1 }, true],
    ['sees a branch that passes', { anyOf: [fooBar, { properties: { bar: true } }], unevaluatedProperties: false }, { foo: 1, bar: 1 }, true],
    ['does not see a branch that fails', { anyOf: [fooBar, { properties: { bar: true } }], unevaluatedProperties: false }, { bar: 1, foo2: 1 }, false],
    ['sees the one that passes', { oneOf: [fooBar, { properties: { bar: { type: 'null' } } }], unevaluatedProperties: false }, { foo: 1, bar: 1 }, false],
    ['does not see what is not', { not: { not: fooBar }, unevaluatedProperties: false }, { foo: 1 }, false],
    ['sees a condition that holds, and what follows', { ...conditional(fooBar, { properties: { bar: true } }, true), unevaluatedProperties: false }, { foo: 1, bar: 1 }, true],
    ['does not see a condition that does not hold', { ...conditional({ properties: { foo: { type: 'null' } } }, true, true), unevaluatedProperties: false }, { foo: 1 }, false],
    ['sees dependent schemas', { properties: { foo: true }, dependentSchemas: { foo: { properties: { bar: true } } }, unevaluatedProperties: false }, { foo: 1, bar: 1 }, true],
    ['does not see the schema around it', { properties: { a: true }, allOf: [{ unevaluatedProperties: false }] }, { a: 1 }, false],
    ['is seen by the one around it', { allOf: [{ unevaluatedProperties: true }], unevaluatedProperties: false }, { a: 1 }, true],
    ['may be a schema', { unevaluatedProperties: { type: 'string' } }, { a: 1 }, false],
    ['does not reach into members', { properties: { a: { properties: { b: true } } }, unevaluatedProperties: false }, { a: { c: 1 } }, true],
    ['items: sees a prefix', { prefixItems: [true], unevaluatedItems: false }, [1], true],
    ['items: refuses the rest', { prefixItems: [true], unevaluatedItems: false }, [1, 2], false],
    ['items: sees items', { allOf: [{ items: true }], unevaluatedItems: false }, [1, 2], true],
    ['items: sees the longest prefix', { anyOf: [{ prefixItems: [true, true] }, { prefixItems: [true] }], unevaluatedItems: false }, [1, 2], true],
    ['items: sees what is contained', { contains: { type: 'string' }, unevaluatedItems: { type: 'number' } }, ['a', 1], true],
    ['items: refuses what is not contained', { contains: { type: 'string' }, unevaluatedItems: false }, ['a', 1], false],
    ['items: does not see what a failed condition contains', { ...conditional({ contains: false }, true, true), unevaluatedItems: false }, [1], false],
  ])('%s', (_, schema, value, fits) => {
    expect(faults(schema, value).length === 0).toBe(fits)
  })
})

describe('Ajv and this agree on what fits', () => {
  const ajv = new Ajv2020({ strict: false, logger: false, validateSchema: false })
  addFormats.default(ajv, { mode: 'fast' })
  // A generator of its own, so that a failure can be seen again.
  let state = 20_260_301
  const random = (n: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return Math.floor(state / 65_536) % n
  }
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!
  const some = <T>(make: () => T, max: number): T[] => Array.from({ length: random(max + 1) }, make)
  const keys = ['a', 'b', 'c', 'ab']

  const value = (depth: number): unknown => {
    const kind = random(depth > 0 ? 8 : 5)
    if (kind === 0) return pick([null, true, false])
    if (kind <= 2) return pick([0, 1, 2, 3, 1.5, -1, 10, 0.3])
    if (kind <= 4) return pick(['', 'a', 'ab', 'abc', '🎉', 'a@b.co', '2026-03-01'])
    if (kind <= 5) return some(() => value(depth - 1), 3)
    return Object.fromEntries(some(() => [pick(keys), value(depth - 1)] as const, 3))
  }
  const leaf: (() => object)[] = [
    () => ({ type: pick(['null', 'boolean', 'number', 'integer', 'string', 'array', 'object']) }), () => ({ type: ['string', pick(['number', 'object'])] }),
    () => ({ enum: [value(1), value(1), value(0)] }), () => ({ const: value(1) }), () => ({ minimum: random(4) }), () => ({ maximum: random(4) }), () => ({ exclusiveMinimum: random(3) }), () => ({ exclusiveMaximum: random(3) }),
    () => ({ multipleOf: pick([1, 2, 0.5]) }), () => ({ minLength: random(3) }), () => ({ maxLength: random(3) }), () => ({ pattern: pick(['^a', 'b$', '^[a-c]*$', '.']) }), () => ({ format: pick(['email', 'date', 'none']) }),
    () => ({ required: [pick(keys)] }), () => ({ minProperties: random(3) }), () => ({ maxProperties: random(3) }), () => ({ minItems: random(3) }), () => ({ maxItems: random(3) }), () => ({ uniqueItems: true }), () => ({ dependentRequired: { [pick(keys)]: [pick(keys)] } }),
  ]
  const branch: ((sub: () => object | boolean) => object)[] = [
    (sub) => ({ properties: { [pick(keys)]: sub(), [pick(keys)]: sub() } }), (sub) => ({ patternProperties: { [pick(['^a', 'b'])]: sub() } }), (sub) => ({ additionalProperties: sub() }), (sub) => ({ propertyNames: sub() }),
    (sub) => ({ items: sub() }), (sub) => ({ prefixItems: [sub(), sub()] }), (sub) => ({ contains: sub() }), (sub) => ({ contains: sub(), minContains: random(2), maxContains: 1 + random(2) }),
    (sub) => ({ allOf: [sub(), sub()] }), (sub) => ({ anyOf: [sub(), sub()] }), (sub) => ({ oneOf: [sub(), sub()] }), (sub) => ({ not: sub() }), (sub) => conditional(sub(), sub(), sub()), (sub) => ({ dependentSchemas: { [pick(keys)]: sub() } }),
    () => ({ $ref: pick(['#/$defs/x', '#/$defs/y']) }), (sub) => ({ properties: { a: sub() }, additionalProperties: false }),
  ]
  const schema = (depth: number): object | boolean => {
    if (random(12) === 0) return random(2) === 0
    const parts = Array.from({ length: 1 + random(3) }, () => depth > 0 && random(2) === 0 ? pick(branch)(() => schema(depth - 1)) : pick(leaf)())
    return Object.assign({}, ...parts) as object
  }

  test('for 1,500 schemas with 12 values each', () => {
    let fitting = 0
    let crashes = 0
    for (let i = 0; i < 1_500; i++) {
      // `$defs` refer to nothing, so that no schema refers to itself without end.
      const root = { allOf: [schema(3)], $defs: { x: Object.assign({}, pick(leaf)(), pick(leaf)()) as object, y: { properties: { a: pick(leaf)() } } } }
      const validate = ajv.compile(root)
      const check = compileSchema(root)
      for (let j = 0; j < 12; j++) {
        const candidate = value(3)
        let expected: boolean
        try {
          expected = validate(candidate)
        } catch {
          // Ajv's own code fails now and then where `dependentSchemas` meets a condition.
          crashes++
          continue
        }
        if (expected) fitting++
        expect(check(candidate).length === 0, JSON.stringify({ root, candidate, ajv: validate.errors })).toBe(expected)
      }
      ajv.removeSchema(root)
    }
    expect(crashes).toBeLessThan(50)
    // Neither side may be always of one mind.
    expect(fitting).toBeGreaterThan(1_800)
    expect(fitting).toBeLessThan(16_200)
  })
})
