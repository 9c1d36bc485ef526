import { describe, expect, test } from 'vitest'
import { documentOf, imported } from '../test/operation.ts'
import { richDocument } from '../test/rich-document.ts'
import type { Json } from '../types.ts'
import { differences } from './differences.ts'

const between = (before: Json, after: Json) => differences(imported(before).normal, imported(after).normal)
const json = (schema: Json) => ({ content: { 'application/json': { schema } } })
const operation = (rest: Json = {}) => ({ operationId: 'x', summary: 'Does x', responses: { 200: { description: 'ok' } }, ...rest })

/** The changes of the one operation, its sentences with a mark where they are breaking. */
function changes(before: Json, after: Json, [was, is]: [Json, Json] = [{}, {}]): string[] {
  const result = between(documentOf({ '/a': { post: operation(before) } }, was), documentOf({ '/a': { post: operation(after) } }, is))
  expect([...result.added, ...result.removed]).toEqual([])
  return result.changed.flatMap(({ changes: list }) => list.map(({ sentence, breaking }) => `${breaking ? '! ' : ''}${sentence}`))
}

const bodies = (before: Json, after: Json) => changes({ requestBody: json(before) }, { requestBody: json(after) })
const answers = (before: Json, after: Json) => changes({ responses: { 200: { description: '', ...json(before) } } }, { responses: { 200: { description: '', ...json(after) } } })
const parameters = (before: Json[], after: Json[]) => changes({ parameters: before }, { parameters: after })
const object = (properties: Json, required: string[] = []) => ({ type: 'object', properties, required })
const query = (name: string, schema: Json = {}, rest: Json = {}) => ({ name, in: 'query', schema, ...rest })

test('a document does not differ from itself, nor by order, descriptions or examples', () => {
  const nothing = { added: [], removed: [], changed: [], document: [], breaking: false }
  expect(between(richDocument(), richDocument())).toEqual(nothing)
  const reworded = JSON.parse(JSON.stringify(richDocument()).replaceAll('"description":"d"', '"description":"other"')) as Json
  expect(between(richDocument(), reworded)).toEqual(nothing)
})

describe('operations', () => {
  const paths = (names: string[]) => documentOf(Object.fromEntries(names.map(name => [`/${name}`, { get: { operationId: name, responses: {} } }])))

  test('are added and removed, and only a removal breaks', () => {
    expect(between(paths(['a', 'b']), paths(['b', 'c']))).toMatchObject({ added: [{ id: 'c', method: 'GET', path: '/c' }], removed: [{ id: 'a' }], breaking: true })
    expect(between(paths(['a']), paths(['a', 'b']))).toMatchObject({ added: [{ id: 'b' }], removed: [], breaking: false })
  })

  test('may be renamed, which breaks those who call them, or moved, which the hub follows', () => {
    const named = (id: string, path: string) => documentOf({ [path]: { get: { operationId: id, responses: {} } } })
    expect(between(named('a', '/a'), named('b', '/a')).changed).toMatchObject([{ id: 'b', breaking: true, changes: [{ sentence: 'It was called a' }] }])
    expect(between(named('a', '/a'), named('a', '/v2/a')).changed).toMatchObject([{ breaking: false, changes: [{ sentence: 'It moved from GET /a to GET /v2/a' }] }])
  })

  test('may be deprecated', () => {
    expect(changes({}, { deprecated: true })).toEqual(['It is now deprecated'])
  })
})

describe('parameters', () => {
  test('a new required one breaks, an optional one doesn\'t', () => {
    expect(parameters([], [query('a'), query('b', {}, { required: true })])).toEqual(['The parameter a (query) was added', '! The required parameter b (query) was added'])
  })

  test('one that is gone, or newly required, breaks', () => {
    expect(parameters([query('a'), query('b'), query('c', {}, { required: true })], [query('b', {}, { required: true }), query('c')])).toEqual([
      '! The parameter a (query) was removed', '! The parameter b (query) is now required', 'The parameter c (query) is no longer required'])
  })

  test('types and enums that take less break', () => {
    expect(parameters([query('a', { type: 'number' }), query('b', { type: 'integer' }), query('c', { enum: ['x', 'y'] })], [query('a', { type: 'integer' }), query('b', { type: 'number' }), query('c', { enum: ['y', 'z'] })])).toEqual([
      '! `a (query)` was number, is integer', '`b (query)` was integer, is number', '! `c (query)` no longer takes "x"', '`c (query)` may now be "z"'])
  })

  test('another style is the hub\'s affair', () => {
    expect(parameters([query('a', { type: 'array' })], [query('a', { type: 'array' }, { explode: false })])).toEqual(['The parameter a (query) is now written in another way (default style, explode false)'])
  })
})

describe('bodies', () => {
  test('one that becomes required, or goes, breaks', () => {
    expect(changes({ requestBody: json({}) }, { requestBody: { required: true, ...json({}) } })).toEqual(['! The body is now required'])
    expect(changes({ requestBody: json({}) }, {})).toEqual(['! The body was removed'])
    expect(changes({}, { requestBody: json({}) })).toEqual(['A body was added'])
  })

  test('fields are named by where they are', () => {
    const line = (rest: Json, required: string[] = []) => object({ lines: { type: 'array', items: object({ sku: { type: 'string' }, ...rest }, required) } })
    expect(bodies(line({ price: { type: 'number' } }), line({ price: { type: 'string' }, count: { type: 'integer' } }, ['sku', 'count']))).toEqual([
      '! `body.lines[].price` was number, is string', '! `body.lines[].count` was added, and is required', '! `body.lines[].sku` is now required'])
  })

  test('limits break when they become stricter', () => {
    expect(bodies({ type: 'string', maxLength: 10, minLength: 1 }, { type: 'string', maxLength: 5, minLength: 0, pattern: '^a' })).toEqual([
      '`body` had minLength 1, has 0', '! `body` had maxLength 10, has 5', '! `body` has the new limit pattern "^a"'])
  })

  test('content types that go break', () => {
    expect(changes({ requestBody: { content: { 'application/json': {}, 'text/csv': {} } } }, { requestBody: { content: { 'application/json': {}, 'application/xml': {} } } })).toEqual([
      '! `body` can no longer be text/csv', '`body` can now be application/xml'])
  })
})

describe('answers', () => {
  test('a field that goes, or may be missing, breaks; a new one doesn\'t', () => {
    expect(answers(object({ a: { type: 'string' }, b: { type: 'string' } }, ['b']), object({ b: { type: 'string' }, c: { type: 'string' } }))).toEqual([
      '! `answer 200.a` was removed', '`answer 200.c` was added', '! `answer 200.b` is no longer always there'])
  })

  test('types that give more break, those that give less don\'t', () => {
    expect(answers(object({ a: { type: 'string' }, b: { type: ['string', 'null'] } }), object({ a: { type: ['string', 'null'] }, b: { type: 'string' } }))).toEqual([
      '! `answer 200.a` was string, is string or null', '`answer 200.b` was string or null, is string'])
  })

  test('a status that is no longer described breaks when it was a success', () => {
    expect(changes({ responses: { 200: { description: '' }, 404: { description: '' } } }, { responses: { 201: { description: '' } } })).toEqual([
      '! The answer 200 is no longer described', 'The answer 404 is no longer described', 'The answer 201 is now described'])
  })
})

describe('shared schemas', () => {
  const using = { requestBody: json({ $ref: '#/components/schemas/Outer' }) }
  const withInner = (inner: Json) => ({ components: { schemas: { Outer: object({ inner: { $ref: '#/components/schemas/Inner' }, self: { $ref: '#/components/schemas/Outer' } }), Inner: inner } } })

  test('a change deep in a shared schema is said of the operations that use it, once', () => {
    expect(changes(using, using, [withInner(object({ a: { type: 'string' } })), withInner(object({ a: { type: 'integer' } }))])).toEqual(['! `body.inner.a` was string, is integer'])
  })

  test('a schema that moves into allOf or behind a reference is the same as before', () => {
    expect(bodies(object({ a: { type: 'string' } }), { allOf: [{ type: 'object' }, { properties: { a: { type: 'string' } } }] })).toEqual([])
    expect(changes(using, { requestBody: json(object({ inner: object({ a: {} }), self: { $ref: '#/components/schemas/Outer' } })) }, [withInner(object({ a: {} })), withInner(object({ a: {} }))])).toEqual([])
  })

  test('alternatives come and go', () => {
    const schemas = { components: { schemas: { Cat: { type: 'object' }, Dog: { type: 'object' } } } }
    const oneOf = (...names: string[]) => ({ requestBody: json({ oneOf: names.map(name => ({ $ref: `#/components/schemas/${name}` })) }) })
    expect(changes(oneOf('Cat'), oneOf('Cat', 'Dog'), [schemas, schemas])).toEqual(['`body` can now also be Dog'])
    expect(changes(oneOf('Cat', 'Dog'), oneOf('Cat'), [schemas, schemas])).toEqual(['! `body` can no longer be Dog'])
  })
})

describe('security and servers', () => {
  const securitySchemes = { key: { type: 'apiKey', in: 'query', name: 'k' }, token: { type: 'http', scheme: 'bearer' } }
  const schemes = { components: { securitySchemes } }

  test('asking for other credentials breaks unless the old ones still do', () => {
    expect(changes({ security: [{ key: [] }] }, { security: [{ token: [] }] }, [schemes, schemes])).toEqual(['! It asked for key, asks for token'])
    expect(changes({ security: [{ key: [] }] }, { security: [{ token: [] }, { key: [] }] }, [schemes, schemes])).toEqual(['It asked for key, asks for token or key'])
    expect(changes({ security: [{ key: [] }] }, { security: [] }, [schemes, schemes])).toEqual(['It asked for key, asks for nothing'])
  })

  test('a document\'s own security counts for operations without one', () => {
    expect(changes({}, {}, [{ ...schemes, security: [{ key: [] }] }, { ...schemes, security: [{ token: [] }] }])).toEqual(['! It asked for key, asks for token'])
  })

  test('servers and schemes are said of the document', () => {
    const before = documentOf({}, { ...schemes, security: [], servers: [{ url: 'https://a.example.com' }] })
    const after = documentOf({}, { security: [], servers: [{ url: 'https://b.example.com' }, { url: 'https://a.example.com' }], components: { securitySchemes: { token: { type: 'http', scheme: 'basic' }, extra: { type: 'http', scheme: 'bearer' } } } })
    expect(between(before, after)).toMatchObject({
      breaking: true,
      document: [
        { sentence: 'The server was https://a.example.com, is https://b.example.com', breaking: true }, { sentence: 'The security scheme key was removed', breaking: true },
        { sentence: 'The security scheme token changed', breaking: true }, { sentence: 'The security scheme extra was added', breaking: false },
      ],
    })
  })
})
