/** The settings: what is kept and for how long, what is allowed, what runs here, who may come in, and who did what. */
import { expect } from 'vitest'
import { startPulsarServer } from '../../src/events/pulsar/pulsar-server.fixture.ts'
import { connectShop, test, useDashboard, type Visitor } from './browser.ts'

const dashboard = useDashboard({ env: { INTERCHANGE_ALLOW_NETWORKS: '127.0.0.0/8,10.20.0.0/16', INTERCHANGE_OPENID_PROVIDERS: JSON.stringify([{ id: 'idp', name: 'Our IdP', issuer: 'http://127.0.0.1:9', clientId: 'c', clientSecret: 'canary-client-secret' }]) } })
let id = ''
let visitor: Visitor

dashboard.prepare(async () => {
  id = await connectShop(dashboard)
  await dashboard.hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'listBooks' })
  await dashboard.hub.call('PUT', '/api/v1/oauth-clients/google', { clientId: 'a-client-of-google', clientSecret: 'canary-of-google' })
  await dashboard.hub.call('POST', '/api/v1/pulsar-bridges', { name: 'A bridge', serviceUrl: 'ws://127.0.0.1:1', status: 'paused' })
  await dashboard.hub.call('POST', '/api/v1/keys', { name: 'of an agent', agent: { operations: ['Bookshop/*'] } })
  visitor = await dashboard.visitor({ isSlow: true })
})

/** [part, what shows that it is all there] */
const parts = [['members', 'Invite'], ['keys', 'of an agent'], ['credentials', 'Bookshop'], ['clients', 'google'], ['signIn', 'Our IdP'], ['storage', 'What is kept'], ['networks', '10.20.0.0/16'], ['engines', 'QuickJS'], ['audit', 'OAuth client set'], ['tenant', 'An isolated workspace']] as const

test.each(parts)('the part %s: in both themes, at a desk and on a telephone nothing of it moves while it comes, and it passes axe, with nothing that its scripts complain of', async (part, shown) => {
  await visitor.visitSteadily(`settings?part=${part}`, 'Integration Hub', shown)
  expect(await visitor.page.locator('main').innerHTML()).not.toContain('canary')
  await visitor.expectInEveryLook(part)
  expect(visitor.complaints.splice(0)).toEqual([])
})

test('how long executions are kept is changed for one integration, and for all', async () => {
  const other = await connectShop(dashboard, 'Kept shortly')
  const daysOf = async (of: string) => (await dashboard.hub.call('GET', `/api/v1/integrations/${of}`)).body.usage.dataPolicy.retentionPeriod
  const { page, visit } = await dashboard.visitor()
  await visit('settings?part=storage', 'Integration Hub')
  await page.getByRole('row', { name: /Bookshop/ }).getByText(/KB|B$/).first().waitFor()
  await page.getByLabel('Days that executions of Kept shortly are kept').fill('5')
  await page.getByRole('button', { name: 'Save the days of Kept shortly' }).click()
  await page.getByText('Saved', { exact: true }).waitFor()
  expect([await daysOf(other), await daysOf(id)]).toEqual([5, 30])
  await page.getByLabel('Days, for all').fill('12')
  await page.getByRole('button', { name: 'Set for all 2' }).click()
  await expect.poll(async () => [await daysOf(other), await daysOf(id)]).toEqual([12, 12])
})

test('how long events are kept is set below what the operator allows, after a warning, and given back', async () => {
  const kept = async () => (await dashboard.hub.call('GET', '/api/v1/retention')).body.events
  const { page, visit, expectAccessible, complaints } = await dashboard.visitor()
  await visit('settings?part=storage', 'Integration Hub')
  const days = page.getByLabel('Days: Events')
  await days.fill('7')
  await page.getByRole('button', { name: 'Save the days of Events' }).click()
  await page.getByRole('dialog').getByText('cannot be had back').waitFor()
  expect((await kept()).days).toBe(null)
  await page.getByRole('dialog').getByRole('button', { name: 'Keep fewer days' }).click()
  await expect.poll(async () => (await kept()).days).toBe(7)
  await expectAccessible('retention')
  await days.fill('')
  await page.getByRole('button', { name: 'Save the days of Events' }).click()
  await expect.poll(async () => (await kept()).days).toBe(null)
  expect(complaints).toEqual([])
})

test('a client is given, changed without giving its secret again, and deleted', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('settings?part=clients', 'Integration Hub')
  await page.getByRole('button', { name: 'New client' }).first().click()
  await page.getByRole('combobox', { name: 'Vendor' }).click()
  await page.getByRole('option', { name: 'GitHub' }).click()
  await page.getByText(`${dashboard.hub.url}/api/v1/oauth/callback`).waitFor()
  await page.getByLabel('Client id').fill('of-github')
  await page.getByLabel('Client secret').fill('canary-of-github')
  await page.getByRole('button', { name: 'Save the client' }).click()
  await page.getByRole('row', { name: /github of-github set/ }).waitFor()
  await page.getByRole('button', { name: 'Change: github' }).click()
  await page.getByRole('combobox', { name: 'Usual scopes' }).fill('repo')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.getByRole('button', { name: 'Save the client' }).click()
  await expect.poll(async () => (await dashboard.hub.call('GET', '/api/v1/oauth-clients/github')).body).toMatchObject({ hasSecret: true, scopes: ['repo'] })
  await page.getByRole('button', { name: 'Delete: github' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect.poll(async () => (await dashboard.hub.call('GET', '/api/v1/oauth-clients/github')).status).toBe(404)
})

test('all credentials get a new encryption key after a question, and are read as before', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('settings?part=credentials', 'Integration Hub')
  await page.getByRole('button', { name: 'New encryption key' }).click()
  await page.getByRole('button', { name: 'Make a new key' }).click()
  await page.getByText(/Encrypted anew: \d+ credential/).waitFor()
  expect(await dashboard.hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'addBook', input: { body: { title: 'Roadside Picnic', price: 9 } } })).toMatchObject({ status: 200 })
  const { key } = (await dashboard.hub.call('POST', '/api/v1/keys', { name: 'of a developer', role: 'developer' })).body
  const developer = await dashboard.visitor({ key })
  await developer.visit('settings?part=credentials', 'Integration Hub')
  await developer.page.getByRole('button', { name: 'New credential' }).first().waitFor()
  expect(await developer.page.getByRole('button', { name: 'New encryption key' }).count()).toBe(0)
})

test('a link for a user of the product is made, shown once, seen open, and deleted', async () => {
  const { page, visit, expectAccessible, complaints } = await dashboard.visitor()
  await dashboard.hub.call('PUT', '/api/v1/oauth/return-urls', { urls: ['https://app.example.com/settings'] })
  await visit('settings?part=clients', 'Integration Hub')
  await page.getByRole('button', { name: 'Make a link' }).click()
  await page.getByRole('combobox', { name: 'Connector' }).fill('http')
  await page.getByRole('option', { name: 'HTTP', exact: true }).click()
  await page.getByRole('combobox', { name: 'Vendor' }).click()
  await page.getByRole('option', { name: 'google' }).click()
  await page.getByLabel('Id of the user').fill('user-17')
  await page.getByLabel('Name', { exact: true }).fill('Ada')
  await page.getByRole('combobox', { name: 'Where it leads back to' }).fill('https://elsewhere.example.com')
  await page.getByRole('button', { name: 'Make the link' }).click()
  await page.getByText('is none that the tenant allows').first().waitFor()
  await expectAccessible('the form of a link')
  await page.getByRole('combobox', { name: 'Where it leads back to' }).fill('https://app.example.com/settings/accounts')
  await page.getByRole('button', { name: 'Make the link' }).click()
  const link = (await page.getByRole('dialog').locator('pre').textContent())!
  expect((await fetch(link)).status).toBe(200)
  await page.keyboard.press('Escape')
  await page.getByRole('row', { name: /Ada user-17 Open http · google/ }).waitFor()
  expect(await page.content()).not.toContain(link)
  await expectAccessible('connect sessions')
  await page.getByRole('searchbox', { name: 'Id of a user, in full' }).fill('user-18')
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByRole('button', { name: 'Delete: Ada' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('No link was made yet').waitFor()
  expect((await fetch(link)).status).toBe(404)
  expect(complaints).toEqual([])
})

test('a bridge to Pulsar is made, fares as its topics do, is changed by two, paused and deleted', async () => {
  const server = await startPulsarServer()
  try {
    const { page, visit, expectInEveryLook, complaints } = await dashboard.visitor()
    await visit('settings?part=engines', 'Integration Hub')
    await page.getByRole('button', { name: 'New bridge' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByLabel('Name', { exact: true }).fill('Orders')
    await drawer.getByLabel('Address').fill('pulsar://broker')
    await drawer.getByLabel('Token').fill('canary-of-pulsar')
    await drawer.getByRole('group', { name: 'Consume' }).getByRole('button', { name: 'Add' }).first().click()
    await drawer.getByLabel('Topic').first().fill('orders')
    await drawer.getByRole('button', { name: 'Make the bridge' }).click()
    await drawer.getByRole('alert').waitFor()
    await drawer.getByLabel('Address').fill(server.url)
    await drawer.getByRole('button', { name: 'Make the bridge' }).click()
    await page.getByRole('row', { name: /Orders .* Connected/ }).waitFor()
    await page.getByRole('link', { name: /^Orders/ }).click()
    await drawer.getByRole('cell', { name: 'persistent://public/default/orders' }).waitFor()
    await drawer.getByText('One is kept').waitFor()
    expect(await page.content()).not.toContain('canary-of-pulsar')
    await expectInEveryLook('a bridge')
    const id = new URL(page.url()).searchParams.get('bridge')!
    const stored = async () => (await dashboard.hub.call('GET', `/api/v1/pulsar-bridges/${id}`)).body
    await drawer.getByLabel('Name', { exact: true }).fill('mine')
    await dashboard.hub.call('PATCH', `/api/v1/pulsar-bridges/${id}`, { name: 'theirs' })
    await drawer.getByRole('heading', { name: 'theirs' }).waitFor()
    await drawer.getByRole('button', { name: 'Save' }).click()
    await drawer.getByRole('button', { name: 'Load what is stored' }).click()
    await drawer.getByLabel('Name', { exact: true }).and(page.locator('[value="theirs"]')).waitFor()
    await drawer.getByLabel('Name', { exact: true }).fill('ours')
    await drawer.getByRole('button', { name: 'Save' }).click()
    await expect.poll(stored).toMatchObject({ name: 'ours', hasToken: true, consume: [{ topic: 'orders' }] })
    await page.keyboard.press('Escape')
    // By keys: what was just said stands over the end of the page for a while.
    const choose = async (deed: string): Promise<void> => {
      await page.getByRole('button', { name: 'Actions of ours' }).press('Enter')
      await page.getByRole('menuitem', { name: deed }).press('Enter')
    }
    await choose('Pause')
    await page.getByRole('row', { name: /ours .* Paused/ }).waitFor()
    await choose('Resume')
    await expect.poll(async () => (await stored()).status).toBe('active')
    await choose('Delete')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await expect.poll(async () => (await dashboard.hub.call('GET', `/api/v1/pulsar-bridges/${id}`)).status).toBe(404)
    expect(complaints).toEqual([])
  } finally {
    await server.close()
  }
})

test('the audit log is narrowed by what, by whom and of what; all of it is in the URL', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('settings?part=audit', 'Integration Hub')
  await page.getByRole('combobox', { name: 'Any action' }).click()
  await page.getByRole('option', { name: 'Integration made' }).click()
  await expect.poll(() => page.getByRole('cell', { name: 'OAuth client set' }).count()).toBe(0)
  await page.getByRole('button', { name: `integration ${id}` }).click()
  await expect.poll(() => page.getByRole('row').count()).toBe(2)
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ action: 'integration.created', target: id })
  await page.getByRole('searchbox', { name: 'Search the log' }).fill('nothing of the kind')
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByRole('cell', { name: 'OAuth client set' }).first().waitFor()
})

test('whoever runs the hub makes a tenant, whose first owner comes in with the key that is shown once', async () => {
  const { page, visit, expectAccessible, complaints } = await dashboard.visitor()
  await visit('settings?part=tenant', 'Integration Hub')
  await page.getByRole('button', { name: 'New tenant' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Acme')
  await page.getByLabel('In URLs').fill('default')
  await page.getByLabel("First owner's email").fill('ada@acme.example')
  await page.getByRole('button', { name: 'Make the tenant' }).click()
  await page.getByText('is taken').first().waitFor()
  await expectAccessible('the form of a tenant')
  await page.getByLabel('In URLs').fill('acme')
  await page.getByRole('button', { name: 'Make the tenant' }).click()
  await page.getByText('Acme is ready').waitFor()
  const key = (await page.getByRole('dialog').locator('pre').textContent())!
  await page.keyboard.press('Escape')
  await page.getByRole('row', { name: /Acme acme/ }).waitFor()
  expect(await page.content()).not.toContain(key)
  expect(complaints).toEqual([])
  const owner = await dashboard.visitor({ key, tenant: 'acme' })
  await owner.visit('settings?part=tenant', 'Integration Hub')
  await owner.page.getByText('Further tenants are made by whoever runs this hub.').waitFor()
  expect(await owner.page.getByRole('button', { name: 'New tenant' }).count()).toBe(0)
})

test("another tenant's administrator sees what he may use, and nothing of the operator's network", async () => {
  const key = await dashboard.hub.addTenant('looking')
  const { page, visit } = await dashboard.visitor({ key, tenant: 'looking' })
  await visit('settings?part=networks', 'Integration Hub')
  await page.getByText('Whoever runs this hub may allow networks besides').waitFor()
  expect(await page.content()).not.toContain('10.20.0.0')
  await visit('settings?part=engines', 'Integration Hub')
  await page.getByText('QuickJS').waitFor()
})
