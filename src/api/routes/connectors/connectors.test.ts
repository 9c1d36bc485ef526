import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { openHub, type TestHub } from '../../../../test/hub.ts'
import { json, startUpstream, type Upstream } from '../../../../test/upstream.ts'

let hub: TestHub
let upstream: Upstream
let close: () => Promise<void>

beforeAll(async () => {
  ({ hub, close } = await openHub())
  upstream = await startUpstream()
})
afterAll(async () => {
  await close()
  await upstream.close()
})

function notes(paths: object = {}, title = 'Notes'): Record<string, unknown> {
  return {
    openapi: '3.1.0', info: { title, version: '1' }, servers: [{ url: upstream.url }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }, security: [{ token: [] }],
    paths: {
      '/notes': { get: { operationId: 'listNotes', summary: 'List notes', tags: ['notes'], responses: { 200: { description: 'Notes.' } } } },
      '/notes/{id}': { get: { operationId: 'getNote', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }], responses: { 200: { description: 'A note.' } } } },
      ...paths,
    },
  }
}

describe('POST /api/v1/connectors/import', () => {
  test('takes a file as curl sends it: YAML or JSON, whatever the content type', async () => {
    const types = ['application/x-www-form-urlencoded', 'application/yaml', 'application/json', 'application/octet-stream', 'text/plain']
    for (const [at, type] of types.entries()) {
      const body = type.endsWith('json') ? JSON.stringify(notes()) : stringify(notes())
      const reply = await hub.call('POST', `/api/v1/connectors/import?id=file-${at}&name=File%20${at}`, body, { headers: { 'content-type': type } })
      expect(reply).toMatchObject({ status: 201, body: { id: `file-${at}`, name: `File ${at}`, type: 'openapi', kind: 'api', operations: 2, authentication: ['bearer'], origin: 'document', endpoints: [upstream.url], etag: '1' } })
      expect(reply.headers.get('etag')).toBe('"1"')
    }
  })

  test('takes an address, and a document wrapped in JSON', async () => {
    upstream.answer((_request, response) => { json(response, 200, notes()) })
    expect(await hub.call('POST', '/api/v1/connectors/import', { url: `${upstream.url}/openapi.json`, id: 'from-url' })).toMatchObject({ status: 201, body: { id: 'from-url', origin: 'url', originUrl: `${upstream.url}/openapi.json` } })
    expect(await hub.call('POST', '/api/v1/connectors/import', { id: 'wrapped', document: notes() })).toMatchObject({ status: 201, body: { id: 'wrapped', operations: 2 } })
    expect(await hub.call('POST', '/api/v1/connectors/import', { id: 'wrapped-text', document: stringify(notes()) })).toMatchObject({ status: 201, body: { id: 'wrapped-text', operations: 2 } })
  })

  test('says where a document is wrong, and stores nothing', async () => {
    const reply = await hub.call('POST', '/api/v1/connectors/import?id=wrong', notes({ '/x': { get: { parameters: [{ name: 'a' }] } } }))
    expect(reply).toMatchObject({ status: 422, body: { code: 'invalid_document', errors: [{ pointer: '/paths/~1x/get/parameters/0/in' }] } })
    expect(await hub.call('GET', '/api/v1/connectors/wrong')).toMatchObject({ status: 404 })
  })

  test('an empty body, an unknown field and an address inside are a 4xx', async () => {
    expect(await hub.call('POST', '/api/v1/connectors/import')).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
    expect(await hub.call('POST', '/api/v1/connectors/import', { url: upstream.url, nope: 1 })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/nope' }] } })
    expect(await hub.call('POST', '/api/v1/connectors/import', { url: 'http://10.0.0.1/openapi.json' })).toMatchObject({ status: 422, body: { code: 'address_refused' } })
    expect(await hub.call('POST', '/api/v1/connectors/import?nope=1', notes())).toMatchObject({ status: 400, body: { errors: [{ pointer: '?nope' }] } })
  })

  test('the same Idempotency-Key answers the first result again', async () => {
    const send = (): ReturnType<TestHub['call']> => hub.call('POST', '/api/v1/connectors/import?id=once', stringify(notes()), { headers: { 'idempotency-key': 'import-once' } })
    const [first, second] = [await send(), await send()]
    expect(first).toMatchObject({ status: 201, body: { id: 'once' } })
    expect(second).toMatchObject({ status: 201, body: first.body })
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(await hub.call('POST', '/api/v1/connectors/import?id=once', stringify(notes()))).toMatchObject({ status: 409, body: { code: 'conflict', errors: [{ pointer: '/id' }] } })
  })
})

describe('POST /api/v1/connectors', () => {
  test('registers a document as JSON', async () => {
    expect(await hub.call('POST', '/api/v1/connectors', { document: notes({}, 'Registered API') })).toMatchObject({ status: 201, body: { id: 'registered-api' } })
    expect(await hub.call('POST', '/api/v1/connectors', { name: 'Nothing' })).toMatchObject({ status: 422 })
    expect(await hub.call('POST', '/api/v1/connectors', { document: { openapi: '3.1.0' } })).toMatchObject({ status: 422, body: { code: 'invalid_document' } })
  })
})

describe('a connector', () => {
  beforeAll(async () => { await hub.call('POST', '/api/v1/connectors/import?id=notes', notes()) })

  test('tells how it is set up', async () => {
    const { body } = await hub.call('GET', '/api/v1/connectors/notes')
    expect(body).toMatchObject({
      id: 'notes', service: new URL(upstream.url).host, specification: '3.1', warnings: [], supportLevel: 'community', credentialSchema: { token: { type: 'password', required: true } },
      configurableFields: expect.arrayContaining(['baseUrl']) as string[], schemas: { credentials: { required: ['token'], properties: { token: { type: 'string', writeOnly: true } } } },
    })
    expect(body.schema).toEqual(body.configurationSchema)
  })

  test('lists its operations, and gives each with schemas and an example', async () => {
    expect(await hub.call('GET', '/api/v1/connectors/notes/operations?q=list')).toMatchObject({ status: 200, body: { data: [{ id: 'listNotes', method: 'GET', path: '/notes', summary: 'List notes' }], nextCursor: null } })
    const { body } = await hub.call('GET', '/api/v1/connectors/notes/operations?limit=1')
    expect((await hub.call('GET', `/api/v1/connectors/notes/operations?limit=1&cursor=${body.nextCursor}`)).body).toMatchObject({ data: [{ id: 'getNote' }], nextCursor: null })
    expect(await hub.call('GET', '/api/v1/connectors/notes/operations/getNote')).toMatchObject({ status: 200, body: { id: 'getNote', retrySafe: true, input: { required: ['id'] }, example: { id: 1 } } })
    expect(await hub.call('GET', '/api/v1/connectors/notes/tags')).toMatchObject({ body: { data: [{ tag: 'notes', operations: 1 }] } })
  })

  test('gives its document back, never as a page', async () => {
    const reply = await hub.call('GET', '/api/v1/connectors/notes/document')
    expect(reply.body).toEqual(notes())
    expect(Object.fromEntries(['content-type', 'content-disposition', 'x-content-type-options'].map((name) => [name, reply.headers.get(name)]))).toEqual({ 'content-type': 'application/json', 'content-disposition': 'attachment; filename="notes.json"', 'x-content-type-options': 'nosniff' })
    expect((await hub.call('GET', '/api/v1/connectors/notes/document?form=normal')).body).toMatchObject({ openapi: '3.2.0' })
  })

  test('of the hub itself has no document: 404, with a sentence that says so', async () => {
    for (const id of ['http', 'stripe']) {
      expect(await hub.call('GET', `/api/v1/connectors/${id}/document`)).toMatchObject({ status: 404, body: { code: 'not_found', detail: expect.stringContaining('was not made from a document') } })
      expect(await hub.call('DELETE', `/api/v1/connectors/${id}`)).toMatchObject({ status: 409 })
    }
  })

  test('is compared with a newer document before that is applied', async () => {
    await hub.call('POST', '/api/v1/connectors/import?id=growing', notes())
    const made = await hub.call('POST', '/api/v1/integrations?test=false', { name: 'My notes', connector: 'growing' })
    expect(made.status).toBe(201)
    const newer = stringify({ ...notes({ '/tags': { get: { operationId: 'listTags', responses: { 200: { description: 'Tags.' } } } }, '/notes/{id}': {} }) })
    const compared = await hub.call('POST', '/api/v1/connectors/growing/reimport', newer)
    expect(compared).toMatchObject({ status: 200, body: { applied: false, breaking: true, difference: { added: [{ id: 'listTags' }], removed: [{ id: 'getNote' }] }, integrations: [{ id: made.body['id'], name: 'My notes', uses: [] }], etag: '1' } })
    expect(compared.body.changes).toEqual(expect.arrayContaining([
      { kind: 'removed', operation: 'getNote', breaking: true, text: 'getNote is gone (GET /notes/{id}).' }, { kind: 'added', operation: 'listTags', breaking: false, text: 'listTags is new (GET /tags).' },
    ]))
    expect(await hub.call('GET', '/api/v1/connectors/growing/operations/getNote')).toMatchObject({ status: 200 })
    expect(await hub.call('POST', '/api/v1/connectors/growing/reimport?apply=true', newer, { headers: { 'if-match': '"7"' } })).toMatchObject({ status: 412 })
    expect(await hub.call('POST', '/api/v1/connectors/growing/reimport?apply=true', newer, { headers: { 'if-match': '"1"' } })).toMatchObject({ status: 200, body: { applied: true, etag: '2' } })
    expect(await hub.call('GET', '/api/v1/connectors/growing/operations/getNote')).toMatchObject({ status: 404, body: { code: 'operation_not_found' } })
    expect(await hub.call('DELETE', '/api/v1/connectors/growing')).toMatchObject({ status: 409, body: { integrations: [{ name: 'My notes' }] } })
    await hub.call('DELETE', `/api/v1/integrations/${made.body['id'] as string}`)
    expect(await hub.call('DELETE', '/api/v1/connectors/growing')).toMatchObject({ status: 204 })
    expect(await hub.call('GET', '/api/v1/connectors/growing')).toMatchObject({ status: 404 })
  })

  test("is not another tenant's, on any route, nor there for a key that only reads to change", async () => {
    const other = await hub.addTenant('other')
    const routes: [string, string, unknown?][] = [
      ['GET', ''], ['DELETE', ''], ['GET', '/operations'], ['GET', '/operations/getNote'], ['GET', '/tags'], ['GET', '/document'], ['POST', '/reimport', notes()], ['POST', '/install', {}],
    ]
    for (const [method, path, body] of routes) expect((await hub.call(method, `/api/v1/connectors/notes${path}`, body, { key: other })).status, `${method} ${path}`).toBe(404)
    expect((await hub.call('GET', '/api/v1/connectors', undefined, { key: other })).body.data.map(({ id }: { id: string }) => id)).not.toContain('notes')
    const { body } = await hub.call('POST', '/api/v1/keys', { name: 'reader', role: 'viewer' })
    for (const [method, path] of [['POST', '/import'], ['POST', ''], ['DELETE', '/notes'], ['POST', '/notes/reimport'], ['POST', '/stripe.com/install']]) {
      expect((await hub.call(method!, `/api/v1/connectors${path}`, {}, { key: body.key })).status, `${method} ${path}`).toBe(403)
    }
  })

  test.each(['%00', '..%2Fnotes', 'a%2Fb', '__proto__', 'x'.repeat(400), '%ff'])('%s is none', async (id) => {
    for (const path of ['', '/operations', '/operations/x', '/document', '/tags']) {
      const { status } = await hub.call('GET', `/api/v1/connectors/${id}${path}`)
      expect([400, 404], `${path} ${status}`).toContain(status)
    }
    expect((await hub.call('GET', `/api/v1/connectors/notes/operations/${id}`)).status).toBeLessThan(500)
  })

  test('a bad cursor, and text that the database does not take, are no fault of the hub', async () => {
    for (const path of ['/api/v1/connectors', '/api/v1/connectors/notes/operations', '/api/v1/integrations/available']) {
      expect(await hub.call('GET', `${path}?cursor=nonsense`), path).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
      expect((await hub.call('GET', `${path}?q=%00&limit=1`)).status, path).toBeLessThan(500)
      expect((await hub.call('GET', `${path}?limit=99999`)).status, path).toBe(200)
    }
  })
})

describe('the catalogue', () => {
  test("lists what can be connected: the hub's own connectors first, then more than a thousand services", async () => {
    const { body } = await hub.call('GET', '/api/v1/integrations/available?limit=500&origin=built-in')
    expect(body.data.map(({ connector }: { connector: string }) => connector)).toEqual(expect.arrayContaining(['http', 'smtp-email', 'zulip-message', 'stripe']))
    expect((await hub.call('GET', '/api/v1/integrations/available/?limit=1')).body.total).toBeGreaterThan(1000)
    expect((await hub.call('GET', '/api/v1/integrations/available?q=stripe')).body.data[0]).toMatchObject({ connector: 'stripe', installed: true })
    const categories = (await hub.call('GET', '/api/v1/catalog/categories')).body.data as { name: string, count: number }[]
    expect(categories.length).toBeGreaterThan(10)
  })

  test('has a logo for every card, asked for without a key, that can do no harm', async () => {
    const { body } = await hub.call('GET', '/api/v1/integrations/available?limit=20&q=git')
    for (const { logo } of body.data as { logo: string }[]) {
      const reply = await hub.call('GET', logo, undefined, { key: null })
      expect(reply.status, logo).toBe(200)
      expect(reply.text).toMatch(/^<svg[^]*<\/svg>$/)
      expect(reply.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8')
      expect(reply.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'")
      expect(reply.headers.get('x-content-type-options')).toBe('nosniff')
    }
    const hostile = await hub.call('GET', `/api/v1/logos/${encodeURIComponent('<script>alert(1)</script>')}?title=${encodeURIComponent('"><img onerror=x>')}`, undefined, { key: null })
    expect(hostile.text).not.toMatch(/<script|<img/)
    for (const name of ['..%2F..%2Fpackage', '%00', '..%5C..', 'x'.repeat(300)]) expect([200, 400, 404]).toContain((await hub.call('GET', `/api/v1/logos/${name}`, undefined, { key: null })).status)
  })
})
