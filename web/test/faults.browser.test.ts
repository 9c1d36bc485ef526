/** What goes wrong while somebody works: nothing that was typed is lost, and nobody is shown what would be refused. */
import { expect } from 'vitest'
import { startHubProcess } from '../../test/hub-process.ts'
import { connectShop, test, useDashboard, type Visitor } from './browser.ts'

const dashboard = useDashboard()
const secret = 'shop-typed-before-the-restart'

dashboard.prepare(async () => { await connectShop(dashboard) })

const named = async (name: string) => (await dashboard.hub.call('GET', `/api/v1/integrations?q=${encodeURIComponent(name)}`)).body.data

async function signInAgain({ page }: Visitor): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Your session ended' })
  await dialog.getByRole('button', { name: 'Use an API key instead' }).click()
  await dialog.getByLabel('API key').fill(dashboard.hub.key)
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'hidden' })
}

const endSession = ({ context }: Visitor): Promise<unknown> => context.request.delete('/api/v1/session', { headers: { origin: dashboard.hub.url } })

test('the hub is killed and started again while a wizard is open: what was typed is there, secrets too, and one integration comes of it', async () => {
  const env = { DATABASE_URL: dashboard.hub.connectionString, INTERCHANGE_DATA: dashboard.hub.dataFolder }
  let hub = await startHubProcess(env)
  try {
    const { page, visit } = await dashboard.visitor({ through: hub.url })
    await visit('integrations/new?connector=bookshop', 'Add Bookshop')
    await page.getByLabel('API key (header X-Api-Key)').fill(secret)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Survivor')
    await hub.kill()
    await page.getByText('Offline', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Test and connect' }).click()
    await page.getByText('The hub does not answer.').first().waitFor()
    hub = await startHubProcess({ ...env, INTERCHANGE_PORT: new URL(hub.url).port })
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Survivor')
    await page.getByRole('button', { name: 'Back' }).click()
    expect(await page.getByLabel('API key (header X-Api-Key)').inputValue()).toBe(secret)
    // In memory alone: nothing that outlives the page has it.
    expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]))).not.toContain(secret)
    for (let steps = 0; steps < 2; steps += 1) await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Test and connect' }).click()
    await page.getByText('Survivor is connected').waitFor()
    expect(await named('Survivor')).toHaveLength(1)
  } finally {
    await hub.stop()
  }
})

test('an answer that was lost on its way is asked for again, and nothing is stored twice', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('integrations/new?connector=bookshop', 'Add Bookshop')
  await page.getByLabel('API key (header X-Api-Key)').fill(secret)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Once only')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.route('**/api/v1/integrations?test=false', async (route) => {
    await route.fetch()
    await route.abort('connectionreset')
  }, { times: 1 })
  await page.getByRole('button', { name: 'Test and connect' }).click()
  await page.getByText('The hub does not answer.').first().waitFor()
  await page.getByRole('button', { name: 'Test and connect' }).click()
  await page.getByText('Once only is connected').waitFor()
  expect(await named('Once only')).toHaveLength(1)
})

test('the session ends while an integration is edited: after signing in it is saved, as it was typed', async () => {
  const id = await connectShop(dashboard, 'Edited across sessions')
  const visitor = await dashboard.visitor()
  const { page, visit } = visitor
  await visit(`integrations/${id}?part=configuration`, 'Edited across sessions')
  await page.getByLabel('Description').fill('typed before the session ended')
  await endSession(visitor)
  await page.getByRole('region', { name: 'General' }).getByRole('button', { name: 'Save' }).click()
  await signInAgain(visitor)
  await page.getByText('Saved', { exact: true }).waitFor()
  expect((await dashboard.hub.call('GET', `/api/v1/integrations/${id}`)).body.description).toBe('typed before the session ended')
})

test('the session ends within the wizard: the secret that was typed is stored after signing in', async () => {
  const visitor = await dashboard.visitor()
  const { page, visit } = visitor
  await visit('integrations/new?connector=bookshop', 'Add Bookshop')
  await page.getByLabel('API key (header X-Api-Key)').fill(secret)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Across sessions')
  await page.getByRole('button', { name: 'Continue' }).click()
  await endSession(visitor)
  await page.getByRole('button', { name: 'Test and connect' }).click()
  await signInAgain(visitor)
  await page.getByText('Across sessions is connected').waitFor()
})

test('two who change one integration: the second is told, shown the difference, and may take it', async () => {
  const id = await connectShop(dashboard, 'Two at once')
  const [one, other] = [await dashboard.visitor(), await dashboard.visitor()]
  for (const { visit } of [one, other]) await visit(`integrations/${id}?part=configuration`, 'Two at once')
  for (const [{ page }, text] of [[one, 'of the first'], [other, 'of the second']] as const) await page.getByLabel('Description').fill(text)
  const save = ({ page }: Visitor): Promise<void> => page.getByRole('region', { name: 'General' }).getByRole('button', { name: 'Save' }).click()
  await save(one)
  await one.page.getByText('Saved', { exact: true }).waitFor()
  await save(other)
  await other.page.getByText('Somebody else changed it meanwhile').waitFor()
  await other.page.getByRole('cell', { name: 'of the first' }).waitFor()
  await other.expectAccessible()
  await other.page.getByRole('button', { name: 'Discard mine, show theirs' }).click()
  expect(await other.page.getByLabel('Description').inputValue()).toBe('of the first')
})

test('from the first page to a connected API it takes six clicks at most', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('integrations', 'Integration Hub')
  let clicks = 0
  const click = async (role: 'link' | 'button', name: string | RegExp): Promise<void> => {
    clicks += 1
    await page.getByRole(role, { name, exact: true }).first().click()
  }
  await click('link', 'Add Integration')
  await click('link', /^Bookshop/)
  // The keyboard is in the first field already.
  await page.locator('input[type=password]:focus').waitFor()
  await page.keyboard.insertText(secret)
  await click('button', 'Continue')
  await click('button', 'Continue')
  await click('button', 'Test and connect')
  await page.getByText('Bookshop is connected').waitFor()
  expect(clicks).toBeLessThanOrEqual(6)
})

test('the same takes fifteen keystrokes at most, and no mouse', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('integrations', 'Integration Hub')
  await page.getByText('Live', { exact: true }).waitFor()
  let strokes = 0
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) {
      strokes += 1
      await page.keyboard.press(key)
    }
  }
  await press('ControlOrMeta+K')
  await page.getByPlaceholder('Integrations, connectors, pages').waitFor()
  await press('a', 'd', 'd', 'Enter')
  await page.getByRole('searchbox', { name: 'Search more than a thousand services' }).and(page.locator(':focus')).waitFor()
  await press('b', 'o', 'o', 'k', 'Enter')
  await page.getByRole('heading', { level: 1, name: 'Add Bookshop' }).waitFor()
  await page.locator('input[type=password]:focus').waitFor()
  await page.keyboard.insertText(secret)
  await press('Enter')
  await page.getByLabel('Name', { exact: true }).and(page.locator(':focus')).waitFor()
  await press('Enter')
  await page.getByRole('button', { name: 'Test and connect' }).and(page.locator(':focus')).waitFor()
  await press('Enter')
  await page.getByText('Bookshop is connected').waitFor()
  expect(strokes).toBeLessThanOrEqual(15)
})
