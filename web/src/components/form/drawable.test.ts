import { expect, test } from 'vitest'
import { drawable, fileForm, isAnything } from './drawable.ts'

const optionsOf = (schema: Record<string, unknown>): unknown[] => ((drawable(schema)['oneOf'] ?? drawable(schema)['anyOf']) as { title?: string }[]).map(({ title }) => title)

test('choices are named by what tells them apart', () => {
  expect(optionsOf({ oneOf: [{ type: 'string' }, { type: ['array', 'null'], items: { type: 'integer' } }, { type: 'object', required: ['name', 'color'], properties: { name: {}, color: {} } }] })).toEqual(['Text', 'List', 'name, color'])
  expect(optionsOf({ $defs: { Cat: { type: 'object', properties: { kind: { const: 'cat' } } }, Dog: { type: 'object' } }, anyOf: [{ $ref: '#/$defs/Cat' }, { $ref: '#/$defs/Dog' }] })).toEqual(['cat', 'Dog'])
  expect(optionsOf({ oneOf: [{ type: 'string' }, { type: 'string', pattern: 'a' }, { title: 'Own', type: 'string' }] })).toEqual(['Text 1', 'Text 2', 'Own'])
})

test('what an object has whatever is chosen is asked for once, and as the choice narrows it', () => {
  const { oneOf, properties } = drawable({ type: 'object', properties: { type: { type: 'string' }, note: { type: 'string' } }, required: ['type'], oneOf: [{ properties: { type: { const: 'user' }, id: { type: 'string' } }, required: ['id'] }] }) as { oneOf: unknown[], properties?: unknown }
  expect(properties).toBeUndefined()
  expect(oneOf).toEqual([{ type: 'object', title: 'user', properties: { type: { const: 'user' }, note: { type: 'string' }, id: { type: 'string' } }, required: ['type', 'id'] }])
})

test('choices that only say what is needed are none to make', () => {
  expect(drawable({ type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, anyOf: [{ required: ['a'] }, { required: ['b'] }] })).not.toHaveProperty('anyOf')
})

test('nothing is asked for that only answers carry', () => {
  expect(drawable({ type: 'object', properties: { id: { type: 'string', readOnly: true }, name: { type: 'string' } } })['properties']).toEqual({ name: { type: 'string' } })
})

test.each([
  [{}, true], [{ description: 'Any.' }, true], [{ type: 'object' }, true], [{ type: 'object', additionalProperties: {} }, true], [{ type: ['object', 'null'], additionalProperties: true }, true], [{ type: 'array' }, true], [{ type: 'array', items: {} }, true],
  [{ type: 'object', additionalProperties: false }, false], [{ type: 'object', additionalProperties: { type: 'string' } }, false], [{ type: 'object', properties: { a: {} } }, false], [{ type: 'array', items: { type: 'string' } }, false], [{ type: 'string' }, false], [{ const: 1 }, false],
  [{ $ref: '#/$defs/A' }, false], [{ anyOf: [{}] }, false],
])('%j may be anything: %s', (schema, isIt) => {
  expect(isAnything(schema)).toBe(isIt)
})

test('a file is known by what it may be instead of a text', () => {
  const [bytes, stored, part] = [{ properties: { $base64: {} } }, { properties: { $blob: {} } }, { properties: { data: {} } }]
  expect(fileForm({ anyOf: [{ type: 'string', description: 'Text, sent as UTF-8.' }, part, bytes, stored] })).toBe('part')
  expect(fileForm({ anyOf: [{ type: 'string', description: 'Text, sent as UTF-8.' }, bytes, stored] })).toBe('bytes')
  expect(fileForm({ anyOf: [{ type: 'string' }, bytes, stored] })).toBe('text')
  expect(fileForm({ anyOf: [{ type: 'string' }, { type: 'integer' }] })).toBeUndefined()
})
