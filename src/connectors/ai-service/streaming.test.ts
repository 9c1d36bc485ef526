/** Answers that are told as they come, over the hub's own API. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { addIntegration, expectStatus, startRawUpstream } from '../../../test/service.ts'
import { readEvents } from '../../lib/http/server-sent-events.ts'
import { startAiServer, type AiServer } from './ai-server.fixture.ts'

let hub: TestHub
let close: () => Promise<void>
let server: AiServer
beforeAll(async () => {
  server = await startAiServer()
  ;({ hub, close } = await openHub())
})
afterAll(async () => {
  await close()
  await server.close()
})

type Api = 'openai' | 'anthropic'
const messages = [{ role: 'user', content: 'Hello' }]
const weather = { name: 'weather', inputSchema: { type: 'object', properties: { city: { type: 'string' } } } }

function add(api: Api, { url = server.url, ...more }: { url?: string, connection?: object, dataHandling?: object } = {}): Promise<string> {
  return addIntegration(hub.call, { name: `Model ${crypto.randomUUID()}`, connector: 'ai-service', configuration: { api, model: 'the-model' }, credentials: { apiKey: 'sk-right' }, ...more, connection: { endpoint: `${url}/v1`, ...more.connection } })
}

function ask(id: string, input: object = { messages }, { signal, operation = 'chat' }: { signal?: AbortSignal, operation?: string } = {}): Promise<Response> {
  return fetch(`${hub.url}/api/v1/integrations/${id}/run`, {
    method: 'POST', headers: { authorization: `Bearer ${hub.key}`, 'content-type': 'application/json', accept: 'text/event-stream' }, body: JSON.stringify({ operation, input }), ...signal && { signal },
  })
}

interface Told { name: string, data: any } // eslint-disable-line typescript/no-explicit-any

async function* toldBy(response: Response): AsyncGenerator<Told, void, undefined> {
  for await (const { name, data } of readEvents(response.body!)) if (data !== '') yield { name, data: JSON.parse(data) }
}

async function allOf(response: Response): Promise<Told[]> {
  const all: Told[] = []
  for await (const each of toldBy(response)) all.push(each)
  return all
}

const recorded = async (id: string): Promise<any> => (await hub.call('GET', `/api/v1/executions/${id}`)).body // eslint-disable-line typescript/no-explicit-any
const lastOf = async (integrationId: string): Promise<any> => (await hub.call('GET', `/api/v1/executions?integrationId=${integrationId}`)).body.data[0] // eslint-disable-line typescript/no-explicit-any

describe.each<Api>(['openai', 'anthropic'])('as %s speaks', (api) => {
  test('text is told while it comes, and the whole with its tokens at the end, as it is recorded', async () => {
    const id = await add(api)
    const released = Promise.withResolvers<void>()
    server.say({ text: 'Good morning.', pause: released.promise })
    const response = await ask(id)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const told = toldBy(response)
    expect((await told.next()).value).toEqual({ name: 'part', data: { type: 'text', text: 'Good mo' } })
    released.resolve()
    expect((await told.next()).value).toEqual({ name: 'part', data: { type: 'text', text: 'rning.' } })
    const { name, data } = (await told.next()).value as Told
    expect({ name, data }).toMatchObject({ name: 'result', data: { success: true, data: { text: 'Good morning.', stopReason: 'end', usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15, cachedTokens: 4 } }, execution: { status: 'succeeded' } } })
    expect((await told.next()).done).toBe(true)
    expect(await recorded(data.execution.id)).toMatchObject({ operation: 'chat', response: { statusCode: 200, data: { text: 'Good morning.', usage: { totalTokens: 15 } } } })
  })

  test('tools that the model wants called come in pieces that make up the same', async () => {
    const id = await add(api)
    const calls = [{ name: 'weather', arguments: { city: 'Rome' } }, { name: 'weather', arguments: { city: 'Oslo' } }]
    server.say({ text: 'I look.', calls })
    const all = await allOf(await ask(id, { messages, tools: [weather] }))
    const pieces = all.filter(({ data }) => data.type === 'tool_call').map(({ data }) => data)
    for (const [index, { arguments: args }] of calls.entries()) {
      const own = pieces.filter((piece) => piece.index === index)
      expect(own[0]).toMatchObject({ id: expect.any(String), name: 'weather' })
      expect(JSON.parse(own.map((piece) => piece.arguments ?? '').join(''))).toEqual(args)
    }
    expect(all.at(-1)).toMatchObject({ name: 'result', data: { data: { text: 'I look.', stopReason: 'tool_calls', toolCalls: calls } } })
  })

  test.each([['error', 'Overloaded'], ['end', 'in the middle'], ['reset', '']] as const)('what breaks off by %s is an error with its execution, and is not tried again', async (breaks, said) => {
    const id = await add(api)
    server.asked.length = 0
    server.say({ text: 'Good morning.', breaks })
    const all = await allOf(await ask(id))
    expect(all.map(({ name }) => name)).toEqual(['part', 'error'])
    expect(all[1]!.data).toMatchObject({ code: 'upstream_unavailable', status: 502, detail: expect.stringContaining(said), execution: { status: 'failed' } })
    expect(await recorded(all[1]!.data.execution.id)).toMatchObject({ status: 'failed', error: { type: 'upstream_unavailable' } })
    expect(server.asked).toHaveLength(1)
  })

  test('what is refused before anything came is answered as ever', async () => {
    const id = await add(api)
    server.answerNext(400, { error: { type: 'invalid_request_error', message: 'no such model' } })
    const response = await ask(id)
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'upstream_rejected', detail: expect.stringContaining('no such model') })
    expect((await ask(id, { messages: [] })).status).toBe(422)
  })
})

test('a client that goes away ends the call upstream, which is recorded so', async () => {
  const ended = Promise.withResolvers<void>()
  const upstream = await startRawUpstream((request, response) => {
    request.resume()
    response.once('close', () => { ended.resolve() })
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"choices":[{"delta":{"content":"Once"}}]}\n\n')
  })
  try {
    const id = await add('openai', { url: upstream.url })
    const abort = new AbortController()
    const told = toldBy(await ask(id, undefined, { signal: abort.signal }))
    expect((await told.next()).value).toMatchObject({ data: { text: 'Once' } })
    abort.abort()
    await ended.promise
    await vi.waitFor(async () => { expect(await lastOf(id)).toMatchObject({ status: 'failed', error: { type: 'caller_gone' } }) }, { timeout: 10_000, interval: 20 })
  } finally {
    await upstream.close()
  }
})

test('parts have no secrets, and come not at all where a program changes the answer first', async () => {
  const id = await add('openai')
  server.say({ text: 'sk-right' })
  const all = await allOf(await ask(id))
  expect(JSON.stringify(all.at(-1))).not.toContain('sk-right')
  const changed = await add('openai', { dataHandling: { responseTransform: ['.text | ascii_upcase'] } })
  server.say({ text: 'quiet' })
  expect(await allOf(await ask(changed))).toMatchObject([{ name: 'result', data: { data: 'QUIET' } }])
})

test('an operation that tells no parts answers its result as the only event', async () => {
  const id = await add('openai')
  expect(await allOf(await ask(id, {}, { operation: 'list_models' }))).toMatchObject([{ name: 'result', data: { data: { models: [{ id: 'gpt-test' }] } } }])
  expectStatus(200, await hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'chat', input: { messages } }))
})
