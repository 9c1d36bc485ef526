import { expect, test } from 'vitest'
import { suggest } from './suggest.ts'

const known = { input: { order: { id: 1, items: [{ sku: 'a', price: 2 }] }, 'odd name': 1 }, variables: { context: { user: { name: 'Ada' } }, input: {} } }
const labels = (before: string, isBare = true): string[] | undefined => suggest(before, known, isBare)?.options.map(({ label }) => label)

test.each<[before: string, labels: string[]]>([
  ['.', ['order', '"odd name"']], ['.or', ['order', '"odd name"']], ['.order.', ['id', 'items']], ['.order.items[0].', ['sku', 'price']], ['.order.items[].', ['sku', 'price']],
  ['.order | .', ['id', 'items']], ['.order.items | map(.', ['sku', 'price']], ['.order.items[] | select(.', ['sku', 'price']], ['.order.items | sort_by(.', ['sku', 'price']],
  ['$', ['$context', '$input']], ['$con', ['$context', '$input']], ['$context.', ['user']], ['$context.user.', ['name']], ['.x + $context.user.', ['name']], ['{ a: .order.', ['id', 'items']],
])('after %s come the members that the data has there', (before, expected) => {
  expect(labels(before)).toEqual(expected)
})

test('words are completed by what jq knows', () => {
  expect(labels('.order.items | le')).toContain('length')
  expect(labels('if .order then 1 el')).toContain('else')
  expect(labels('.order.items | tojson | @ba')).toContain('@base64')
})

test('in values, jq is what stands in braces that are open', () => {
  expect(labels('.', false)).toBeUndefined()
  expect(labels('Hello ${ .order.', false)).toEqual(['id', 'items'])
  expect(labels('Hello ${ .order } .', false)).toBeUndefined()
  expect(labels('${ {a: .order.', false)).toEqual(['id', 'items'])
})

test('where data is not known, nothing is made up', () => {
  expect(labels('.nothing.')).toBeUndefined()
  expect(labels('.order | tojson | .')).toBeUndefined()
  expect(labels('"text')).toBeUndefined()
})
