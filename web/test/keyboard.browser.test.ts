/** All of the daily work by keyboard alone: what is reached by Tab is used by Enter, Space and letters. No mouse moves here. */
import { afterAll, expect } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import { json, startUpstream, type Upstream } from '../../test/upstream.ts'
import { expectStatus } from '../../test/service.ts'
import { connectShop, test, useDashboard } from './browser.ts'

const dashboard = useDashboard()
let upstream: Upstream | undefined
afterAll(() => upstream?.close())
dashboard.prepare(async () => {
  upstream = await startUpstream()
  expectStatus(201, await dashboard.hub.call('POST', '/api/v1/connectors', { id: 'bookshop', url: dashboard.shop }))
})

const MOST_STEPS = 150

/** By Tab, or within a menu by an arrow, from wherever one is. */
async function reach(page: Page, wanted: Locator, by = 'Tab'): Promise<void> {
  await wanted.waitFor()
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement || element.contains(document.activeElement) && document.activeElement?.closest('a, button, input, textarea, [contenteditable]') === element)) return
    await page.keyboard.press(by)
  }
  throw new Error(`${by} does not lead to ${wanted}.`)
}

async function press(page: Page, wanted: Locator): Promise<void> {
  await reach(page, wanted)
  await page.keyboard.press('Enter')
}

async function fill(page: Page, label: string | RegExp, text: string): Promise<void> {
  await reach(page, page.getByLabel(label, { exact: true }))
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type(text)
}

async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+K')
  await page.getByPlaceholder('Integrations, connectors, pages').waitFor()
  await page.keyboard.type(words)
  await page.locator('[data-action]').filter({ hasText: words }).first().waitFor()
  await page.keyboard.press('Enter')
}

test('an integration is connected, an operation run and its execution opened', async () => {
  const { page, visit, complaints } = await dashboard.visitor()
  await visit('integrations', 'Integration Hub')
  await press(page, page.getByRole('link', { name: 'Add Integration' }).first())
  await page.getByRole('searchbox', { name: 'Search more than a thousand services' }).waitFor()
  await page.keyboard.type('bookshop')
  await page.waitForURL(({ searchParams }) => searchParams.get('q') === 'bookshop')
  await expect.poll(() => page.getByRole('region', { name: 'Connectors' }).getByRole('link').count()).toBe(1)
  await press(page, page.getByRole('region', { name: 'Connectors' }).getByRole('link'))
  await fill(page, /^API key \(header X-Api-Key\)/, 'shop-secret-4711')
  await page.keyboard.press('Enter')
  await page.getByLabel('Name', { exact: true }).waitFor()
  await press(page, page.getByRole('button', { name: 'Continue' }))
  await press(page, page.getByRole('button', { name: 'Test and connect' }))
  await press(page, page.getByRole('link', { name: 'Try an operation' }))
  await press(page, page.getByRole('button', { name: 'Send' }))
  await page.getByText('The Dispossessed').waitFor()
  await press(page, page.getByRole('link', { name: 'Open the execution' }))
  await page.getByRole('heading', { level: 1, name: 'listBooks' }).waitFor()
  await reach(page, page.getByRole('button', { name: 'Run again', exact: true }))
  expect(complaints).toEqual([])
})

test('an endpoint is made, and a delivery that failed is found and sent again', async () => {
  const { url, answer } = upstream!
  answer((_request, response) => { json(response, 500, { why: 'down' }) })
  const { page, visit, complaints } = await dashboard.visitor()
  await visit('integrations', 'Integration Hub')
  await page.getByText('Live', { exact: true }).waitFor()
  await command(page, 'Create webhook')
  await page.getByRole('heading', { level: 1, name: 'Create webhook' }).waitFor()
  await fill(page, 'Name', 'By keys')
  await fill(page, 'URL', `${url}/keys`)
  await reach(page, page.getByRole('textbox', { name: 'Event types' }).or(page.getByRole('combobox', { name: 'Event types' })).first())
  await page.keyboard.type('keys.pressed,')
  await page.keyboard.press('Escape')
  await press(page, page.getByRole('button', { name: 'Create endpoint' }))
  await page.getByText('By keys is ready').waitFor()
  expectStatus(202, await dashboard.hub.call('POST', '/api/v1/events', { specversion: '1.0', id: 'pressed-1', source: '/keys', type: 'keys.pressed', data: { key: 'Enter' } }))
  await command(page, 'Webhooks: Deliveries')
  await press(page, page.getByRole('link', { name: /keys\.pressed/ }).first())
  await page.getByRole('heading', { level: 1, name: 'keys.pressed' }).waitFor()
  await page.getByText('500').first().waitFor()
  answer((_request, response) => { json(response, 200, {}) })
  await press(page, page.getByRole('button', { name: /^Send (now|again)$|^Resend$/ }))
  await page.getByText('Delivered', { exact: true }).first().waitFor()
  expect(complaints).toEqual([])
})

test('tabs, filters, a row and a menu are worked without a mouse, and a dialog lets go again', async () => {
  await connectShop(dashboard, 'There before')
  const { page, visit } = await dashboard.visitor()
  await visit('integrations', 'Integration Hub')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => location.hash)).toBe('#main')
  await press(page, page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Monitoring' }))
  await page.waitForURL((address) => address.pathname.endsWith('/monitoring'))
  await press(page, page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Integrations' }))
  await reach(page, page.getByRole('combobox', { name: 'Any status' }))
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect.poll(() => new URL(page.url()).searchParams.get('status')).not.toBeNull()
  await visit('integrations', 'Integration Hub')
  await press(page, page.getByRole('button', { name: /^Actions of / }).first())
  await reach(page, page.getByRole('menuitem', { name: 'Delete' }), 'ArrowDown')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await press(page, page.getByRole('table', { name: 'Integrations' }).getByRole('link').first())
  await page.getByRole('navigation', { name: 'Parts of this integration' }).waitFor()
})
