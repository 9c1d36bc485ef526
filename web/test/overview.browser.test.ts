/** What stands about the first tab: the guide to a first call, what needs attention, how calls go. */
import { expect } from 'vitest'
import { startUpstream } from '../../test/upstream.ts'
import { addConnector, addIntegration, expectStatus } from '../../test/service.ts'
import { connectShop, test, useDashboard } from './browser.ts'

const dashboard = useDashboard()

/** A tenant with the bookshop among its connectors, and nothing else. */
async function freshTenant(slug: string): Promise<string> {
  const key = await dashboard.hub.addTenant(slug)
  expectStatus(201, await dashboard.hub.call('POST', '/api/v1/connectors', { id: 'bookshop', url: dashboard.shop }, { key }))
  return key
}

test('whoever has nothing is led to a real call in six clicks, besides the secret', async () => {
  const key = await freshTenant('newcomer')
  const { page, visit, complaints, expectAccessible } = await dashboard.visitor({ key, tenant: 'newcomer' })
  await visit('integrations', 'Integration Hub')
  const guide = page.getByRole('region', { name: 'Your first call' })
  await guide.waitFor()
  await guide.getByRole('link', { name: 'Bookshop' }).waitFor()
  await expectAccessible('the guide at its beginning')
  await page.evaluate(() => { Object.assign(globalThis, { clicked: 0 }); addEventListener('click', () => { (globalThis as unknown as { clicked: number }).clicked += 1 }, true) })
  await guide.getByRole('link', { name: 'Bookshop' }).click()
  await page.getByLabel('API key (header X-Api-Key)').fill('shop-secret-4711')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Test and connect' }).click()
  await page.getByRole('link', { name: 'Try an operation' }).click()
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('The Dispossessed').waitFor()
  expect(await page.evaluate(() => (globalThis as unknown as { clicked: number }).clicked)).toBeLessThanOrEqual(6)
  expect((await dashboard.hub.call('GET', '/api/v1/executions', undefined, { key })).body.data).toMatchObject([{ operation: 'listBooks', status: 'succeeded' }])
  await visit('integrations', 'Integration Hub')
  await page.getByRole('heading', { name: 'Your first call went through' }).waitFor()
  await expectAccessible('the guide at its end')
  expect(complaints).toEqual([])
})

test('the guide is put away and brought back; who needs none is shown none', async () => {
  const key = await freshTenant('putting')
  const { page, visit } = await dashboard.visitor({ key, tenant: 'putting' })
  await visit('integrations', 'Integration Hub')
  const guide = page.getByRole('region', { name: 'Your first call' })
  await guide.getByRole('button', { name: 'Put the guide away' }).click()
  await guide.waitFor({ state: 'detached' })
  await page.reload()
  await page.getByText('Connect your first API').waitFor()
  expect(await guide.count()).toBe(0)
  await page.keyboard.press('ControlOrMeta+K')
  await page.getByPlaceholder('Integrations, connectors, pages').waitFor()
  await page.keyboard.type('first-run')
  await page.locator('[data-action]').filter({ hasText: 'first-run guide' }).waitFor()
  await page.keyboard.press('Enter')
  await guide.waitFor()
  const id = await connectShop(dashboard, 'Known', key)
  await dashboard.hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'listBooks' }, { key })
  const other = await dashboard.visitor({ key, tenant: 'putting' })
  await other.visit('integrations', 'Integration Hub')
  await other.page.getByRole('link', { name: /Known/ }).waitFor()
  expect(await other.page.getByRole('region', { name: /first call/ }).count()).toBe(0)
})

test('what needs attention stands beside the table with its next action, in both themes and at every width, and goes when it is mended', async () => {
  const upstream = await startUpstream()
  try {
    upstream.answer((_request, response) => { response.writeHead(500).end() })
    const id = await addIntegration(dashboard.hub.call, { name: 'Fails <b>badly</b>', connector: await addConnector(dashboard.hub.call, upstream.url), monitoring: { healthChecks: [{ name: 'up', endpoint: '/up' }] } })
    await dashboard.hub.call('POST', `/api/v1/integrations/${id}/health-checks`, {})
    await dashboard.hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'getItem', input: { id: '1' } })
    const webhook = expectStatus(201, await dashboard.hub.call('POST', '/api/v1/webhooks', { name: 'Rests', url: `${upstream.url}/hook`, events: ['rest.*'] })).body
    await dashboard.hub.call('POST', `/api/v1/webhooks/${webhook.id}/pause`)
    for (const [scheme, width] of [['light', 1440], ['dark', 1440], ['light', 1280], ['dark', 390]] as const) {
      const { page, visit, complaints, expectAccessible } = await dashboard.visitor({ scheme, width })
      await visit('integrations', 'Integration Hub')
      if (width < 1400) await page.getByText('Overview', { exact: true }).click()
      const attention = page.getByRole('region', { name: 'Needs attention' })
      await attention.getByText('Fails <b>badly</b>').waitFor()
      await attention.getByText('Connection failing').waitFor()
      await page.getByRole('img', { name: 'Calls and errors' }).waitFor()
      await page.getByRole('img', { name: 'Latency' }).waitFor()
      await expectAccessible(`${scheme}, ${width}`)
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} wide without scrolling sideways`).toBe(true)
      expect(complaints).toEqual([])
    }
    const { page, visit } = await dashboard.visitor({ width: 1440 })
    await visit('integrations', 'Integration Hub')
    const table = await page.getByRole('table', { name: 'Integrations' }).boundingBox()
    const beside = await page.getByRole('region', { name: 'Needs attention' }).boundingBox()
    expect(beside!.x).toBeGreaterThan(table!.x + table!.width)
    await page.getByRole('link', { name: 'Resume: Rests' }).click()
    await page.getByRole('heading', { level: 1, name: 'Rests' }).waitFor()
    await page.getByRole('button', { name: 'Activate' }).click()
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    upstream.answer((_request, response) => { response.writeHead(200).end('{}') })
    await dashboard.hub.call('POST', `/api/v1/integrations/${id}/health-checks`, {})
    await visit('integrations', 'Integration Hub')
    await page.getByText('Nothing needs attention.').waitFor()
  } finally {
    await upstream.close()
  }
})
