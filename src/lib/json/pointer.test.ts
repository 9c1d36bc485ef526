import { expect, test } from 'vitest'
import { appendPointer, formatPointer, parsePointer, resolvePointer } from './pointer.ts'

/** RFC 6901, section 5. */
const rfc = { 'foo': ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'e^f': 3, 'g|h': 4, 'i\\j': 5, 'k"l': 6, ' ': 7, 'm~n': 8 }

test.each<[string, unknown]>([
  ['', rfc], ['/foo', ['bar', 'baz']], ['/foo/0', 'bar'], ['/', 0], ['/a~1b', 1], ['/c%d', 2], ['/e^f', 3], ['/g|h', 4], ['/i\\j', 5], ['/k"l', 6], ['/ ', 7], ['/m~0n', 8],
])('the RFC\'s example %j resolves to its value, and its tokens give it back', (pointer, value) => {
  expect(resolvePointer(rfc, pointer)).toEqual(value)
  expect(formatPointer(parsePointer(pointer))).toBe(pointer)
})

test.each<[string, unknown]>([
  ['#', rfc], ['#/foo', ['bar', 'baz']], ['#/foo/0', 'bar'], ['#/', 0], ['#/a~1b', 1], ['#/c%25d', 2], ['#/e%5Ef', 3], ['#/g%7Ch', 4], ['#/i%5Cj', 5], ['#/k%22l', 6], ['#/%20', 7], ['#/m~0n', 8],
])('the RFC\'s URI fragment %j resolves to its value', (pointer, value) => {
  expect(resolvePointer(rfc, pointer)).toEqual(value)
})

test('~01 is a tilde and a one', () => {
  expect(parsePointer('/~01/~10')).toEqual(['~1', '/0'])
  expect(formatPointer(['~1', '/0', 3])).toBe('/~01/~10/3')
  expect(appendPointer('/a', 'b/~')).toBe('/a/b~1~0')
})

test.each(['/foo/2', '/foo/-', '/foo/00', '/foo/01', '/foo/length', '/foo/-1', '/foo/0/length', '/nope', '/constructor', '/__proto__', '/toString', '/foo/bar/baz', '/a~1b/x'])('%j is nowhere', (pointer) => {
  expect(resolvePointer(rfc, pointer)).toBeUndefined()
})

test.each(['foo', '/~', '/~2', '/a~', '#foo', '#/%', '#/%ff', ' /a'])('%j is no pointer', (pointer) => {
  expect(() => parsePointer(pointer)).toThrow('is not a JSON Pointer')
})
