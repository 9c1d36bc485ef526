import { expect, test } from 'vitest'
import { exampleOf } from './example.ts'

test.each([
  ['its own example', { type: 'string', examples: ['a', 'b'], default: 'c' }, 'a'],
  ['its default', { type: 'integer', default: 7 }, 7],
  ['its only value', { const: 'x' }, 'x'],
  ['the first of its values', { enum: ['red', 'green'] }, 'red'],
  ['a value of its format', { type: 'string', format: 'date' }, '2026-01-31'],
  ['no less than its minimum', { type: 'integer', minimum: 10 }, 10],
  ['something rather than null', { type: ['null', 'boolean'] }, true],
  ['the first alternative that is not null', { anyOf: [{ type: 'null' }, { type: 'integer' }] }, 1],
  ['all parts of a whole', { allOf: [{ type: 'object', properties: { a: { const: 1 } } }, { type: 'object', properties: { b: { const: 2 } } }] }, { a: 1, b: 2 }],
  ['one item', { type: 'array', items: { type: 'string' } }, ['string']],
  ['an object of its properties, without those that only come back', { type: 'object', properties: { id: { type: 'integer', readOnly: true }, name: { type: 'string' } } }, { name: 'string' }],
  ['nothing for no schema', {}, null],
])('an example is %s', (_what, schema, expected) => {
  expect(exampleOf(schema)).toEqual(expected)
})

test('references are followed within the schema, and those that lead back end', () => {
  const schema = { $ref: '#/$defs/Node', $defs: { Node: { type: 'object', required: ['name', 'next'], properties: { name: { type: 'string' }, next: { $ref: '#/$defs/Node' } } } } }
  expect(exampleOf(schema)).toEqual({ name: 'string', next: null })
})

test('a schema of any depth and breadth ends', () => {
  let deep: Record<string, unknown> = { type: 'string' }
  for (let i = 0; i < 5000; i += 1) deep = { type: 'object', required: ['a'], properties: { a: deep, b: { type: 'string' } } }
  expect(JSON.stringify(exampleOf(deep)).length).toBeLessThan(1000)
})
