import { expect, test } from 'vitest'
import { rawMember } from './raw-data.ts'

test.each([
  ['{"data":12345678901234567890.10}', '12345678901234567890.10'],
  [' { "id" : "a" , "data" : { "b" : [ 1, {"data": 2} ] } , "z": 1 } ', '{ "b" : [ 1, {"data": 2} ] }'],
  ['{"other":{"data":1},"text":"\\"data\\": }","data":"}\\\\\\" ,"}', '"}\\\\\\" ,"'],
  ['{"d\\u0061ta":[],"x":null}', '[]'],
  ['{"data":true\n}', 'true'],
  ['{"x":[]}', undefined],
  ['{}', undefined],
])('the data of %s is %s, as it stands there', (text, data) => {
  expect(rawMember(text, 'data')).toBe(data)
})
