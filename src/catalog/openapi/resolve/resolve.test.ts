import { describe, expect, test } from 'vitest'
import { documentOf, imported, resolved } from '../test/operation.ts'
import type { Json } from '../types.ts'
import { openDocument, resolve } from './resolve.ts'

const body = (schema: Json) => ({ content: { 'application/json': { schema } } })
const ok = { responses: { 200: { description: 'ok' } } }
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

describe('one operation by itself', () => {
  test('parameters of the path come first, and the operation\'s own replace them', () => {
    const document = documentOf({
      '/a/{id}': {
        parameters: [{ $ref: '#/components/parameters/Id' }, { name: 'X-Trace', in: 'header', schema: { type: 'string' } }, { name: 'q', in: 'query', schema: { type: 'string' } }],
        get: { operationId: 'x', parameters: [{ name: 'q', in: 'query', required: true, schema: { type: 'integer' } }, { name: 'x-trace', in: 'header', schema: { type: 'integer' } }], ...ok },
      },
    }, { components: { parameters: { Id: { name: 'id', in: 'path', required: true, schema: ref('Id') } }, schemas: { Id: { type: 'integer' } } } })
    const { parameters, inputDefs } = resolved(document, 'x')
    expect(parameters.map(({ name, in: place, required, schema, style, explode }) => ({ name, place, required, schema, style, explode }))).toEqual([
      { name: 'id', place: 'path', required: true, schema: { $ref: '#/$defs/Id' }, style: 'simple', explode: false },
      { name: 'x-trace', place: 'header', required: false, schema: { type: 'integer' }, style: 'simple', explode: false },
      { name: 'q', place: 'query', required: true, schema: { type: 'integer' }, style: 'form', explode: true },
    ])
    expect(inputDefs).toEqual({ Id: { type: 'integer' } })
  })

  test('bodies, responses, headers, examples and media types are found behind their references', () => {
    const document = { ...documentOf({ '/a': { post: { operationId: 'x', requestBody: { $ref: '#/components/requestBodies/B' }, responses: { 200: { $ref: '#/components/responses/R' } } } } }, {
      components: {
        requestBodies: { B: { required: true, content: { 'application/json': { $ref: '#/components/mediaTypes/M' } } } },
        mediaTypes: { M: { schema: { type: 'object' }, examples: { e: { $ref: '#/components/examples/E' } } } },
        examples: { E: { value: { a: 1 } } },
        responses: { R: { description: 'r', headers: { 'X-H': { $ref: '#/components/headers/H' } }, content: { 'text/plain': { schema: { type: 'string' } } } } },
        headers: { H: { description: 'h', schema: { type: 'integer' } } },
      },
    }), openapi: '3.2.0' }
    expect(resolved(document, 'x')).toMatchObject({
      requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' }, example: { a: 1 } } } },
      responses: { 200: { description: 'r', headers: { 'X-H': { description: 'h', schema: { type: 'integer' } } }, content: { 'text/plain': { schema: { type: 'string' } } } } },
    })
  })

  test('references with equal last segments stay apart', () => {
    const schemas = { 'a/Thing': { type: 'string' }, 'b/Thing': { type: 'integer' }, Thing: { type: 'object', properties: { Thing: { type: 'boolean' } } } }
    const refs = ['#/components/schemas/a~1Thing', '#/components/schemas/b~1Thing', '#/components/schemas/Thing', '#/components/schemas/Thing/properties/Thing']
    const properties = Object.fromEntries(refs.map(($ref, i) => [`p${i}`, { $ref }]))
    const { requestBody, inputDefs } = resolved(documentOf({ '/a': { post: { operationId: 'x', requestBody: body({ properties }), ...ok } } }, { components: { schemas } }), 'x')
    const read = requestBody?.content['application/json']?.schema as { properties: Record<string, { $ref: string }> }
    const targets = Object.values(read.properties).map(({ $ref }) => inputDefs[$ref.slice('#/$defs/'.length)])
    expect(targets).toEqual([{ type: 'string' }, { type: 'integer' }, { type: 'object', properties: { Thing: { type: 'boolean' } } }, { type: 'boolean' }])
  })

  test('recursion stays a reference, and data that looks like one stays data', () => {
    const schemas = { Tree: { type: 'object', properties: { children: { type: 'array', items: ref('Tree') }, $ref: { type: 'string' } }, default: { $ref: '#/components/schemas/Tree' }, examples: [{ $ref: 'x' }] } }
    expect(resolved(documentOf({ '/a': { post: { operationId: 'x', requestBody: body(ref('Tree')), ...ok } } }, { components: { schemas } }), 'x').inputDefs).toEqual({
      Tree: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/$defs/Tree' } }, $ref: { type: 'string' } }, default: { $ref: '#/components/schemas/Tree' }, examples: [{ $ref: 'x' }] },
    })
  })

  test('read-only is not required of what is sent, write-only not of what comes back, also through allOf', () => {
    const schemas = {
      Base: { type: 'object', required: ['id', 'secret', 'name'], properties: { id: { type: 'string', readOnly: true }, secret: ref('Secret'), name: { type: 'string' } } },
      Secret: { type: 'string', writeOnly: true }, Sub: { allOf: [ref('Base'), { required: ['id', 'secret'] }], required: ['id'] },
    }
    const document = documentOf({ '/a': { post: { operationId: 'x', requestBody: body(ref('Sub')), responses: { 200: { description: '', ...body(ref('Sub')) } } } } }, { components: { schemas } })
    const { inputDefs, outputDefs } = resolved(document, 'x')
    expect(inputDefs).toMatchObject({ Base: { required: ['secret', 'name'] }, Sub: { allOf: [{}, { required: ['secret'] }] } })
    expect(inputDefs['Sub']).not.toHaveProperty('required')
    expect(outputDefs).toMatchObject({ Base: { required: ['id', 'name'] }, Sub: { allOf: [{}, { required: ['id'] }], required: ['id'] } })
  })

  test('what would be too large to check is cut off far from the root, and says so', () => {
    const count = 5000
    const schemas = Object.fromEntries(Array.from({ length: count }, (_, i) => [`S${i}`, { type: 'object', properties: { a: ref(`S${(2 * i + 1) % count}`), b: ref(`S${(2 * i + 2) % count}`) } }]))
    const result = resolved(documentOf({ '/a': { post: { operationId: 'x', requestBody: body(ref('S0')), ...ok } } }, { components: { schemas } }), 'x')
    expect(result.truncated).toBe(true)
    expect(result.inputDefs['S0']).toMatchObject({ properties: { a: { $ref: '#/$defs/S1' } } })
    const defs = Object.values(result.inputDefs)
    expect(defs.some(schema => JSON.stringify(schema) === '{}')).toBe(true)
    expect(defs.length).toBeLessThan(count)
    // Every reference is there to be followed.
    for (const [, name] of JSON.stringify(result).matchAll(/"#\/\$defs\/([^"]+)"/g)) expect(result.inputDefs).toHaveProperty([name as string])
  })

  test('the nearest servers and security count', () => {
    const servers = (url: string) => ({ servers: [{ url }] })
    const document = documentOf({
      '/a': { ...servers('https://path.example.com'), get: { operationId: 'own', ...servers('https://own.example.com'), security: [], ...ok }, put: { operationId: 'path', ...ok } },
      '/b': { get: { operationId: 'root', ...ok } },
    }, { security: [{ key: [] }], components: { securitySchemes: { key: { type: 'apiKey', in: 'query', name: 'k' } } } })
    const opened = openDocument(imported(document).normal)
    expect(['own', 'path', 'root'].map(id => resolve(opened, id)).map(({ servers: list, security }) => [list[0]?.url, security])).toEqual([
      ['https://own.example.com', []], ['https://path.example.com', [{ key: [] }]], ['https://api.example.com/v1', [{ key: [] }]],
    ])
  })

  test('the result is plain JSON', () => {
    const result = resolved(documentOf({ '/a': { get: { operationId: 'x', ...ok } } }), 'x')
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
  })

  test('an unusable operation says why, and an unknown one that it is unknown', () => {
    const document = documentOf({ '/a': { get: { operationId: 'bad', parameters: [{ $ref: 'far.yaml#/x' }], ...ok } }, '/b': { get: { operationId: 'good', ...ok } } })
    expect(() => resolved(document, 'bad')).toThrow(expect.objectContaining({ code: 'invalid_document', message: expect.stringContaining('far.yaml') as string }) as Error)
    for (const id of ['none', '', '__proto__', 'constructor']) expect(() => resolved(document, id)).toThrow(expect.objectContaining({ code: 'operation_not_found' }) as Error)
  })
})
