import { afterAll, expect, test } from 'vitest'
import { hubErrorOf } from '../lib/http/test-client.ts'
import { closeOpenApiEngine } from './openapi/engine.ts'
import { petDocument, withCatalog } from './test-catalog.ts'

afterAll(() => closeOpenApiEngine())

test('a connector that was found once is at hand without a promise, and the same each time', () => withCatalog(async ({ connectors, registry, caller: { tenantId }, caller }) => {
  await connectors.import(caller, { id: 'pets', source: { document: petDocument() } })
  expect(registry.peek(tenantId, 'pets')).toBeUndefined()
  const found = await registry.find(tenantId, 'pets')
  expect(registry.peek(tenantId, 'pets')).toBe(found)
  expect(await registry.find(tenantId, 'pets')).toBe(found)
  const operation = await found!.operations.find('getPet')
  expect(await found!.operations.find('getPet')).toBe(operation)
}))

test("the hub's own connectors are there for every tenant", () => withCatalog(async ({ registry, caller, otherCaller }) => {
  expect(registry.peek(caller.tenantId, 'ping')?.manifest.type).toBe('ping')
  expect(await registry.find(otherCaller.tenantId, 'ping')).toBe(registry.peek(caller.tenantId, 'ping'))
}))

test('many callers at once share one look-up', () => withCatalog(async ({ connectors, registry, caller: { tenantId }, caller }) => {
  await connectors.import(caller, { id: 'pets', source: { document: petDocument() } })
  const found = await Promise.all(Array.from({ length: 20 }, () => registry.find(tenantId, 'pets')))
  expect(new Set(found).size).toBe(1)
}))

test('an id of nobody finds nothing', () => withCatalog(async ({ registry, caller }) => {
  for (const id of ['nope', '__proto__', '../pets', 'a\0b', '']) expect(await registry.find(caller.tenantId, id), id).toBeUndefined()
}))

test('what an operation resolved to is kept, so that the document is not read again', () => withCatalog(async ({ connectors, otherRegistry, database, caller }) => {
  await connectors.import(caller, { id: 'pets', source: { document: petDocument() } })
  const first = await connectors.operation(caller, 'pets', 'getPet')
  await closeOpenApiEngine()
  await database.system.query('delete from blobs')
  const elsewhere = await otherRegistry.find(caller.tenantId, 'pets')
  expect((await elsewhere!.operations.find('getPet'))!.input).toEqual(first.input)
  expect(await hubErrorOf(elsewhere!.operations.find('addPet'))).toMatchObject({ code: 'internal', message: expect.stringContaining('gone from the blob store') as string })
}))

test('what was forgotten is asked for again, and kept where nothing changed', () => withCatalog(async ({ connectors, registry, caller: { tenantId }, caller }) => {
  await connectors.import(caller, { id: 'pets', source: { document: petDocument() } })
  const found = await registry.find(tenantId, 'pets')
  registry.forget(tenantId, 'pets')
  expect(registry.peek(tenantId, 'pets')).toBeUndefined()
  expect(await registry.find(tenantId, 'pets')).toBe(found)
  registry.forgetAll()
  expect(registry.peek(tenantId, 'pets')).toBeUndefined()
}))

test('a change that is told of while the connector is being read is not missed', () => withCatalog(async ({ connectors, registry, caller: { tenantId }, caller }) => {
  await connectors.import(caller, { id: 'pets', source: { document: petDocument() } })
  const finding = registry.find(tenantId, 'pets')
  registry.forget(tenantId, 'pets')
  await finding
  expect(registry.peek(tenantId, 'pets')).toBeUndefined()
}))

test('a connector of the same name that was imported anew is another one', () => withCatalog(async ({ connectors, registry, otherRegistry, caller: { tenantId }, caller }) => {
  await connectors.import(caller, { id: 'pets', source: { document: petDocument() } })
  const before = (await otherRegistry.find(tenantId, 'pets'))!
  await connectors.remove(caller, 'pets')
  await connectors.import(caller, { id: 'pets', source: { document: petDocument({ '/new': { get: { operationId: 'isNew', responses: { 200: { description: 'Yes.' } } } } }) } })
  expect((await before.operations.list()).map(({ id }) => id)).toEqual(['isNew'])
  // The other process was not told, yet works on what is there now.
  expect(await before.operations.find('isNew')).toMatchObject({ id: 'isNew' })
  expect(await before.operations.find('getPet')).toBeUndefined()
  expect(await registry.find(tenantId, 'pets')).not.toBe(before)
}))
