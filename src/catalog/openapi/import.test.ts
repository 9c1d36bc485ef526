import { describe, expect, test } from 'vitest'
import { isHubError, type HubError } from '../../errors.ts'
import { officialFaults } from './test/official.ts'
import { documentOf, imported } from './test/operation.ts'
import { richDocument } from './test/rich-document.ts'
import type { Json } from './types.ts'

const ok = { responses: { 200: { description: 'ok' } } }
const oneOperation = { '/a': { get: { operationId: 'a', ...ok } } }

function refusal(run: () => unknown): HubError {
  try {
    run()
  } catch (error) {
    if (isHubError(error, 'invalid_document')) return error
    throw error
  }
  throw new Error('It was not refused')
}

describe('versions', () => {
  for (const version of ['3.0.0', '3.0.4', '3.1.0', '3.1.2', '3.2.0']) {
    test(`${version} becomes a valid document of the one normal form`, async () => {
      const { normal, specification } = imported({ ...documentOf(oneOperation), openapi: version })
      expect(normal['openapi']).toBe('3.2.0')
      expect(specification).toBe(version.slice(0, 3))
      expect(officialFaults(normal)).toEqual([])
    })
  }

  test('YAML is taken as JSON is, with its unquoted versions and statuses', () => {
    const yaml = 'openapi: 3.1\ninfo: {title: T, version: 1.0}\npaths:\n  /a:\n    get:\n      responses:\n        200:\n          description: yes\n'
    const { title, version, operations, normal } = imported(yaml)
    expect({ title, version, ids: operations.map(({ id }) => id) }).toEqual({ title: 'T', version: '1', ids: ['get_a'] })
    expect(normal).toMatchObject({ paths: { '/a': { get: { responses: { 200: { description: 'yes' } } } } } })
  })

  test('a byte order mark, JSON called YAML and YAML called JSON do no harm', () => {
    const json = JSON.stringify(documentOf(oneOperation))
    expect(imported(`\ufeff${json}`).operations).toHaveLength(1)
    expect(imported(json, { contentType: 'application/yaml' }).operations).toHaveLength(1)
    expect(imported('openapi: 3.0.0\ninfo: {title: T, version: "1"}\npaths: {}', { contentType: 'application/json' }).title).toBe('T')
  })

  test('3.2\'s own methods are operations', () => {
    const { operations } = imported({ ...documentOf({ '/a': { query: ok, additionalOperations: { COPY: ok } } }), openapi: '3.2.0' })
    expect(operations.map(({ id, method }) => [id, method])).toEqual([['query_a', 'QUERY'], ['copy_a', 'COPY']])
  })

  test('other versions and other formats are refused with a reason', () => {
    for (const [document, pointer] of [[{ openapi: '4.0.0' }, '/openapi'], [{ swagger: '1.2' }, '/swagger'], [{ asyncapi: '3.0.0' }, ''], [{ hello: 1 }, '']] as const) {
      expect(refusal(() => imported(document as Json)).errors).toMatchObject([{ pointer }])
    }
  })
})

describe('what a document is said to be', () => {
  const { operations, servers, operationServers, credentialSchema, configurationSchema, warnings, description } = imported(richDocument())

  test('operations are listed with what a menu needs', () => {
    expect(description).toBe('d')
    expect(warnings).toEqual([])
    expect(operations).toEqual([
      { id: 'put', summary: 's', description: 'd', tags: ['pets'], method: 'PUT', path: '/pets/{id}', hasRequestBody: true, security: [{ key: [] }], resolvable: true },
      { id: 'delete', summary: 's', method: 'DELETE', path: '/pets/{id}', hasRequestBody: false, security: [{ key: [] }, { oauth: ['read'] }], resolvable: true },
    ])
  })

  test('servers come with their variables, and the configuration asks for those', () => {
    expect(servers).toEqual([{ url: 'https://{region}.example.com/v1', description: 'd', variables: { region: { default: 'eu', enum: ['eu', 'us'], description: 'd' } } }])
    expect(operationServers).toEqual([{ url: 'https://pets.example.com' }])
    expect(configurationSchema).toMatchObject({ properties: { baseUrl: { type: 'string' }, serverVariables: { properties: { region: { enum: ['eu', 'us'], default: 'eu' } } } } })
  })

  test('each security scheme becomes a field, its secrets marked', () => {
    expect(credentialSchema).toMatchObject({
      key: { type: 'password', required: false, label: 'API key (header X-Key)' },
      basic: { type: 'password', schema: { properties: { password: { writeOnly: true } }, required: ['username', 'password'] } },
      oauth: { type: 'oauth', schema: { properties: { clientSecret: { writeOnly: true } }, required: ['clientId', 'clientSecret'] } },
    })
  })

  test('a field is required when nothing works without it', () => {
    const securitySchemes = { key: { type: 'apiKey', in: 'query', name: 'k' } }
    expect(imported(documentOf(oneOperation, { security: [{ key: [] }], components: { securitySchemes } })).credentialSchema['key']).toMatchObject({ required: true })
    expect(imported(documentOf(oneOperation, { security: [{ key: [] }, {}], components: { securitySchemes } })).credentialSchema['key']).toMatchObject({ required: false })
  })

  test('schemes that cannot be served are said', () => {
    const securitySchemes = { d: { type: 'http', scheme: 'digest' }, m: { type: 'mutualTLS' } }
    const reply = imported(documentOf(oneOperation, { security: [{ d: [] }, { m: [] }, { gone: [] }], components: { securitySchemes } }))
    expect(reply.credentialSchema).toEqual({})
    expect(reply.warnings).toEqual([expect.stringContaining('digest'), expect.stringContaining('client certificate'), expect.stringContaining('gone')])
  })

  test('a document that is silent about authentication offers an optional token, and can be taken at its word', () => {
    expect(imported(documentOf(oneOperation))).toMatchObject({ credentialSchema: { bearer: { type: 'password', required: false } }, security: [{ bearer: [] }, {}] })
    expect(imported(documentOf(oneOperation), { assumeSecurity: false })).toMatchObject({ credentialSchema: {}, security: [] })
    expect(imported(documentOf(oneOperation, { security: [] }))).toMatchObject({ credentialSchema: {} })
  })

  test('schemes without a word on where they apply go with every operation', () => {
    const reply = imported(documentOf(oneOperation, { components: { securitySchemes: { key: { type: 'apiKey', in: 'query', name: 'k' } } } }))
    expect(reply.operations[0]?.security).toEqual([{ key: [] }, {}])
  })

  test('relative servers and those without a scheme are completed from where the document came', () => {
    const serversOf = (urls: string[], sourceUrl?: string) => imported(documentOf(oneOperation, { servers: urls.map(url => ({ url })) }), sourceUrl === undefined ? {} : { sourceUrl }).servers.map(({ url }) => url)
    expect(serversOf(['/v2', 'v3', 'api.example.com/v4', '//other.example.com'], 'https://docs.example.com/specs/openapi.json')).toEqual([
      'https://docs.example.com/v2', 'https://docs.example.com/specs/v3', 'https://api.example.com/v4', 'https://other.example.com'])
    expect(serversOf([], 'http://localhost:8080/openapi.json')).toEqual(['http://localhost:8080'])
    expect(serversOf(['/v2'])).toEqual(['/v2'])
  })

  test('https goes before its http twin, and other schemes are left out', () => {
    const servers = ['http://a.example/x', 'ws://a.example', 'https://a.example/x', 'http://b.example'].map(url => ({ url }))
    expect(imported(documentOf(oneOperation, { servers })).servers.map(({ url }) => url)).toEqual(['https://a.example/x', 'http://b.example', 'http://a.example/x'])
  })
})

describe('operation names', () => {
  const names = (paths: Json) => imported(documentOf(paths)).operations.map(({ id }) => id)

  test('without an operationId it is method and path', () => {
    expect(names({ '/users/{id}': { get: ok, delete: ok }, '/': { get: ok }, '/a-b.c': { post: ok } })).toEqual(['get_users_id', 'delete_users_id', 'get', 'post_a_b_c'])
  })

  test('one that is there twice stays with the first, whatever else is added', () => {
    const twice = { operationId: 'list', ...ok }
    expect(names({ '/a': { get: twice }, '/b': { get: twice } })).toEqual(['list', 'list_get_b'])
    expect(names({ '/a': { get: twice }, '/aa': { get: twice }, '/b': { get: twice } })).toEqual(['list', 'list_get_aa', 'list_get_b'])
  })

  test('a made-up name gives way to a written one', () => {
    expect(names({ '/a': { get: ok }, '/b': { get: { operationId: 'get_a', ...ok } }, '/a/': { get: ok } })).toEqual(['get_a_2', 'get_a', 'get_a_3'])
  })

  test('what nobody could type or store as a name is none', () => {
    const long = 'x'.repeat(201)
    expect(names({ '/a': { get: { operationId: 'a\u0000b', ...ok } }, '/b': { get: { operationId: long, ...ok } }, '/c': { get: { operationId: '  ', ...ok } } })).toEqual(['get_a', 'get_b', 'get_c'])
    for (const name of names({ [`/${long}`]: { get: ok }, [`/${long}y`]: { get: ok } })) expect(name.length).toBeLessThanOrEqual(210)
  })

  test('webhooks are no operations', () => {
    expect(imported({ openapi: '3.1.0', info: { title: 'T', version: '1' }, webhooks: { x: { post: ok } } })).toMatchObject({ operations: [], warnings: expect.arrayContaining([expect.stringContaining('no operations')]) as string[] })
  })
})

describe('references', () => {
  const withSchema = (schema: Json, schemas: Json = {}) => documentOf({ '/a': { post: { operationId: 'a', requestBody: { content: { 'application/json': { schema } } }, ...ok } }, '/b': { get: { operationId: 'b', ...ok } } }, { components: { schemas } })

  test('one that leads outside is not followed: its operation is unusable and the others stay', () => {
    for (const $ref of ['pet.yaml#/Pet', 'https://example.com/pet.json', 'file:///etc/passwd', '../x.json', 'http://169.254.169.254/latest']) {
      const reply = imported(withSchema({ properties: { x: { $ref: '#/components/schemas/Far' } } }, { Far: { items: { $ref } } }))
      expect(reply.operations.map(({ id, resolvable }) => [id, resolvable]), $ref).toEqual([['a', false], ['b', true]])
      expect(reply.warnings, $ref).toEqual(expect.arrayContaining([expect.stringContaining('outside the document')]))
    }
  })

  test('one that leads nowhere, too', () => {
    const reply = imported(withSchema({ $ref: '#/components/schemas/Gone' }))
    expect(reply.operations.map(({ resolvable }) => resolvable)).toEqual([false, true])
    expect(reply.warnings).toEqual(expect.arrayContaining(['#/components/schemas/Gone is not in the document (/paths/~1a/post/requestBody/content/application~1json/schema)']))
  })

  test('a document of nothing but unusable operations is refused, pointing at each', () => {
    const document = documentOf({ '/a': { get: { parameters: [{ $ref: 'params.yaml#/Id' }], ...ok } } })
    expect(refusal(() => imported(document)).errors).toMatchObject([{ pointer: '/paths/~1a/get/parameters/0' }])
  })

  test('one that leads nowhere in an answer leaves the operation usable', async () => {
    const reply = imported(documentOf({ '/a': { get: { responses: { 200: { $ref: '#/components/responses/Gone' }, 400: { description: '', content: { 'application/json': { schema: { $ref: 'x.json' } } } } } } } }))
    expect(reply.operations).toMatchObject([{ resolvable: true }])
    expect(officialFaults(reply.normal)).toEqual([])
  })

  test('a document may refer to itself by its address, by $self, by $id and by anchor', () => {
    const schemas = { A: { $id: 'https://example.com/a', $defs: { inner: { type: 'string' } }, properties: { i: { $ref: '#/$defs/inner' } } }, B: { $anchor: 'bee', type: 'integer' } }
    for (const $ref of ['https://docs.example.com/openapi.json#/components/schemas/B', 'openapi.json#bee', '#bee', 'https://example.com/a']) {
      const reply = imported(withSchema({ $ref }, schemas), { sourceUrl: 'https://docs.example.com/openapi.json' })
      expect(reply.operations[0], $ref).toMatchObject({ resolvable: true })
      expect(JSON.stringify(reply.normal), $ref).toContain('"$ref":"#/components/schemas/A/$defs/inner"')
    }
  })

  test('recursion through properties stays, and a schema that includes itself is taken as anything', () => {
    const reply = imported(withSchema({ $ref: '#/components/schemas/Tree' }, {
      Tree: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } } },
      A: { $ref: '#/components/schemas/B' }, B: { allOf: [{ $ref: '#/components/schemas/A' }] }, Self: { anyOf: [{ $ref: '#/components/schemas/Self' }, { type: 'string' }] },
    }))
    expect(reply.normal).toMatchObject({ components: { schemas: { Tree: { properties: { children: { items: { $ref: '#/components/schemas/Tree' } } } } } } })
    expect(reply.warnings).toContain('A schema that includes itself is read as taking any value')
    const { Self, A, B } = (reply.normal['components'] as { schemas: Record<string, Json> }).schemas
    expect(JSON.stringify([Self, A, B]).match(/\$ref/g)).toHaveLength(1)
  })

  test('parameters that refer to each other without end make the operation unusable', () => {
    const parameters = { A: { $ref: '#/components/parameters/B' }, B: { $ref: '#/components/parameters/A' } }
    const reply = imported(documentOf({ '/a': { get: { parameters: [{ $ref: '#/components/parameters/A' }], ...ok } }, '/b': { get: ok } }, { components: { parameters } }))
    expect(reply.operations.map(({ resolvable }) => resolvable)).toEqual([false, true])
  })

  test('a path may refer to another', () => {
    const document = documentOf({ '/a': { $ref: '#/components/pathItems/Shared' }, '/b': { $ref: '#/paths/~1a' } }, { components: { pathItems: { Shared: { get: ok } } } })
    expect(imported(document).operations.map(({ id }) => id)).toEqual(['get_a', 'get_b'])
  })
})

describe('Google\'s resource names', () => {
  const at = (url: string, path: string, parameter: Json) => imported(documentOf({ [path]: { get: { parameters: [{ in: 'path', required: true, schema: { type: 'string' }, ...parameter }], ...ok } } }, { servers: [{ url }] }))
  const isMarked = (reply: { normal: Json }) => JSON.stringify(reply.normal).includes('"x-multi-segment":true')

  test('keep their slashes in Google\'s documents, and only there', () => {
    expect(isMarked(at('https://pubsub.googleapis.com', '/v1/{name}', { name: 'name' }))).toBe(true)
    expect(isMarked(at('https://pubsub.googleapis.com', '/v1/{topic}', { name: 'topic', description: 'Has the form `projects/{project}/topics/{topic}`.' }))).toBe(true)
    expect(isMarked(at('https://storage.googleapis.com', '/b/{bucket}', { name: 'bucket', description: 'Name of a bucket.' }))).toBe(false)
    expect(isMarked(at('https://api.example.com', '/v1/{name}', { name: 'name' }))).toBe(false)
    expect(isMarked(at('https://pubsub.googleapis.com.evil.example', '/v1/{name}', { name: 'name' }))).toBe(false)
  })

  test('are recognised by the plus of a template that kept it', () => {
    expect(isMarked(at('https://api.example.com', '/v1/{+name}', { name: 'name' }))).toBe(true)
  })
})

describe('what documents get wrong', () => {
  test('harmless faults are warnings, and the result is a valid document', async () => {
    const reply = imported({
      openapi: '3.0.0', info: { title: 'T' },
      paths: {
        'no-slash/{id}/{other}': { get: { operationId: 7, tags: ['a', 1], parameters: [{ name: 'ID', in: 'path', schema: { type: 'string' } }, { name: 'id', in: 'Path', schema: null }, { name: '', in: 'query' }, { name: 'q', in: 'query', style: 'bogus', schema: { type: 'int' } }, { name: 'b', in: 'body', schema: {} }], responses: { 200: { content: { '': { schema: {} } } }, oops: {} } } },
      },
      components: { schemas: { Odd: { type: 'String', required: true, enum: [], pattern: '(', minLength: -1, maximum: '5', properties: { n: { nullable: true, type: 'integer', exclusiveMinimum: true, minimum: 0, enum: ['1', '2'] } }, items: [{ type: 'string' }], allOf: [] } } },
    })
    expect(reply.warnings.length).toBeGreaterThan(8)
    expect(officialFaults(reply.normal)).toEqual([])
    expect(reply.operations).toMatchObject([{ id: '7', path: '/no-slash/{id}/{other}', hasRequestBody: true }])
    expect(reply.normal).toMatchObject({ components: { schemas: { Odd: { type: 'string', maximum: 5, prefixItems: [{ type: 'string' }], properties: { n: { type: ['integer', 'null'], exclusiveMinimum: 0, enum: [1, 2, null] } } } } } })
  })

  test('faults that leave the meaning open refuse the document, all at once and each with its pointer', () => {
    const { errors } = refusal(() => imported(documentOf({ '/a': { get: 'nope', post: { parameters: [{ in: 'query' }, { name: 'x', in: 'nowhere' }], requestBody: [] } }, '/b': [] }, { components: { schemas: { A: { properties: { x: 'string' } } } } })))
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/paths/~1a/get', '/paths/~1a/post/parameters/0/name', '/paths/~1a/post/parameters/1/in', '/paths/~1a/post/requestBody', '/paths/~1b', '/components/schemas/A/properties/x'])
  })

  test('in YAML a fault says its line and column, in syntax and in content', () => {
    const content = refusal(() => imported('openapi: 3.0.0\ninfo: {title: T, version: "1"}\npaths:\n  /a:\n    get: nope\n'))
    expect(content.errors).toEqual([{ pointer: '/paths/~1a/get', detail: 'must be an object, not a string (line 5, column 10)' }])
    const syntax = refusal(() => imported('openapi: 3.0.0\ninfo: {title: T\npaths: {}\n'))
    expect(syntax.errors?.[0]?.detail).toMatch(/line \d+, column \d+/)
    expect(refusal(() => imported('{"openapi": "3.0.0",}')).errors?.[0]?.detail).toMatch(/line 1 column \d+/)
  })
})
