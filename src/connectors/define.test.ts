import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { OperationCall } from './connector.ts'
import { defineConnector, defineOperation, type ConnectorDefinition } from './define.ts'
import { isHubError } from '../errors.ts'
import manifest from './stripe/manifest.json' with { type: 'json' }

let folder: string
beforeAll(async () => {
  const path = await mkdtemp(join(tmpdir(), 'connector test '))
  await writeFile(join(path, 'ping.json'), JSON.stringify({ type: 'object', required: ['at'], properties: { at: { type: 'string', format: 'date-time' } } }))
  folder = pathToFileURL(join(path, 'index.ts')).href
})
afterAll(() => rm(new URL('.', folder), { recursive: true }))

const greet = defineOperation({
  id: 'greet', summary: 'Greet somebody.', retrySafe: ({ loud }) => !loud, readOnly: true,
  input: z.strictObject({ name: z.string().min(1), loud: z.boolean().default(false), at: z.strictObject({ hour: z.int().optional() }).optional() }),
  output: z.object({ text: z.string() }),
  example: { name: 'Ada' },
  run: async ({ input }) => ({ text: input.loud ? `${input.name}!` : input.name }),
})

const base = {
  ...manifest, type: 'greeter', capabilities: { ...manifest.capabilities, operations: ['greet'] },
  events: [{ eventType: 'ping', description: 'Somebody pinged.', schemaPath: 'ping.json' }],
}

function define(changes: Partial<ConnectorDefinition> = {}, manifestChanges: Record<string, unknown> = {}): ReturnType<typeof defineConnector> {
  return defineConnector({ folder, manifest: { ...base, ...manifestChanges }, operations: [greet], testConnection: async () => ({ detail: 'Tried nothing.' }), ...changes })
}

const call = (input: unknown): OperationCall => ({ input }) as OperationCall

describe('an operation', () => {
  test('runs with its defaults filled in', async () => {
    expect(await greet.run(call({ name: 'Ada' }))).toEqual({ text: 'Ada' })
    expect(await greet.run(call({ name: 'Ada', loud: true }))).toEqual({ text: 'Ada!' })
  })

  test('says in JSON Schema what it takes and gives', () => {
    expect(greet.input).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', required: ['name'], additionalProperties: false, properties: { name: { type: 'string', minLength: 1 } } })
    expect(greet.output).toMatchObject({ type: 'object', required: ['text'] })
  })

  test('never runs with input that does not fit, and points at each fault', async () => {
    const wrong = { name: '', at: { hour: 1.5, 'a/b': 1 }, extra: 1 }
    const faults = expect.objectContaining({ code: 'invalid_input', errors: expect.arrayContaining(['/name', '/at/hour', '/at/a~1b', '/extra'].map((pointer) => expect.objectContaining({ pointer }))) })
    expect(() => greet.validateInput(wrong)).toThrow(faults)
    await expect(greet.run(call(wrong))).rejects.toThrow(faults)
  })

  test('may be repeated or not, depending on the input', () => {
    const safe = greet.retrySafe as (input: unknown) => boolean
    expect([safe({ name: 'Ada' }), safe({ name: 'Ada', loud: true })]).toEqual([true, false])
  })

  test('lists the faults of an answer', () => {
    expect(greet.validateOutput!({ text: 'x' })).toEqual([])
    expect(greet.validateOutput!({ text: 7 })).toEqual([expect.stringMatching(/^\/text /)])
  })
})

describe('a connector', () => {
  test('that is right is registered, with its aliases', async () => {
    const connector = define({ aliases: { hello: 'greet' } })
    expect((await connector.operations.list()).map(({ id }) => id)).toEqual(['greet'])
    expect(await connector.operations.find('hello')).toBe(greet)
  })

  test.each<[string, Partial<ConnectorDefinition>, Record<string, unknown>, RegExp]>([
    ['without a description', {}, { description: ' ' }, /manifest of greeter is not valid: \/description/],
    ['with an unknown field', {}, { colour: 'red' }, /colour/],
    ['with a kind of its own', {}, { kind: 'sorcery' }, /\/kind/],
    ['with a field that nobody can label', {}, { credentialSchema: { key: { type: 'password', required: true } } }, /\/credentialSchema\/key\/label/],
    ['with a schema outside its folder', {}, { events: [{ eventType: 'ping', description: 'x', schemaPath: '../ping.json' }] }, /\/events\/0\/schemaPath/],
    ['with a schema that is not there', {}, { events: [{ eventType: 'ping', description: 'x', schemaPath: 'pong.json' }] }, /the schema of ping is not there/],
    ['with an event twice', {}, { events: [base.events[0], base.events[0]] }, /two events/],
    ['that declares what it cannot do', {}, { capabilities: { ...base.capabilities, operations: ['greet', 'part'] } }, /declares the operations greet, part, the code has greet/],
    ['with an operation twice', { operations: [greet, greet] }, {}, /two operations/],
    ['with an alias for nothing', { aliases: { hello: 'hullo' } }, {}, /alias hello/],
    ['with an alias that hides an operation', { aliases: { greet: 'greet' } }, {}, /alias greet/],
  ])('%s is not registered', (_, changes, manifestChanges, fault) => {
    expect(() => define(changes, manifestChanges)).toThrow(fault)
  })

  test('checks events against their schemas, formats too', () => {
    const { validateEventPayload, eventSchema } = define()
    expect(validateEventPayload!('ping', { at: '2026-11-21T10:00:00Z' })).toEqual({ isValid: true, errors: [] })
    expect(validateEventPayload!('ping', { at: 'noon' })).toEqual({ isValid: false, errors: ['/at must match format "date-time"'] })
    expect(validateEventPayload!('ping', {}).errors).toEqual(["/ must have required property 'at'"])
    expect(eventSchema!('pong')).toBeUndefined()
  })

  test('without events has no word on them', () => {
    expect(define({}, { events: [] }).validateEventPayload).toBeUndefined()
  })
})

test('what is no input at all is refused like any other', () => {
  for (const input of [undefined, null, 7, 'x', []]) {
    expect(() => greet.validateInput(input)).toThrow(expect.toSatisfy((error: unknown) => isHubError(error, 'invalid_input')))
  }
})
