import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { addIntegration, expectStatus, startRawUpstream } from '../../../test/service.ts'
import { isHubError } from '../../errors.ts'
import { testContext, type TestContext } from '../test-context.ts'
import { startAiServer, type AiServer } from './ai-server.fixture.ts'
import { aiService } from './index.ts'

let server: AiServer
const contexts: TestContext[] = []
beforeAll(async () => { server = await startAiServer() })
afterAll(() => server.close())
afterEach(async () => {
  server.asked.length = 0
  for (const context of contexts.splice(0)) await context[Symbol.asyncDispose]()
})

type Api = 'openai' | 'anthropic'
type Body = any // eslint-disable-line typescript/no-explicit-any

function contextOf(api: Api, credentials: object = { apiKey: 'sk-right' }): TestContext {
  const context = testContext({ connector: aiService, endpoint: `${server.url}/v1`, credentials: { ...credentials }, configuration: { api, model: 'the-model' } })
  contexts.push(context)
  return context
}

async function run(api: Api, id: string, input: unknown): Promise<Body> {
  const operation = (await aiService.operations.find(id))!
  const result = await operation.run({ ...contextOf(api), input })
  expect(operation.validateOutput!(result)).toEqual([])
  return result
}

const weather = { name: 'weather', description: 'The weather.', inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } }

describe.each<Api>(['openai', 'anthropic'])('as %s speaks', (api) => {
  test('a question is answered with text, and the tokens are counted', async () => {
    server.say({ text: 'Good morning.' })
    expect(await run(api, 'chat', { system: 'Be brief.', messages: [{ role: 'user', content: 'Hello' }], temperature: 0.5, topP: 0.9, stop: ['X'], maxTokens: 7 })).toMatchObject({
      text: 'Good morning.', toolCalls: [], stopReason: 'end', message: { role: 'assistant', content: 'Good morning.' }, usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15, cachedTokens: 4 },
    })
    expect(server.bodies()[0]).toMatchObject({ model: 'the-model', max_tokens: 7 })
  })

  test('tools are asked for, and their answers go back until the model is done', async () => {
    server.say({ text: 'I look.', calls: [{ name: 'weather', arguments: { city: 'Rome' } }, { name: 'weather', arguments: { city: 'Oslo' } }] }, { text: 'Sun and snow.' })
    const messages: unknown[] = [{ role: 'user', content: 'Rome and Oslo?' }]
    const first = await run(api, 'chat', { messages, tools: [weather], toolChoice: 'required' })
    expect(first).toMatchObject({ stopReason: 'tool_calls', toolCalls: [{ name: 'weather', arguments: { city: 'Rome' } }, { name: 'weather', arguments: { city: 'Oslo' } }] })
    const answers = first.toolCalls.map(({ id }: { id: string }, index: number) => ({ role: 'tool', toolCallId: id, content: index === 0 ? 'sun' : 'no such city', isError: index === 1 }))
    expect(await run(api, 'chat', { messages: [...messages, first.message, ...answers, { role: 'user', content: 'Well?' }], tools: [weather], toolChoice: { name: 'weather' } })).toMatchObject({ text: 'Sun and snow.', stopReason: 'end' })
  })

  test('JSON by a schema comes parsed, and what was cut off as null', async () => {
    server.say({ text: '{"city":"Rome"}' }, { text: '{"city":"Ro', stop: api === 'openai' ? 'length' : 'max_tokens' })
    const ask = { messages: [{ role: 'user', content: 'Where?' }], outputSchema: { type: 'object', properties: { city: { type: 'string' } } } }
    expect(await run(api, 'chat', ask)).toMatchObject({ output: { city: 'Rome' } })
    expect(await run(api, 'chat', ask)).toMatchObject({ output: null, stopReason: 'length' })
  })

  test('pictures go along', async () => {
    await run(api, 'chat', { messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, { type: 'image', url: 'data:image/png;base64,AAAA' }, { type: 'image', url: 'https://example.com/a.png' }] }] })
  })

  test('models are listed, and the connection is tested by that', async () => {
    expect((await run(api, 'list_models', {})).models[0].id).toMatch(/test$/)
    expect((await aiService.testConnection(contextOf(api))).detail).toContain('1 models')
    const refusal = await aiService.testConnection(contextOf(api, { apiKey: 'sk-wrong' })).catch((error: unknown) => error)
    expect(isHubError(refusal, 'connection_failed')).toBe(true)
  })
})

test('texts become vectors in their order; Anthropic has none', async () => {
  expect(await run('openai', 'embeddings', { input: ['a', 'bcd'] })).toMatchObject({ embeddings: [[1, 0], [3, 1]], usage: { inputTokens: 3 } })
  await expect(run('anthropic', 'embeddings', { input: 'a' })).rejects.toMatchObject({ code: 'invalid_input' })
})

test('what a model writes for arguments and is no JSON is told as it is', async () => {
  server.say({ calls: [{ name: 'weather', arguments: '{"city": Rome}' }] })
  expect((await run('openai', 'chat', { messages: [{ role: 'user', content: 'x' }], tools: [weather] })).toolCalls[0]).toMatchObject({ arguments: {}, malformed: '{"city": Rome}' })
})

describe('within a hub', () => {
  let hub: TestHub
  let close: () => Promise<void>
  beforeAll(async () => { ({ hub, close } = await openHub()) })
  afterAll(() => close())
  const add = (url: string, connection: object = {}): Promise<string> => addIntegration(hub.call, { name: 'Model', connector: 'ai-service', connection: { endpoint: `${url}/v1`, ...connection }, credentials: { apiKey: 'sk-right' } })

  test.each([[429, 'rate_limit_error'], [529, 'overloaded_error']])('a %d is tried again after the time that it asks for, and the tokens stand in the execution', async (status, type) => {
    const id = await add(server.url, { retryPolicy: { initialDelay: 1 } })
    server.answerNext(status, { error: { type, message: 'later' } }, { 'retry-after': '1' })
    const began = performance.now()
    const { body } = expectStatus(200, await hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'chat', input: { model: 'm', messages: [{ role: 'user', content: 'x' }] } }))
    expect(performance.now() - began).toBeGreaterThan(900)
    expect(body.execution.metrics.retryCount).toBe(1)
    expect((await hub.call('GET', `/api/v1/executions/${body.execution.id}`)).body.response.data.usage).toMatchObject({ totalTokens: 15 })
  })

  test('an answer that streams passes through the proxy as it comes, with the key added', async () => {
    const released = Promise.withResolvers<void>()
    let key: string | undefined
    const upstream = await startRawUpstream(async (request, response) => {
      key = request.headers.authorization
      request.resume()
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"first":1}\n\n')
      await released.promise
      response.end('data: [DONE]\n\n')
    })
    try {
      const id = await add(upstream.url)
      const response = await fetch(`${hub.url}/api/v1/integrations/${id}/proxy/chat/completions`, { method: 'POST', headers: { authorization: `Bearer ${hub.key}`, 'content-type': 'application/json' }, body: '{"stream":true}' })
      const reader = response.body!.getReader()
      expect(Buffer.from((await reader.read()).value!).toString()).toContain('first')
      released.resolve()
      expect(Buffer.from((await reader.read()).value!).toString()).toContain('[DONE]')
      expect(key).toBe('Bearer sk-right')
    } finally {
      await upstream.close()
    }
  })
})
