/** Watching and repairing: executions, what is live, what ⌘K finds, settings. */
import { expect } from 'vitest'
import { connectShop, test, useDashboard } from './browser.ts'
import { startWay } from '../../test/way.ts'
import { json, startUpstream } from '../../test/upstream.ts'
import { addConnector, addIntegration } from '../../test/service.ts'

const dashboard = useDashboard()

test('a failed run is found, opened, understood and run again with edits', async () => {
  const id = await connectShop(dashboard, 'Repaired')
  await dashboard.hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'getBook', input: { id: 404 } })
  const { page, visit, complaints } = await dashboard.visitor()
  await visit('executions?status=failed', 'Executions')
  await page.getByRole('link', { name: /getBook/ }).first().click()
  await page.getByText('Why it failed').waitFor()
  await page.getByText('There is no book 404.').first().waitFor()
  const failed = page.url()
  await page.getByRole('button', { name: 'Run again with edits' }).click()
  const editor = page.getByRole('textbox', { name: 'Input' })
  await editor.click()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('{"id": 1}')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByText('The Dispossessed').waitFor()
  expect(page.url()).not.toBe(failed)
  expect(complaints).toEqual([])
})

test('what runs elsewhere shows by itself', async () => {
  const id = await connectShop(dashboard, 'Live one')
  const { page, visit } = await dashboard.visitor()
  await visit('executions?integration=' + id, 'Executions')
  await page.getByText('Live', { exact: true }).waitFor()
  await dashboard.hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'listBooks' })
  await page.getByRole('link', { name: /listBooks/ }).waitFor({ timeout: 10_000 })
  await visit('integrations', 'Integration Hub')
  await page.getByText('Live', { exact: true }).waitFor()
  await dashboard.hub.call('PATCH', `/api/v1/integrations/${id}`, { name: 'Renamed elsewhere' })
  await page.getByText('Renamed elsewhere').waitFor({ timeout: 10_000 })
})

test('while the hub is away the page says so and keeps what was typed; once it is back, nothing was missed', async () => {
  const id = await connectShop(dashboard, 'Before')
  const way = await startWay(dashboard.hub.url)
  try {
    const { page, visit } = await dashboard.visitor({ through: way.url })
    await visit(`integrations/${id}?part=configuration`, 'Before')
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByLabel('Description').fill('typed before')
    await way.cut()
    await page.getByText('Offline', { exact: true }).waitFor()
    await page.getByRole('region', { name: 'General' }).getByRole('button', { name: 'Save' }).click()
    await page.getByText('The hub does not answer.').first().waitFor()
    await dashboard.hub.call('PATCH', `/api/v1/integrations/${id}`, { name: 'After' })
    await way.mend()
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 5000 })
    await page.getByRole('heading', { level: 1, name: 'After' }).waitFor()
    expect(await page.getByLabel('Description').inputValue()).toBe('typed before')
  } finally {
    await way.cut()
  }
})

test('a payload that is no JSON, binary or huge is shown sensibly, and the huge one is not fetched', async () => {
  const upstream = await startUpstream()
  try {
    const big = JSON.stringify({ rows: 'y'.repeat(10_000_000) })
    upstream.answer((request, response) => {
      if (request.url.endsWith('/big')) response.writeHead(200, { 'content-type': 'application/json' }).end(big)
      else if (request.url.endsWith('/text')) response.writeHead(200, { 'content-type': 'text/plain' }).end('just <b>text</b>')
      else if (request.url.endsWith('/bytes')) response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.alloc(500, 200))
      else json(response, 200, {})
    })
    const integration = await addIntegration(dashboard.hub.call, { name: 'Shapes', connector: await addConnector(dashboard.hub.call, upstream.url) })
    const { page, visit, complaints } = await dashboard.visitor()
    const idOf = async (item: string): Promise<string> => (await dashboard.hub.call('POST', `/api/v1/integrations/${integration}/run`, { operation: 'getItem', input: { id: item } })).body.execution.id
    const plain = await addIntegration(dashboard.hub.call, { name: 'Plain', connector: 'http', connection: { endpoint: upstream.url } })
    const getOf = async (url: string): Promise<string> => (await dashboard.hub.call('POST', `/api/v1/integrations/${plain}/run`, { operation: 'get', input: { url } })).body.execution.id
    let received = 0
    page.on('response', (response) => { if (response.url().includes('/api/')) received += Number(response.headers()['content-length'] ?? 0) })
    const huge = await idOf('big')
    received = 0
    await visit(`executions/${huge}`, 'getItem')
    await page.getByText('kept beside the record').waitFor()
    expect(received).toBeLessThan(200_000)
    await page.getByRole('button', { name: 'Show the beginning' }).click()
    await page.getByText('The first 97.7 KB').waitFor()
    await visit(`executions/${await getOf('/text')}`, 'get')
    await page.getByText('just <b>text</b>').waitFor()
    await visit(`executions/${await getOf('/bytes')}`, 'get')
    await page.getByText('contentType').waitFor()
    expect(complaints).toEqual([])
  } finally {
    await upstream.close()
  }
})

test('⌘K finds integrations, connectors and pages, by keyboard alone', async () => {
  await connectShop(dashboard, 'Needle in the haystack')
  const { page, visit } = await dashboard.visitor()
  await visit('integrations', 'Integration Hub')
  await page.getByText('Live', { exact: true }).waitFor()
  await page.keyboard.press('ControlOrMeta+K')
  await page.getByPlaceholder('Integrations, connectors, pages').waitFor()
  await page.keyboard.type('needle')
  await page.locator('[data-action]').filter({ hasText: 'Needle in the haystack' }).first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Needle in the haystack' }).waitFor()
  await page.keyboard.press('ControlOrMeta+K')
  await page.getByPlaceholder('Integrations, connectors, pages').waitFor()
  await page.keyboard.type('audit')
  await page.getByText('Settings: Audit log').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Audit log' }).waitFor()
})

test('a key is made, shown once, works, and is revoked', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('settings?part=keys', 'Integration Hub')
  await page.getByRole('button', { name: 'New key' }).first().click()
  await page.getByLabel('What it is for').fill('a robot')
  await page.getByRole('button', { name: 'Make the key' }).click()
  await page.getByRole('dialog', { name: 'Your new key' }).waitFor()
  const key = (await page.locator('.mantine-Modal-content pre').textContent())!
  expect((await dashboard.hub.call('GET', '/api/v1/tenant', undefined, { key })).status).toBe(200)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Revoke: a robot' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('row', { name: /a robot/ }).getByText('Revoked').waitFor()
  expect((await dashboard.hub.call('GET', '/api/v1/tenant', undefined, { key })).status).toBe(401)
})

test('somebody is invited by a link, and comes in by it', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('settings', 'Integration Hub')
  await page.getByRole('button', { name: 'Invite' }).click()
  await page.getByLabel('Email').fill('grace@example.com')
  await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click()
  await page.getByRole('dialog', { name: 'The link' }).waitFor()
  const link = (await page.locator('.mantine-Modal-content pre').textContent())!
  const { page: other } = await dashboard.visitor({ key: null })
  await other.goto(link)
  await other.getByRole('heading', { name: 'Join your team' }).waitFor()
  await other.getByLabel('Your name').fill('Grace')
  await other.getByLabel('Password', { exact: true }).fill('violet harbour 4 teaspoons')
  await other.getByRole('button', { name: 'Join' }).click()
  await other.getByRole('heading', { name: 'Integration Hub' }).waitFor()
  // A developer: she connects, and manages nobody.
  await other.getByRole('link', { name: 'Settings' }).click()
  await other.getByText('grace@example.com').waitFor()
  expect(await other.getByRole('button', { name: 'Invite' }).count()).toBe(0)
  expect(await other.getByRole('link', { name: 'API keys' }).count()).toBe(0)
})

test('a credential is stored without its secret ever coming back', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('settings?part=credentials', 'Integration Hub')
  await page.getByRole('button', { name: 'New credential' }).first().click()
  await page.getByPlaceholder('Choose a connector').click()
  await page.getByRole('option', { name: 'Stripe' }).click()
  await page.getByLabel('Id', { exact: true }).fill('stripe-live')
  await page.getByLabel('Secret key').fill('sk_live_never_shown_again')
  await page.getByRole('button', { name: 'Store' }).click()
  await page.getByRole('row', { name: /stripe-live/ }).waitFor()
  expect((await dashboard.hub.call('GET', '/api/v1/credentials/stripe-live')).body).toMatchObject({ connector: 'stripe', fields: { apiKey: { set: true } } })
  expect(await page.content()).not.toContain('sk_live_never_shown_again')
})
