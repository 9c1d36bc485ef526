import { expect, test } from 'vitest'
import { flowToolName, integrationPart, operationPart, splitToolName, toolName } from './names.ts'

const id = '018f0000-0000-7000-8000-000000000000'
const nameOf = (integration: string, operation: string): string => toolName(integrationPart({ id, name: integration }, false), operationPart(operation))

test.each([['Bookshop', 'getBook', 'Bookshop__getBook'], ['my-shop_2', 'get_book', 'my-shop_2__get_book']])('%s/%s keeps its name', (integration, operation, expected) => {
  expect(nameOf(integration, operation)).toBe(expected)
})

const hostile = ['', ' ', 'a', 'a__b', '__', '_a', 'a_', 'flow', 'agent', 'Größe', 'orders/acme.Orders/Create', 'x'.repeat(300), '日本語', 'a; rm -rf /', '"><script>', '-', 'a-0123abcd', '../../etc', '\u0000', 'GET /users/{id}', 'getBook', 'getbook']

test('whatever things are called, names are valid for every client and lead to one thing only', () => {
  const names = hostile.flatMap((integration) => hostile.map((operation) => nameOf(integration, operation)))
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
  expect(new Set(names).size).toBe(hostile.length ** 2)
  for (const integration of hostile) {
    for (const operation of hostile) expect(splitToolName(nameOf(integration, operation))).toEqual({ first: integrationPart({ id, name: integration }, false), second: operationPart(operation) })
  }
})

test("no integration's tool is called like a flow's", () => {
  expect(hostile.map((operation) => nameOf('flow', operation)).filter((name) => hostile.some((flow) => flowToolName(flow) === name))).toEqual([])
})

test('integrations of one name are told apart by their ids', () => {
  const parts = ['018f0000-0000-7000-8000-000000000001', '018f0000-0000-7000-8000-000000000002'].map((each) => integrationPart({ id: each, name: 'Shop' }, true))
  expect(new Set([...parts, 'Shop']).size).toBe(3)
})
