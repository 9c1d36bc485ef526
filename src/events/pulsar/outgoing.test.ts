import { afterAll, describe, expect, test } from 'vitest'
import { createJq } from '../../lib/jq/jq.ts'
import { wholeName } from './names.ts'
import { addressed, isOwn } from './outgoing.ts'
import { produceRule } from './settings.ts'

const jq = createJq({ threads: 1 })
afterAll(() => jq.close())

const tenantId = '0190a1b2-0000-7000-8000-000000000001'
const event = { specversion: '1.0' as const, id: 'e-1', source: '/shop', type: 'order.paid', time: '2026-05-01T12:00:00+02:00', data: { customer: 'c-1', total: 7 } }
const json = JSON.stringify(event)

const send = (rule: object, more: object = {}) => addressed(
  { tenantId, serviceUrl: 'ws://broker:8080', jq }, produceRule.parse({ types: ['*'], topic: 'out', ...rule }),
  { id: 'hub-id', event: { ...event, ...more }, json, sequence: '0001', webhookSourceId: null })

test('an event is sent as it is stored, marked so that a receiver can tell a repeat', async () => {
  const { topic, message } = (await send({ key: '.data.customer' }))!
  expect(wholeName(topic)).toBe('persistent://public/default/out')
  expect(Buffer.from(message.payload, 'base64').toString()).toBe(json)
  expect(message).toMatchObject({
    key: 'c-1', eventTime: '2026-05-01T10:00:00.000Z',
    properties: {
      'content-type': 'application/cloudevents+json; charset=UTF-8', ce_specversion: '1.0', ce_id: 'e-1', ce_source: '/shop', ce_type: 'order.paid',
      interchange_event: 'hub-id', interchange_sequence: '0001',
    },
  })
})

test.each([
  [['order.*'], true], [['*.paid'], true], [['order.paid'], true], [['order'], false], [['invoice.*', 'order.p*'], true], [['ORDER.*'], false],
])('the globs %j and order.paid: %s', async (types, isSent) => {
  expect(await send({ types }) !== undefined).toBe(isSent)
})

test.each([['.data.total > 5', true], ['.data.total > 7', false], ['.data.missing', false], ['empty', false], ['0', true], ['""', true]])('the filter %s: %s', async (filter, isSent) => {
  expect(await send({ filter }) !== undefined).toBe(isSent)
})

test('topic and key may come from the event', async () => {
  const { topic, message } = (await send({ topic: { jq: '"acme/shop/" + .type' }, key: '{c: .data.customer}' }))!
  expect(wholeName(topic)).toBe('persistent://acme/shop/order.paid')
  expect(message.key).toBe('{"c":"c-1"}')
  expect((await send({ key: '.data.missing' }))!.message.key).toBeUndefined()
})

test.each(['.data.missing', '.data.total', '"a/b"', '"../../admin/v2/x"', '"a/../b"', '"a b"', '"persistent://a/b/.."', '"http://elsewhere/a/b"', '("x" * 300)'])('what is no name of a topic is told, and not connected to: %s', async (program) => {
  await expect(send({ topic: { jq: program } })).rejects.toMatchObject({ code: 'expression_failed', retryable: false })
})

describe('no event goes round in a circle', () => {
  test('what came from a topic is not sent back to it, but to others, and to one of the same name elsewhere', async () => {
    const from = (address: string) => ({ pulsartopic: address })
    expect(await send({}, from('ws://broker:8080/persistent/public/default/out'))).toBeUndefined()
    expect(await send({}, from('ws://broker:8080/persistent/public/default/in'))).toBeDefined()
    expect(await send({}, from('ws://other:8080/persistent/public/default/out'))).toBeDefined()
  })

  test('a tenant knows what it sent to a topic, and another tenant or topic is not taken for it', async () => {
    const { topic, message } = (await send({}))!
    expect(isOwn(message.properties, tenantId, topic)).toBe(true)
    expect(isOwn(message.properties, tenantId, { ...topic, name: 'other' })).toBe(false)
    expect(isOwn(message.properties, '0190a1b2-0000-7000-8000-000000000002', topic)).toBe(false)
    expect(isOwn({}, tenantId, topic)).toBe(false)
    expect(JSON.stringify(message)).not.toContain(tenantId)
  })
})
