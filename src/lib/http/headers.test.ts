import { expect, test } from 'vitest'
import { headerValue, mergeHeaders } from './headers.ts'

test('later headers replace earlier ones of the same name in any case', () => {
  expect(mergeHeaders({ Accept: 'a', 'X-One': '1' }, undefined, { accept: 'b', 'x-MANY': ['2', '3'] })).toEqual({ accept: 'b', 'x-one': '1', 'x-many': ['2', '3'] })
})

test('names that mean something to JavaScript are headers like others', () => {
  const merged = mergeHeaders(JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>)
  expect(Object.entries(merged)).toEqual([['__proto__', 'x'], ['constructor', 'y']])
  expect(headerValue({}, 'constructor')).toBeUndefined()
  expect(headerValue(merged, '__proto__')).toBe('x')
})

test('several values of a header are read as one', () => {
  expect(headerValue({ vary: ['accept', 'origin'] }, 'vary')).toBe('accept, origin')
  expect(headerValue({ vary: 'accept' }, 'vary')).toBe('accept')
})
