import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { builtInConnectors } from '../connectors/index.ts'
import { credentialsAsSchema } from './credential-form.ts'

const schemaOf = (type: string): Record<string, unknown> => credentialsAsSchema(builtInConnectors.find(({ manifest }) => manifest.type === type)!.manifest.credentialSchema)
const names = (schema: unknown): string[] => Object.keys((schema as { properties: object }).properties)

test('fields that belong to a kind of authentication are asked for with that kind alone', () => {
  const schema = schemaOf('http') as { allOf: { if: { properties: { kind: { enum: string[] } } }, then: object }[] }
  expect(names(schema)).toEqual(['kind', 'headerName', 'headerValue', 'policy'])
  expect(Object.fromEntries(schema.allOf.map(({ if: { properties: { kind } }, then }) => [kind.enum.join(), names(then)]))).toEqual({
    apiKey: ['apiKey', 'keyPlace', 'keyName', 'keyPrefix'], basic: ['username', 'password'], bearer: ['token'],
    oauth2ClientCredentials: ['tokenUrl', 'clientId', 'clientSecret', 'scope'], awsSigV4: ['accessKeyId', 'secretAccessKey', 'sessionToken', 'region', 'service'],
  })
})

test('they are checked with it, and may be given without it, as they were before', () => {
  const check = new Ajv2020({ strict: false }).compile(schemaOf('http'))
  expect([{}, { token: 't' }, { kind: 'bearer', token: 't' }, { kind: 'apiKey', apiKey: 'k', keyPlace: 'query' }].map((each) => check(each))).toEqual([true, true, true, true])
  expect([{ kind: 'spell' }, { kind: 'bearer', token: 7 }, { kind: 'apiKey', keyPlace: 'body' }].map((each) => check(each))).toEqual([false, false, false])
})

test('where there are no kinds, all fields stand side by side', () => {
  expect(schemaOf('zulip-message')).toMatchObject({ required: ['site', 'email', 'apiKey'], properties: { apiKey: { writeOnly: true } } })
  expect(schemaOf('zulip-message')).not.toHaveProperty('allOf')
})
