import { afterAll, beforeAll, expect, describe, test } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { expectStatus } from '../../../../test/service.ts'

let hub: TestHub
let close: () => Promise<void>

beforeAll(async () => { ({ hub, close } = await openHub()) })
afterAll(() => close())

type Body = any // eslint-disable-line typescript/no-explicit-any

let count = 0
/** Of a type of its own. */
function typed(change: object = {}): { specversion: string, id: string, source: string, type: string } {
  count += 1
  return { specversion: '1.0', id: `e-${count}`, source: '/test', type: `t${count}.happened`, ...change }
}
function send(body: unknown, headers: Record<string, string> = {}, query = ''): Promise<Reply<Body>> {
  return hub.call('POST', `/api/v1/events${query}`, body, { headers })
}
async function listed(query: Record<string, string>): Promise<Body> {
  return expectStatus(200, await hub.call('GET', `/api/v1/events?${new URLSearchParams(query)}`)).body
}
async function idsOf(query: Record<string, string>): Promise<string[]> {
  return (await listed(query)).data.map(({ id }: Body) => id)
}

describe('sending', () => {
  test.each([
    ['application/cloudevents+json', {}], ['application/json', {}], ['application/cloudevents+json; charset=utf-8', {}],
  ])('a structured event as %s', async (contentType) => {
    const event = typed({ subject: 's', time: '2026-01-02T03:04:05Z', datacontenttype: 'application/json', myextension: 'x', data: { total: 1.5 } })
    expect(expectStatus(202, await send(event, { 'content-type': contentType })).body).toEqual({ ids: [event.id] })
    expect((await hub.call('GET', `/api/v1/events/${event.id}`)).body).toEqual({
      ...event, messageId: expect.stringMatching(/^[0-9a-f-]{36}$/), receivedAt: expect.any(String), webhookSourceId: null, runId: null, schemaErrors: null,
    })
  })

  test('a batch, whose ids are answered in order', async () => {
    const events = [typed(), typed(), typed()]
    for (const contentType of ['application/cloudevents-batch+json', 'application/json']) {
      expect(expectStatus(202, await send(events, { 'content-type': contentType })).body).toEqual({ ids: events.map(({ id }) => id) })
    }
    expect(expectStatus(202, await send([])).body).toEqual({ ids: [] })
  })

  test('a binary event', async () => {
    const { id, source, type } = typed()
    const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': source, 'ce-type': type, 'ce-subject': 'Euro%20%E2%82%AC' }
    expect(expectStatus(202, await send({ a: 1 }, headers)).body).toEqual({ ids: [id] })
    expect((await hub.call('GET', `/api/v1/events/${id}`)).body).toMatchObject({ subject: 'Euro €', datacontenttype: 'application/json', data: { a: 1 } })
  })

  test('the same source and id is not taken twice, and another source is another event', async () => {
    const event = typed()
    for (let round = 0; round < 2; round += 1) expect(expectStatus(202, await send(event)).body).toEqual({ ids: [event.id] })
    expect(await idsOf({ type: event.type })).toEqual([event.id])
    await send({ ...event, source: '/other' })
    expect(await idsOf({ type: event.type })).toEqual([event.id, event.id])
    expect((await hub.call('GET', `/api/v1/events/${event.id}`)).body).toMatchObject({ source: '/other' })
    expect((await hub.call('GET', `/api/v1/events/${event.id}?source=/test`)).body).toMatchObject({ source: '/test' })
    expect((await hub.call('GET', `/api/v1/events/${event.id}?source=/none`)).status).toBe(404)
  })

  test.each<[string, unknown, string, string]>([
    ['without an id', { specversion: '1.0', source: '/s', type: 't' }, 'invalid_request', '/id'],
    ['with a time that is none', typed({ time: '2026-02-30T00:00:00Z' }), 'invalid_request', '/time'],
    ['the second of a batch', [typed(), typed({ type: 7 })], 'invalid_request', '/1/type'],
    ['text', 'nonsense', 'malformed_json', ''],
    ['a number', 7, 'invalid_request', ''],
    ["of the hub's own source", typed({ source: 'interchange' }), 'invalid_request', '/source'],
  ])('%s is refused with where, and nothing of it is stored', async (_what, body, code, pointer) => {
    const before = (await listed({ limit: '1' })).data
    expect(expectStatus(400, await send(body)).body).toMatchObject({ code, errors: [{ pointer }] })
    expect((await listed({ limit: '1' })).data).toEqual(before)
  })

  test('what no event can be in is refused', async () => {
    expectStatus(415, await send('<a/>', { 'content-type': 'application/xml' }))
    expectStatus(413, await send(typed({ data: 'x'.repeat(5_000_000) })))
  })

  test('a large event is listed without its data, and read with it', async () => {
    const event = typed({ data: { text: 'ü'.repeat(100_000) } })
    expectStatus(202, await send(event))
    const { data: [shown] } = await listed({ type: event.type })
    expect(shown).toMatchObject({ id: event.id, dataRef: `/api/v1/events/${shown.messageId}` })
    expect(shown).not.toHaveProperty('data')
    const whole = (await hub.call('GET', shown.dataRef)).body
    expect(whole).toMatchObject(event)
    expect(whole).not.toHaveProperty('dataRef')
  })
})

describe('searching', () => {
  test('by glob, source, subject, time and text', async () => {
    const from = new Date().toISOString()
    const [one, two, three] = [
      typed({ type: 'find.order.paid.eu', subject: '17', source: '/shop/1' }), typed({ type: 'find.order.paid', subject: '18', source: '/shop/2', data: { note: 'Größe 100%_\\"' } }), typed({ type: 'find.orders', source: '/shop/2' }),
    ]
    await send([one, two, three])
    const ids = async (query: Record<string, string>): Promise<string[]> => (await idsOf({ from, ...query })).sort()
    expect(await ids({ type: 'find.order.*' })).toEqual([one.id, two.id].sort())
    expect(await ids({ type: '*.paid' })).toEqual([two.id])
    expect(await ids({ type: 'find.order.paid' })).toEqual([two.id])
    expect(await ids({ type: 'find_order.*' })).toEqual([])
    expect(await ids({ source: '/shop/2' })).toEqual([two.id, three.id].sort())
    expect(await ids({ source: '/shop/*', subject: '1*' })).toEqual([one.id, two.id].sort())
    expect(await ids({ subject: '17' })).toEqual([one.id])
    for (const q of ['grÖße', '100%_\\"']) expect(await ids({ q }), q).toEqual([two.id])
    expect(await ids({ q: 'FIND.ORDER.' })).toEqual([one.id, two.id].sort())
    expect(await ids({ q: '100%x' })).toEqual([])
    expect(await idsOf({ to: from, type: 'find.*' })).toEqual([])
    expect(await ids({ webhookSourceId: '01890000-0000-7000-8000-000000000001' })).toEqual([])
  })

  test('by a jq predicate, in pages', async () => {
    const events = Array.from({ length: 30 }, (_, at) => typed({ type: 'jq.tested', data: { amount: at, name: at % 2 ? 'odd' : 7 } }))
    await send(events)
    const wanted = events.filter((_, at) => at > 20).map(({ id }) => id)
    for (const filter of ['.data.amount > 20', 'select(.data.amount > 20)', '.data.amount | . > 20 or null']) {
      const found: string[] = []
      let cursor: string | null = null
      do {
        const page: Body = await listed({ type: 'jq.*', filter, limit: '4', ...cursor !== null && { cursor } })
        found.push(...page.data.map(({ id }: Body) => id))
        cursor = page.nextCursor
      } while (cursor !== null)
      expect(found.sort(), filter).toEqual([...wanted].sort())
    }
    // Those that the program fails on are not among what it looks for.
    expect((await idsOf({ type: 'jq.*', filter: '.data.name | test("odd")' })).length).toBe(15)
    expect(expectStatus(422, await hub.call('GET', `/api/v1/events?filter=${encodeURIComponent('.data |')}`)).body).toMatchObject({ code: 'invalid_expression', errors: [{ pointer: '?filter' }] })
    const large = typed({ type: 'jq.large', data: { amount: 1000, text: 'x'.repeat(100_000) } })
    await send(large)
    expect(await idsOf({ filter: '.data.amount == 1000' })).toEqual([large.id])
  })

  test('pages hold each event once', async () => {
    const events = Array.from({ length: 7 }, () => typed({ type: 'paged' }))
    await send(events)
    const found: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Body = await listed({ type: 'paged', limit: '3', ...cursor !== '' && { cursor } })
      expect(page.data.length).toBeLessThanOrEqual(3)
      found.push(...page.data.map(({ id }: Body) => id))
      cursor = page.nextCursor
    }
    expect(found.sort()).toEqual(events.map(({ id }) => id).sort())
    expect(expectStatus(400, await hub.call('GET', '/api/v1/events?cursor=x')).body).toMatchObject({ code: 'invalid_cursor' })
  })
})

describe('types', () => {
  const path = (type: string): string => `/api/v1/event-types/${encodeURIComponent(type)}`
  const schema = { type: 'object', required: ['total'], properties: { total: { type: 'number' } } }

  test('are registered, replaced, listed, found and removed', async () => {
    expect(expectStatus(201, await hub.call('PUT', path('shop/order paid'), { description: 'An order was paid.', schema })).body).toMatchObject({ type: 'shop/order paid', description: 'An order was paid.', schema, origin: 'tenant', connector: null })
    expect(expectStatus(200, await hub.call('PUT', path('shop/order paid'), { schema: null })).body).toMatchObject({ description: '', schema: null })
    expect((await hub.call('GET', path('shop/order paid'))).body).toMatchObject({ schema: null, example: null })
    expect((await hub.call('GET', '/api/v1/event-types?q=ORDER%20PAID')).body.data.map(({ type }: Body) => type)).toEqual(['shop/order paid'])
    expectStatus(204, await hub.call('DELETE', path('shop/order paid')))
    expectStatus(404, await hub.call('DELETE', path('shop/order paid')))
    expectStatus(404, await hub.call('GET', path('shop/order paid')))
  })

  test("of connectors' manifests are known without that, in one list with the others, and stay", async () => {
    expect((await hub.call('GET', path('charge.succeeded'))).body).toMatchObject({ origin: 'connector', connector: 'stripe', schema: { type: 'object' }, example: { object: 'event' } })
    expect(expectStatus(409, await hub.call('DELETE', path('charge.succeeded'))).body.code).toBe('conflict')
    await hub.call('PUT', path('charge.aaa'), {})
    await hub.call('PUT', path('charge.succeeded'), { description: 'ours' })
    const found: Body[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Body = (await hub.call('GET', `/api/v1/event-types?limit=5${cursor && `&cursor=${cursor}`}`)).body
      found.push(...page.data)
      cursor = page.nextCursor
    }
    const types = found.map(({ type }) => type)
    expect(types).toEqual([...new Set(types)].sort())
    expect(types).toEqual(expect.arrayContaining(['charge.aaa', 'charge.failed', 'message.received']))
    expect(found.find(({ type }) => type === 'charge.succeeded')).toMatchObject({ origin: 'tenant', description: 'ours' })
    expect((await hub.call('GET', '/api/v1/event-types?q=charge.&origin=tenant')).body.data.map(({ type }: Body) => type)).toEqual(['charge.aaa', 'charge.succeeded'])
    expect((await hub.call('GET', '/api/v1/event-types?q=charge.&origin=connector')).body.data.map(({ type }: Body) => type)).not.toContain('charge.succeeded')
    // A search that misses the tenant's own does not bring back the connector's.
    expect((await hub.call('GET', '/api/v1/event-types?q=charge.succeeded')).body.data.length).toBe(1)
    for (const type of ['charge.aaa', 'charge.succeeded']) expectStatus(204, await hub.call('DELETE', path(type)))
  })

  test('names are no paths', async () => {
    for (const type of ['../stripe/manifest', '..%2f..%2fpackage', '__proto__', 'constructor', '/etc/passwd']) expectStatus(404, await hub.call('GET', path(type)))
  })

  test('a schema that cannot be used is refused with where', async () => {
    expect(expectStatus(422, await hub.call('PUT', path('bad'), { schema: { $ref: 'https://example.com/x' } })).body).toMatchObject({ code: 'invalid_document', errors: [{ pointer: expect.stringMatching(/^\/schema/) }] })
    expectStatus(404, await hub.call('GET', path('bad')))
  })

  test('data is checked: flagged, refused or let pass', async () => {
    expectStatus(201, await hub.call('PUT', path('checked'), { schema }))
    const [good, flagged, refused, passed] = ['1', { total: 'much' }, { total: 'much' }, { total: 'much' }].map((data, at) => typed({ type: 'checked', data: at === 0 ? { total: 1 } : data }))
    for (const event of [good, flagged]) expectStatus(202, await send(event))
    expect(expectStatus(422, await send([typed(), refused], {}, '?schemaCheck=reject')).body).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/1/data/total' }] })
    expectStatus(202, await send(passed, {}, '?schemaCheck=pass'))
    const { data } = await listed({ type: 'checked' })
    expect(Object.fromEntries(data.map(({ id, schemaErrors }: Body) => [id, schemaErrors]))).toEqual({
      [good!.id]: null, [flagged!.id]: [{ pointer: '/total', detail: expect.any(String) }], [passed!.id]: null,
    })
    // From a change on, the new schema counts.
    expectStatus(200, await hub.call('PUT', path('checked'), {}))
    expectStatus(202, await send({ ...typed(), type: 'checked', data: 7 }, {}, '?schemaCheck=reject'))
  })
})

describe('the content of an event', () => {
  test('is what came, byte for byte, small or large, by either id', async () => {
    for (const filler of ['', 'x'.repeat(100_000)]) {
      const { id, source, type } = typed()
      const data = `{ "big": 12345678901234567890, "price":1.50, "filler":"${filler}" }`
      expectStatus(202, await send(`{"specversion":"1.0","id":"${id}","source":"${source}","type":"${type}","data":${data}}`))
      const { messageId } = (await hub.call('GET', `/api/v1/events/${id}`)).body
      for (const name of [id, messageId]) {
        const { text, headers } = await hub.call('GET', `/api/v1/events/${name}/content`)
        expect(text).toContain(data)
        expect(text).not.toContain('messageId')
        expect(headers.get('content-type')).toBe('application/cloudevents+json')
      }
    }
    expect(await hub.call('GET', '/api/v1/events/nobody/content')).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})
