import { expect, test } from 'vitest'
import { itemName } from './item-name.ts'

test.each([
  ['Allowed operations-1', 'Allowed operation 1'], ['photoUrls-2', 'photoUrl 2'], ['addresses-1', 'address 1'], ['entries-3', 'entry 3'], ['statuses-1', 'status 1'], ['houses-1', 'house 1'], ['aliases-1', 'alias 1'],
  ['status-1', 'status 1'], ['data-10', 'data 10'], ['x-y-1', 'x-y 1'], ['series-1', 'series 1'], ['IP whitelist-1', 'IP whitelist 1'], ['no list', 'no list'],
])('%s is called %s', (title, name) => {
  expect(itemName(title)).toBe(name)
})
