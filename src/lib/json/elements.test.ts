import { expect, test } from 'vitest'
import { elementTexts } from './elements.ts'

test('elements come as they were written', () => {
  expect(elementTexts(' [ {"a": 1.10} ,[1,[2]],"x,]\\"[", 12345678901234567890, null ] ')).toEqual(['{"a": 1.10}', '[1,[2]]', '"x,]\\"["', '12345678901234567890', 'null'])
})

test('a string that ends in a backslash ends there', () => {
  expect(elementTexts('["a\\\\","b"]')).toEqual(['"a\\\\"', '"b"'])
})

test('an array without elements has none', () => {
  expect(elementTexts('[]')).toEqual([])
  expect(elementTexts('[ \n ]')).toEqual([])
})
