/** What is told of calls before they are made, and what may be tried with asking. */
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { greeterProto, startGrpcServer, typesProto, type GrpcServer } from '../../../catalog/grpc/grpc-server.fixture.ts'
import { closedPort } from '../../../lib/http/test-upstream.ts'
import { systemCaller } from '../../../tenants/caller.ts'
import { json, startUpstream, type Upstream } from '../../../../test/upstream.ts'
import { openCalls, type CallsFixture } from '../calls.fixture.ts'
import type { CallToDescribe } from './describing.ts'
import type { Described } from './described.ts'

const mcpServer = fileURLToPath(new URL('../../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url))
const never = new AbortController().signal

let fixture: CallsFixture
let closed: CallsFixture
let grpc: GrpcServer
let upstream: Upstream
let child: ChildProcess
let mcpUrl: string
beforeAll(async () => {
  fixture = openCalls({ allow: { stdioCommands: [process.execPath] } })
  closed = openCalls({ allowNetworks: [] })
  grpc = await startGrpcServer()
  upstream = await startUpstream()
  const port = await closedPort()
  mcpUrl = `http://127.0.0.1:${port}/mcp`
  child = spawn(process.execPath, [mcpServer, 'streamableHttp'], { env: { ...process.env, PORT: String(port) }, stdio: 'ignore' })
  while (!await fetch(mcpUrl).then(() => true, () => false)) await new Promise((resolve) => { setTimeout(resolve, 50) })
})
afterAll(async () => {
  child.kill('SIGKILL')
  await grpc.close()
  await upstream.close()
  await fixture[Symbol.asyncDispose]()
  await closed[Symbol.asyncDispose]()
})

const describe = (call: CallToDescribe['call'], args: Record<string, unknown>, of = fixture, tenantId = 'tenant'): Promise<Described> => of.calls.describe(systemCaller(tenantId), { call, with: args }, never)
const namesOf = ({ offers }: Described, kind: string): string[] => offers.filter((each) => each.kind === kind).map(({ name }) => name)
const mcp = (more: object = {}): Record<string, unknown> => ({ transport: { http: { endpoint: mcpUrl } }, ...more })
const greeter = (more: object = {}, service: object = {}): Record<string, unknown> => ({ proto: { endpoint: 'reflection://server' }, service: { name: 'acme.Greeter', host: '127.0.0.1', port: grpc.port, ...service }, ...more })

test('an MCP server tells its tools, prompts and resources, and what the chosen one takes', async () => {
  const tools = await describe('mcp', mcp({ method: 'tools/call', parameters: { name: 'get-sum', arguments: { a: '${ .a }' } } }))
  expect(namesOf(tools, 'tool')).toEqual(expect.arrayContaining(['echo', 'get-sum']))
  expect(tools.input).toMatchObject({ type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } })
  const prompts = await describe('mcp', mcp({ method: 'prompts/get' }))
  expect(namesOf(prompts, 'prompt').length).toBeGreaterThan(0)
  expect(prompts.input).toBeUndefined()
  const { offers } = await describe('mcp', mcp({ method: 'resources/read' }))
  expect(offers[0]).toMatchObject({ kind: 'resource', name: expect.stringContaining('://') })
})

test.each([['reflection', () => 'reflection://server'], ['a .proto file', () => `${upstream.url}/protos/greet.proto`]])('a gRPC service is told by %s: services, methods, and the fields of the message', async (_title, endpoint) => {
  upstream.answer(({ url }, response) => {
    const text = { '/protos/greet.proto': greeterProto, '/protos/acme/types.proto': typesProto }[url]
    response.writeHead(text === undefined ? 404 : 200).end(text)
  })
  const proto = { endpoint: endpoint() }
  expect(namesOf(await describe('grpc', greeter({ proto }, { name: '' })), 'service')).toEqual(['acme.Greeter'])
  const described = await describe('grpc', greeter({ proto, method: 'SayHello', arguments: { name: '${ .name }' } }))
  expect(namesOf(described, 'method')).toEqual(expect.arrayContaining(['SayHello', 'Count']))
  expect(described.input).toEqual({ type: 'object', properties: { name: { type: 'string' }, big_number: { type: 'string', description: expect.any(String) }, mood: { type: 'string', enum: ['CALM', 'GLAD'] }, blob: { type: 'string', description: expect.any(String) } } })
})

const asyncApi = {
  '3.0.0': {
    asyncapi: '3.0.0', servers: {}, channels: { orders: { address: 'orders', messages: { placed: { $ref: '#/components/messages/placed' } } } },
    operations: { send: { action: 'send', summary: 'Tell of an order.', channel: { $ref: '#/channels/orders' } } },
    components: { messages: { placed: { payload: { $ref: '#/components/schemas/order' } } }, schemas: { order: { type: 'object', properties: { id: { type: 'integer' }, parent: { $ref: '#/components/schemas/order' } } } } },
  },
  '2.6.0': {
    asyncapi: '2.6.0', servers: {}, channels: { orders: { publish: { operationId: 'send', summary: 'Tell of an order.', message: { oneOf: [{ $ref: '#/components/messages/placed' }] } } } },
    components: { messages: { placed: { payload: { type: 'object', properties: { id: { type: 'integer' } } } } } },
  },
}
test.each(Object.entries(asyncApi))('an AsyncAPI document of %s tells operations and channels, and the fields of a message, without references', async (_version, document) => {
  upstream.answer((_request, response) => { json(response, 200, document, { 'cache-control': 'no-store' }) })
  const described = await describe('asyncapi', { document: { endpoint: upstream.url }, operation: 'send' })
  expect(described.offers).toEqual(expect.arrayContaining([{ kind: 'operation', name: 'send', summary: 'Tell of an order.' }, { kind: 'channel', name: 'orders', summary: '' }]))
  expect(described.input).toMatchObject({ type: 'object', properties: { id: { type: 'integer' } } })
  expect(JSON.stringify(described.input)).not.toContain('$ref')
  expect((await describe('asyncapi', { document: { endpoint: upstream.url }, channel: 'orders' })).input).toMatchObject({ properties: { id: { type: 'integer' } } })
})

const books = { openapi: '3.1.0', info: { title: 'Books', version: '1' }, servers: [{ url: 'http://127.0.0.1:9' }], paths: { '/books/{id}': { get: { operationId: 'getBook', summary: 'Get a book.', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }], responses: {} } } } }
test('an OpenAPI document tells its operations, and the parameters of the chosen one', async () => {
  upstream.answer((_request, response) => { json(response, 200, books, { 'cache-control': 'no-store' }) })
  const described = await describe('openapi', { document: { endpoint: upstream.url }, operationId: 'getBook' })
  expect(described.offers).toEqual([{ kind: 'operation', name: 'getBook', summary: 'Get a book.' }])
  expect(described.input).toMatchObject({ properties: { id: { type: 'integer' } }, required: ['id'] })
  expect((await describe('openapi', { document: { endpoint: upstream.url } })).input).toBeUndefined()
})

test('an address inside is out of reach, by any of the calls', async () => {
  for (const [call, args] of [
    ['openapi', { document: { endpoint: upstream.url } }], ['asyncapi', { document: { endpoint: 'http://169.254.169.254/latest' } }], ['mcp', mcp()], ['grpc', greeter()], ['grpc', greeter({ proto: { endpoint: `${upstream.url}/x.proto` } })],
  ] as const) await expect(describe(call, args, closed), call).rejects.toMatchObject({ code: 'address_refused' })
})

test('neither a program of the hub nor a file of it is asked, nor an address that a run fills in', async () => {
  await expect(describe('mcp', { transport: { stdio: { command: process.execPath, arguments: [mcpServer, 'stdio'] } } })).rejects.toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/with/transport/http' }] })
  await expect(describe('openapi', { document: { endpoint: 'file:///etc/passwd' } })).rejects.toMatchObject({ code: 'address_refused' })
  await expect(describe('openapi', { document: { endpoint: '${ .url }' } })).rejects.toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/with/document/endpoint' }] })
  await expect(describe('openapi', { document: { endpoint: { uri: `${upstream.url}/{tenant}` } } })).rejects.toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/with/document/endpoint/uri' }] })
  await expect(describe('grpc', { proto: { endpoint: 'reflection://server' }, service: { host: '169.254.169.254/../x' } })).rejects.toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/with/service/host' }] })
})

test('a literal credential goes along; one by an expression or a name is left out, and not opened', async () => {
  const asked = async (authentication: object): Promise<unknown> => {
    upstream.answer((_request, response) => { json(response, 200, books, { 'cache-control': 'no-store' }) })
    await describe('openapi', { document: { endpoint: { uri: upstream.url, authentication } } })
    return upstream.asked.at(-1)!.headers['authorization']
  }
  expect(await asked({ bearer: { token: 'written-in-the-document' } })).toBe('Bearer written-in-the-document')
  for (const authentication of [{ bearer: { token: '${ $secrets.shop.token }' } }, { use: 'shop' }, { basic: { use: 'shop' } }]) expect(await asked(authentication)).toBeUndefined()
})

test('what one tenant was told is not kept for another', async () => {
  const own = { ...books, info: { title: 'Own', version: '1' } }
  upstream.answer(({ headers }, response) => { json(response, 200, headers['authorization'] === undefined ? { ...own, paths: {} } : own, { 'cache-control': 'max-age=3600' }) })
  const endpoint = { uri: `${upstream.url}/kept`, authentication: { bearer: { token: 'of-the-first' } } }
  expect((await describe('openapi', { document: { endpoint } }, fixture, 'first')).offers).toHaveLength(1)
  const before = upstream.asked.length
  await describe('openapi', { document: { endpoint } }, fixture, 'second')
  expect(upstream.asked.length).toBe(before + 1)
})

test('one that never answers is given up when whoever asked goes away', async () => {
  upstream.answer(() => undefined)
  for (const [call, args] of [['openapi', { document: { endpoint: `${upstream.url}/silent` } }], ['mcp', { transport: { http: { endpoint: `${upstream.url}/silent` } } }]] as const) {
    await expect(fixture.calls.describe(systemCaller('tenant'), { call, with: args }, AbortSignal.timeout(200))).rejects.toMatchObject({ code: 'upstream_timeout' })
  }
})

test('a server that says nothing sensible, or too much, or no, is told with its cause', async () => {
  upstream.answer((_request, response) => { json(response, 403, {}) })
  await expect(describe('openapi', { document: { endpoint: `${upstream.url}/a` } })).rejects.toMatchObject({ code: 'upstream_rejected', upstreamStatus: 403 })
  await expect(describe('mcp', { transport: { http: { endpoint: `${upstream.url}/b` } } })).rejects.toMatchObject({ code: 'upstream_rejected' })
  upstream.answer((_request, response) => { json(response, 200, { hello: 'world' }, { 'cache-control': 'no-store' }) })
  await expect(describe('openapi', { document: { endpoint: `${upstream.url}/c` } })).rejects.toMatchObject({ code: 'invalid_document' })
  await expect(describe('asyncapi', { document: { endpoint: `${upstream.url}/d` } })).rejects.toMatchObject({ code: 'invalid_document' })
  upstream.answer((_request, response) => { response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(20 * 1024 * 1024) }).end() })
  await expect(describe('openapi', { document: { endpoint: `${upstream.url}/e` } })).rejects.toMatchObject({ code: 'upstream_response_too_large' })
  await expect(describe('grpc', greeter({}, { port: await closedPort() }))).rejects.toMatchObject({ code: 'upstream_unavailable' })
})
