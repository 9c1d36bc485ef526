import { afterAll, describe, expect, test } from 'vitest'
import { createJq } from '../../lib/jq/jq.ts'
import { onceOf } from '../cloudevent.ts'
import { eventOf } from './incoming.ts'
import type { IncomingMessage } from './link/consumer.ts'
import { consumeRule } from './settings.ts'

const jq = createJq({ threads: 1 })
afterAll(() => jq.close())

const tenantId = '0190a1b2-0000-7000-8000-000000000001'
const once = onceOf({ source: '/shop', id: 'e-1' })

function take(payload: string | Buffer, { properties = {}, rule = {}, ...more }: Partial<IncomingMessage> & { rule?: object } = {}) {
  return eventOf(
    { tenantId, bridgeId: 'b', serviceUrl: 'ws://broker:8080/', rule: consumeRule.parse({ topic: 'orders', ...rule }), jq, check: async (_tenantId, event) => ({ once: onceOf(event) }) },
    { messageId: 'CAUQADAA', payload: Buffer.from(payload).toString('base64'), properties, key: undefined, publishTime: '2026-05-01T10:00:00.000Z', eventTime: undefined, redeliveryCount: 0, ...more })
}

const ORIGIN = 'ws://broker:8080/persistent/public/default/orders'

describe('a message that is no CloudEvent', () => {
  test('becomes an event of its own, known by Pulsar\'s id of it', async () => {
    const { event, json, sizeBytes, once, id } = await take('{"total": 7}', { key: 'c-1' })
    expect(event).toEqual({
      specversion: '1.0', id: 'CAUQADAA', source: 'persistent://public/default/orders', type: 'pulsar.message', subject: 'c-1', time: '2026-05-01T10:00:00.000Z',
      pulsartopic: ORIGIN, datacontenttype: 'application/json', data: { total: 7 },
    })
    expect(JSON.parse(json)).toEqual(event)
    expect(sizeBytes).toBe(Buffer.byteLength(json))
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(once).toEqual({ scope: 'pulsar.b persistent://public/default/orders', key: 'CAUQADAA', windowSeconds: 86_400 })
  })

  test('keeps its JSON as it was written', async () => {
    const { json } = await take(' {"n": 12345678901234567890, "e": 1e400}\n')
    expect(json).toContain('"data":{"n": 12345678901234567890, "e": 1e400}')
  })

  test.each<[string, string | Buffer, Record<string, string>, object]>([
    ['text', 'hello', {}, { data: 'hello', datacontenttype: 'text/plain' }],
    ['bytes', Buffer.from([0xff, 0x00, 0xfe]), {}, { data_base64: '/wD+', datacontenttype: 'application/octet-stream' }],
    ['a content type of its own', '<a/>', { 'Content-Type': 'text/xml' }, { data: '<a/>', datacontenttype: 'text/xml' }],
    ['what says that it is JSON and is not', '{"a":', { 'content-type': 'application/json' }, { data: '{"a":', datacontenttype: 'text/plain' }],
    ['JSON that attacks JavaScript', '{"__proto__": {"admin": true}}', {}, { data: '{"__proto__": {"admin": true}}', datacontenttype: 'text/plain' }],
    ['JSON without an end', '['.repeat(100_000), {}, { data: '['.repeat(100_000) }],
    ['JSON text that is a number', '7', {}, { data: 7 }],
  ])('takes %s', async (_name, payload, properties, expected) => {
    expect((await take(payload, { properties })).event).toMatchObject(expected)
  })

  test('may have no data', async () => {
    const { event, json } = await take('')
    expect(Object.keys(event).sort()).toEqual(['id', 'pulsartopic', 'source', 'specversion', 'time', 'type'])
    expect(JSON.parse(json)).toEqual(event)
  })

  test('is named by the rule: fixed, or by jq over the message', async () => {
    const { event } = await take('{"kind": "paid", "shop": 9}', {
      key: 'k', properties: { p: 'x' },
      rule: { type: { jq: '"order." + .data.kind' }, source: '/shops', subject: { jq: '"\\(.key)/\\(.properties.p)/\\(.topic)"' } },
    })
    expect(event).toMatchObject({ type: 'order.paid', source: '/shops', subject: 'k/x/persistent://public/default/orders' })
  })

  test.each(['.data.missing', '.data', '""', 'empty'])('is refused where jq gives no text: %s', async (program) => {
    await expect(take('{"a": 1}', { rule: { type: { jq: program } } })).rejects.toMatchObject({ code: 'expression_failed', message: expect.stringContaining('`type`') })
  })

  test('is refused where jq fails', async () => {
    await expect(take('{"a": 1}', { rule: { type: { jq: '.data.a.b' } } })).rejects.toMatchObject({ code: 'expression_failed' })
  })
})

const cloudEvent = { specversion: '1.0', id: 'e-1', source: '/shop', type: 'order.paid', extra: 'x', data: { total: 7 } }

describe('a CloudEvent', () => {
  test.each([
    ['said by its content type', { 'content-type': 'application/cloudevents+json; charset=UTF-8' }],
    ['seen by its members', {}],
  ])('in structured form, %s, stays itself and is known by its own id', async (_name, properties) => {
    const { event, json, once: known } = await take(JSON.stringify(cloudEvent), { properties, key: 'k' })
    expect(event).toEqual({ ...cloudEvent, pulsartopic: ORIGIN })
    expect(JSON.parse(json)).toEqual(event)
    expect(known).toEqual(once)
  })

  test.each(['ce_', 'ce-', 'cloudEvents:', 'cloudEvents_'])('in binary form, with %s before its attributes', async (prefix) => {
    const properties = { [`${prefix}id`]: 'e-1', [`${prefix}source`]: '/shop', [`${prefix}type`]: 'order.paid', [`${prefix}specversion`]: '1.0', [`${prefix}extra`]: 'x', 'content-type': 'application/json' }
    const { event, once: known } = await take('{"total": 7}', { properties })
    expect(event).toEqual({ ...cloudEvent, pulsartopic: ORIGIN, datacontenttype: 'application/json' })
    expect(known).toEqual(once)
  })

  test('keeps the text of its data, and what it says of its origin is not believed', async () => {
    expect((await take('{"specversion":"1.0","id":"1","source":"s","type":"t","data":1.00000000000000000001}')).json).toBe(`{"pulsartopic":"${ORIGIN}","specversion":"1.0","id":"1","source":"s","type":"t","data":1.00000000000000000001}`)
    const { event, json } = await take(JSON.stringify({ ...cloudEvent, pulsartopic: 'elsewhere' }))
    expect(event['pulsartopic']).toBe(ORIGIN)
    expect(json.match(/pulsartopic/g)?.length).toBe(1)
    expect(JSON.parse(json)).toEqual(event)
  })

  test("takes the rule's names where the rule has some", async () => {
    const { event, json } = await take(JSON.stringify(cloudEvent), { rule: { type: 'renamed', subject: { jq: '.data.total | tostring' } } })
    expect(event).toEqual({ ...cloudEvent, type: 'renamed', subject: '7', pulsartopic: ORIGIN })
    expect(JSON.parse(json)).toEqual(event)
  })

  test.each([
    ['a batch', '[]', 'application/cloudevents-batch+json'], ['one that is no JSON', '{', 'application/cloudevents+json'],
    ['one that is a list', '[]', 'application/cloudevents+json'], ['another format', 'x', 'application/cloudevents+avro'],
    ['one without a type', '{"specversion":"1.0","id":"1","source":"s"}', 'application/cloudevents+json'],
    ['one that claims to be of the hub', '{"specversion":"1.0","id":"1","source":"interchange","type":"t"}', 'application/cloudevents+json'],
    ['one with __proto__', '{"__proto__":{}}', 'application/cloudevents+json'],
  ])('is refused: %s', async (_name, payload, contentType) => {
    await expect(take(payload, { properties: { 'content-type': contentType } })).rejects.toMatchObject({ name: 'HubError', retryable: false })
  })
})
