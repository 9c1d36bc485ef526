import { validate } from '@scalar/openapi-parser'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { closeOpenApiEngine, importDocument } from '../catalog/openapi/engine.ts'
import { errorCodes } from '../errors.ts'
import { createApiDocument, type ApiOperation } from './openapi.ts'
import { turnsDuring } from './turns.fixture.ts'
import { defineRoute, pageOf, proxyMethods, timestamp, type Route } from './route.ts'
import { routes } from './routes/index.ts'

const document = await createApiDocument(routes, { version: '1.0.0' })

afterAll(() => closeOpenApiEngine())

function operationOf(method: string, path: string): ApiOperation | undefined {
  return document.paths[path]?.[method.toLowerCase()]
}

describe("the API's own document", () => {
  test('has every route of the table, and nothing else', () => {
    const described = Object.entries(document.paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`))
    const answered = routes.flatMap(({ method, path }) => (method === 'ANY' ? [...proxyMethods] : [method]).map((each) => `${each} ${path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}')}`))
    expect(described.sort()).toEqual(answered.sort())
  })

  test('is made in pieces, with room for calls after each route', async () => {
    expect(await turnsDuring(() => createApiDocument(routes, { version: '1' }))).toBeGreaterThanOrEqual(routes.length)
  })

  test('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await validate(JSON.stringify(document))
    expect(errors).toEqual([])
    expect(valid).toBe(true)
  })

  test('is understood whole by our own import, without a warning', async () => {
    const imported = await importDocument({ bytes: Buffer.from(JSON.stringify(document)), sourceUrl: 'http://127.0.0.1:8080/openapi.json' })
    expect(imported.warnings).toEqual([])
    expect(imported.specification).toBe('3.1')
    expect(imported.operations.every(({ resolvable }) => resolvable)).toBe(true)
    expect(imported.operations.map(({ id }) => id).sort()).toEqual(Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId)).sort())
    expect(imported.credentialSchema).toMatchObject({ apiKey: { type: 'password' } })
  })

  test('refers to nothing that it does not have', () => {
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/([^"]+)"/g)) {
      const [kind, name] = ref!.split('/') as ['schemas' | 'responses', string]
      expect(document.components[kind][name], ref).toBeDefined()
    }
  })

  test('asks for a key exactly where the route does, and says with which scope', () => {
    for (const { method, path, scope, keyScope } of routes) {
      const expected = scope === 'session' ? [] : scope !== 'public' ? [{ apiKey: [scope] }] : keyScope === undefined ? [] : [{}, { apiKey: [keyScope] }]
      const operation = operationOf(method === 'ANY' ? 'GET' : method, path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}'))
      expect(operation?.security, path).toEqual(expected)
      expect('401' in operation!.responses, path).toBe(expected.length > 0)
    }
  })

  test('names operations as one would call them', () => {
    expect(operationOf('GET', '/api/v1/integrations')?.operationId).toBe('listIntegrations')
    expect(operationOf('POST', '/api/v1/integrations')?.operationId).toBe('createIntegration')
    expect(operationOf('POST', '/api/v1/integrations/{id}/run')?.operationId).toBe('runIntegration')
    expect(operationOf('GET', '/api/v1/connectors/{id}/operations/{operation}')?.operationId).toBe('getConnectorOperation')
    expect(operationOf('POST', '/api/v1/connectors/import')?.operationId).toBe('importConnector')
  })

  test("describes every parameter of a path, and every error's code", () => {
    for (const [path, item] of Object.entries(document.paths)) {
      for (const { parameters = [], operationId } of Object.values(item)) {
        const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
        expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name), operationId).toEqual(named)
      }
    }
    const { properties } = document.components.schemas['Problem'] as { properties: { code: { enum: string[] } } }
    expect(properties.code.enum).toEqual(Object.keys(errorCodes))
  })
})

describe('a table of routes', () => {
  const route = (path: string, shape: Partial<Route>): Route => ({ ...defineRoute({ method: 'GET', path, scope: 'public', tag: 'Test', summary: 'Test.', reply: z.string(), handle: async () => '' }), ...shape })

  test('with two shapes of one name is refused', async () => {
    const table = (): Route[] => [route('/a', { reply: z.object({ a: z.string() }).meta({ id: 'TestSame' }) }), route('/b', { reply: z.object({ b: z.string() }).meta({ id: 'TestSame' }) })]
    await expect(createApiDocument(table(), { version: '1' })).rejects.toThrow('TestSame')
  })

  test('with one route twice is refused', async () => {
    await expect(createApiDocument([route('/a', {}), route('/a', {})], { version: '1' })).rejects.toThrow('is there twice')
  })

  test("gives a design's own path a name beside the one under /api/v1", async () => {
    const { paths } = await createApiDocument([route('/api/v1/things/:id', {}), route('/api/thing/:id', {})], { version: '1' })
    expect(Object.values(paths).map((item) => item['get']!.operationId)).toEqual(['getThing', 'getThingAlias'])
    await expect(createApiDocument([route('/api/v1/things/:id', {}), route('/api/thing/:id', {}), route('/thing/:id', {})], { version: '1' })).rejects.toThrow('Two routes are called')
  })

  test('with a shape that differs on the way in and on the way out has both', async () => {
    const shape = z.object({ size: z.number().default(1), at: timestamp.optional() }).meta({ id: 'TestBoth' })
    const { components, paths } = await createApiDocument([route('/both', { method: 'POST', body: shape, reply: pageOf(shape) })], { version: '1' })
    expect(components.schemas).toMatchObject({ TestBoth: { required: ['size'] }, TestBothInput: { properties: { size: { default: 1 } } } })
    expect(components.schemas['TestBothInput']).not.toHaveProperty('required')
    const text = JSON.stringify(paths)
    expect(text).toContain('"#/components/schemas/TestBothInput"')
    expect(text).toContain('"#/components/schemas/TestBoth"')
  })

  test('with a shape that refers to itself asks for its name', async () => {
    const node: z.ZodType = z.lazy(() => z.object({ next: node.optional() }))
    await expect(createApiDocument([route('/node', { reply: z.object({ node }) })], { version: '1' })).rejects.toThrow('needs a name')
  })

  test('says the content type of what is not JSON', async () => {
    const { paths } = await createApiDocument([route('/text', {}), route('/picture', { reply: z.string().meta({ contentMediaType: 'image/svg+xml' }) }), route('/none', { method: 'DELETE', status: 204, reply: z.undefined() }), route('/file', { method: 'POST', bodyKind: 'stream' })], { version: '1' })
    expect(Object.keys((paths['/text']!['get']!.responses['200'] as { content: object }).content)).toEqual(['text/plain'])
    expect(Object.keys((paths['/picture']!['get']!.responses['200'] as { content: object }).content)).toEqual(['image/svg+xml'])
    expect(paths['/none']!['delete']!.responses['204']).not.toHaveProperty('content')
    expect(Object.keys(paths['/file']!['post']!.requestBody!.content)).toEqual(['*/*'])
  })
})
