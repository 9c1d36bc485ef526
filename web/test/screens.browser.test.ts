/** Every screen, in both themes and on a telephone. */
import { expect } from 'vitest'
import { connectShop, test, useDashboard, type Visitor } from './browser.ts'
import { expectSteady } from './steadiness.ts'

const dashboard = useDashboard()
const ids = { integration: '', execution: '', example: '' }
let visitor: Visitor

dashboard.prepare(async () => {
  ids.integration = await connectShop(dashboard)
  const run = await dashboard.hub.call('POST', `/api/v1/integrations/${ids.integration}/run`, { operation: 'getBook', input: { id: 1 } })
  ids.execution = run.body.execution.id
  await dashboard.hub.call('POST', `/api/v1/integrations/${ids.integration}/run`, { operation: 'getBook', input: { id: 404 } })
  await dashboard.hub.call('PATCH', `/api/v1/integrations/${ids.integration}`, { description: 'Sells books.', monitoring: { healthChecks: [{ name: 'is it there', interval: 3_600_000 }] } })
  await dashboard.hub.call('POST', `/api/v1/integrations/${ids.integration}/health-checks`, {})
  ids.example = (await dashboard.hub.call('POST', `/api/v1/integrations/${ids.integration}/examples`, { operation: 'getBook', name: 'Solaris', input: { id: 2 } })).body.id
  await dashboard.hub.call('POST', '/api/v1/members', { email: 'eve@example.com', name: 'Eve', role: 'viewer' })
  await dashboard.hub.call('POST', '/api/v1/members/invitations', { email: 'ivan@example.com', role: 'developer' })
  await dashboard.hub.call('POST', '/api/v1/keys', { name: 'a key', role: 'viewer' })
  visitor = await dashboard.visitor({ isSlow: true })
})

/** [path, its title, what shows that it is all there] */
const screens: [path: () => string, title: string, shown: string][] = [
  [() => 'integrations', 'Integration Hub', 'Bookshop'], [() => 'connectors', 'Integration Hub', 'Zulip'], [() => 'marketplace', 'Integration Hub', 'Stripe'],
  [() => 'settings', 'Integration Hub', 'ivan@example.com'], [() => 'settings?part=keys', 'Integration Hub', 'a key'], [() => 'settings?part=credentials', 'Integration Hub', 'New credential'],
  [() => 'settings?part=audit', 'Integration Hub', 'API key made'], [() => 'settings?part=tenant', 'Integration Hub', 'An isolated workspace'],
  [() => 'integrations/new', 'Add Integration', 'Stripe'], [() => 'integrations/new?connector=smtp-email', 'Add Email (SMTP)', 'Name or address of the mail server.'],
  [() => `integrations/${ids.integration}`, 'Bookshop', 'Circuit breaker'], [() => `integrations/${ids.integration}?part=explore&operation=addBook`, 'Bookshop', 'author'],
  [() => `integrations/${ids.integration}?part=executions`, 'Bookshop', 'getBook'], [() => `integrations/${ids.integration}?part=configuration`, 'Bookshop', 'Base URL'],
  [() => `integrations/${ids.integration}?part=policies`, 'Bookshop', 'Calls a minute, over all callers.'], [() => `integrations/${ids.integration}?part=versions`, 'Bookshop', 'how it began'],
  [() => `integrations/${ids.integration}?part=versions&version=1`, 'Bookshop', 'Restore this version'], [() => `integrations/${ids.integration}?part=log`, 'Bookshop', 'Integration made'],
  [() => `integrations/${ids.integration}?part=explore&operation=getBook&example=${ids.example}`, 'Bookshop', 'Save as example'],
  [() => 'agents', 'Integration Hub', 'Connect an MCP client'], [() => 'agents?part=tools', 'Integration Hub', 'Bookshop__getBook'], [() => 'agents?part=calls', 'Integration Hub', 'No agent called a tool yet'],
  [() => 'executions', 'Executions', 'getBook'], [() => `executions/${ids.execution}`, 'getBook', 'The Dispossessed'],
  [() => 'connectors/bookshop', 'Bookshop', 'listBooks'], [() => 'connectors/stripe?part=events', 'Stripe', 'charge.succeeded'], [() => 'connectors/bookshop?part=document', 'Bookshop', 'Drop a document here'], [() => 'connectors/import', 'Import an OpenAPI document', 'Drop a document here'],
]

test.each(screens.map((screen, at) => [at, ...screen] as const))('screen %#: in both themes, at a desk and on a telephone nothing of it moves while it comes, and it passes axe, with nothing that its scripts complain of', async (_at, path, title, shown) => {
  await visitor.visitSteadily(path(), title, shown)
  await visitor.expectInEveryLook(path())
  expect(visitor.complaints.splice(0)).toEqual([])
})

test('what is pushed down while a page comes is found', async () => {
  await visitor.visitSteadily('executions', 'Executions', 'getBook')
  await visitor.page.evaluate(() => { document.querySelector('main')!.prepend(Object.assign(document.createElement('p'), { textContent: 'Late news', style: 'height: 100px' })) })
  await expect(expectSteady(visitor.page, 'executions')).rejects.toThrow('executions moved')
})

test('a page that is none is told, and so is what failed, with one thing to do', async () => {
  const { page, visit } = await dashboard.visitor()
  await page.goto('/t/default/no-such-page')
  await page.getByText('There is nothing here').waitFor()
  await page.route('**/api/v1/executions?*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, code: 'internal', title: 'x', detail: 'The hub failed.', instance: 'urn:request:abc-1' }) }))
  await visit('executions', 'Executions')
  await page.getByText('The hub failed.').waitFor()
  await page.getByText('abc-1').waitFor()
  await page.unroute('**/api/v1/executions?*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('getBook').first().waitFor()
})

test('an empty list says what to do next, an emptied one that filters hide everything', async () => {
  const key = await dashboard.hub.addTenant('empty')
  const { page, visit } = await dashboard.visitor({ key, tenant: 'empty' })
  await visit('integrations', 'Integration Hub')
  await page.getByText('Connect your first API').waitFor()
  expect(await page.getByRole('link', { name: 'Add Integration' }).count()).toBe(2)
  await visit('integrations?q=nothing-of-the-kind', 'Integration Hub')
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByText('Connect your first API').waitFor()
  expect(new URL(page.url()).search).toBe('')
})

test('names with markup, without end and from right to left are text, and break nothing', async () => {
  const hostile = '<img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>'
  const rightToLeft = 'שלום ‮abc'
  for (const name of [hostile, 'x'.repeat(200), rightToLeft]) await connectShop(dashboard, name)
  const { page, visit, complaints } = await dashboard.visitor({ width: 380 })
  await visit('integrations', 'Integration Hub')
  await page.getByText(hostile).waitFor()
  await page.getByText(rightToLeft).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380)
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
  await page.getByRole('link', { name: hostile }).first().click()
  await page.getByRole('heading', { level: 1, name: hostile }).waitFor()
  expect(complaints).toEqual([])
})

test('ten thousand rows are few in the page', async () => {
  const { page, visit } = await dashboard.visitor()
  const row = { id: '', integrationId: ids.integration, integrationName: 'Bookshop', operation: 'getBook', status: 'succeeded', startedAt: new Date().toISOString(), latencyMs: 3, method: 'GET', endpoint: 'http://example.com/books/1', statusCode: 200, error: null, sizeBytes: 600 }
  const data = Array.from({ length: 10_000 }, (_, at) => ({ ...row, id: `018f0000-0000-7000-8000-${String(at).padStart(12, '0')}`, operation: `operation ${at}` }))
  await page.route('**/api/v1/executions?*', (route) => route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify({ data, nextCursor: null }) }))
  await visit('executions', 'Executions')
  await page.getByText('operation 0', { exact: true }).waitFor()
  expect(await page.locator('tbody tr').count()).toBeLessThanOrEqual(60)
  await page.getByRole('button', { name: 'Operation' }).click()
  await page.getByRole('button', { name: 'Operation' }).click()
  await page.getByText('operation 9999', { exact: true }).waitFor()
  await page.evaluate(() => { window.scrollTo(0, document.body.scrollHeight) })
  await page.getByText('operation 0', { exact: true }).waitFor()
  expect(await page.locator('tbody tr').count()).toBeLessThanOrEqual(60)
})

test('a search that has not seen everything yet says how far back it came, and goes on from there', async () => {
  const { page, visit, complaints } = await dashboard.visitor()
  const at = '2020-01-02T03:04:05.000Z'
  const { data: [found] } = (await dashboard.hub.call('GET', '/api/v1/executions?limit=1')).body
  await page.route('**/api/v1/executions?*', (route) => {
    const isFirst = !route.request().url().includes('cursor=')
    return route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify(isFirst ? { data: [], nextCursor: 'further', searchedUntil: at } : { data: [found], nextCursor: null, searchedUntil: null }) })
  })
  await visit('executions?q=lost', 'Executions')
  await page.getByText(/^Nothing found back to .*2020/).waitFor()
  await page.getByRole('button', { name: 'Search further' }).click()
  await page.getByRole('link', { name: found.operation }).waitFor()
  expect(await page.getByRole('button', { name: 'Search further' }).count()).toBe(0)
  expect(complaints).toEqual([])
})
