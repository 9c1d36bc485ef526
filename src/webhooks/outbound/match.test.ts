import { expect, test } from 'vitest'
import { Subscriptions, wantsType } from './match.ts'

interface Endpoint { name: string, patterns: string[] }

function subscribe(patterns: Record<string, string[]>): Subscriptions<Endpoint> {
  const subscriptions = new Subscriptions<Endpoint>()
  for (const [name, each] of Object.entries(patterns)) subscriptions.add({ name, patterns: each }, each)
  return subscriptions
}

const names = (found: readonly Endpoint[]): string[] => found.map(({ name }) => name).sort()

test('a glob matches any run of characters, dots included', () => {
  const subscriptions = subscribe({ exact: ['order.paid'], orders: ['order.*'], all: ['*'], paid: ['*.paid'], middle: ['order.*.eu'], odd: ['*r.p*d*'], none: ['order'] })
  expect(names(subscriptions.match('order.paid'))).toEqual(['all', 'exact', 'odd', 'orders', 'paid'])
  expect(names(subscriptions.match('order.paid.eu'))).toEqual(['all', 'middle', 'odd', 'orders'])
  expect(names(subscriptions.match('order.'))).toEqual(['all', 'orders'])
  expect(names(subscriptions.match('x'))).toEqual(['all'])
  expect(names(subscriptions.match('.paid'))).toEqual(['all', 'paid'])
})

test('the index finds what trying every pattern finds', () => {
  const parts = ['a', 'b', '.', '*', 'ab', 'order.', 'delivery.', 'exhausted', 'webhook.failed']
  let seed = 1
  const pick = (): string => { seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648; return parts[seed % parts.length]! }
  const endpoints = Array.from({ length: 300 }, (_, at) => ({ name: `e${at}`, patterns: [pick() + pick() + pick(), pick() + pick()] }))
  const subscriptions = new Subscriptions<Endpoint>()
  for (const each of endpoints) subscriptions.add(each, each.patterns)
  for (let round = 0; round < 500; round += 1) {
    const type = (pick() + pick() + pick()).replaceAll('*', 'x')
    expect(names(subscriptions.match(type)), type).toEqual(names(endpoints.filter(({ patterns }) => wantsType(patterns, type))))
  }
})

test("the hub's own events about deliveries go to those only who name them", () => {
  const subscriptions = subscribe({ all: ['*'], most: ['d*', 'web*'], deliveries: ['delivery.*'], exact: ['webhook.failed'], webhooks: ['webhook.*ed'] })
  expect(names(subscriptions.match('delivery.exhausted'))).toEqual(['deliveries'])
  expect(names(subscriptions.match('webhook.failed'))).toEqual(['exact', 'webhooks'])
})

test("others' types that begin alike are types like any other", () => {
  const subscriptions = subscribe({ all: ['*'], deliveries: ['delivery.*'] })
  expect(names(subscriptions.match('webhook.received'))).toEqual(['all'])
  expect(names(subscriptions.match('delivery.shipped'))).toEqual(['all', 'deliveries'])
})

test('an endpoint that is taken out matches no longer, and one that matches twice comes once', () => {
  const subscriptions = new Subscriptions<Endpoint>()
  const patterns = ['a', 'a', 'a*', '*a', '*']
  const [one, other] = [{ name: 'one', patterns }, { name: 'other', patterns: ['*'] }]
  subscriptions.add(one, patterns)
  subscriptions.add(other, other.patterns)
  expect(names(subscriptions.match('a'))).toEqual(['one', 'other'])
  subscriptions.remove(one, patterns)
  expect(names(subscriptions.match('a'))).toEqual(['other'])
  subscriptions.remove(one, patterns)
  subscriptions.remove(other, other.patterns)
  expect(subscriptions.match('a')).toEqual([])
})
