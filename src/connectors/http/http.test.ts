import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Operation } from '../connector.ts'
import { testContext, type TestContext } from '../test-context.ts'
import { isHubError, type ErrorCode } from '../../errors.ts'
import { closedPort, startUpstream, type Upstream } from '../../lib/http/test-upstream.ts'
import { httpConnector } from './index.ts'
import { isSignedRight } from '../../lib/aws-sigv4.fixture.ts'

interface Seen { method: string, url: string, headers: IncomingMessage['headers'], body: Buffer, message: IncomingMessage }

let server: Upstream
let seen: Seen[]
let answer: (request: Seen) => { status?: number, body?: unknown }
const contexts: TestContext[] = []

beforeEach(async () => {
  seen = []
  answer = () => ({ body: { ok: true } })
  server = await startUpstream(async (message, response) => {
    const request = { method: message.method!, url: message.url!, headers: message.headers, body: await buffer(message), message }
    seen.push(request)
    const { status = 200, body } = answer(request)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? null))
  })
})

afterEach(async () => {
  for (const context of contexts.splice(0)) await context[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

interface Setting { credentials?: Record<string, unknown>, configuration?: Record<string, unknown>, endpoint?: string }

function contextOf({ endpoint = server.url, ...rest }: Setting): TestContext {
  const context = testContext({ connector: httpConnector, endpoint, ...rest })
  contexts.push(context)
  return context
}

async function find(id: string): Promise<Operation> {
  return (await httpConnector.operations.find(id))!
}

async function run(id: string, input: unknown, { idempotencyKey, ...setting }: Setting & { idempotencyKey?: string } = {}): Promise<unknown> {
  return (await find(id)).run({ ...contextOf(setting), input, ...idempotencyKey !== undefined && { idempotencyKey } })
}

const withCode = (code: ErrorCode) => (error: unknown): boolean => isHubError(error, code)

describe('a request', () => {
  test('goes below the base URL with its query and headers, and answers what came back', async () => {
    answer = () => ({ status: 201, body: { id: 7 } })
    const reply = await run('request', { method: 'POST', url: '/users', query: { page: 2, tag: ['a b', 'c'], none: null }, headers: { 'X-Trace': 't1' }, json: { name: 'Ada' } }, { endpoint: `${server.url}/v1/` })
    expect(seen).toMatchObject([{ method: 'POST', url: '/v1/users?page=2&tag=a%20b&tag=c', headers: { 'x-trace': 't1', 'content-type': 'application/json' } }])
    expect(JSON.parse(seen[0]!.body.toString())).toEqual({ name: 'Ada' })
    expect(reply).toMatchObject({ status: 201, data: { id: 7 }, headers: { 'content-type': 'application/json' } })
  })

  test.each([
    [{ json: null }, 'application/json', 'null'],
    [{ json: [1, 'é'] }, 'application/json', '[1,"é"]'],
    [{ form: { a: 'b c', n: 1, yes: true } }, 'application/x-www-form-urlencoded', 'a=b+c&n=1&yes=true'],
    [{ text: '<a/>', headers: { 'Content-Type': 'application/xml' } }, 'application/xml', '<a/>'],
    [{ text: 'hello' }, 'text/plain; charset=utf-8', 'hello'],
  ])('carries the body %j', async (body, type, bytes) => {
    await run('post', { url: '/x', ...body })
    expect(seen[0]!.headers['content-type']).toBe(type)
    expect(seen[0]!.body.toString()).toBe(bytes)
  })

  test('carries binary bodies byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 128])
    await run('put', { url: '/file', base64: bytes.toString('base64') })
    expect(seen[0]!.body.equals(bytes)).toBe(true)
  })

  test.each(['get', 'post', 'put', 'patch', 'delete'])('by %s uses that method', async (id) => {
    await run(id, { url: '/x' })
    expect(seen[0]!.method).toBe(id.toUpperCase())
  })

  test('that is refused says so with its status', async () => {
    answer = () => ({ status: 404, body: { error: { message: 'no such user' } } })
    await expect(run('get', { url: '/x' })).rejects.toSatisfy((error) => isHubError(error, 'upstream_rejected') && error.upstreamStatus === 404)
  })
})

describe('input', () => {
  test.each([
    [{ method: 'FETCH' }, '/method'],
    [{ method: 'GET', body: 1 }, '/body'],
    [{ method: 'GET', headers: { 'bad name': 'x' } }, '/headers/bad name'],
    [{ method: 'GET', headers: { a: 'x\r\ny: z' } }, '/headers/a'],
    [{ method: 'POST', base64: '***' }, '/base64'],
    [{ method: 'POST', json: 1, text: 'x' }, '/json'],
    [{ method: 'GET', query: { a: {} } }, '/query/a'],
    [null, ''],
  ])('%j is refused with a pointer, before anything is sent', async (input, pointer) => {
    const operation = await find('request')
    expect(() => operation.validateInput(input)).toThrow(expect.objectContaining({ code: 'invalid_input', errors: expect.arrayContaining([expect.objectContaining({ pointer })]) }))
    await expect(run('request', input)).rejects.toSatisfy(withCode('invalid_input'))
    expect(seen).toEqual([])
  })

  test('a GET with a body is refused', async () => {
    await expect(run('request', { method: 'GET', url: '/x', text: 'y' })).rejects.toSatisfy(withCode('invalid_input'))
  })
})

describe('repeating', () => {
  test.each([
    ['request', { method: 'GET' }, true, true], ['request', { method: 'HEAD' }, true, true], ['request', { method: 'PUT', json: 1 }, true, false], ['request', { method: 'DELETE' }, true, false],
    ['request', { method: 'POST' }, false, false], ['request', { method: 'PATCH' }, false, false], ['request', { method: 'POST', headers: { 'Idempotency-Key': 'k' } }, true, false],
    ['post', { json: 1 }, false, false], ['post', { headers: { 'idempotency-key': 'k' } }, true, false], ['get', {}, true, true], ['delete', {}, true, false],
  ])('%s %j is safe: %s, reading: %s', async (id, input, safe, reads) => {
    const { retrySafe, readOnly } = await find(id)
    expect(typeof retrySafe === 'function' ? retrySafe(input) : retrySafe).toBe(safe)
    expect(typeof readOnly === 'function' ? readOnly(input) : readOnly).toBe(reads)
  })

  test('a POST carries the idempotency key of its run, unless the caller has one', async () => {
    await run('post', { url: '/x' }, { idempotencyKey: 'run-1' })
    await run('post', { url: '/x', headers: { 'Idempotency-Key': 'mine' } }, { idempotencyKey: 'run-1' })
    await run('get', { url: '/x' }, { idempotencyKey: 'run-1' })
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['run-1', 'mine', undefined])
  })
})

describe('authentication', () => {
  test.each([
    ['none', {}, {}, {}],
    ['apiKey', { apiKey: 'k1' }, {}, { 'x-api-key': 'k1' }],
    ['apiKey named', { apiKey: 'k1' }, { name: 'Authorization', prefix: 'Token ' }, { authorization: 'Token k1' }],
    ['apiKey in a cookie', { apiKey: 'k;1' }, { in: 'cookie', name: 'session' }, { cookie: 'session=k%3B1' }],
    ['basic', { username: 'u', password: 'pä' }, {}, { authorization: `Basic ${Buffer.from('u:pä').toString('base64')}` }],
    ['bearer', { token: 't1' }, {}, { authorization: 'Bearer t1' }],
    ['a secret header besides', { token: 't1', headerName: 'X-Tenant-Secret', headerValue: 's' }, {}, { authorization: 'Bearer t1', 'x-tenant-secret': 's' }],
    ['empty fields count as left out', { token: 't1', apiKey: '', username: '' }, {}, { authorization: 'Bearer t1' }],
    ['the credential says which of two, and how', { kind: 'apiKey', token: 't1', apiKey: 'k1', keyName: 'X-Shop-Key', keyPrefix: 'Key ' }, {}, { 'x-shop-key': 'Key k1' }],
    ['none, whatever is filled in', { kind: 'none', token: 't1' }, {}, {}],
    ['the configuration goes before the credential', { kind: 'bearer', token: 't1', apiKey: 'k1', keyName: 'X-Shop-Key' }, { type: 'apiKey', name: 'X-Other' }, { 'x-other': 'k1' }],
    ['the configuration decides between two', { token: 't1', apiKey: 'k1' }, { type: 'apiKey' }, { 'x-api-key': 'k1' }],
  ])('%s', async (_, credentials, authentication, headers) => {
    await run('get', { url: '/x' }, { credentials, configuration: { authentication } })
    expect(seen[0]!.headers).toMatchObject(headers)
    expect(seen[0]!.headers['authorization']).toBe((headers as Record<string, string>)['authorization'])
  })

  test('an API key in the query stands beside what is there, and in the place of one that the caller sent', async () => {
    await run('get', { url: '/x?a=1&key=another&~', query: { b: 2 } }, { credentials: { apiKey: 'k&1' }, configuration: { authentication: { in: 'query', name: 'key' } } })
    expect(seen[0]!.url).toBe('/x?a=1&~&b=2&key=k%261')
  })

  test('OAuth client credentials are exchanged for a token, which goes along', async () => {
    answer = ({ url }) => url === '/token' ? { body: { access_token: 'issued', token_type: 'bearer', expires_in: 60 } } : { body: { ok: true } }
    await run('get', { url: '/x' }, { credentials: { clientId: 'c', clientSecret: 's' }, configuration: { authentication: { tokenUrl: `${server.url}/token`, scope: 'read  write' } } })
    expect(seen.map(({ url }) => url)).toEqual(['/token', '/x'])
    expect(new URLSearchParams(seen[0]!.body.toString()).get('scope')).toBe('read write')
    expect(seen[1]!.headers['authorization']).toBe('Bearer issued')
  })

  test('AWS requests are signed so that the server agrees', async () => {
    const expected = { secretAccessKey: 'canary-aws-secret', region: 'eu-central-1', service: 'execute-api' }
    answer = ({ message, body }) => ({ status: isSignedRight(message, body, expected) ? 200 : 403 })
    const setting = { credentials: { accessKeyId: 'AKID', secretAccessKey: expected.secretAccessKey, sessionToken: 'session' }, configuration: { authentication: { region: expected.region, service: expected.service } } }
    await run('post', { url: '/pets', query: { type: 'dog b', page: 2 }, json: { a: 'é' } }, setting)
    await run('get', { url: '/pets' }, setting)
    expect(seen.map(({ headers }) => headers['x-amz-security-token'])).toEqual(['session', 'session'])
    const wrong = { ...setting, credentials: { ...setting.credentials, secretAccessKey: 'another-secret' } }
    await expect(run('get', { url: '/pets' }, wrong)).rejects.toSatisfy((error) => isHubError(error) && error.upstreamStatus === 403)
  })

  test.each([
    [{}, { type: 'bearer' }, 'token'], [{ username: 'u' }, { type: 'apiKey' }, 'apiKey'], [{ accessKeyId: 'a' }, {}, 'secretAccessKey'],
    [{ clientId: 'a' }, { tokenUrl: 'http://127.0.0.1/t' }, 'clientSecret'], [{ clientId: 'a', clientSecret: 'b' }, {}, 'tokenUrl'], [{ headerName: 'x-a' }, {}, 'headerValue'],
  ])('with %j for %j is refused for want of %s', async (credentials, authentication, field) => {
    await expect(run('get', { url: '/x' }, { credentials, configuration: { authentication } })).rejects.toThrow(expect.objectContaining({ code: 'credential_missing', errors: [expect.objectContaining({ pointer: `/credentials/${field}` })] }))
    expect(seen).toEqual([])
  })

  test('of two kinds at once is refused, naming the setting that decides', async () => {
    await expect(run('get', { url: '/x' }, { credentials: { token: 't', apiKey: 'k' } })).rejects.toThrow(expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/credentials/kind' })] }))
  })

  test('with a line break in a credential is refused without showing it', async () => {
    await expect(run('get', { url: '/x' }, { credentials: { token: 'canary\r\nx: y' } })).rejects.toSatisfy((error) => isHubError(error, 'invalid_input') && !JSON.stringify([error.message, error.errors]).includes('canary'))
  })
})

describe('a credential stays home', () => {
  test.each([
    '//evil.example/x', '/\\evil.example', '\\\\evil.example', 'https://evil.example/x', 'http://user:pass@127.0.0.1/', 'http://127.0.0.1:1/x', 'file:///etc/passwd', 'gopher://127.0.0.1/',
    'HTTPS://EVIL.example', '/../x', '/%2e%2e/x', '/a/../../x', '/a/%2E%2E/%2e./x', '/x\n', 'javascript:alert(1)', 'http:evil.example', '/a\0',
  ])('at %j', async (url) => {
    await expect(run('get', { url }, { endpoint: `${server.url}/v1`, credentials: { token: 'secret-token' } })).rejects.toSatisfy(withCode('address_refused'))
    expect(seen).toEqual([])
  })

  test.each(['@evil.example', '.evil.example', ':80/x', '/x@evil.example/', '/x#@evil.example', '/;@evil', '/%2f%2fevil.example', '/a//b'])('since %j is only a path', async (url) => {
    await run('get', { url }, { endpoint: `${server.url}/v1`, credentials: { token: 't' } })
    expect(seen[0]!.url.startsWith('/v1/')).toBe(true)
  })

  test('but may go to a further host of the configuration, never from https to http', async () => {
    const { host } = new URL(server.url)
    await run('get', { url: `${server.url}/y` }, { endpoint: 'http://127.0.0.1:1', configuration: { hosts: [host] }, credentials: { token: 't' } })
    expect(seen[0]).toMatchObject({ url: '/y', headers: { authorization: 'Bearer t' } })
    await expect(run('get', { url: `${server.url}/y` }, { endpoint: 'https://127.0.0.1:1', configuration: { hosts: [host] } })).rejects.toSatisfy(withCode('address_refused'))
  })
})

describe('the address', () => {
  test('may be in the configuration instead of the endpoint', async () => {
    const context = testContext({ connector: httpConnector, configuration: { baseUrl: `${server.url}/base` } })
    contexts.push(context)
    await (await find('get')).run({ ...context, input: { url: 'x' } })
    expect(seen[0]!.url).toBe('/base/x')
  })

  test('must be known', async () => {
    const context = testContext({ connector: httpConnector })
    contexts.push(context)
    await expect((await find('get')).run({ ...context, input: { url: '/x' } })).rejects.toSatisfy(withCode('invalid_input'))
  })

  test('keeps its own query, and its slash', async () => {
    await run('get', {}, { endpoint: `${server.url}/api/?v=2` })
    await run('get', { url: '/x/?a=1' }, { endpoint: `${server.url}/api?v=2` })
    await run('get', { url: '?a=1' }, { endpoint: `${server.url}/api` })
    expect(seen.map(({ url }) => url)).toEqual(['/api/?v=2', '/api/x/?v=2&a=1', '/api?a=1'])
  })
})

describe('a connection test', () => {
  test('says what it tried', async () => {
    expect(await httpConnector.testConnection(contextOf({ configuration: { testPath: '/health' } }))).toEqual({ detail: `GET ${server.url}/health answered 200.` })
  })

  test.each([401, 403])('fails where the service answers %d', async (status) => {
    answer = () => ({ status })
    await expect(httpConnector.testConnection(contextOf({ credentials: { token: 'x' } }))).rejects.toSatisfy(withCode('connection_failed'))
  })

  test('takes a 404 at the base URL for a sign of life, but not at a path that was named', async () => {
    answer = () => ({ status: 404 })
    expect((await httpConnector.testConnection(contextOf({}))).detail).toContain('the service is there')
    await expect(httpConnector.testConnection(contextOf({ configuration: { testPath: '/health' } }))).rejects.toSatisfy(withCode('connection_failed'))
  })

  test('fails where nobody listens', async () => {
    await expect(httpConnector.testConnection(contextOf({ endpoint: `http://127.0.0.1:${await closedPort()}` }))).rejects.toSatisfy((error) => isHubError(error, 'upstream_unavailable') && error.beforeSending)
  })
})

describe('the proxy', () => {
  test('adds the credential and nothing else', async () => {
    const context = contextOf({ endpoint: `${server.url}/v1`, credentials: { apiKey: 'k' }, configuration: { authentication: { in: 'query', name: 'key' } } })
    const request = await httpConnector.proxy!({ method: 'POST', url: '/a%2Fb?x=1', headers: { 'Content-Type': 'text/csv' }, body: 'a,b' }, context)
    expect(request).toEqual({ method: 'POST', url: `${server.url}/v1/a%2Fb?x=1&key=k`, headers: { 'content-type': 'text/csv' }, body: 'a,b' })
  })

  test('reads a stream before it is signed', async () => {
    const expected = { secretAccessKey: 's', region: 'eu-west-1', service: 'sqs' }
    answer = ({ message, body }) => ({ status: body.toString() === 'streamed' && isSignedRight(message, body, expected) ? 200 : 403 })
    const context = contextOf({ credentials: { accessKeyId: 'a', secretAccessKey: 's' }, configuration: { authentication: { region: 'eu-west-1', service: 'sqs' } } })
    const request = await httpConnector.proxy!({ method: 'POST', url: '/q', body: Readable.from(['strea', 'med']) }, context)
    expect((await context.http.request(request)).status).toBe(200)
  })
})
