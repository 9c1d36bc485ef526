import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startAiServer, type AiServer } from '../../connectors/ai-service/ai-server.fixture.ts'
import { addAgentKey, addShop } from '../../../test/agents.ts'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { addIntegration, expectStatus } from '../../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'

type Body = any // eslint-disable-line typescript/no-explicit-any
let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let ai: AiServer
let shop: string
let model: string
beforeAll(async () => {
  [upstream, ai] = await Promise.all([startUpstream(), startAiServer()])
  ;({ hub, close } = await openHub())
  shop = await addShop(hub, upstream.url)
  model = await addIntegration(hub.call, { name: 'Model', connector: 'ai-service', connection: { endpoint: `${ai.url}/v1` }, configuration: { model: 'gpt-test' }, credentials: { apiKey: 'sk-right' } })
})
afterAll(async () => {
  await close()
  await Promise.all([upstream.close(), ai.close()])
})
beforeEach(() => {
  upstream.asked.length = 0
  ai.asked.length = 0
  upstream.answer((_request, response) => { json(response, 200, { name: 'tea', size: 3 }) })
})

let made = 0
async function makeAgent(body: object = {}): Promise<Body> {
  return expectStatus(201, await hub.call('POST', '/api/v1/agents', { name: `agent-${made += 1}`, model: { integration: 'Model' }, instructions: 'Be exact.', tools: { operations: ['Shop/*'] }, ...body })).body
}

async function runAgent({ id }: { id: string }, prompt = 'What is item 17?'): Promise<Body> {
  return expectStatus(200, await hub.call('POST', `/api/v1/agents/${id}/runs`, { prompt, waitSeconds: 60 })).body
}

const tasksOf = async (id: string): Promise<Body[]> => expectStatus(200, await hub.call<Body>('GET', `/api/v1/runs/${id}`)).body.tasks

test('an agent asks its model, calls the tools that it wants, and answers; each step stands in the run', async () => {
  ai.say({ text: 'I look it up.', calls: [{ name: 'Shop__getItem', arguments: { id: '17' } }] }, { text: 'It is tea.' })
  const { id, status, output } = await runAgent(await makeAgent())
  expect({ status, output }).toMatchObject({ status: 'completed', output: { text: 'It is tea.', output: null, steps: 2, tokens: 30 } })
  expect(upstream.asked.map(({ url }) => url)).toEqual(['/items/17'])
  const [first, second] = ai.bodies()
  expect(first.messages).toEqual([{ role: 'system', content: 'Be exact.' }, { role: 'user', content: 'What is item 17?' }])
  expect(first.tools.map((tool: Body) => tool.function.name)).toEqual(expect.arrayContaining(['Shop__getItem', 'search_tools']))
  expect(second.messages.at(-1)).toMatchObject({ role: 'tool', content: '{"name":"tea","size":3}' })
  const steps = (await tasksOf(id)).filter(({ name }) => name === 'turn' || name === 'tool')
  expect(steps.map(({ name, status: each, executionId }) => ({ name, status: each, recorded: typeof executionId }))).toEqual(['turn', 'tool', 'turn'].map((name) => ({ name, status: 'completed', recorded: 'string' })))
})

test("what a tool refuses is the model's to deal with", async () => {
  ai.say({ calls: [{ name: 'Shop__getItem', arguments: {} }, { name: 'Nobody__nothing', arguments: {} }, { name: 'Shop__getItem', arguments: '{"id": 1' }] }, { text: 'I could not.' })
  expect(await runAgent(await makeAgent())).toMatchObject({ status: 'completed', output: { text: 'I could not.' } })
  const answers = ai.bodies()[1].messages.slice(-3).map(({ content }: Body) => content)
  expect(answers[0]).toContain('invalid_input')
  expect(answers[1]).toContain('tool_not_found')
  expect(answers[2]).toContain('no JSON object')
  expect(upstream.asked).toEqual([])
})

test('it reaches no tool but its own, whatever the model is talked into', async () => {
  ai.say({ calls: [{ name: 'Shop__removeItem', arguments: { id: '1' } }, { name: 'run_operation', arguments: { integration: 'Shop', operation: 'removeItem', input: { id: '1' } } }, { name: 'run_operation', arguments: { integration: 'Model', operation: 'list_models' } }] }, { text: 'No.' })
  const { id } = await runAgent(await makeAgent({ tools: { operations: ['Shop/get*'] } }))
  expect(ai.bodies()[1].messages.slice(-3).map(({ content }: Body) => JSON.parse(content).error.code)).toEqual(['tool_not_found', 'tool_not_found', 'tool_not_found'])
  expect(upstream.asked).toEqual([])
  const { data } = expectStatus(200, await hub.call<Body>('GET', '/api/v1/audit?action=tool.refused')).body
  expect(data.filter(({ detail }: Body) => detail.by === `run ${id}`)).toHaveLength(3)
})

describe('it ends', () => {
  const again = { calls: [{ name: 'Shop__getItem', arguments: { id: '1' } }] }

  test('at its step limit', async () => {
    ai.say(again, again, again)
    expect(await runAgent(await makeAgent({ maxSteps: 2 }))).toMatchObject({ status: 'faulted', error: { title: 'Step limit' } })
    expect(ai.bodies()).toHaveLength(2)
    ai.say()
  })

  test.each([['tokens', { tokens: 20 }], ['money', { cost: 0.00004, prices: { inputPerMillion: 1, outputPerMillion: 2 } }]])('when its budget in %s is used up', async (_what, budget) => {
    const rest = await startAiServer()
    const own = await addIntegration(hub.call, { name: `Model of ${_what}`, connector: 'ai-service', connection: { endpoint: `${rest.url}/v1` }, configuration: { model: 'gpt-test' }, credentials: { apiKey: 'sk-right' } })
    rest.say(again, again, again, again)
    const { status, error } = await runAgent(await makeAgent({ budget, model: { integration: own } }))
    expect({ status, detail: error.detail }).toMatchObject({ status: 'faulted', detail: expect.stringContaining('budget') })
    expect(rest.bodies()).toHaveLength(2)
    await rest.close()
  })
})

test('an answer that does not have the shape that was asked for is asked for again', async () => {
  const own = await startAiServer()
  const integration = await addIntegration(hub.call, { name: 'Model of shapes', connector: 'ai-service', connection: { endpoint: `${own.url}/v1` }, configuration: { api: 'anthropic', model: 'claude-test' }, credentials: { apiKey: 'sk-right' } })
  own.say({ text: 'Tea, three of it.' }, { text: '{"name":17}' }, { text: '{"name":"tea"}' })
  const outputSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
  expect(await runAgent(await makeAgent({ outputSchema, model: { integration } }))).toMatchObject({ status: 'completed', output: { output: { name: 'tea' }, steps: 3 } })
  expect(JSON.stringify(own.bodies()[2].messages)).toContain('/name')
  await own.close()
})

test('an agent made from an API has its operations as tools and runs at once', async () => {
  const rest = await startAiServer()
  const key = await hub.addTenant('from-api')
  const integration = await addShop(hub, upstream.url, { name: 'Tea Shop', key })
  const post = (path: string, body: object): Promise<Body> => hub.call('POST', path, body, { key })
  expect(await post('/api/v1/agents/from-integration', { integrationId: integration })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/model' }] } })
  await addIntegration(hub.call, { name: 'Model', connector: 'ai-service', connection: { endpoint: `${rest.url}/v1` }, configuration: { model: 'gpt-test' }, credentials: { apiKey: 'sk-right' } }, { key })
  const agent = expectStatus(201, await post('/api/v1/agents/from-integration', { integrationId: integration })).body as Body
  expect(agent).toMatchObject({ name: expect.stringMatching(/^tea-shop-/), tools: { operations: [`${integration}/*`] } })
  rest.say({ calls: [{ name: (await hub.call<Body>('GET', '/api/v1/agent/tools?q=list%20items', undefined, { key })).body.data[0].name, arguments: {} }] }, { text: 'One tea.' })
  expect(expectStatus(200, await post(`/api/v1/agents/${agent.id}/runs`, { prompt: 'List all', waitSeconds: 60 })).body).toMatchObject({ status: 'completed', output: { text: 'One tea.' } })
  expect(upstream.asked.map(({ url }) => url)).toEqual(['/items'])
  const { data } = expectStatus(200, await hub.call<Body>('GET', '/api/v1/agents/capabilities?q=remove%20item', undefined, { key })).body
  expect(data).toMatchObject([{ agent: { name: agent.name } }])
  expect(data[0].tools[0].name).toMatch(/removeItem$/)
  expect(await post('/api/v1/agents/from-integration', { integrationId: shop })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/integrationId' }] } })
  await rest.close()
})

test('an agent is a tool of other agents, as far as their keys let them', async () => {
  const agent = await makeAgent()
  const { key } = await addAgentKey(hub, { flows: [agent.flow] })
  ai.say({ text: 'Done.' })
  const { data } = expectStatus(200, await hub.call<Body>('GET', '/api/v1/agent/tools?all=true', undefined, { key })).body
  expect(data).toMatchObject([{ kind: 'flow', inputSchema: { required: ['prompt'] } }])
  expect((await hub.call<Body>('POST', `/api/v1/agent/tools/${data[0].name}`, { arguments: { prompt: 'Do it' } }, { key })).body).toMatchObject({ data: { status: 'completed', output: { text: 'Done.' } } })
})

test('an agent that may call itself does so a few times, and is told then that it may not', async () => {
  const agent = await makeAgent({ tools: { flows: ['*'] } })
  const { data } = expectStatus(200, await hub.call<Body>('GET', `/api/v1/agent/tools?q=${agent.name}`)).body
  const { name } = data.find((tool: Body) => tool.title.includes(agent.name))
  ai.say(...Array.from({ length: 11 }, () => ({ calls: [{ name, arguments: { prompt: 'Ask yourself' } }] })), ...Array.from({ length: 11 }, () => ({ text: 'Enough.' })))
  expect(await runAgent(agent)).toMatchObject({ status: 'completed', output: { text: 'Enough.' } })
  const runs = expectStatus(200, await hub.call<Body>('GET', `/api/v1/runs?flow=${encodeURIComponent(agent.flow)}`)).body.data
  expect(runs.map(({ trigger, status }: Body) => `${trigger.depth ?? 0} ${status}`)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((depth) => `${depth} completed`))
  expect(JSON.parse(ai.bodies()[11].messages.at(-1).content)).toMatchObject({ error: { code: 'nested_too_deep', whatToDo: expect.any(String) } })
})

test('a run that an agent waits for ends with it when it is cancelled', async () => {
  const rest = { document: { dsl: '1.0.3', namespace: 'default', name: 'resting', version: '1.0.0' }, do: [{ rest: { wait: { hours: 1 } } }] }
  expectStatus(201, await hub.call('POST', '/api/v1/flows', rest))
  const agent = await makeAgent({ tools: { flows: ['resting'] } })
  ai.say({ calls: [{ name: 'flow__resting', arguments: {} }] })
  const { id } = expectStatus(202, await hub.call<Body>('POST', `/api/v1/agents/${agent.id}/runs`, { prompt: 'Rest' })).body
  const resting = async (): Promise<Body> => (await hub.call<Body>('GET', '/api/v1/runs?flow=resting')).body.data
  await vi.waitFor(async () => { expect(await resting()).toMatchObject([{ status: 'waiting', trigger: { type: 'agent', runId: id, depth: 1 } }]) }, { timeout: 20_000, interval: 50 })
  expectStatus(202, await hub.call('POST', `/api/v1/runs/${id}/cancel`))
  await vi.waitFor(async () => { expect(await resting()).toMatchObject([{ status: 'cancelled' }]) }, { timeout: 20_000, interval: 50 })
})

test('it is read, listed, changed with If-Match and deleted; runs stay on what they began with', async () => {
  const agent = await makeAgent({ description: 'for tea' })
  expect((await hub.call('GET', `/api/v1/agents/${agent.id}`)).body).toEqual(agent)
  expect((await hub.call<Body>('GET', '/api/v1/agents?q=for%20tea')).body.data).toEqual([agent])
  const change = { model: { integration: model }, instructions: 'Be kind.' }
  const changed = expectStatus(200, await hub.call<Body>('PUT', `/api/v1/agents/${agent.id}`, change, { headers: { 'if-match': `"${agent.etag}"` } })).body
  expect(changed).toMatchObject({ instructions: 'Be kind.', tools: { operations: [] }, etag: '2' })
  expect(await hub.call('PUT', `/api/v1/agents/${agent.id}`, change, { headers: { 'if-match': '"1"' } })).toMatchObject({ status: 412 })
  ai.say({ text: 'Kindly.' })
  const { id } = await runAgent(agent)
  expect((await hub.call<Body>('GET', `/api/v1/runs/${id}`)).body).toMatchObject({ version: changed.version, trigger: { type: 'agent', agent: agent.name } })
  expect(ai.bodies().at(-1).messages[0]).toEqual({ role: 'system', content: 'Be kind.' })
  expectStatus(204, await hub.call('DELETE', `/api/v1/agents/${agent.id}`))
  expect((await hub.call('POST', `/api/v1/agents/${agent.id}/runs`, { prompt: 'x' })).status).toBe(404)
  await makeAgent({ name: agent.name })
})

test('nobody makes an agent that may do what he may not, and a name is taken once', async () => {
  const { key } = expectStatus(201, await hub.call<Body>('POST', '/api/v1/keys', { name: 'n', scopes: ['agents:write', 'agents:run'] })).body
  expect(await hub.call('POST', '/api/v1/agents', { name: 'far', model: { integration: 'Model' }, tools: { operations: ['*'] } }, { key })).toMatchObject({ status: 403 })
  const { name } = await makeAgent()
  expect(await hub.call('POST', '/api/v1/agents', { name, model: { integration: 'Model' } })).toMatchObject({ status: 409, body: { errors: [{ pointer: '/name' }] } })
  expect(await hub.call('POST', '/api/v1/agents', { name: 'x', model: { integration: 'Model' }, outputSchema: { $ref: '#/nowhere' } })).toMatchObject({ status: 422 })
})
