import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'
import { openCalls, type CallsFixture } from './calls.fixture.ts'

let fixture: CallsFixture
let agent: Upstream
beforeAll(() => { fixture = openCalls() })
afterAll(() => fixture[Symbol.asyncDispose]())
beforeEach(async () => {
  agent = await startUpstream()
  agent.answer(({ url, body }, response) => {
    if (url === '/card.json') json(response, 200, { name: 'Reporter', url: '/rpc', preferredTransport: 'JSONRPC' })
    else if (url === '/grpc-card.json') json(response, 200, { url: 'https://example.com', preferredTransport: 'GRPC' })
    else {
      const { id, method, params } = JSON.parse(body) as { id: string, method: string, params: { message?: object } }
      if (method === 'tasks/get') json(response, 200, { jsonrpc: '2.0', id, error: { code: -32001, message: 'Task not found' } })
      else if (method !== 'message/stream') json(response, 200, { jsonrpc: '2.0', id, result: { method, ...params } })
      else {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (const at of [1, 2]) response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result: { at } })}\n\n`)
        response.end()
      }
    }
  })
})
afterEach(() => agent.close())

test("a message goes to the agent of the card, with the id and the role that it doesn't have", async () => {
  const parameters = { message: { parts: [{ kind: 'text', text: 'Report.' }] } }
  expect(await fixture.run('a2a', { method: 'message/send', agentCard: { endpoint: `${agent.url}/card.json` }, parameters })).toMatchObject({ message: { messageId: 'key-of-the-task', role: 'user', parts: [{ kind: 'text', text: 'Report.' }] } })
  expect(agent.asked.at(-1)).toMatchObject({ url: '/rpc', headers: { 'idempotency-key': 'key-of-the-task' } })
})

test('a stream is an array of its results', async () => {
  expect(await fixture.run('a2a', { method: 'message/stream', server: `${agent.url}/rpc`, parameters: { message: { messageId: 'mine', role: 'agent' } } })).toEqual([{ at: 1 }, { at: 2 }])
  expect(JSON.parse(agent.asked.at(-1)!.body)).toMatchObject({ params: { message: { messageId: 'mine', role: 'agent' } } })
})

test("the agent's error is a runtime fault, its status a communication fault", async () => {
  expect(await fixture.faultOf('a2a', { method: 'tasks/get', server: agent.url, parameters: { id: 'x' } })).toMatchObject({ type: expect.stringMatching(/runtime$/), detail: expect.stringContaining('Task not found') })
  agent.answer((_request, response) => { json(response, 503, {}) })
  expect(await fixture.faultOf('a2a', { method: 'tasks/list', server: agent.url })).toMatchObject({ type: expect.stringMatching(/communication$/), status: 503 })
})

test.each([[{ method: 'tasks/list' }, 'agentCard or server'], [{ method: 'tasks/burn', server: 'http://x' }, '/method']])('%j is refused', async (args, said) => {
  expect((await fixture.faultOf('a2a', args)).detail).toContain(said)
})

test('a card that speaks no JSON-RPC is refused', async () => {
  expect((await fixture.faultOf('a2a', { method: 'tasks/list', agentCard: { endpoint: `${agent.url}/grpc-card.json` } })).type).toMatch(/configuration$/)
})
