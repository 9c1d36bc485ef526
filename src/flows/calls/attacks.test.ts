/** What a flow's author, or whoever feeds it, may try with calls. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'
import { openCalls, type CallsFixture } from './calls.fixture.ts'
import { expandTemplate } from './uri.ts'

let closed: CallsFixture
let open: CallsFixture
let upstream: Upstream
let other: Upstream
beforeAll(() => {
  closed = openCalls({ allowNetworks: [] })
  open = openCalls()
})
afterAll(async () => {
  await closed[Symbol.asyncDispose]()
  await open[Symbol.asyncDispose]()
})
beforeEach(async () => { [upstream, other] = [await startUpstream(), await startUpstream()] })
afterEach(async () => {
  await upstream.close()
  await other.close()
})

const refused = { type: 'https://serverlessworkflow.io/spec/1.0.0/errors/authorization', status: 403 }
const document = (protocol: string, port: string): string => JSON.stringify({ asyncapi: '3.0.0', servers: { s: { host: `127.0.0.1:${port}`, protocol } }, channels: { c: { address: 'c' } }, operations: { op: { action: 'send', channel: { $ref: '#/channels/c' } } } })

describe('an address inside', () => {
  test.each([
    ['http', () => ({ method: 'get', endpoint: upstream.url })],
    ['http', () => ({ method: 'get', endpoint: 'http://169.254.169.254/latest/meta-data' })],
    ['http', () => ({ method: 'get', endpoint: 'http://[::ffff:7f00:1]/' })],
    ['http', () => ({ method: 'get', endpoint: 'http://2130706433/' })],
    ['openapi', () => ({ document: { endpoint: `${upstream.url}/openapi.json` }, operationId: 'x' })],
    ['grpc', () => ({ proto: { endpoint: 'reflection://server' }, service: { name: 'a.B', host: '127.0.0.1', port: Number(new URL(upstream.url).port) }, method: 'C' })],
    ['grpc', () => ({ proto: { endpoint: 'reflection://server' }, service: { name: 'a.B', host: 'localhost', port: 443 }, method: 'C' })],
    ['mcp', () => ({ method: 'tools/list', transport: { http: { endpoint: `${upstream.url}/mcp` } } })],
    ['a2a', () => ({ method: 'tasks/list', server: upstream.url })],
    ['script', () => ({ language: 'js', source: { endpoint: `${upstream.url}/x.js` } })],
  ] as const)('is out of reach of call: %s', async (kind, args) => {
    expect(await closed.faultOf(kind, args())).toMatchObject(refused)
    expect(upstream.asked).toEqual([])
  })

  test.each(['http', 'ws', 'mqtt', 'nats', 'amqp'])('is out of reach of call: asyncapi over %s', async (protocol) => {
    const reaching = openCalls({ allowNetworks: ['127.0.0.2/32'] })
    const documents = await startUpstreamAt('127.0.0.2', document(protocol, new URL(upstream.url).port))
    try {
      expect(await reaching.faultOf('asyncapi', { document: { endpoint: documents.url }, operation: 'op', message: { payload: 1 } })).toMatchObject(refused)
      expect(await reaching.faultOf('asyncapi', { document: { endpoint: documents.url }, operation: 'op', subscription: { consume: { amount: 1 } } })).toMatchObject(refused)
    } finally {
      await documents.close()
      await reaching[Symbol.asyncDispose]()
    }
  })

  test('is out of reach of an authority that tokens are asked of, and of the token endpoint that it names', async () => {
    const policy = (authority: string, kind: string): object => ({ method: 'get', endpoint: { uri: 'https://example.com', authentication: { [kind]: { authority, grant: 'client_credentials', client: { id: 'a', secret: 'secret-of-a' } } } } })
    expect(await closed.faultOf('http', policy(upstream.url, 'oauth2'))).toMatchObject(refused)
    expect(await closed.faultOf('http', policy(upstream.url, 'oidc'))).toMatchObject(refused)
    upstream.answer((_request, response) => { json(response, 200, { token_endpoint: 'http://169.254.169.254/token' }) })
    expect(await open.faultOf('http', policy(upstream.url, 'oidc'))).toMatchObject(refused)
  })

  test('is not reached by a redirect either', async () => {
    upstream.answer((_request, response) => { response.writeHead(302, { location: 'http://10.0.0.1/' }).end() })
    expect(await open.faultOf('http', { method: 'get', endpoint: upstream.url, redirect: true })).toMatchObject(refused)
  })
})

describe('files of the host', () => {
  test.each([
    ['http', { method: 'get', endpoint: 'file:///etc/passwd' }],
    ['openapi', { document: { endpoint: 'file:///etc/passwd' }, operationId: 'x' }],
    ['asyncapi', { document: { endpoint: 'file:///etc/passwd' }, operation: 'x', message: {} }],
    ['grpc', { proto: { endpoint: 'file://app/greet.proto' }, service: { name: 'a.B', host: 'example.com' }, method: 'C' }],
    ['script', { language: 'js', source: { endpoint: 'file:///etc/passwd' } }],
    ['script', { language: 'js', source: { endpoint: '../../etc/passwd' } }],
    ['a2a', { method: 'tasks/list', agentCard: { endpoint: 'file:///etc/passwd' } }],
  ] as const)('are out of reach of call: %s', async (kind, args) => {
    expect(await open.faultOf(kind, args)).toMatchObject(refused)
  })

  test('are out of reach of the references of an AsyncAPI document', async () => {
    upstream.answer((_request, response) => { json(response, 200, { asyncapi: '3.0.0', servers: { s: { $ref: 'file:///etc/passwd' } }, channels: { c: { $ref: `${other.url}/c` } }, operations: { op: { channel: { $ref: '#/channels/c' } } } }) })
    expect(await open.faultOf('asyncapi', { document: { endpoint: upstream.url }, operation: 'op', message: {} })).toMatchObject({ type: expect.stringMatching(/validation$/) })
    expect(other.asked).toEqual([])
  })

  test('and other servers are out of reach of the imports of a .proto file', async () => {
    const asked: string[] = []
    upstream.answer(({ url }, response) => {
      asked.push(url)
      response.writeHead(200).end(`syntax = "proto3"; import "${other.url}/secret.proto"; package a; message M {} service B { rpc C (M) returns (M); }`)
    })
    expect(await open.faultOf('grpc', { proto: { endpoint: `${upstream.url}/protos/a.proto` }, service: { name: 'a.B', host: '127.0.0.1', port: 1 }, method: 'C' })).toMatchObject({ type: expect.stringMatching(/validation$/) })
    expect([asked, other.asked]).toEqual([['/protos/a.proto'], []])
  })
})

describe('a credential', () => {
  test('does not follow a redirect to another host, nor does any header of the author', async () => {
    upstream.answer((_request, response) => { response.writeHead(302, { location: `${other.url}/there` }).end() })
    await open.run('http', { method: 'get', endpoint: { uri: upstream.url, authentication: { bearer: { token: 'token-of-one' } } }, headers: { 'X-Api-Key': 'key-of-one', 'cookie': 'a=b', 'accept': 'text/csv' }, redirect: true })
    const { headers } = other.asked[0]!
    expect([headers.authorization, headers['x-api-key'], headers.cookie, headers.accept]).toEqual([undefined, undefined, undefined, 'text/csv'])
    expect(upstream.asked[0]?.headers['x-api-key']).toBe('key-of-one')
  })

  test('of an agent card does not go to an agent at another origin', async () => {
    upstream.answer((_request, response) => { json(response, 200, { url: `${other.url}/agent` }) })
    other.answer((_request, response) => { json(response, 200, { jsonrpc: '2.0', id: 1, result: [] }) })
    expect(await open.run('a2a', { method: 'tasks/list', agentCard: { endpoint: { uri: upstream.url, authentication: { bearer: { token: 'token-of-one' } } } } })).toEqual([])
    expect([upstream.asked[0]?.headers.authorization, other.asked[0]?.headers.authorization]).toEqual(['Bearer token-of-one', undefined])
  })

  test('of a digest does not answer the challenge of a host that the request was redirected to', async () => {
    upstream.answer((_request, response) => { response.writeHead(302, { location: other.url }).end() })
    other.answer((_request, response) => { response.writeHead(401, { 'www-authenticate': 'Digest realm="x", nonce="n", qop="auth"' }).end() })
    expect(await open.faultOf('http', { method: 'get', endpoint: { uri: upstream.url, authentication: { digest: { username: 'a', password: 'pass-of-a' } } }, redirect: true })).toMatchObject({ status: 401 })
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  test("that came out of an expression is not evaluated a second time, so that a stranger's text is no program", async () => {
    const token = '${env}'
    await open.run('http', { method: 'get', endpoint: { uri: upstream.url, authentication: { bearer: { token } } } })
    expect(upstream.asked[0]?.headers.authorization).toBe('Bearer ${env}')
  })

  test('does not stand in a fault, nor in a response that is shown', async () => {
    upstream.answer((_request, response) => { json(response, 200, {}) })
    const output = await open.run('http', { method: 'get', endpoint: { uri: upstream.url, authentication: { basic: { username: 'ada', password: 'pass-of-ada' } } }, output: 'response' })
    expect(JSON.stringify(output)).not.toMatch(/pass-of-ada|YWRhOnBhc3Mtb2YtYWRh/)
    expect(open.concealed).toEqual(expect.arrayContaining(['pass-of-ada', 'YWRhOnBhc3Mtb2YtYWRh']))
  })

  test('in the address is refused', async () => {
    expect(await open.faultOf('http', { method: 'get', endpoint: upstream.url.replace('://', '://user:pass@') })).toMatchObject(refused)
  })
})

describe('a template', () => {
  test.each(['evil.com/', 'a@evil.com', 'a:80', '', 'evil.com#', '.evil.com', 'a b'])('does not let %j into the host', (host) => {
    expect(() => expandTemplate('https://{host}.example.com/', { host })).toThrow(expect.objectContaining({ status: 400 }))
  })

  test('is refused where a value would end the host', () => {
    expect(() => expandTemplate('https://example.com{suffix}/', { suffix: 'x.evil.com' })).toThrow(expect.objectContaining({ status: 400 }))
    expect(() => expandTemplate('https://api.{zone}:8080', { zone: 'evil.com' })).toThrow(expect.objectContaining({ status: 400 }))
    expect(expandTemplate('https://{tenant}.example.com:{port}/{path}', { tenant: 'acme', port: 8443, path: '../x' })).toBe('https://acme.example.com:8443/..%2Fx')
    expect(expandTemplate('https://{host}/a', { host: 'example.org' })).toBe('https://example.org/a')
  })
})

test.each([['a line', 'x\r\nX-Injected: yes'], ['a nul', 'x\0y']])('%s in a header is refused', async (_title, value) => {
  expect(await open.faultOf('http', { method: 'get', endpoint: upstream.url, headers: { 'X-A': value } })).toMatchObject({ type: expect.stringMatching(/validation$/) })
  expect(await open.faultOf('http', { method: 'get', endpoint: upstream.url, headers: { [value]: 'a' } })).toMatchObject({ type: expect.stringMatching(/validation$/) })
  expect(await open.faultOf('http', { method: 'get', endpoint: { uri: upstream.url, authentication: { bearer: { token: value } } } })).toMatchObject({ type: expect.stringMatching(/configuration$/) })
  expect(upstream.asked).toEqual([])
})

describe('without the operator', () => {
  test.each([
    ['shell', { command: 'id' }, 'INTERCHANGE_ALLOW_SHELL'],
    ['container', { image: 'alpine' }, 'INTERCHANGE_CONTAINER_COMMAND'],
    ['script', { language: 'python', code: 'print(1)' }, 'INTERCHANGE_PYTHON'],
    ['mcp', { method: 'tools/list', transport: { stdio: { command: 'npx', arguments: ['x'] } } }, 'INTERCHANGE_ALLOW_COMMANDS'],
  ] as const)('run: %s is refused, and says which setting allows it', async (kind, args, setting) => {
    const fault = await open.faultOf(kind, args)
    expect(fault.type).toMatch(/configuration$/)
    expect(fault.detail).toContain(setting)
  })
})

test('an endless answer is not read to its end', async () => {
  upstream.answer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const more = (): void => { while (!response.destroyed && response.write(Buffer.alloc(65_536, 32))); }
    response.on('drain', more)
    more()
  })
  expect(await open.faultOf('http', { method: 'get', endpoint: upstream.url })).toMatchObject({ type: expect.stringMatching(/communication$/) })
  expect(await open.faultOf('http', { method: 'get', endpoint: upstream.url, output: 'raw' })).toMatchObject({ type: expect.stringMatching(/communication$/) })
  expect(await open.faultOf('script', { language: 'js', source: { endpoint: `${upstream.url}/x.js` } })).toMatchObject({ type: expect.stringMatching(/communication$/) })
})

/** On an address of loopback of its own, so that one may be allowed and the other not. */
async function startUpstreamAt(host: string, body: string): Promise<{ url: string, close(): Promise<void> }> {
  const { createServer } = await import('node:http')
  const server = createServer((_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(body) })
  await new Promise<void>((resolve) => { server.listen(0, host, resolve) })
  return {
    url: `http://${host}:${(server.address() as { port: number }).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}
