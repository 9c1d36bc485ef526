import { gzipSync, brotliCompressSync, deflateSync, deflateRawSync } from 'node:zlib'
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../../../test/everything.ts'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { eventsOf, githubHeaders, makeSource, requestsOf, send, type StoredEvent } from './inbound.fixture.ts'

let hub: TestHub
let close: () => Promise<void>
beforeAll(async () => { ({ hub, close } = await openHub()) })
afterAll(() => close())

async function received(body: string | Uint8Array | object | undefined, options: Parameters<typeof send>[2] = {}, input: object = {}): Promise<StoredEvent> {
  const source = await makeSource(hub, input)
  const sent = await send(source, body, options)
  expect(sent).toMatchObject({ status: 202 })
  const events = await eventsOf(hub, source)
  expect(events).toHaveLength(1)
  return events[0]!
}

const typed = (type: string): { headers: { 'content-type': string } } => ({ headers: { 'content-type': type } })

test("a request that passes is an event of the sender's own type, stored when it is answered", async () => {
  const source = await makeSource(hub, { verification: { scheme: 'github', secret: 'a secret of GitHub' } })
  expect(source.url).toMatch(new RegExp(`^${hub.url}/hooks/[\\w-]{27}$`))
  const body = '{"ref":"refs/heads/main","big":12345678901234567890,"n":1.10}'
  const { status, body: answer } = await send(source, body, { headers: githubHeaders('a secret of GitHub', body) })
  expect([status, Object.keys(answer)]).toEqual([202, ['id']])
  const [event] = await eventsOf(hub, source)
  expect(event).toMatchObject({ id: answer.id, type: 'push', source: `/hooks/${source.id}` })
  expect(event!.event).toEqual({ specversion: '1.0', id: answer.id, source: `/hooks/${source.id}`, type: 'push', time: expect.stringMatching(/Z$/), datacontenttype: 'application/json', data: JSON.parse(body) })
  // Not parsed and written anew: numbers keep their digits.
  expect(event!.text).toContain(`"data":${body}`)
})

describe('bodies', () => {
  test('JSON of any kind', async () => {
    for (const body of ['{"a":[1,{"b":null}]}', '[1]', '"text"', '17', 'null', ' {"a" : 1}\n']) expect((await received(body, typed('application/vnd.x+json; charset=utf-8'))).event.data, body).toEqual(JSON.parse(body))
    expect((await received(Buffer.from('\ufeff{"a":1}'), typed('application/json'))).event.data).toEqual({ a: 1 })
    expect((await received('{"a":1}', typed(''))).event.data).toEqual({ a: 1 })
  })

  test('forms, of lists too', async () => {
    expect((await received('a=1&b=x+y&b=%C3%A4&c', typed('application/x-www-form-urlencoded'))).event).toMatchObject({ datacontenttype: 'application/json', data: { a: '1', b: ['x y', 'ä'], c: '' } })
    const multipart = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="x.bin"\r\nContent-Type: application/zip\r\n\r\nPK\r\n--b--\r\n'
    expect((await received(multipart, typed('multipart/form-data; boundary=b'))).event.data).toEqual({ a: '1', f: { filename: 'x.bin', contentType: 'application/zip', base64: 'UEs=' } })
  })

  test('XML', async () => {
    const { event } = await received('<?xml version="1.0"?><order id="7"><line>1</line><line>2</line><note><![CDATA[<b>]]></note></order>', typed('text/xml'))
    expect(event).toMatchObject({ datacontenttype: 'application/json', data: { order: { '@id': '7', line: ['1', '2'], note: '<b>' } } })
  })

  test('text, in its charset', async () => {
    expect((await received('hällo', typed('text/plain'))).event).toMatchObject({ datacontenttype: 'text/plain', data: 'hällo' })
    expect((await received(Buffer.from('hällo', 'latin1'), typed('text/plain; charset=iso-8859-1'))).event.data).toBe('hällo')
    expect((await received('a\0b\u2028', typed('text/plain'))).event.data).toBe('a\0b\u2028')
  })

  test('bytes, and text that is none', async () => {
    const bytes = Buffer.from([0, 255, 1, 254])
    expect((await received(bytes, typed('application/octet-stream'))).event).toMatchObject({ datacontenttype: 'application/octet-stream', data_base64: bytes.toString('base64') })
    expect((await received(bytes, typed('text/plain'))).event).toMatchObject({ data_base64: bytes.toString('base64') })
    expect((await received(bytes, typed('image/png'))).event).toMatchObject({ datacontenttype: 'image/png' })
  })

  test('none at all', async () => {
    const { event } = await received(undefined)
    expect(event).not.toHaveProperty('data')
    expect(event.type).toBe('webhook.received')
  })

  test('compressed ones, verified as they came and read as they were meant', async () => {
    const body = Buffer.from('{"a":"ä"}')
    for (const [coding, encoded] of [['gzip', gzipSync(body)], ['deflate', deflateSync(body)], ['deflate', deflateRawSync(body)], ['br', brotliCompressSync(body)], ['gzip, br', brotliCompressSync(gzipSync(body))]] as const) {
      const verification = { scheme: 'github', secret: 'a secret' }
      expect((await received(encoded, { headers: githubHeaders('a secret', encoded, { 'content-encoding': coding }) }, { verification })).event.data, coding).toEqual({ a: 'ä' })
    }
  })

  test('large ones', async () => {
    const body = { type: 'big', text: 'x'.repeat(1_000_000) }
    expect(await received(body)).toMatchObject({ type: 'big' })
  })
})

describe('CloudEvents', () => {
  const event = { specversion: '1.0', id: 'A-1', source: '/orders', type: 'order.paid', subject: '17', time: '2026-01-02T03:04:05Z', myextension: 'x', data: { amount: 1 } }

  test('structured ones are taken as they are', async () => {
    const text = JSON.stringify(event).replace('"amount":1', '"amount":1.00')
    const stored = await received(text, typed('application/cloudevents+json; charset=utf-8'))
    expect(stored).toMatchObject({ type: 'order.paid', source: '/orders', subject: '17', text })
  })

  test('binary ones are put together from headers and body', async () => {
    const headers = { 'ce-specversion': '1.0', 'ce-id': 'A-2', 'ce-source': '/orders', 'ce-type': 'order.paid', 'ce-subject': 'Gr%C3%BC%C3%9Fe 100%', 'ce-myextension': 'x', 'content-type': 'application/json' }
    expect((await received('{"amount":1}', { headers })).event).toEqual({ specversion: '1.0', id: 'A-2', source: '/orders', type: 'order.paid', subject: 'Grüße 100%', myextension: 'x', datacontenttype: 'application/json', data: { amount: 1 } })
    expect((await received(Buffer.from([255]), { headers: { ...headers, 'content-type': 'image/png' } })).event).toMatchObject({ id: 'A-2', data_base64: '/w==' })
  })

  test('batches bring each of their events, with all digits', async () => {
    const source = await makeSource(hub)
    const texts = [JSON.stringify(event), JSON.stringify({ ...event, id: 'A-3', data: 'a "[,]" b\\' }), '{"specversion":"1.0","id":"A-4","source":"/orders","type":"t","data":[12345678901234567890, {"a":[]}]}']
    const sent = await send(source, `\n[ ${texts.join(' ,\n')} ]`, typed('application/cloudevents-batch+json'))
    expect(sent).toMatchObject({ status: 202, body: { ids: ['A-1', 'A-3', 'A-4'], repeated: 0 } })
    expect((await eventsOf(hub, source)).map(({ text }) => text).sort()).toEqual([...texts].sort())
    expect(await send(source, '[]', typed('application/cloudevents-batch+json'))).toMatchObject({ status: 202, body: { ids: [] } })
  })

  test('source and id together are taken once', async () => {
    const source = await makeSource(hub)
    const type = typed('application/cloudevents+json')
    const one = { ...event, id: 'B-1' }
    expect(await send(source, one, type)).toMatchObject({ status: 202, body: { id: 'B-1' } })
    expect(await send(source, { ...one, type: 'other' }, type)).toMatchObject({ status: 202, body: { repeated: true } })
    expect(await send(source, { ...one, source: '/else' }, type)).toMatchObject({ status: 202, body: { id: 'B-1' } })
    expect(await eventsOf(hub, source)).toHaveLength(2)
  })

  test('what is no CloudEvent is told where, and nothing of its batch is taken', async () => {
    const source = await makeSource(hub)
    const bad: [change: object, pointer: string][] = [[{ id: '' }, '/id'], [{ source: undefined }, '/source'], [{ type: 1 }, '/type'], [{ specversion: '0.3' }, '/specversion'], [{ time: 'yesterday' }, '/time'], [{ BadName: 1 }, '/BadName'], [{ nested: {} }, '/nested'], [{ data_base64: 'AA==' }, '/data_base64'], [{ id: 'a\0' }, '/id'], [{ source: 'interchange' }, '/source'], [{ time: '0000-01-01T00:00:00Z' }, '/time']]
    for (const [change, pointer] of bad) {
      expect(await send(source, { ...event, ...change }, typed('application/cloudevents+json')), pointer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ pointer }] } })
      expect(await send(source, [event, { ...event, ...change }], typed('application/cloudevents-batch+json')), pointer).toMatchObject({ status: 400, body: { errors: [{ pointer: `/1${pointer}` }] } })
    }
    expect(await eventsOf(hub, source)).toEqual([])
  })
})

describe('what the events are called', () => {
  test('a fixed text, a header or jq give type and subject, a setting the source', async () => {
    const body = { kind: 'order', id: 17 }
    expect(await received(body, {}, { eventType: 'mine', subject: { expression: '.id' }, eventSource: 'urn:shop' })).toMatchObject({ type: 'mine', subject: '17', source: 'urn:shop' })
    expect(await received(body, { headers: { 'x-topic': 'orders/new' } }, { eventType: { header: 'X-Topic' }, subject: { header: 'X-None' } })).toMatchObject({ type: 'orders/new', subject: null })
    expect(await received(body, { headers: { 'x-topic': 'new' }, query: '?a=b' }, { eventType: { expression: '"\\(.kind).\\($headers["x-topic"]).\\($query.a)"' } })).toMatchObject({ type: 'order.new.b' })
  })

  test('what is no usable name falls back to webhook.received', async () => {
    for (const type of ['', 'x'.repeat(301), 'a\0b', '\ud800', 5, null, {}]) expect(await received({ type }), JSON.stringify(type)).toMatchObject({ type: 'webhook.received' })
    expect(await received({ type: 'invoice.paid' })).toMatchObject({ type: 'invoice.paid' })
  })

  test('a program that fails on a body refuses it', async () => {
    const source = await makeSource(hub, { eventType: { expression: '.a.b' } })
    expect(await send(source, { a: 'text' })).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(await requestsOf(hub, source)).toMatchObject([{ status: 400, reason: expect.stringContaining('program') }])
  })
})

describe("the schema of an event's type", () => {
  const type = 'order.checked'
  const wrong = { type, amount: 'much' }
  beforeAll(async () => {
    const { id } = (await hub.call('GET', '/api/v1/tenant')).body
    await withClient(hub.connectionString, (client) => client.query('insert into event_types (tenant_id, type, schema) values ($1, $2, $3)', [id, type, JSON.stringify({ type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] })]))
  })

  test('is not looked at, marks what does not fit, or refuses it, as the source says', async () => {
    expect(await received(wrong)).toMatchObject({ schemaErrors: null })
    expect(await received(wrong, {}, { schemaCheck: 'flag' })).toMatchObject({ schemaErrors: [{ pointer: '/amount', detail: expect.any(String) }] })
    expect(await received({ type, amount: 1 }, {}, { schemaCheck: 'flag' })).toMatchObject({ schemaErrors: null })
    const strict = await makeSource(hub, { schemaCheck: 'reject' })
    expect(await send(strict, wrong)).toMatchObject({ status: 422, body: { code: 'invalid_input', errors: [{ pointer: '/amount' }] } })
    expect((await send(strict, { type, amount: 1 })).status).toBe(202)
    expect((await send(strict, { type: 'unregistered', amount: 'x' })).status).toBe(202)
    expect(await eventsOf(hub, strict)).toHaveLength(2)
    expect(await requestsOf(hub, strict)).toMatchObject([{ status: 422, reason: expect.stringContaining(type) }])
  })

  test('refuses a batch as a whole', async () => {
    const strict = await makeSource(hub, { schemaCheck: 'reject' })
    const event = (id: string, data: object): object => ({ specversion: '1.0', id, source: '/s', type, data })
    const batch = typed('application/cloudevents-batch+json')
    expect((await send(strict, [event('1', { amount: 1 }), event('2', {})], batch)).status).toBe(422)
    expect(await eventsOf(hub, strict)).toEqual([])
    expect((await send(strict, [event('1', { amount: 1 }), event('2', { amount: 2 })], batch)).body.repeated).toBe(0)
  })
})

describe('repeats', () => {
  test("are taken once by a header, by jq or by the sender's own id, and answered alike", async () => {
    const verification = { scheme: 'github', secret: 'a secret' }
    const delivery = (id: string): Record<string, string> => githubHeaders('a secret', '{"id":1}', { 'x-github-delivery': id, 'x-id': id })
    for (const dedupe of [{ header: 'X-Id' }, { sender: true }, { expression: '"\\(.id)-\\($headers["x-id"])"' }]) {
      const source = await makeSource(hub, { verification, dedupe })
      const answers = [await send(source, '{"id":1}', { headers: delivery('a') }), await send(source, '{"id":1}', { headers: delivery('a') }), await send(source, '{"id":1}', { headers: delivery('b') })]
      expect(answers.map(({ status, body }) => [status, body.repeated ?? false]), JSON.stringify(dedupe)).toEqual([[202, false], [202, true], [202, false]])
      expect(await eventsOf(hub, source)).toHaveLength(2)
    }
  })

  test('a hundred at once are one event', async () => {
    const source = await makeSource(hub, { dedupe: { expression: '.id' } })
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(source, { id: 'same' })))
    expect(answers.filter(({ body }) => body.repeated !== true)).toHaveLength(1)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    expect(await eventsOf(hub, source)).toHaveLength(1)
  })

  test('are forgotten after the window, and another source knows nothing of them', async () => {
    const dedupe = { header: 'X-Id', windowSeconds: 1 }
    const [one, two] = [await makeSource(hub, { dedupe }), await makeSource(hub, { dedupe })]
    const options = { headers: { 'x-id': 'a' } }
    await send(one, { a: 1 }, options)
    expect((await send(two, { a: 1 }, options)).body).not.toHaveProperty('repeated')
    await expect.poll(async () => (await send(one, { a: 1 }, options)).body.repeated, { timeout: 10_000, interval: 100 }).toBeUndefined()
  })

  test('without an id, or with one too long for an index, all goes its way', async () => {
    const source = await makeSource(hub, { dedupe: { header: 'X-Id' } })
    for (const id of [undefined, undefined, 'x'.repeat(8000), `${'x'.repeat(7999)}y`]) expect((await send(source, {}, { headers: id === undefined ? {} : { 'x-id': id } })).body).not.toHaveProperty('repeated')
    expect((await send(source, {}, { headers: { 'x-id': 'x'.repeat(8000) } })).body).toMatchObject({ repeated: true })
    expect((await send(await makeSource(hub, { dedupe: { expression: '.id' } }), { id: 'a\0\ud800' })).status).toBe(202)
  })
})

describe('answers', () => {
  test("a source's own answer is given to what was taken, and can do nothing under the hub's address", async () => {
    const source = await makeSource(hub, { response: { status: 201, body: '<Response/>', headers: { 'Content-Type': 'text/html', 'X-Mine': 'yes' } } })
    const { status, text, headers } = await send(source, { a: 1 })
    expect([status, text, headers.get('content-type'), headers.get('x-mine')]).toEqual([201, '<Response/>', 'text/html', 'yes'])
    expect(headers.get('content-security-policy')).toContain('sandbox')
    expect(await eventsOf(hub, source)).toHaveLength(1)
  })

  test('Slack hears its challenge, and no event comes of it', async () => {
    const source = await makeSource(hub, { verification: { scheme: 'slack', secret: 'signing secret' } })
    const body = '{"type":"url_verification","challenge":"3eZbrw1aBm2r"}'
    const at = String(Math.floor(Date.now() / 1000))
    const headers = { 'content-type': 'application/json', 'x-slack-request-timestamp': at, 'x-slack-signature': `v0=${createHmac('sha256', 'signing secret').update(`v0:${at}:${body}`).digest('hex')}` }
    expect(await send(source, body, { headers })).toMatchObject({ status: 200, body: { challenge: '3eZbrw1aBm2r' } })
    expect(await send(source, body, { headers: { ...headers, 'x-slack-signature': 'v0=00' } })).toMatchObject({ status: 401 })
    expect(await eventsOf(hub, source)).toEqual([])
  })

  test('a challenge in the query is echoed to whoever has the token, as text', async () => {
    const source = await makeSource(hub, { verification: { scheme: 'github', secret: 'x' }, handshake: { type: 'query', tokenParameter: 'hub.verify_token', token: 'a token of ours' } })
    const ask = (query: string): ReturnType<typeof send> => send(source, undefined, { method: 'GET', query })
    const { status, text, headers } = await ask('?hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token=a+token+of+ours')
    expect([status, text, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([200, '<script>', 'text/plain; charset=utf-8', 'nosniff'])
    for (const query of ['?hub.challenge=1', '?hub.challenge=1&hub.verify_token=', '?hub.challenge=1&hub.verify_token=other', `?hub.challenge=${'x'.repeat(3000)}&hub.verify_token=a+token+of+ours`]) expect((await ask(query)).status, query.slice(0, 80)).toBe(401)
    expect((await ask('')).status).toBe(405)
    const { body } = await hub.call('GET', `/api/v1/webhook-sources/${source.id}`)
    expect(body.handshake).toEqual({ type: 'query', parameter: 'hub.challenge', tokenParameter: 'hub.verify_token', token: '…' })
  })

  test('a header is echoed, and CloudEvents may ask before they send', async () => {
    const asana = await makeSource(hub, { verification: { scheme: 'github', secret: 'x' }, handshake: { type: 'header' } })
    const reply = await send(asana, {}, { headers: { 'x-hook-secret': 'b537207f20cbfa02357cf448134da559' } })
    expect([reply.status, reply.headers.get('x-hook-secret'), reply.text]).toEqual([200, 'b537207f20cbfa02357cf448134da559', ''])
    const grid = await makeSource(hub, { handshake: { type: 'cloudevents', origins: ['eventgrid.azure.net'] } })
    const ask = (origin: string): ReturnType<typeof send> => send(grid, undefined, { method: 'OPTIONS', headers: { 'webhook-request-origin': origin } })
    expect([(await ask('eventgrid.azure.net')).headers.get('webhook-allowed-origin'), (await ask('evil.example')).status]).toEqual(['eventgrid.azure.net', 401])
  })

  test('other methods are 405, and a paused source lets senders come again', async () => {
    const source = await makeSource(hub, { methods: ['PUT'] })
    const refused = await send(source, {}, { method: 'POST' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'PUT'])
    expect((await send(source, {}, { method: 'PUT' })).status).toBe(202)
    await hub.call('POST', `/api/v1/webhook-sources/${source.id}/pause`, {})
    const paused = await send(source, {}, { method: 'PUT' })
    expect([paused.status, paused.headers.get('retry-after'), paused.body.code]).toEqual([503, '60', 'webhook_source_paused'])
    await hub.call('POST', `/api/v1/webhook-sources/${source.id}/activate`, {})
    expect((await send(source, {}, { method: 'PUT' })).status).toBe(202)
  })
})
