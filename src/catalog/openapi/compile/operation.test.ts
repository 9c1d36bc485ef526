import { describe, expect, test } from 'vitest'
import { isHubError, type FieldError } from '../../../errors.ts'
import { compiled, documentOf, requestFor } from '../test/operation.ts'
import type { Json } from '../types.ts'

const ok = { responses: { 200: { description: 'ok' } } }

function getting(parameters: Json[], rest: Json = {}, path = '/things') {
  return compiled(documentOf({ [path]: { get: { operationId: 'get', parameters, ...ok, ...rest } } }), 'get')
}

function refusal(run: () => unknown): FieldError[] | unknown {
  try {
    return run()
  } catch (error) {
    return isHubError(error, 'invalid_input') ? error.errors : error
  }
}

describe('parameters', () => {
  test('each goes where the document says, in its style', () => {
    const operation = getting([
      { name: 'id', in: 'path', required: true, style: 'matrix', explode: true, schema: { type: 'array', items: { type: 'integer' } } },
      { name: 'q', in: 'query', schema: { type: 'string' } },
      { name: 'tags', in: 'query', style: 'pipeDelimited', schema: { type: 'array', items: { type: 'string' } } },
      { name: 'where', in: 'query', style: 'deepObject', explode: true, schema: { type: 'object' } },
      { name: 'X-Ids', in: 'header', schema: { type: 'array', items: { type: 'integer' } } },
      { name: 'session', in: 'cookie', schema: { type: 'string' } },
    ], {}, '/things/{id}')
    const request = requestFor(operation, { id: [1, 2], q: 'a b', tags: ['x', 'y'], where: { a: 1 }, 'X-Ids': [3, 4], session: 'a;b' })
    expect(request).toEqual({
      method: 'GET',
      url: 'https://api.example.com/v1/things/;id=1;id=2?q=a%20b&tags=x%7Cy&where%5Ba%5D=1',
      headers: { accept: '*/*', 'x-ids': '3,4', cookie: 'session=a%3Bb' },
    })
  })

  test('content-typed parameters are written as JSON', () => {
    const content = { 'application/json': { schema: { type: 'object' } } }
    const operation = getting([{ name: 'filter', in: 'query', content }, { name: 'X-Filter', in: 'header', content }, { name: 'f', in: 'cookie', content }])
    const request = requestFor(operation, { filter: { a: 1 }, 'X-Filter': { b: 2 }, f: { c: 3 } })
    expect(request.url).toBe('https://api.example.com/v1/things?filter=%7B%22a%22%3A1%7D')
    expect(request.headers).toMatchObject({ 'x-filter': '{"b":2}', cookie: 'f=%7B%22c%22%3A3%7D' })
  })

  test('one parameter may be the whole query', () => {
    const form = { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } }
    expect(requestFor(getting([{ name: 'all', in: 'querystring', content: form }]), { all: { a: 'x y', b: [1, 2] } }).url).toBe('https://api.example.com/v1/things?a=x+y&b=1&b=2')
    expect(requestFor(getting([{ name: 'all', in: 'querystring', content: { 'application/json': {} } }]), { all: { a: 1 } }).url).toBe('https://api.example.com/v1/things?%7B%22a%22%3A1%7D')
    expect(requestFor(getting([{ name: 'all', in: 'querystring', content: { 'text/plain': {} } }]), { all: 'a=b&c d#e' }).url).toBe('https://api.example.com/v1/things?a=b&c%20d%23e')
  })

  test('allowEmptyValue lets an empty text through where the schema would not', () => {
    const operation = getting([{ name: 'page', in: 'query', allowEmptyValue: true, schema: { type: 'integer' } }])
    expect(requestFor(operation, { page: '' }).url).toBe('https://api.example.com/v1/things?page=')
    expect(refusal(() => requestFor(operation, { page: 'x' }))).toMatchObject([{ pointer: '/page' }])
  })

  test('what is optional and absent is not sent, even when it has a default', () => {
    expect(requestFor(getting([{ name: 'limit', in: 'query', schema: { type: 'integer', default: 10 } }]), {}).url).toBe('https://api.example.com/v1/things')
  })

  test('a required parameter with one possible value is sent by itself', () => {
    const operation = getting([{ name: 'Action', in: 'query', required: true, schema: { type: 'string', enum: ['Describe'] } }])
    expect(requestFor(operation, {}).url).toBe('https://api.example.com/v1/things?Action=Describe')
    expect(operation.input['required']).toBeUndefined()
  })

  test('Accept, Content-Type and Authorization as parameters are ignored, as OpenAPI says', () => {
    const operation = getting(['Accept', 'content-type', 'Authorization'].map(name => ({ name, in: 'header', required: true, schema: { type: 'string' } })))
    expect(operation.input).toMatchObject({ properties: {} })
  })

  test('a header value that could end the header is refused', () => {
    const operation = getting([{ name: 'X-A', in: 'header', schema: { type: 'string' } }, { name: 'c', in: 'cookie', style: 'cookie', schema: { type: 'string' } }])
    expect(refusal(() => requestFor(operation, { 'X-A': 'a\r\nX-Evil: 1' }))).toMatchObject([{ pointer: '/X-A' }])
    expect(refusal(() => requestFor(operation, { 'X-A': '😀' }))).toMatchObject([{ pointer: '/X-A' }])
    expect(refusal(() => requestFor(operation, { c: 'a; admin=1' }))).toMatchObject([{ pointer: '/c' }])
  })

  test('names that every object inherits are not mistaken for values', () => {
    const operation = getting(['constructor', 'toString', 'hasOwnProperty'].map(name => ({ name, in: 'query', schema: { type: 'string' } })))
    expect(requestFor(operation, {}).url).toBe('https://api.example.com/v1/things')
    expect(requestFor(operation, { constructor: 'x' }).url).toBe('https://api.example.com/v1/things?constructor=x')
  })
})

describe('the input', () => {
  const operation = compiled(documentOf({
    '/things/{id}': {
      put: {
        operationId: 'put',
        parameters: [
          { name: 'id', in: 'query', schema: { type: 'string' } }, { name: 'id', in: 'path', required: true, description: 'Which one.', schema: { type: 'integer' } },
          { name: 'id', in: 'header', schema: { type: 'string' } }, { name: 'body', in: 'query', schema: { type: 'string' } },
        ],
        requestBody: { required: true, description: 'The new state.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
        ...ok,
      },
    },
  }, { components: { schemas: { Thing: { type: 'object', required: ['id', 'name'], properties: { id: { type: 'string', readOnly: true }, name: { type: 'string' }, parent: { $ref: '#/components/schemas/Thing' } } } } } }), 'put')

  test('parameters have their names, and equal names are told apart by where they go', () => {
    expect(operation.input).toMatchObject({
      type: 'object', required: ['id', 'body'], additionalProperties: false,
      properties: { id: { type: 'integer', description: 'Which one.' }, query_id: { type: 'string' }, header_id: { type: 'string' }, query_body: { type: 'string' }, body: { description: 'The new state.' } },
    })
    const request = requestFor(operation, { id: 1, query_id: 'a', header_id: 'b', query_body: 'c', body: { name: 'x' } })
    expect(request).toMatchObject({ url: 'https://api.example.com/v1/things/1?id=a&body=c', headers: { id: 'b' }, json: { name: 'x' } })
  })

  test('what is read-only is not asked for', () => {
    expect(() => { operation.validateInput({ id: 1, body: { name: 'x', parent: { name: 'y' } } }) }).not.toThrow()
  })

  test('faults come with pointers into the input', () => {
    expect(refusal(() => requestFor(operation, { id: 'x', body: { name: 'x' } }))).toMatchObject([{ pointer: '/id' }])
    expect(refusal(() => requestFor(operation, { id: 1, body: { name: 'x', parent: { name: 2 } } }))).toMatchObject([{ pointer: '/body/parent/name' }])
    expect(refusal(() => requestFor(operation, { id: 1, body: { name: 'x' }, other: 1 }))).toMatchObject([{ pointer: '/other' }])
    expect(refusal(() => requestFor(operation, JSON.parse('{"id":1,"body":{"name":"x"},"__proto__":{}}')))).toMatchObject([{ pointer: '/__proto__' }])
    for (const input of [null, undefined, [], 'x', 5]) expect(refusal(() => { operation.validateInput(input) }), String(input)).toBeInstanceOf(Array)
  })

  test('each parameter is held to its own pattern', () => {
    const patterned = getting([{ name: 'a', in: 'query', schema: { type: 'string', pattern: '^a+$' } }, { name: 'b', in: 'query', schema: { type: 'string', pattern: '^b+$' } }])
    expect(requestFor(patterned, { a: 'aa', b: 'bb' }).url).toBe('https://api.example.com/v1/things?a=aa&b=bb')
    expect(refusal(() => requestFor(patterned, { a: 'aa', b: 'aa' }))).toMatchObject([{ pointer: '/b' }])
  })

  test('the document\'s examples make up one when they cover all that is required', () => {
    const parameters = [{ name: 'id', in: 'path', required: true, example: 7, schema: {} }]
    const requestBody = { required: true, content: { 'application/json': { schema: {}, examples: { one: { $ref: '#/components/examples/One' } } } } }
    const document = documentOf({ '/a/{id}': { post: { operationId: 'post', parameters, requestBody, ...ok } } }, { components: { examples: { One: { value: { a: 1 } } } } })
    expect(compiled(document, 'post').example).toEqual({ id: 7, body: { a: 1 } })
  })
})

describe('servers', () => {
  const servers = [
    { url: 'https://{region}.api.example.com/{base}', variables: { region: { default: 'eu', enum: ['eu', 'us'] }, base: { default: 'v1' } } },
    { url: 'https://sandbox.example.com/' },
  ]
  const operation = compiled(documentOf({ '/a': { get: { operationId: 'get', ...ok } }, '/b': { get: { operationId: 'upload', servers: [{ url: 'https://uploads.example.com' }], ...ok } } }, { servers }), 'get')
  const urlWith = (configuration: Json, endpoint?: string) => requestFor(operation, {}, { configuration, endpoint }).url

  test('variables have their defaults, and take what is configured', () => {
    expect(urlWith({})).toBe('https://eu.api.example.com/v1/a')
    expect(urlWith({ serverVariables: { region: 'us', base: 'v2/x' } })).toBe('https://us.api.example.com/v2/x/a')
  })

  test('another server can be chosen', () => {
    expect(urlWith({ server: 'https://sandbox.example.com/' })).toBe('https://sandbox.example.com/a')
  })

  test('the endpoint wins over a base URL, and that over the document', () => {
    expect(urlWith({ baseUrl: 'https://proxy.example.com/x/', server: 'https://sandbox.example.com/' })).toBe('https://proxy.example.com/x/a')
    expect(urlWith({ baseUrl: 'https://proxy.example.com' }, 'http://127.0.0.1:8080/')).toBe('http://127.0.0.1:8080/a')
  })

  test('a variable cannot change the host to another', () => {
    for (const region of ['evil.example/', 'evil.example#', 'x@evil.example', 'evil.example?', 'evil.example\\']) {
      const result = refusal(() => new URL(urlWith({ serverVariables: { region } })).host)
      if (typeof result === 'string') expect(result, region).toBe('evil.example')
      else expect(result, region).toMatchObject([{ pointer: '/configuration/serverVariables/region' }])
    }
  })

  test('an operation with a server of its own goes there, unless the endpoint is set', () => {
    const document = documentOf({ '/b': { get: { operationId: 'upload', servers: [{ url: 'https://uploads.example.com' }], ...ok } } }, { servers })
    expect(requestFor(compiled(document, 'upload'), {}).url).toBe('https://uploads.example.com/b')
    expect(requestFor(compiled(document, 'upload'), {}, { endpoint: 'http://localhost:1' }).url).toBe('http://localhost:1/b')
  })

  test('a document without a host asks for one', () => {
    const nowhere = compiled(documentOf({ '/a': { get: { operationId: 'get', ...ok } } }, { servers: [{ url: '/v1' }] }), 'get')
    expect(refusal(() => requestFor(nowhere, {}))).toMatchObject([{ pointer: '/configuration/baseUrl' }])
  })

  test('an address with a password, or of another scheme, is refused', () => {
    for (const endpoint of ['https://user:pass@example.com', 'ftp://example.com', 'javascript:alert(1)', 'example.com']) {
      expect(refusal(() => urlWith({}, endpoint)), endpoint).toMatchObject([{ pointer: '/endpoint' }])
    }
  })
})

describe('what a call is like', () => {
  const methods = { get: true, head: true, options: true, put: true, delete: true, post: false, patch: false }

  for (const [method, safe] of Object.entries(methods)) {
    test(`${method.toUpperCase()} ${safe ? 'may' : 'must not'} be repeated`, () => {
      expect(compiled(documentOf({ '/a': { [method]: { operationId: 'x', ...ok } } }), 'x').retrySafe).toBe(safe)
    })
  }

  test('a POST that knows an Idempotency-Key may be repeated, and gets the call\'s key', () => {
    const parameters = [{ name: 'Idempotency-Key', in: 'header', required: true, schema: { type: 'string' } }]
    const operation = compiled(documentOf({ '/a': { post: { operationId: 'x', parameters, ...ok } } }), 'x')
    expect(operation.retrySafe).toBe(true)
    expect(requestFor(operation, {}, { idempotencyKey: 'k1' }).headers).toMatchObject({ 'idempotency-key': 'k1' })
    expect(requestFor(operation, { 'Idempotency-Key': 'mine' }, { idempotencyKey: 'k1' }).headers).toMatchObject({ 'idempotency-key': 'mine' })
  })

  test('JSON is preferred among the types of the answers', () => {
    const content = { 'text/csv': {}, 'application/json': {}, 'application/pdf': {} }
    const operation = compiled(documentOf({ '/a': { get: { operationId: 'x', responses: { 200: { description: '', content } } } } }), 'x')
    expect(requestFor(operation, {}).headers).toEqual({ accept: 'application/json, text/csv;q=0.8, application/pdf;q=0.7' })
  })

  test('an answer is checked against the schema of its status', () => {
    const json = (schema: Json) => ({ description: '', content: { 'application/json': { schema } } })
    const responses = { 200: json({ $ref: '#/components/schemas/A' }), '4XX': json({ type: 'string' }), 204: { description: '' } }
    const schemas = { A: { type: 'object', required: ['id', 'secret'], properties: { id: { type: 'integer' }, secret: { type: 'string', writeOnly: true }, next: { $ref: '#/components/schemas/A' } } } }
    const operation = compiled(documentOf({ '/a': { get: { operationId: 'x', responses } } }, { components: { schemas } }), 'x')
    expect(operation.validateOutput?.({ id: 1, next: { id: 2 } }, 200)).toEqual([])
    expect(operation.validateOutput?.({ id: 1, next: { id: 'x' } }, 200)).toEqual([expect.stringContaining('/next/id')])
    expect(operation.validateOutput?.(5, 404)).toHaveLength(1)
    expect(operation.validateOutput?.(null, 204)).toEqual([])
    expect(operation.validateOutput?.(null, 500)).toEqual(['The status 500 is not described'])
    expect(operation.output).toMatchObject({ $ref: '#/$defs/A', $defs: { A: { type: 'object', required: ['id'] } } })
  })
})
