import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { expectStatus } from '../../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'
import { addAgentKey, addShop, connectClient, readResult } from '../../../test/agents.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let shop: string
beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  shop = await addShop(hub, upstream.url)
  await addShop(hub, upstream.url, { name: 'Warehouse: north/2 (old & slow)' })
})
afterAll(async () => {
  await close()
  await upstream.close()
})
beforeEach(() => {
  upstream.asked.length = 0
  upstream.answer((_request, response) => { json(response, 200, { name: 'tea' }) })
})

type Body = any // eslint-disable-line typescript/no-explicit-any
const list = async (key: string, query = ''): Promise<Body> => expectStatus(200, await hub.call('GET', `/api/v1/agent/tools${query}`, undefined, { key })).body
const call = (key: string, name: string, body: object = {}, headers: Record<string, string> = {}): Promise<Body> => hub.call('POST', `/api/v1/agent/tools/${encodeURIComponent(name)}`, body, { key, headers })
const audit = async (actor: string): Promise<Body[]> => expectStatus(200, await hub.call<Body>('GET', `/api/v1/audit?actor=key:${actor}`)).body.data

describe('what the key of an agent may', () => {
  test('it sees what its policy names and nothing else', async () => {
    const { key } = await addAgentKey(hub, { operations: ['Shop/get*', 'Shop/listItems'] })
    const { data } = await list(key, '?all=true')
    expect(data.map(({ name }: { name: string }) => name).toSorted()).toEqual(['Shop__getFile', 'Shop__getItem', 'Shop__listItems'])
    expect((await list(key, '?q=remove%20item')).data.map(({ name }: { name: string }) => name)).not.toContain('Shop__removeItem')
  })

  test('of all operations it finds those alone, without their schemas, in pages', async () => {
    const search = async (key: string, query: string): Promise<Body> => expectStatus(200, await hub.call('GET', `/api/v1/operations${query}`, undefined, { key })).body
    const { key } = await addAgentKey(hub, { operations: ['Shop/get*'] })
    expect((await search(key, '?q=item')).data).toMatchObject([{ id: 'getItem', integrationId: shop, integration: 'Shop' }])
    const all = (await search(hub.key, '?q=get%20an%20item&limit=500')).data
    expect(all.slice(0, 2).map(({ id, integration }: Body) => `${integration}/${id}`).toSorted()).toEqual(['Shop/getItem', 'Warehouse: north/2 (old & slow)/getItem'])
    const first = await search(hub.key, '?limit=3')
    const second = await search(hub.key, `?limit=3&cursor=${first.nextCursor}`)
    expect(new Set([...first.data, ...second.data].map(({ id, integrationId }: Body) => `${integrationId}/${id}`)).size).toBe(6)
    expect(await hub.call('GET', '/api/v1/operations?cursor=nonsense')).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
  })

  test('it calls nothing else, by no way round, and is not told what there is', async () => {
    const { id, key } = await addAgentKey(hub, { operations: ['Shop/getItem'] })
    const tries = [
      await call(key, 'Shop__removeItem', { arguments: { id: '1' } }),
      await call(key, 'call_tool', { arguments: { name: 'Shop__removeItem', arguments: { id: '1' } } }),
      await call(key, 'run_operation', { arguments: { integration: 'Shop', operation: 'removeItem', input: { id: '1' } } }),
      await call(key, 'run_operation', { arguments: { integration: shop, operation: 'removeItem', input: { id: '1' } } }),
      await call(key, 'run_operation', { arguments: { integration: 'Shop/getItem', operation: 'removeItem' } }),
      await call(key, 'describe_tool', { arguments: { name: 'Shop__removeItem' } }),
      await call(key, 'call_tool', { arguments: { name: 'call_tool', arguments: { name: 'Shop__removeItem' } } }),
      await call(key, 'trigger_integration_flow', { arguments: { flow_id: 'anything' } }),
      await call(key, 'describe_integration', { arguments: { integration: 'Warehouse: north/2 (old & slow)' } }),
    ]
    expect(tries.map(({ status, body: { code } }) => `${status} ${code}`)).toEqual(tries.map(() => '404 tool_not_found'))
    expect(upstream.asked).toEqual([])
    expect((await audit(id)).map(({ action, detail: { outcome } }) => `${action} ${outcome}`)).toEqual(tries.map(() => 'tool.refused tool_not_found'))
  })

  test('it reaches no other part of the hub', async () => {
    const { id, key } = await addAgentKey(hub, { operations: ['*'], flows: ['*'] })
    for (const [method, path, body] of [
      ['POST', `/api/v1/integrations/${shop}/run`, { operation: 'getItem', input: { id: '1' } }], ['GET', `/api/v1/integrations/${shop}/proxy/items`], ['GET', '/api/v1/integrations'],
      ['GET', '/api/v1/credentials'], ['GET', '/api/v1/executions'], ['GET', '/api/v1/audit'], ['POST', '/api/v1/keys', { name: 'n', role: 'viewer' }], ['PUT', `/api/v1/keys/${id}/agent`, { operations: ['*'] }],
    ] as [string, string, object?][]) expect(await hub.call(method, path, body, { key }), path).toMatchObject({ status: 403 })
    expect(upstream.asked).toEqual([])
  })

  test('it reads what it made itself, and nothing of others', async () => {
    const [one, other] = [await addAgentKey(hub, { operations: ['*'] }), await addAgentKey(hub, { operations: ['*'] })]
    const { body: { execution } } = await call(one.key, 'Shop__getItem', { arguments: { id: '1' } })
    expect(await call(one.key, 'get_execution', { arguments: { execution_id: execution } })).toMatchObject({ status: 200, body: { data: { id: execution } } })
    expect(await call(other.key, 'get_execution', { arguments: { execution_id: execution } })).toMatchObject({ status: 404 })
    await using client = await connectClient(hub, other.key)
    await expect(client.readResource({ uri: `interchange://executions/${execution}` })).rejects.toThrow(/not one of yours/)
    expect((await client.listResources()).resources).toEqual([])
  })

  test("an integration's own access control holds for it too", async () => {
    const { key } = await addAgentKey(hub, { operations: ['*'] })
    await addShop(hub, upstream.url, { name: 'Private', usage: { accessControl: { roles: ['owner'] } } })
    expect((await list(key, '?all=true&limit=500')).data.some(({ name }: { name: string }) => name.startsWith('Private'))).toBe(false)
    expect(await call(key, 'Private__getItem', { arguments: { id: '1' } })).toMatchObject({ status: 404, body: { code: 'tool_not_found' } })
  })

  test('so many calls a minute, and then it is told when to come again', async () => {
    const { id, key } = await addAgentKey(hub, { operations: ['*'], callsPerMinute: 2 })
    const replies = [await call(key, 'list_integrations'), await call(key, 'Shop__getItem', { arguments: { id: '1' } }), await call(key, 'Shop__getItem', { arguments: { id: '2' } })]
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(Number(replies[2].headers.get('retry-after'))).toBeGreaterThan(0)
    expect(replies[2].headers.get('ratelimit-policy')).toBe('"tools";q=2;w=60')
    expect(await audit(id)).toHaveLength(2)
  })

  test('a quota counts what is done: no looking, no rehearsal, nothing refused', async () => {
    const { key } = await addAgentKey(hub, { operations: ['*'], quota: { limit: 1, period: 'month' } })
    const statuses = [
      await call(key, 'search_tools', { arguments: { query: 'item' } }), await call(key, 'Shop__getItem', { arguments: { id: '1' }, dryRun: true }), await call(key, 'Shop__getItem', { arguments: {} }),
      await call(key, 'Shop__getItem', { arguments: { id: '1' } }), await call(key, 'Shop__getItem', { arguments: { id: '2' } }),
    ].map(({ status, body }) => `${status} ${body.code ?? ''}`)
    expect(statuses).toEqual(['200 ', '200 ', '422 invalid_input', '200 ', '429 quota_exceeded'])
    expect(upstream.asked).toHaveLength(1)
  })

  test('a dry run checks and tells what would be called, and calls nothing', async () => {
    const { id, key } = await addAgentKey(hub, { operations: ['*'], dryRun: true })
    const { body } = await call(key, 'Shop__createItem', { arguments: { body: { name: 'tea' } } })
    expect(body).toMatchObject({ dryRun: true, execution: null, data: { wouldCall: { integration: { id: shop, name: 'Shop' }, operation: { id: 'createItem', method: 'POST', path: '/items' }, input: { body: { name: 'tea' } } } } })
    expect(await call(key, 'Shop__createItem', { arguments: { body: {} } })).toMatchObject({ status: 422, body: { code: 'invalid_input', errors: [{ pointer: expect.stringMatching(/^\/body/) }] } })
    expect(upstream.asked).toEqual([])
    expect((await audit(id)).map(({ action }) => action)).toEqual(['tool.refused', 'tool.rehearsed'])
  })

  test('its policy may be changed, takes hold at once, and no other key gets one', async () => {
    const { id, key } = await addAgentKey(hub, { operations: ['Shop/getItem'] })
    expectStatus(200, await hub.call('PUT', `/api/v1/keys/${id}/agent`, { operations: ['Shop/listItems'] }))
    expect((await call(key, 'Shop__getItem', { arguments: { id: '1' } })).status).toBe(404)
    expect((await call(key, 'Shop__listItems')).status).toBe(200)
    const plain = expectStatus(201, await hub.call<Body>('POST', '/api/v1/keys', { name: 'n', role: 'viewer' })).body
    expect(await hub.call('PUT', `/api/v1/keys/${plain.id}/agent`, { operations: ['*'] })).toMatchObject({ status: 409 })
  })

  test('nobody hands an agent more than he has, and a policy comes with no scopes beside it', async () => {
    const { key } = expectStatus(201, await hub.call<Body>('POST', '/api/v1/keys', { name: 'n', role: 'admin', scopes: ['keys:write', 'tools:use'] })).body
    expect(await hub.call('POST', '/api/v1/keys', { name: 'n', role: 'developer', agent: { operations: ['*'] } }, { key })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await hub.call('POST', '/api/v1/keys', { name: 'n', scopes: ['audit:read'], agent: {} })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/scopes' }] } })
  })
})

test('each call stands in the audit log with what it was and what came of it, and without what it was given', async () => {
  const { id, key } = await addAgentKey(hub, { operations: ['*'] })
  const { body } = await call(key, 'Shop__createItem', { arguments: { body: { name: 'a canary secret' } } }, { 'x-source-component': 'assistant' })
  const [entry] = await audit(id)
  expect(entry).toMatchObject({ action: 'tool.called', targetType: 'execution', targetId: body.execution, detail: { tool: 'Shop__createItem', of: 'Shop/createItem', outcome: 'succeeded', arguments: ['body'], by: 'assistant' } })
  expect(JSON.stringify(entry)).not.toContain('canary')
})

test('a tenant sees and calls nothing of another, by no name', async () => {
  const b = await hub.addTenant('b')
  await addShop(hub, upstream.url, { name: 'Other', key: b })
  const { data } = await list(b, '?all=true&limit=500')
  expect(data.every(({ name, kind }: { name: string, kind: string }) => name.startsWith('Other__') || kind === 'flow')).toBe(true)
  const { key } = await addAgentKey(hub, { operations: ['*'], flows: ['*'] }, { key: b })
  for (const each of [b, key]) {
    expect(await call(each, 'Shop__getItem', { arguments: { id: '1' } })).toMatchObject({ status: 404 })
    expect(await call(each, 'run_operation', { arguments: { integration: shop, operation: 'getItem', input: { id: '1' } } })).toMatchObject({ status: 404 })
  }
  expect(upstream.asked).toEqual([])
})

test('the list is had in the forms of other APIs', async () => {
  const { key } = await addAgentKey(hub, { operations: ['Shop/getItem'] })
  const openai = (await list(key, '?format=openai')).data
  expect(openai).toContainEqual({ type: 'function', function: { name: 'Shop__getItem', description: expect.any(String), parameters: expect.objectContaining({ type: 'object', required: ['id'] }) } })
  expect((await list(key, '?format=anthropic')).data).toContainEqual({ name: 'Shop__getItem', description: expect.any(String), input_schema: expect.objectContaining({ type: 'object' }) })
  for (const { function: { name } } of openai) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
})

test('the same Idempotency-Key calls once', async () => {
  const { key } = await addAgentKey(hub, { operations: ['*'] })
  const twice = await Promise.all([1, 2].map(() => call(key, 'Shop__createItem', { arguments: { body: { name: 'tea' } } }, { 'idempotency-key': 'once' })))
  expect(upstream.asked).toHaveLength(1)
  expect(twice.some(({ status }) => status === 200)).toBe(true)
})

test('what is called strangely gets names that are valid and stay, and they lead back to it', async () => {
  const { data } = await list(hub.key, '?q=warehouse%20get%20item')
  const { name } = data[0]
  expect(name).toMatch(/^Warehouse_north-[0-9a-f]{8}__getItem$/)
  expect(await call(hub.key, name, { arguments: { id: '9' } })).toMatchObject({ status: 200, body: { data: { name: 'tea' } } })
  await addShop(hub, upstream.url, { name: 'Twin' })
  const before = (await list(hub.key, '?q=twin%20get%20item')).data[0].name
  await addShop(hub, upstream.url, { name: 'Twin' })
  const after = (await list(hub.key, '?all=true&limit=500')).data.map((tool: { name: string }) => tool.name).filter((each: string) => /^Twin.*getItem$/.test(each))
  expect(before).toBe('Twin__getItem')
  expect(new Set(after).size).toBe(2)
  expect(after, 'a name that could mean either means neither').not.toContain(before)
})

test('results of tools in MCP and over HTTP are the same', async () => {
  await using client = await connectClient(hub, hub.key)
  const overMcp = readResult(await client.callTool({ name: 'Shop__getItem', arguments: { id: '1' } })).data
  expect((await call(hub.key, 'Shop__getItem', { arguments: { id: '1' } })).body.data).toEqual(overMcp)
})
