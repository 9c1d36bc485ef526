/** Calls within real runs, as a flow's author makes them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { greeterProto, startGrpcServer, typesProto, type GrpcServer } from '../../catalog/grpc/grpc-server.fixture.ts'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { addConnector, addIntegration, expectStatus } from '../../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let grpc: GrpcServer
beforeAll(async () => {
  ({ hub, close } = await openHub())
  upstream = await startUpstream()
  grpc = await startGrpcServer()
  const { host } = new URL(upstream.url)
  upstream.answer(({ url, headers, body }, response) => {
    const files: Record<string, unknown> = {
      '/openapi.json': { openapi: '3.0.0', info: { title: 'Pets', version: '1' }, servers: [{ url: '/' }], paths: { '/pets/{id}': { get: { operationId: 'getPet', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }], responses: { 200: { description: 'ok' } } } } } },
      '/asyncapi.json': { asyncapi: '3.0.0', servers: { web: { host, protocol: 'http' } }, channels: { c: { address: 'messages' } }, operations: { op: { channel: { $ref: '#/channels/c' } } } },
      '/function.yaml': { call: 'http', with: { method: 'get', endpoint: `${upstream.url}/called/{id}` } },
      '/token/oauth2/token': { access_token: 'token-of-the-realm', token_type: 'Bearer' },
    }
    if (url === '/greet.proto' || url === '/acme/types.proto') response.end(url === '/greet.proto' ? greeterProto : typesProto)
    else if (url === '/messages' && body === '') response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end('{"id":1}\n{"id":2}\n{"id":3}\n')
    else if (url === '/rpc') json(response, 200, { jsonrpc: '2.0', id: 1, result: { echoed: (JSON.parse(body) as { params: unknown }).params } })
    else json(response, 200, files[url] ?? { at: url, authorization: headers.authorization ?? null })
  })
})
afterAll(async () => {
  await grpc.close()
  await upstream.close()
  await close()
})

let count = 0
async function run(task: object, { input = {}, use }: { input?: object, use?: object } = {}): Promise<any> { // eslint-disable-line typescript/no-explicit-any
  const name = `calls-${count += 1}`
  expectStatus(201, await hub.call('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name, version: '1.0.0' }, ...use !== undefined && { use }, do: [{ task }] }))
  const { body } = await hub.call('POST', `/api/v1/flows/${name}/runs?wait=30s`, { input })
  expect(body).toMatchObject({ status: 'completed' })
  return body.output
}

const call = (name: string, args: object): object => ({ call: name, with: args })

test('http, with a template of the input and an oauth2 policy by name', async () => {
  const use = { authentications: { realm: { oauth2: { authority: `${upstream.url}/token`, grant: 'client_credentials', client: { id: '${ .client }', secret: 'secret-of-the-client' } } } } }
  expect(await run(call('http', { method: 'get', endpoint: { uri: `${upstream.url}/pets/{id}`, authentication: { use: 'realm' } } }), { input: { id: 7, client: 'me' }, use })).toEqual({ at: '/pets/7', authorization: expect.any(String) })
  expect(upstream.asked.at(-1)?.headers.authorization).toBe('Bearer token-of-the-realm')
})

test('openapi', async () => {
  expect(await run(call('openapi', { document: { endpoint: `${upstream.url}/openapi.json` }, operationId: 'getPet', parameters: { id: '${ .id }' } }), { input: { id: 7 } })).toMatchObject({ at: '/pets/7' })
})

test('grpc', async () => {
  expect(await run(call('grpc', { proto: { endpoint: `${upstream.url}/greet.proto` }, service: { name: 'acme.Greeter', host: '127.0.0.1', port: grpc.port }, method: 'SayHello', arguments: { name: '${ .name }' } }), { input: { name: 'Ada' } })).toMatchObject({ message: 'Hello Ada' })
})

test('asyncapi, whose conditions are about messages and see the input', async () => {
  const subscription = { filter: '${ .payload.id >= $input.from }', consume: { amount: 2 } }
  expect(await run(call('asyncapi', { document: { endpoint: `${upstream.url}/asyncapi.json` }, operation: 'op', subscription }), { input: { from: 2 } })).toEqual([{ payload: { id: 2 } }, { payload: { id: 3 } }])
})

test('a2a', async () => {
  expect(await run(call('a2a', { method: 'message/send', server: `${upstream.url}/rpc`, parameters: { message: { parts: [{ kind: 'text', text: '${ .text }' }] } } }), { input: { text: 'hello' } })).toMatchObject({ echoed: { message: { role: 'user', parts: [{ text: 'hello' }] } } })
})

test('mcp: the tools of a server, this hub for one', async () => {
  const ask = (method: string, parameters: object = {}): object => call('mcp', { method, parameters, transport: { http: { endpoint: { uri: `${hub.url}/mcp`, authentication: { bearer: { token: '${ .key }' } } } } } })
  const input = { key: hub.key, words: 'no such thing' }
  expect((await run(ask('tools/list'), { input })).tools.map(({ name }: { name: string }) => name)).toContain('search_tools')
  expect(await run(ask('tools/call', { name: 'search_tools', arguments: { query: '${ .words }' } }), { input })).toMatchObject({ content: [{ type: 'text' }] })
})

test('a flow as a function of the hub\'s own catalog, within the functions of another', async () => {
  expectStatus(201, await hub.call('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name: 'doubled', version: '1.0.0' }, do: [{ double: { set: { n: '${ .n * 2 }' } } }] }))
  const use = { functions: { twice: { do: [{ first: call('doubled:1.0.0@default', { n: '${ .n }' }) }, { second: call('doubled:latest@default', { n: '${ .n }' }) }] } } }
  expect(await run(call('twice', { n: '${ .start }' }), { input: { start: 3 }, use })).toEqual({ n: 12 })
})

test.each([
  ['shell', { command: 'echo hello' }, 'Shell commands are not allowed here: the operator sets INTERCHANGE_ALLOW_SHELL to true to allow them.'],
  ['container', { image: 'hello-world' }, 'Containers are not allowed here: the operator sets INTERCHANGE_CONTAINER_COMMAND to docker or podman to allow them.'],
  ['script', { language: 'python', code: 'print(1)' }, 'INTERCHANGE_PYTHON'],
])('run: %s, which the operator did not allow, is a fault that says how he would', async (kind, args, said) => {
  expectStatus(201, await hub.call('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name: `not-allowed-${kind}`, version: '1.0.0' }, do: [{ task: { run: { [kind]: args } } }] }))
  const { body } = await hub.call('POST', `/api/v1/flows/not-allowed-${kind}/runs?wait=30s`, { input: {} })
  expect(body).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/configuration$/), instance: '/do/0/task', detail: expect.stringContaining(said) } })
})

test('functions: an operation of an integration, a task at an address', async () => {
  const connector = await addConnector(hub.call, upstream.url)
  await addIntegration(hub.call, { name: 'Shop', connector })
  const { body } = await hub.call('GET', `/api/v1/connectors/${connector}/operations`)
  expect(await run(call(`Shop/${body.data[0].id}`, {}))).toHaveProperty('at')
  expect(await run(call(`${upstream.url}/function.yaml`, { id: 5 }))).toMatchObject({ at: '/called/5' })
})

test('a task that fails faults its run, with the status of the service', async () => {
  expectStatus(201, await hub.call('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name: 'refused', version: '1.0.0' }, do: [{ task: call('http', { method: 'get', endpoint: 'http://169.254.169.254/' }) }] }))
  const { body } = await hub.call('POST', '/api/v1/flows/refused/runs?wait=30s', { input: {} })
  const shown = await hub.call('GET', `/api/v1/runs/${body.id}`)
  expect(shown.body).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/authorization$/), status: 403 } })
})
