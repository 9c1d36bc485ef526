import { expect } from 'vitest'
import { complaintsOf, test, useDashboard } from './browser.ts'

const dashboard = useDashboard()
const password = 'violet harbour 4 teaspoons'

test('the first owner comes by the link of the start, whose token leaves the address at once', async () => {
  const { page, complaints, expectAccessible } = await dashboard.visitor({ key: null })
  await page.goto(dashboard.hub.hub.welcomeUrl!)
  await page.getByRole('heading', { name: 'Welcome to Interchange' }).waitFor()
  expect(page.url()).toBe(`${dashboard.hub.url}/welcome`)
  await expectAccessible()
  await page.getByLabel('Email').fill('ada@example.com')
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByRole('heading', { name: 'Integration Hub' }).waitFor()
  expect(await page.evaluate(() => Object.keys(localStorage).filter((name) => !name.startsWith('mantine')))).toEqual([])
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByText('ada@example.com').waitFor()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(complaints).toEqual([])
})

test('whoever is not signed in is asked to, gets where he wanted to, and is told what was wrong', async () => {
  const { page, complaints, expectAccessible } = await dashboard.visitor({ key: null })
  await page.goto('/t/default/integrations?status=active')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await expectAccessible()
  await page.getByLabel('Email').fill('ada@example.com')
  await page.getByLabel('Password', { exact: true }).fill('not it')
  await page.keyboard.press('Enter')
  await page.getByText('The address or the password is wrong.').waitFor()
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Integration Hub' }).waitFor()
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/t/default/integrations?status=active')
  expect(complaints).toEqual([])
})

test("one's own password is changed where one is signed in, which ends all other sessions; who came by a key has none", async () => {
  const signIn = async (with_: string) => {
    const visitor = await dashboard.visitor({ key: null })
    await visitor.page.goto('/sign-in')
    await visitor.page.getByLabel('Email').fill('ada@example.com')
    await visitor.page.getByLabel('Password', { exact: true }).fill(with_)
    await visitor.page.keyboard.press('Enter')
    return visitor.page
  }
  const [elsewhere, page] = [await signIn(password), await signIn(password)]
  for (const each of [elsewhere, page]) await each.getByRole('heading', { name: 'Integration Hub' }).waitFor()
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Password and sessions' }).click()
  await page.getByLabel('New password').fill('short')
  await page.getByLabel('Current password').fill('not it')
  await page.getByRole('button', { name: 'Change the password' }).click()
  await page.getByText('is not the password').waitFor()
  await page.getByLabel('Current password').fill(password)
  await page.getByRole('button', { name: 'Change the password' }).click()
  await page.getByText(/12 characters/).nth(1).waitFor()
  await page.getByLabel('New password').fill(`${password}, and a fifth`)
  await page.getByRole('button', { name: 'Change the password' }).click()
  await page.getByText('The password is changed.').waitFor()
  await elsewhere.reload()
  await elsewhere.getByRole('heading', { name: 'Sign in' }).waitFor()
  await (await signIn(`${password}, and a fifth`)).getByRole('heading', { name: 'Integration Hub' }).waitFor()
  const { page: byKey, visit } = await dashboard.visitor()
  await visit('settings?part=signIn', 'Integration Hub')
  await byKey.getByRole('heading', { name: 'Your sessions' }).waitFor()
  expect(await byKey.getByLabel('New password').count()).toBe(0)
})

test('a sign-in leads to pages of the hub alone', async () => {
  for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
    const { page } = await dashboard.visitor({ key: null })
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`)
    await page.getByRole('button', { name: 'Use an API key instead' }).click()
    await page.getByLabel('API key').fill(dashboard.hub.key)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Integration Hub' }).waitFor()
    expect(new URL(page.url()).origin).toBe(dashboard.hub.url)
    await page.context().close()
  }
})

test('a session that ends under way is renewed in place: what was typed and where one was stays', async () => {
  const { page, context } = await dashboard.visitor()
  await page.goto('/t/default/integrations')
  await page.getByRole('searchbox', { name: 'Search integrations' }).waitFor()
  await context.request.delete('/api/v1/session', { headers: { origin: dashboard.hub.url } })
  await page.getByRole('searchbox', { name: 'Search integrations' }).fill('needle')
  const dialog = page.getByRole('dialog', { name: 'Your session ended' })
  await dialog.getByRole('button', { name: 'Use an API key instead' }).click()
  await dialog.getByLabel('API key').fill(dashboard.hub.key)
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'hidden' })
  expect(await page.getByRole('searchbox', { name: 'Search integrations' }).inputValue()).toBe('needle')
  await page.getByText('Nothing fits these filters').waitFor()
})

test("a tenant that is none of one's own is not there", async () => {
  const { page } = await dashboard.visitor()
  await page.goto('/t/no-such-tenant/integrations')
  await page.getByText('You are not a member of this tenant').waitFor()
})

test('the page runs under its own policy, which allows no script but its files', async () => {
  const { page: other } = await dashboard.visitor()
  const context = await other.context().browser()!.newContext({ baseURL: dashboard.hub.url })
  await context.request.post('/api/v1/session', { data: { apiKey: dashboard.hub.key } })
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  const reply = await page.goto('/t/default/integrations')
  expect(reply!.headers()['content-security-policy']).toContain("script-src 'self';")
  await page.getByRole('heading', { name: 'Integration Hub' }).waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  expect(complaints).toEqual([])
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'globalThis.ran = true'
    document.body.append(script)
  })
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
})
