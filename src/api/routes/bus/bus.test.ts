import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { serviceDocument } from '../../../../test/api-document.ts'
import { openTwoHubs, type Reply, type TestHub } from '../../../../test/hub.ts'
import { addConnector, addIntegration, expectStatus } from '../../../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../../../test/upstream.ts'
import { systemCaller } from '../../../tenants/caller.ts'
import { openStream } from './readers.fixture.ts'

type Body = any // eslint-disable-line typescript/no-explicit-any

let one: TestHub
let other: TestHub
let upstream: Upstream
let close: () => Promise<void>
let tenantId: string
let integrationId: string

beforeAll(async () => {
  upstream = await startUpstream()
  const hubs = await openTwoHubs()
  ;({ one, other } = hubs)
  tenantId = (await one.call('GET', '/api/v1/tenant')).body.id
  integrationId = await addIntegration(one.call, { connector: await addConnector(one.call, upstream.url) })
  close = async () => {
    await hubs.close()
    await upstream.close()
  }
})
afterAll(() => close())
beforeEach(() => {
  upstream.asked.length = 0
  upstream.answer((request, response) => { json(response, 200, { asked: request.url }) })
})

const waiting = { timeout: 20_000, interval: 10 }
const bus = (hub: TestHub, path: string, body: object, key = hub.key): Promise<Reply<Body>> => hub.call('POST', `/api/v1/bus/${path}`, body, { key })
async function makeKey(scopes: string[]): Promise<{ id: string, key: string }> {
  return expectStatus(201, await one.call('POST', '/api/v1/keys', { name: 'k', role: 'developer', scopes })).body as { id: string, key: string }
}
async function eventsOf(query: Record<string, string>): Promise<Body[]> {
  return expectStatus(200, await one.call('GET', `/api/v1/events?${new URLSearchParams(query)}`)).body.data
}

describe('publish', () => {
  test('makes an event of it', async () => {
    const { body: { id } } = expectStatus(202, await bus(one, 'publish', { topic: 'published', data: { a: [1] }, subject: 's' }))
    expect((await one.call('GET', `/api/v1/events/${id}`)).body).toMatchObject({ id, messageId: id, source: '/bus', type: 'published', subject: 's', data: { a: [1] }, datacontenttype: 'application/json' })
  })

  test('what no event can have is refused with where', async () => {
    expect(expectStatus(400, await bus(one, 'publish', { topic: 'a\u0007b' })).body.errors).toMatchObject([{ pointer: '/topic' }])
    expect(expectStatus(400, await bus(one, 'publish', { topic: 't', source: 'my source' })).body.errors).toMatchObject([{ pointer: '/source' }])
    expect(expectStatus(400, await bus(one, 'publish', { topic: 't', source: 'interchange' })).body.errors).toMatchObject([{ pointer: '/source' }])
    expect(expectStatus(422, await bus(one, 'publish', {})).body.errors).toMatchObject([{ pointer: '/topic' }])
  })

  test('those who subscribed in any process get all that is published from then on, in order', async () => {
    const seen: string[] = []
    const subscription = await other.hub.services.bus.subscribe(tenantId, { types: ['subscribed.*'] }, ({ type }) => {
      seen.push(type)
      if (seen.length === 2) throw new Error('a handler that fails holds up nobody')
    })
    const topics = [1, 2, 3, 4, 5].map((at) => `subscribed.${at}`)
    for (const topic of topics) await bus(one, 'publish', { topic })
    await vi.waitFor(() => { expect(seen.length).toBe(topics.length) }, waiting)
    expect(seen).toEqual(topics)
    await subscription.stop()
  })
})

describe('request', () => {
  test('is answered by a reply from another process', async () => {
    const stream = await openStream(other, 'types=question')
    const asked = bus(one, 'request', { topic: 'question', data: { n: 20 } })
    await vi.waitFor(() => { expect(stream.records.length).toBe(1) }, waiting)
    const [request] = stream.records
    expect(request).toMatchObject({ correlationid: request.id, replyto: 'question.reply', expirytime: expect.any(String), data: { n: 20 } })
    expectStatus(202, await bus(other, 'reply', { to: request.id, data: { n: 21 } }))
    expect(expectStatus(200, await asked).body).toMatchObject({ id: request.id, reply: { n: 21 }, event: { type: 'question.reply', correlationid: request.id, causationid: request.id } })
    stream.stop()
  })

  test('fifty at once get each its own reply', async () => {
    const answering = await other.hub.services.bus.subscribe(tenantId, { types: ['square'] }, async ({ text }) => {
      const { id, data } = JSON.parse(text) as { id: string, data: number }
      await other.hub.services.bus.reply(systemCaller(tenantId), { to: id, data: data * data })
    })
    const replies = await Promise.all(Array.from({ length: 50 }, (_, n) => bus(n % 2 ? one : other, 'request', { topic: 'square', data: n })))
    expect(replies.map(({ body }) => body.reply)).toEqual(Array.from({ length: 50 }, (_, n) => n * n))
    await answering.stop()
  })

  test('nobody replies: 504, in the time that was given', async () => {
    expect(expectStatus(504, await bus(one, 'request', { topic: 'silence', timeout: 50 })).body).toMatchObject({ code: 'reply_timeout', id: expect.any(String) })
  })

  test('a large reply comes whole', async () => {
    const stream = await openStream(other, 'types=large.question')
    const asked = bus(one, 'request', { topic: 'large.question' })
    await vi.waitFor(() => { expect(stream.records.length).toBe(1) }, waiting)
    await bus(one, 'reply', { to: stream.records[0].id, data: 'x'.repeat(200_000) })
    expect((await asked).body.reply.length).toBe(200_000)
    stream.stop()
  })

  test('what is no request takes no reply', async () => {
    const { body: { id } } = await bus(one, 'publish', { topic: 'statement' })
    expect(expectStatus(409, await bus(one, 'reply', { to: id })).body).toMatchObject({ errors: [{ pointer: '/to' }] })
    expectStatus(404, await bus(one, 'reply', { to: 'nothing' }))
  })

  test('nobody outside can reply through a webhook source', async () => {
    const { body: { url } } = expectStatus(201, await one.call('POST', '/api/v1/webhook-sources', { name: 'open', verification: { scheme: 'none' } }))
    const stream = await openStream(one, 'types=guarded')
    const asked = bus(one, 'request', { topic: 'guarded', timeout: 20_000 })
    await vi.waitFor(() => { expect(stream.records.length).toBe(1) }, waiting)
    const { id } = stream.records[0]
    const forged = { specversion: '1.0', id: 'forged', source: '/evil', type: 'guarded.reply', correlationid: id, data: 'forged' }
    expect((await fetch(`${one.url}${new URL(url).pathname}`, { method: 'POST', headers: { 'content-type': 'application/cloudevents+json' }, body: JSON.stringify(forged) })).status).toBe(202)
    await vi.waitFor(async () => { expect((await eventsOf({ type: 'guarded.reply' })).length).toBe(1) }, waiting)
    await bus(one, 'reply', { to: id, data: 'true' })
    expect((await asked).body.reply).toBe('true')
    stream.stop()
  })
})

describe('integration.request.execute', () => {
  const topic = 'integration.request.execute'

  test('runs the operation and replies', async () => {
    const { body } = expectStatus(200, await bus(one, 'request', { topic, data: { integrationId, action: 'getItem', params: { id: '7' } } }))
    expect(body.reply).toMatchObject({ success: true, data: { asked: '/items/7' }, executionId: expect.any(String) })
    expect(body.event).toMatchObject({ source: 'interchange', type: `${topic}.reply` })
    expect((await one.call('GET', `/api/v1/executions/${body.reply.executionId}`)).body).toMatchObject({ integrationId, operation: 'getItem', status: 'succeeded' })
  })

  test('published, it replies all the same', async () => {
    const { body: { id } } = expectStatus(202, await bus(one, 'publish', { topic, data: { integrationId, action: 'getItem', params: { id: '8' } } }))
    await vi.waitFor(async () => { expect(await eventsOf({ type: `${topic}.reply`, subject: id })).toMatchObject([{ correlationid: id, data: { success: true } }]) }, waiting)
  })

  test('says what went wrong, with where', async () => {
    const ask = async (data: unknown): Promise<Body> => expectStatus(200, await bus(one, 'request', { topic, data })).body.reply
    expect(await ask({})).toMatchObject({ success: false, error: { code: 'invalid_input', errors: [{ pointer: '/integrationId' }] } })
    expect(await ask({ integrationId: 'x' })).toMatchObject({ success: false, error: { code: 'not_found' } })
    expect(await ask({ integrationId, action: 'none' })).toMatchObject({ success: false, error: { code: 'operation_not_found', errors: [{ pointer: '/action' }] } })
    expect(await ask({ integrationId, action: 'getItem', params: {} })).toMatchObject({ success: false, error: { code: 'invalid_input', errors: [{ pointer: expect.stringMatching(/^\/params/) }] } })
    upstream.answer((_request, response) => { json(response, 418, { why: 'teapot' }) })
    expect(await ask({ integrationId, action: 'getItem', params: { id: '1' } })).toMatchObject({ success: false, executionId: expect.any(String), error: { code: 'upstream_rejected' } })
  })

  test('the same event again runs nothing again', async () => {
    const event = { specversion: '1.0', id: 'execute-once', source: '/test', type: topic, data: { integrationId, action: 'getItem', params: { id: 'once' } } }
    for (let round = 0; round < 3; round += 1) expectStatus(202, await one.call('POST', '/api/v1/events', event))
    await vi.waitFor(async () => { expect((await eventsOf({ type: `${topic}.reply`, subject: 'execute-once' })).length).toBe(1) }, waiting)
    expect(upstream.asked.filter(({ url }) => url === '/items/once').length).toBe(1)
  })

  describe('is done for nobody who could not do it himself', () => {
    const event = () => ({ specversion: '1.0', id: crypto.randomUUID(), source: '/evil', type: topic, data: { integrationId, action: 'getItem', params: { id: 'evil' } } })
    const untouched = async (): Promise<void> => {
      // What came after it has been handled: so would it have been.
      expectStatus(200, await bus(one, 'request', { topic, data: { integrationId, action: 'getItem', params: { id: 'fine' } } }))
      expect(upstream.asked.map(({ url }) => url)).toEqual(['/items/fine'])
    }

    test('a key that may send events only: refused by every way, and nothing of a batch is stored', async () => {
      const { key } = await makeKey(['events:read', 'events:write'])
      const evil = event()
      expectStatus(403, await bus(one, 'publish', { topic, data: evil.data }, key))
      expectStatus(403, await bus(one, 'request', { topic, data: evil.data }, key))
      expectStatus(403, await one.call('POST', '/api/v1/events', evil, { key }))
      expect(expectStatus(403, await one.call('POST', '/api/v1/events', [{ ...event(), type: 'harmless.before' }, evil], { key })).body).toMatchObject({ code: 'forbidden', errors: [{ pointer: '/1/type' }] })
      expectStatus(403, await one.call('POST', '/api/v1/events', evil.data, { key, headers: { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/evil', 'ce-type': topic } }))
      expect(await eventsOf({ type: 'harmless.before' })).toEqual([])
      expect(await eventsOf({ source: '/evil', type: topic })).toEqual([])
      await untouched()
    })

    test('a reply cannot be made into one', async () => {
      const { key } = await makeKey(['events:read', 'events:write'])
      const request = { specversion: '1.0', id: 'self', source: '/evil', type: topic.replace(/\.execute$/, ''), correlationid: 'self', replyto: topic, data: {} }
      expectStatus(202, await one.call('POST', '/api/v1/events', request, { key }))
      expectStatus(202, await bus(one, 'reply', { to: 'self', data: event().data }, key))
      await untouched()
    })

    test('a webhook source that anybody may post to: it is an event, and nothing more', async () => {
      const { body: { url } } = expectStatus(201, await one.call('POST', '/api/v1/webhook-sources', { name: 'open', verification: { scheme: 'none' }, eventType: { expression: '.type' } }))
      const post = (body: object, contentType: string): Promise<Response> => fetch(`${one.url}${new URL(url).pathname}`, { method: 'POST', headers: { 'content-type': contentType }, body: JSON.stringify(body) })
      expect((await post(event(), 'application/cloudevents+json')).status).toBe(202)
      expect((await post([event(), event()], 'application/cloudevents-batch+json')).status).toBe(202)
      expect((await post({ type: topic, integrationId, action: 'getItem', params: { id: 'evil' } }, 'application/json')).status).toBe(202)
      expect((await post({ ...event(), source: 'interchange' }, 'application/cloudevents+json')).status).toBe(400)
      expect((await eventsOf({ type: topic, q: 'evil' })).length).toBe(4)
      await untouched()
    })

    test("another tenant's integration is not found", async () => {
      const key = await one.addTenant('bus-other')
      expect((await bus(one, 'request', { topic, data: event().data }, key)).body.reply).toMatchObject({ success: false, error: { code: 'not_found' } })
      await untouched()
    })

    test('an integration that does not let the key in', async () => {
      const { id: keyId } = await makeKey(['events:write', 'integrations:run'])
      const { key } = await makeKey(['events:write', 'integrations:run'])
      const closed = await addIntegration(one.call, { connector: await addConnector(one.call, upstream.url, { id: 'closed-shop' }), usage: { accessControl: { allowAll: false, keys: [keyId] } } })
      expect((await bus(one, 'request', { topic, data: { integrationId: closed, action: 'getItem', params: { id: 'evil' } } }, key)).body.reply).toMatchObject({ success: false, error: { code: 'access_denied' } })
      await untouched()
    })
  })
})

describe('integration.module.discovered', () => {
  const topic = 'integration.module.discovered'
  const announce = async (data: unknown, key = one.key): Promise<Body> => {
    const { body: { id } } = expectStatus(202, await bus(one, 'publish', { topic, data }, key))
    return vi.waitFor(async () => {
      const [told] = await eventsOf({ type: 'integration.module.*', q: id, filter: `.causationid == "${id}"` })
      expect(told).toBeDefined()
      return told
    }, waiting)
  }

  test('registers the connector of a document that is given, once', async () => {
    const document = serviceDocument(upstream.url, { title: 'Stock service' })
    const data = { module: { name: 'Stock Service' }, metadata: { openAPI: document } }
    expect(await announce(data)).toMatchObject({ type: 'integration.module.registered', source: 'interchange', data: { module: { name: 'Stock Service' }, connectorId: 'stock-service', created: true } })
    expect((await one.call('GET', '/api/v1/connectors/stock-service')).body).toMatchObject({ name: 'Stock Service' })
    expect(await announce(data)).toMatchObject({ data: { connectorId: 'stock-service', created: false, changed: false } })
    const changed = JSON.stringify(document).replaceAll('"getItem"', '"fetchItem"')
    expect(await announce({ ...data, metadata: { openAPI: changed } })).toMatchObject({ data: { created: false, changed: true, breaking: true } })
    expect((await one.call('GET', '/api/v1/connectors?q=stock')).body.data.length).toBe(1)
  })

  test('fetches a document, and makes one integration of a module that calls itself integratable', async () => {
    upstream.answer((_request, response) => { json(response, 200, serviceDocument(upstream.url, { title: 'Fetched' })) })
    const data = { module: { name: 'Fetched module' }, metadata: { integratable: true, openAPIEndpoint: `${upstream.url}/openapi.json` } }
    const told = await Promise.all([announce(data), announce(data), announce(data)])
    expect(told.map(({ type }) => type)).toEqual(told.map(() => 'integration.module.registered'))
    const { data: made } = (await one.call('GET', '/api/v1/integrations?connector=fetched-module')).body
    expect(made.length).toBe(1)
    expect(told.map((each) => each.data.integrationId)).toEqual(told.map(() => made[0].id))
  })

  test('says why it could not', async () => {
    const failed = async (data: unknown): Promise<Body> => {
      const told = await announce(data)
      expect(told.type).toBe('integration.module.failed')
      return told.data.error
    }
    expect(await failed({})).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/module/name' }] })
    expect(await failed({ module: { name: 'x' } })).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/metadata/openAPI' }] })
    expect(await failed({ module: { name: 'Bad' }, metadata: { openAPI: 'nonsense' } })).toMatchObject({ code: 'invalid_document' })
    expect(await failed({ module: { name: 'stripe' }, metadata: { openAPI: serviceDocument(upstream.url, {}) } })).toMatchObject({ code: 'conflict' })
    expect(await failed({ module: { name: 'Inner' }, metadata: { openAPIEndpoint: 'http://169.254.169.254/latest' } })).toMatchObject({ code: 'address_refused' })
    upstream.answer((_request, response) => { json(response, 500, {}) })
    expect(await failed({ module: { name: 'Down' }, metadata: { openAPIEndpoint: `${upstream.url}/openapi.json` } })).toMatchObject({ code: 'upstream_unavailable' })
  })

  test('is done with the rights of whoever published it, and for no webhook source', async () => {
    const data = { module: { name: 'Sneaky' }, metadata: { openAPI: serviceDocument(upstream.url, { title: 'Sneaky' }) } }
    expectStatus(403, await bus(one, 'publish', { topic, data }, (await makeKey(['events:write'])).key))
    const { body: { url } } = expectStatus(201, await one.call('POST', '/api/v1/webhook-sources', { name: 'open', verification: { scheme: 'none' } }))
    await fetch(`${one.url}${new URL(url).pathname}`, { method: 'POST', headers: { 'content-type': 'application/cloudevents+json' }, body: JSON.stringify({ specversion: '1.0', id: '1', source: '/evil', type: topic, data }) })
    const limited = (await makeKey(['events:write', 'connectors:write'])).key
    expect(await announce({ module: { name: 'Limited' }, metadata: { integratable: true, openAPI: serviceDocument(upstream.url, { title: 'Limited' }) } }, limited)).toMatchObject({ type: 'integration.module.failed', data: { error: { code: 'forbidden' } } })
    expectStatus(200, await one.call('GET', '/api/v1/connectors/limited'))
    expect((await one.call('GET', '/api/v1/integrations?connector=limited')).body.data).toEqual([])
    expectStatus(404, await one.call('GET', '/api/v1/connectors/sneaky'))
  })
})
