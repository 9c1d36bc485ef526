import { expect, test } from 'vitest'
import { placesIn } from './json-places.ts'

const text = JSON.stringify({ type: 'object', properties: { 'a/b': { type: 'nonsense' }, list: [1, { deep: true }] } }, null, 2)
const at = (pointer: string): string => {
  const { from, to } = placesIn(text)(pointer)
  return text.slice(from, to)
}

test('a pointer leads to its property or element, by whatever name', () => {
  expect(at('/type')).toBe('"type": "object"')
  expect(at('/properties/a~1b/type')).toBe('"type": "nonsense"')
  expect(at('/properties/list/0')).toBe('1')
  expect(at('/properties/list/1/deep')).toBe('"deep": true')
})

test('what is not there is shown where it would be, and of much the first line', () => {
  expect(at('')).toBe('{')
  expect(at('/properties/a~1b/missing')).toBe('"a/b": {')
  expect(at('/properties/list/7')).toBe('"list": [')
})

test('a text that is no JSON has places all the same', () => {
  expect(placesIn('{"a": ')('/a/b')).toMatchObject({ from: expect.any(Number) })
  expect(placesIn('')('/a')).toEqual({ from: 0, to: 0 })
})
