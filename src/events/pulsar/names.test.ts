import { expect, test } from 'vitest'
import { deadLetterTopicOf, endpointUrl, readTopic, serviceUrlFault, wholeName } from './names.ts'

test.each([
  ['orders', 'persistent://public/default/orders'], ['acme/shop/orders', 'persistent://acme/shop/orders'], ['persistent://acme/shop/orders', 'persistent://acme/shop/orders'],
  ['non-persistent://acme/shop/orders', 'non-persistent://acme/shop/orders'], ['a-b_c=d:e.f', 'persistent://public/default/a-b_c=d:e.f'], ['orders-partition-3', 'persistent://public/default/orders-partition-3'],
])('%s is the topic %s', (text, whole) => {
  expect(wholeName(readTopic(text)!)).toBe(whole)
})

test.each(['', '.', '..', 'a/b', 'a/b/c/d', '/a/b', 'a/b/', 'a/b/..', '../b/c', './b/c', 'a b', 'a%2fb', 'a?b', 'a#b', 'ä', 'persistent://', 'kafka://a/b/c', 'a\n', 'x'.repeat(201)])('%j is no topic', (text) => {
  expect(readTopic(text)).toBeUndefined()
})

test.each([['ws://broker:8080', 'ws://broker:8080/ws/v2/'], ['wss://broker:8443/', 'wss://broker:8443/ws/v2/'], ['wss://proxy/pulsar/', 'wss://proxy/pulsar/ws/v2/'], ['ws://[::1]:8080', 'ws://[::1]:8080/ws/v2/']])('below %s endpoints are at %s', (serviceUrl, base) => {
  const topic = readTopic('acme/shop/a:b')!
  expect(serviceUrlFault(serviceUrl)).toBeUndefined()
  expect(endpointUrl(serviceUrl, { kind: 'producer', topic, query: {} }).href).toBe(`${base}producer/persistent/acme/shop/a%3Ab`)
  expect(endpointUrl(serviceUrl, { kind: 'consumer', topic, subscription: 's=1', query: { a: '&', b: 1 } }).href).toBe(`${base}consumer/persistent/acme/shop/a%3Ab/s%3D1?a=%26&b=1`)
})

test.each([
  ['pulsar://broker:6650', /binary/], ['pulsar+ssl://broker:6651', /binary/], ['http://broker:8080', /ws:/], ['broker:8080', /ws:/], ['', /ws:/], ['file:///etc/passwd', /ws:/],
  ['ws://user:password@broker', /authentication/], ['ws://user@broker', /authentication/], ['ws://broker?token=x', /path/], ['ws://broker#x', /path/],
])('%s is no address of a broker, and told why', (text, why) => {
  expect(serviceUrlFault(text)).toMatch(why)
})

test("dead letters go where Pulsar's own clients put them, or where the rule says", () => {
  expect(wholeName(deadLetterTopicOf({ topic: 'acme/shop/orders', subscription: 'hub' }))).toBe('persistent://acme/shop/orders-hub-DLQ')
  expect(wholeName(deadLetterTopicOf({ topic: 'orders', subscription: 'hub', deadLetterTopic: 'bad' }))).toBe('persistent://public/default/bad')
})
