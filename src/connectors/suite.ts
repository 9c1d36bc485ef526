/** What every connector promises. `describeConnector` is called for each of `builtInConnectors`, and may be for others. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connector, JsonSchema, Operation } from './connector.ts'
import { readManifest } from './manifest.ts'
import { testContext, type TestContext } from './test-context.ts'
import { isHubError } from '../errors.ts'
import { startUpstream } from '../lib/http/test-upstream.ts'

export interface SuiteOptions {
  /** For a connector that does not speak HTTP: a server that refuses everything and repeats what it was sent. */
  startServer?(): Promise<AsyncDisposable & { port: number }>
  /** For a connector whose credential has fields of a certain form; `secret` belongs into all those that are secret. */
  credentials?(server: { url: string, host: string, port: number }, secret: string): Record<string, unknown>
}

/** In every secret field, so that a leak shows. */
const CANARY = 'canary9f2d41secret'

export function describeConnector(connector: Connector, options: SuiteOptions = {}): void {
  const { manifest } = connector
  describe(`the connector ${manifest.type}`, () => {
    describeManifest(connector)
    describeOperations(connector)
    describeEvents(connector)
    describeSecrets(connector, options)
  })
}

function describeManifest({ manifest, logo }: Connector): void {
  test('has a valid manifest', () => {
    expect(readManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest)
  })

  test('describes itself in sentences, and labels every field for people', () => {
    expect(manifest.description).toMatch(/^[A-Z].{20,}\.$/)
    for (const [name, { label, description }] of Object.entries(manifest.credentialSchema)) {
      expect(label, name).toMatch(/^\S.*\S$/)
      expect(label, name).not.toBe(name)
      if (description !== undefined) expect(description, name).toMatch(/\.$/)
    }
  })

  test('keeps what sounds secret as a secret', () => {
    for (const [name, { type }] of Object.entries(manifest.credentialSchema)) {
      if (/password|secret|token(?!Url)|key$/i.test(name)) expect(type, name).not.toBe('text')
    }
  })

  test('has a configuration schema that compiles, whose properties have titles and whose defaults fit', () => {
    const schema = manifest.configurationSchema
    const check = compile(schema)
    for (const [name, property] of Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>)) expect(property['title'], name).toBeTypeOf('string')
    expect(check(defaultsOf(schema)), JSON.stringify(check.errors)).toBe(true)
    // A setting that is misspelt must not be taken silently.
    expect(check({ 'no such setting': 1 })).toBe(false)
  })

  test('has a logo that is a picture and nothing else, where it has one', () => {
    const picture = logo?.()
    if (picture === undefined) return
    expect(picture).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*><title>[^<]+<\/title>/)
    expect(picture).not.toMatch(/<script|<foreignObject|\son\w+=|href|url\(/i)
  })
}

function describeOperations({ manifest, operations }: Connector): void {
  const all = async (): Promise<Operation[]> => Promise.all((await operations.list()).map(async ({ id }) => (await operations.find(id))!))

  test('lists the operations that it finds and declares, each once', async () => {
    const listed = await operations.list()
    expect(listed.map(({ id }) => id).toSorted()).toEqual(manifest.capabilities.operations.toSorted())
    for (const { id, summary } of listed) expect(await operations.find(id)).toMatchObject({ id, summary })
  })

  test('finds nothing under other names', async () => {
    for (const name of ['', 'no such operation', '__proto__', 'constructor', 'toString']) expect(await operations.find(name), name).toBeUndefined()
  })

  test('says in a sentence what each operation does, and describes each field of its input', async () => {
    for (const { id, summary } of await all()) expect(summary, id).toMatch(/^[A-Z].{5,}\.$/)
  })

  test('has input and output schemas that compile, and examples that fit', async () => {
    for (const { id, input, output, example, validateInput } of await all()) {
      const check = compile(input)
      expect(input['type'], id).toBe('object')
      if (output !== undefined) compile(output)
      expect(example, id).toBeDefined()
      expect(check(example), `${id}: ${JSON.stringify(check.errors)}`).toBe(true)
      expect(() => validateInput(example), id).not.toThrow()
    }
  })

  test('refuses input of a wrong form with pointers', async () => {
    for (const { id, validateInput } of await all()) {
      for (const wrong of [null, 'text', 17, [], { 'no/such~field': 1 }]) {
        const refusal = thrownBy(() => validateInput(wrong))
        expect(isHubError(refusal, 'invalid_input'), `${id} ${JSON.stringify(wrong)}`).toBe(true)
        expect(isHubError(refusal) ? refusal.errors?.length : 0, id).toBeGreaterThan(0)
      }
      const refusal = thrownBy(() => validateInput({ 'no/such~field': 1 }))
      expect(isHubError(refusal) ? refusal.errors!.map(({ pointer }) => pointer) : [], id).toContain('/no~1such~0field')
    }
  })

  test('says of each operation whether it may be repeated', async () => {
    for (const { id, retrySafe, readOnly, example } of await all()) {
      const [safe, reads] = [retrySafe, readOnly ?? false].map((rule) => typeof rule === 'function' ? rule(example) : rule)
      expect(safe, id).toBeTypeOf('boolean')
      if (reads === true) expect(safe, `${id} only reads`).toBe(true)
    }
  })
}

function describeEvents({ manifest, eventSchema, validateEventPayload }: Connector): void {
  if (manifest.events.length === 0) return
  test('has a schema for each of its events, which compiles and refuses what is no event', () => {
    for (const { eventType, description } of manifest.events) {
      const schema = eventSchema!(eventType)!
      compile(schema)
      expect(schema['title'], eventType).toBe(eventType)
      expect(description, eventType).toMatch(/^[A-Z].{5,}\.$/)
      expect(validateEventPayload!(eventType, null).isValid, eventType).toBe(false)
      expect(validateEventPayload!(eventType, {}), eventType).toMatchObject({ isValid: false, errors: expect.arrayContaining([expect.any(String)]) })
    }
    expect(validateEventPayload!('no.such.event', {})).toMatchObject({ isValid: false })
  })
}

/** Against a server that refuses everything and repeats what it was sent, as bad servers do in their error messages. */
function describeSecrets(connector: Connector, { credentials, startServer }: SuiteOptions): void {
  let server: AsyncDisposable & { port: number }
  let status = 401
  beforeAll(async () => {
    server = await startServer?.() ?? await startUpstream((request, response) => { response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: `no: ${JSON.stringify(request.headers)} ${request.url}` })) })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const contextOf = (): TestContext => {
    const { port } = server
    const url = `http://127.0.0.1:${port}`
    const given = credentials?.({ url, host: '127.0.0.1', port }, CANARY) ?? Object.fromEntries(Object.entries(connector.manifest.credentialSchema).map(([name, { type }]) => [name, type === 'text' ? url : CANARY]))
    return testContext({ connector, credentials: given, endpoint: url, timeoutMs: 5_000 })
  }

  test.each([401, 403, 404, 429, 500, 200])('shows no secret when the service answers %d with whatever it was sent', async (answered) => {
    status = answered
    await using context = contextOf()
    const failures: unknown[] = [await connector.testConnection(context).catch((error: unknown) => error)]
    for (const { id } of await connector.operations.list()) {
      const operation = (await connector.operations.find(id))!
      failures.push(await operation.run({ ...context, input: operation.example }).then(() => undefined, (error: unknown) => error))
    }
    for (const failure of failures.filter((each) => each instanceof Error)) {
      expect(isHubError(failure), `${failure.stack}`).toBe(true)
      const { message, errors, extra } = failure as Error & { errors?: unknown, extra?: unknown }
      const text = JSON.stringify([message, errors, extra])
      for (const form of [CANARY, Buffer.from(CANARY).toString('base64').replace(/=+$/, ''), encodeURIComponent(CANARY)]) expect(text).not.toContain(form)
    }
  })

  test('says which credential is missing when there is none', async () => {
    const required = Object.entries(connector.manifest.credentialSchema).filter(([, field]) => field.required).map(([name]) => name)
    if (required.length === 0) return
    await using context = testContext({ connector, endpoint: `http://127.0.0.1:${server.port}` })
    const failure: unknown = await connector.testConnection(context).catch((error: unknown) => error)
    expect(isHubError(failure, 'credential_missing')).toBe(true)
    expect(isHubError(failure) ? failure.errors!.map(({ pointer }) => pointer) : []).toEqual(expect.arrayContaining(required.map((name) => `/credentials/${name}`)))
  })
}

function compile(schema: JsonSchema): ReturnType<Ajv2020['compile']> {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false })
  ajvFormats.default(ajv)
  return ajv.compile(schema)
}

function defaultsOf(schema: JsonSchema): Record<string, unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>)
  return Object.fromEntries(properties.filter(([, property]) => 'default' in property).map(([name, property]) => [name, property['default']]))
}

function thrownBy(work: () => void): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}
