import { expect, test } from 'vitest'
import { withoutOthers } from './secrets.ts'
import { credentialChange, valuesOf } from './stored-credential.ts'

// oxlint-disable-next-line unicorn/no-thenable -- the standard's word
const when = (kind: string, ...names: string[]) => ({ if: { required: ['kind'], properties: { kind: { enum: [kind] } } }, then: { required: [], properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) } })
const schema = { type: 'object', properties: { kind: { type: 'string' }, note: { type: 'string' } }, allOf: [when('basic', 'username', 'password'), when('bearer', 'token')] }
const set = { type: 'password', set: true } as const
const text = (value: string) => ({ type: 'text', set: true, value }) as const

test('what may be seen is filled in, and the kind follows from what is set', () => {
  expect(valuesOf(schema, { username: text('ada'), password: set })).toEqual({ kind: 'basic', username: 'ada' })
  expect(valuesOf(schema, { kind: text('bearer'), username: text('ada') })).toEqual({ kind: 'bearer', username: 'ada' })
  expect(valuesOf(schema, {})).toEqual({})
})

test('what belongs to a choice that is not made goes', () => {
  expect(withoutOthers(schema, { kind: 'bearer', username: 'ada', token: 't', note: 'n' })).toEqual({ kind: 'bearer', token: 't', note: 'n' })
})

test('a change says what differs, and nothing of secrets that were left empty', () => {
  const fields = { kind: text('basic'), username: text('ada'), password: set }
  expect(credentialChange(schema, fields, { kind: 'basic', username: 'ada' })).toEqual({})
  expect(credentialChange(schema, fields, { kind: 'basic', username: 'eve', password: '' })).toEqual({ username: 'eve' })
  expect(credentialChange(schema, fields, { kind: 'basic' })).toEqual({ username: null })
})

test('another kind takes the place of the one before, with all that it had', () => {
  const fields = { username: text('ada'), password: set, note: text('n') }
  expect(credentialChange(schema, fields, { kind: 'bearer', token: 't', note: 'n' })).toEqual({ kind: 'bearer', token: 't', username: null, password: null })
})
