import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { expectStatus } from '../../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'
import { addAgentKey, addShop, connectClient, largeDocument, readResult } from '../../../test/agents.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let shop: string
beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  shop = await addShop(hub, upstream.url)
})
afterAll(async () => {
  await close()
  await upstream.close()
})
beforeEach(() => {
  upstream.asked.length = 0
  upstream.answer((_request, response) => { json(response, 200, { name: 'tea' }) })
})

const names = (tools: { name: string }[]): string[] => tools.map(({ name }) => name)

test('the official client lists the operations of a service as tools with their schemas and hints, and calls one', async () => {
  await using client = await connectClient(hub, hub.key)
  const { tools } = await client.listTools()
  expect(names(tools)).toEqual(expect.arrayContaining(['search_tools', 'call_tool', 'Shop__listItems', 'Shop__createItem', 'Shop__removeItem']))
  expect(tools.find(({ name }) => name === 'Shop__getItem')).toMatchObject({ annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true }, inputSchema: { type: 'object', required: ['id'] } })
  expect(tools.find(({ name }) => name === 'Shop__removeItem')).toMatchObject({ annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true } })
  expect(tools.find(({ name }) => name === 'Shop__createItem')).toMatchObject({ annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false } })
  const result = await client.callTool({ name: 'Shop__getItem', arguments: { id: '17' } })
  expect(readResult(result)).toEqual({ isError: false, data: { name: 'tea' } })
  expect(upstream.asked.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /items/17'])
})

test('what a call made is a resource: the execution with what was sent and answered', async () => {
  await using client = await connectClient(hub, hub.key)
  const { _meta } = await client.callTool({ name: 'Shop__getItem', arguments: { id: 'resource' } })
  const uri = `interchange://executions/${String(_meta?.['interchange/execution'])}`
  const { contents: [content] } = await client.readResource({ uri })
  expect(JSON.parse((content as { text: string }).text)).toMatchObject({ operation: 'getItem', status: 'succeeded', response: { data: { name: 'tea' } } })
  expect((await client.listResources()).resources.map((each) => each.uri)).toContain(uri)
  await expect(client.readResource({ uri: 'interchange://executions/018f0000-0000-7000-8000-000000000000' })).rejects.toMatchObject({ code: -32_002 })
})

describe('failures are answers with a code and what to do', () => {
  test('arguments that do not fit are refused with pointers before anything is sent', async () => {
    await using client = await connectClient(hub, hub.key)
    const { isError, data } = readResult(await client.callTool({ name: 'Shop__createItem', arguments: { body: { size: 'large' } } }))
    expect(isError).toBe(true)
    expect(data.error).toMatchObject({ code: 'invalid_input', whatToDo: expect.stringContaining('describe_tool'), errors: expect.arrayContaining([expect.objectContaining({ pointer: expect.stringMatching(/^\/body/) })]) })
    expect(upstream.asked).toEqual([])
  })

  test("a service's refusal comes with its answer", async () => {
    upstream.answer((_request, response) => { json(response, 409, { reason: 'sold out' }) })
    await using client = await connectClient(hub, hub.key)
    const { isError, data } = readResult(await client.callTool({ name: 'Shop__putItem', arguments: { id: '1', body: { name: 'x' } } }))
    expect({ isError, ...data.error }).toMatchObject({ isError: true, code: 'upstream_rejected', answer: { statusCode: 409, data: { reason: 'sold out' } }, execution: expect.any(String) })
  })

  test.each(['Shop__nothing', 'Nobody__getItem', 'flow__nothing', '', '__proto__', 'x'.repeat(500), 'a\0b'])('a tool %j that is not there is said to be none', async (name) => {
    await using client = await connectClient(hub, hub.key)
    expect(readResult(await client.callTool({ name, arguments: {} }))).toMatchObject({ isError: true, data: { error: { code: 'tool_not_found' } } })
  })
})

test('of thousands of operations the list stays short, and any of them is found by what it does and called', async () => {
  const key = await hub.addTenant('large')
  expectStatus(201, await hub.call('POST', '/api/v1/connectors', { id: 'large', document: largeDocument(upstream.url, 3000) }, { key }))
  await addShop(hub, upstream.url, { name: 'Large plant', id: 'large', key })
  await addShop(hub, upstream.url, { key })
  await using client = await connectClient(hub, key)
  const { tools } = await client.listTools()
  expect(tools.length).toBeLessThan(60)
  expect(names(tools)).toContain('Shop__getItem')
  expect(tools.some(({ name }) => name.includes('Thing'))).toBe(false)
  const found = readResult(await client.callTool({ name: 'search_tools', arguments: { query: 'reactor temperatures', limit: 3 } })).data
  const name = found.tools[0].name as string
  expect(found.tools[0].description).toContain('Measure the temperature of the reactor')
  expect(readResult(await client.callTool({ name: 'describe_tool', arguments: { name } })).data).toMatchObject({ name, inputSchema: { properties: { unit: { type: 'string' } } } })
  expect(readResult(await client.callTool({ name: 'call_tool', arguments: { name, arguments: { unit: 'K' } } }))).toEqual({ isError: false, data: { name: 'tea' } })
  expect(upstream.asked.map(({ url }) => url)).toEqual(['/things/1234?unit=K'])
})

test('integrations are listed and described, and an operation is run by its names', async () => {
  await using client = await connectClient(hub, hub.key)
  const call = async (name: string, args: Record<string, unknown> = {}): Promise<any> => readResult(await client.callTool({ name, arguments: args })).data // eslint-disable-line typescript/no-explicit-any
  expect(await call('list_integrations')).toMatchObject({ integrations: [{ id: shop, name: 'Shop', operations: 6 }], nextCursor: null })
  const first = await call('describe_integration', { integration: 'Shop', limit: 4 })
  const second = await call('describe_integration', { integration: shop, limit: 4, cursor: first.nextCursor })
  expect([...first.tools, ...second.tools].map(({ tool }: { tool: string }) => tool)).toEqual(['Shop__listItems', 'Shop__createItem', 'Shop__getItem', 'Shop__putItem', 'Shop__removeItem', 'Shop__getFile'])
  expect(await call('run_operation', { integration: 'Shop', operation: 'getItem', input: { id: '3' } })).toEqual({ name: 'tea' })
  expect(await call('run_operation', { integration: 'Shop', operation: 'getItem', input: {} })).toMatchObject({ error: { code: 'invalid_input', errors: [{ pointer: '/input/id' }] } })
})

test('a client is told when its tools changed', async () => {
  await using client = await connectClient(hub, hub.key)
  const changed = vi.fn()
  client.setNotificationHandler((await import('@modelcontextprotocol/sdk/types.js')).ToolListChangedNotificationSchema, changed)
  const another = await addShop(hub, upstream.url, { name: 'Another' })
  await vi.waitFor(() => { expect(changed).toHaveBeenCalled() }, { timeout: 10_000, interval: 20 })
  expect(names((await client.listTools()).tools)).toContain('Another__getItem')
  expectStatus(204, await hub.call('DELETE', `/api/v1/integrations/${another}`))
})

test('a cancelled call is answered no more, and a conversation goes on', async () => {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  upstream.answer(async (_request, response) => {
    reached.resolve()
    await released.promise
    json(response, 200, {})
  })
  await using client = await connectClient(hub, hub.key)
  const errors: Error[] = []
  Object.assign(client, { onerror: (error: Error) => { errors.push(error) } })
  const abort = new AbortController()
  const call = client.callTool({ name: 'Shop__getItem', arguments: { id: '1' } }, undefined, { signal: abort.signal })
  await reached.promise
  abort.abort('no more')
  await expect(call).rejects.toThrow()
  released.resolve()
  expect(readResult(await client.callTool({ name: 'Shop__getItem', arguments: { id: '2' } })).isError).toBe(false)
  expect(errors).toEqual([])
})

describe('over HTTP', () => {
  const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } } }
  const accept = { accept: 'application/json, text/event-stream' }

  test('without a key the answer is 401 with a challenge', async () => {
    const reply = await hub.call('POST', '/mcp', initialize, { key: null, headers: accept })
    expect(reply).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test('a page of another origin is refused, one of the hub itself is not', async () => {
    for (const origin of ['https://evil.example', 'null', `http://evil.example:${new URL(hub.url).port}`, 'http://127.0.0.1:1']) {
      expect(await hub.call('POST', '/mcp', initialize, { headers: { ...accept, origin } }), origin).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
    expect((await hub.call('POST', '/mcp', initialize, { headers: { ...accept, origin: hub.url } })).status).toBe(200)
  })

  test('a session is named at its beginning, and no other key ends its calls', async () => {
    const { headers } = await hub.call('POST', '/mcp', initialize, { headers: accept })
    const session = headers.get('mcp-session-id')!
    expect(session).toMatch(/^[0-9a-f-]{36}$/)
    const released = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    upstream.answer(async (_request, response) => {
      reached.resolve()
      await released.promise
      json(response, 200, { late: true })
    })
    const call = fetch(`${hub.url}/mcp`, { method: 'POST', headers: { ...accept, authorization: `Bearer ${hub.key}`, 'content-type': 'application/json', 'mcp-session-id': session }, body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'Shop__getItem', arguments: { id: '1' } } }) }).then((response) => response.text())
    await reached.promise
    const { key } = await addAgentKey(hub, { operations: ['*'] })
    expectStatus(202, await hub.call('POST', '/mcp', { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } }, { key, headers: { ...accept, 'mcp-session-id': session } }))
    expectStatus(204, await hub.call('DELETE', '/mcp', undefined, { key, headers: { 'mcp-session-id': session } }))
    released.resolve()
    expect(await call).toContain('late')
  })

  test.each([['no JSON', '{"jsonrpc', 400], ['no message', '{"hello":1}', 400], ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"nothing"}', 200], ['a notification', '{"jsonrpc":"2.0","method":"notifications/initialized"}', 202], ['hostile keys', '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"__proto__":{"x":1}}}', 400]])('%s does no harm', async (_name, body, status) => {
    expect((await hub.call('POST', '/mcp', body, { headers: accept })).status).toBe(status)
  })
})
