/** Accounts at vendors, connected in a browser: in the wizard, on an integration's page, in the settings. The vendor is a real authorization server. */
import { afterAll, expect } from 'vitest'
import type { Page } from 'playwright-core'
import { startIdentityProvider, type IdentityProvider } from '../../test/identity-provider.ts'
import { json, startUpstream, type Upstream } from '../../test/upstream.ts'
import { withClient } from '../../test/everything.ts'
import { test, useDashboard, type Visitor } from './browser.ts'

const dashboard = useDashboard()
const clientSecret = 'canary-secret-of-the-client'
let idp: IdentityProvider
let service: Upstream

dashboard.prepare(async () => {
  idp = await startIdentityProvider({
    clients: [{ client_id: 'hub', client_secret: clientSecret, redirect_uris: [`${dashboard.hub.url}/api/v1/oauth/callback`], application_type: 'native', grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'] }],
    scopes: ['openid', 'offline_access', 'files:read', 'files:write'], accounts: { ada: {}, eve: {} }, features: { deviceFlow: { enabled: true } },
  })
  service = await startUpstream()
  service.answer((request, response) => {
    void idp.provider.AccessToken.find(request.headers.authorization?.replace('Bearer ', '') ?? '').then((token) => {
      if (token?.isValid) json(response, 200, { account: token.accountId })
      else json(response, 401, { error: 'invalid_token' })
    })
  })
  await importDrive('drive')
  await putClient('drive')
})
afterAll(async () => {
  await service?.close()
  await idp?.close()
})

async function importDrive(id: string): Promise<void> {
  const flow = { authorizationUrl: `${idp.issuer}/auth`, tokenUrl: `${idp.issuer}/token`, scopes: { openid: 'Says who.', offline_access: 'Lasts.', 'files:read': 'Reads files.', 'files:write': 'Writes files.' } }
  const document = {
    openapi: '3.1.0', info: { title: id, version: '1' }, servers: [{ url: service.url }], security: [{ account: ['files:read'] }],
    components: { securitySchemes: { account: { type: 'oauth2', flows: { authorizationCode: flow } } } },
    paths: { '/files': { get: { operationId: 'listFiles', responses: { 200: { description: 'Files.' } } } } },
  }
  expect((await dashboard.hub.call('POST', `/api/v1/connectors/import?id=${id}`, document)).status).toBeLessThan(300)
}

async function putClient(vendor: string, scopes = ['openid', 'offline_access', 'files:read']): Promise<void> {
  expect((await dashboard.hub.call('PUT', `/api/v1/oauth-clients/${vendor}`, { clientId: 'hub', clientSecret, scopes })).status).toBe(200)
}

/** Whoever the browser says to the vendor that he is. */
async function as(login: string, visitor: Visitor, more: Record<string, string> = {}): Promise<Visitor> {
  await visitor.context.setExtraHTTPHeaders({ 'x-login': login, ...more })
  return visitor
}

const credential = async (id: string) => (await dashboard.hub.call('GET', `/api/v1/credentials/${id}`)).body

async function connect(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Connect with drive' }).click()
  await page.getByText(/^Connected: /).waitFor()
}

/** An integration of `drive` whose account is ada's. */
async function integrate(name: string): Promise<{ id: string, credentialId: string }> {
  const { page, visit, context } = await as('ada', await dashboard.visitor())
  await visit('integrations/new?connector=drive', 'Add drive')
  await connect(page)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Test and connect' }).click()
  await page.getByText(`${name} is connected`).waitFor()
  await context.close()
  const [row] = (await dashboard.hub.call('GET', `/api/v1/integrations?q=${encodeURIComponent(name)}`)).body.data
  return { id: row.id, credentialId: row.credentialId }
}

test('an account is connected in a window that closes by itself, and the integration works with it', async () => {
  const { page, visit, complaints, context, expectAccessible } = await as('ada', await dashboard.visitor())
  await visit('integrations/new?connector=drive', 'Add drive')
  await page.getByRole('button', { name: 'Connect with drive' }).waitFor()
  await expectAccessible()
  await connect(page)
  await expect.poll(() => context.pages().length).toBe(1)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Test and connect' }).click()
  await page.getByText('drive is connected').waitFor()
  await page.getByRole('link', { name: 'Try an operation' }).click()
  await page.getByRole('button', { name: /listFiles/ }).click()
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('"ada"').waitFor()
  expect(complaints).toEqual([])
})

test('the window runs under the policy of the hub, and cannot reach the page that opened it', async () => {
  const { context: other } = await dashboard.visitor()
  const context = await other.browser()!.newContext({ baseURL: dashboard.hub.url, extraHTTPHeaders: { 'x-login': 'ada' } })
  await context.request.post('/api/v1/session', { data: { apiKey: dashboard.hub.key } })
  const page = await context.newPage()
  const complaints: string[] = []
  context.on('page', (opened) => { opened.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) }) })
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
  idp.intercept = (request, response) => {
    if (!request.url!.startsWith('/auth?')) return false
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>vendor</title><link rel="icon" href="data:,">')
    return true
  }
  try {
    await page.goto('/t/default/integrations/new?connector=drive')
    const [popup] = await Promise.all([context.waitForEvent('page'), page.getByRole('button', { name: 'Connect with drive' }).click()])
    await popup.waitForURL(/\/auth\?/)
    expect(await popup.evaluate(() => window.opener === null)).toBe(true)
    expect(complaints).toEqual([])
  } finally {
    idp.intercept = undefined
    await context.close()
  }
})

test('where the browser opens no window there is a link; a window that is closed is told, and opened again', async () => {
  const { page, visit, context } = await as('ada', await dashboard.visitor())
  await page.addInitScript(() => { window.open = () => null })
  await visit('integrations/new?connector=drive', 'Add drive')
  await page.getByRole('button', { name: 'Connect with drive' }).click()
  await page.getByText('The browser did not open a window.').waitFor()
  await page.getByRole('link', { name: 'Go on at drive' }).click()
  await page.getByText(/^Connected: /).waitFor()
  await context.close()

  const second = await as('ada', await dashboard.visitor())
  idp.intercept = (request, response) => {
    if (!request.url!.startsWith('/auth?')) return false
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>vendor</title>')
    return true
  }
  try {
    await second.visit('integrations/new?connector=drive', 'Add drive')
    const [popup] = await Promise.all([second.context.waitForEvent('page'), second.page.getByRole('button', { name: 'Connect with drive' }).click()])
    await popup.waitForURL(/\/auth\?/)
    await popup.close()
    await second.page.getByText('The window was closed before the account was connected.').waitFor()
  } finally {
    idp.intercept = undefined
  }
  await second.page.getByRole('button', { name: 'Open the window again' }).click()
  await second.page.getByText(/^Connected: /).waitFor()
})

test('by keyboard alone an account is connected, and refused at the vendor it says so', async () => {
  const { page, visit } = await as('ada', await dashboard.visitor(), { 'x-refuse': '1' })
  await visit('integrations/new?connector=drive', 'Add drive')
  const button = page.getByRole('button', { name: 'Connect with drive' })
  await button.waitFor()
  for (let presses = 0; presses < 40 && !await button.evaluate((element) => element === document.activeElement); presses += 1) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('It was refused at the vendor.').waitFor()
  await page.context().setExtraHTTPHeaders({ 'x-login': 'ada' })
  const again = page.getByRole('button', { name: 'Try again' })
  for (let presses = 0; presses < 40 && !await again.evaluate((element) => element === document.activeElement); presses += 1) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText(/^Connected: /).waitFor()
})

test('a vendor that does not know the hub yet is asked about once, with the address to register there', async () => {
  await importDrive('unknown')
  const { page, visit } = await as('ada', await dashboard.visitor())
  await visit('integrations/new?connector=unknown', 'Add unknown')
  await page.getByText('unknown must know this hub, once for all accounts.').waitFor()
  await page.getByText(`${dashboard.hub.url}/api/v1/oauth/callback`).waitFor()
  await page.getByLabel('Client id').fill('hub')
  await page.getByLabel('Client secret').fill(clientSecret)
  await page.getByRole('combobox', { name: 'Usual scopes' }).fill('openid offline_access files:read')
  await page.getByRole('button', { name: 'Save the client' }).click()
  await page.getByRole('button', { name: 'Connect with unknown' }).click()
  await page.getByText(/^Connected: /).waitFor()
  expect(await page.content()).not.toContain(clientSecret)
  const { body: { key } } = await dashboard.hub.call('POST', '/api/v1/keys', { name: 'developer', role: 'developer' })
  await importDrive('unknown-too')
  const developer = await dashboard.visitor({ key })
  await developer.visit('integrations/new?connector=unknown-too', 'Add unknown-too')
  await developer.page.getByText('An administrator of this tenant gives it').waitFor()
  expect(await developer.page.getByLabel('Client secret').count()).toBe(0)
})

test('an account at any vendor serves the plain HTTP connector', async () => {
  expect((await dashboard.hub.call('PUT', '/api/v1/oauth-clients/acme', { clientId: 'hub', clientSecret, endpoints: { issuer: idp.issuer }, scopes: ['openid', 'offline_access'] })).status).toBe(200)
  const { page, visit } = await as('eve', await dashboard.visitor())
  await visit('integrations/new?connector=http', 'Add HTTP')
  await page.getByRole('combobox', { name: 'Kind of authentication' }).click()
  await page.getByRole('option', { name: 'Connected account (OAuth 2)' }).click()
  await page.getByRole('combobox', { name: 'Vendor' }).click()
  await page.getByRole('option', { name: 'acme' }).click()
  await page.getByRole('button', { name: 'Connect with acme' }).click()
  await page.getByText(/^Connected: /).waitFor()
})

test('a form that comes late leaves the list open that somebody chose from meanwhile', async () => {
  expect((await dashboard.hub.call('POST', '/api/v1/credentials', { connector: 'http', name: 'Stored before', credentials: { token: 'a-token-of-some-length' } })).status).toBe(201)
  const { page, visit } = await dashboard.visitor()
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => { release = resolve })
  let forms = 0
  await page.route(/schema-form-lazy/, async (route) => {
    forms += 1
    await held
    await route.continue()
  })
  await visit('integrations/new?connector=http', 'Add HTTP')
  await page.getByRole('combobox', { name: 'Use a stored credential' }).click()
  await page.getByRole('option', { name: 'Stored before' }).waitFor()
  release()
  await page.getByRole('combobox', { name: 'Kind of authentication' }).waitFor()
  expect(forms).toBeGreaterThan(0)
  await page.getByRole('option', { name: 'Stored before' }).click()
  expect(await page.getByRole('combobox', { name: 'Use a stored credential' }).inputValue()).toBe('Stored before')
})

test('a code is shown where somebody would rather type it in at the vendor', async () => {
  expect((await dashboard.hub.call('PUT', '/api/v1/oauth-clients/acme', { clientId: 'hub', clientSecret, endpoints: { tokenUrl: `${idp.issuer}/token`, deviceAuthorizationUrl: `${idp.issuer}/device/auth` }, scopes: ['openid', 'offline_access'] })).status).toBe(200)
  const { page, visit } = await dashboard.visitor()
  await visit('integrations/new?connector=http', 'Add HTTP')
  await page.getByRole('combobox', { name: 'Kind of authentication' }).click()
  await page.getByRole('option', { name: 'Connected account (OAuth 2)' }).click()
  await page.getByRole('combobox', { name: 'Vendor' }).click()
  await page.getByRole('option', { name: 'acme' }).click()
  await page.getByRole('button', { name: 'Connect with acme' }).click()
  const userCode = (await page.getByText(/^[A-Z]{4}-[A-Z]{4}$/).textContent())!
  await page.getByText('Waiting until it was typed in…').waitFor()
  const code = (await idp.provider.DeviceCode.findByUserCode(userCode.replace('-', '')))!
  const grant = new idp.provider.Grant({ accountId: 'ada', clientId: 'hub' })
  grant.addOIDCScope('openid offline_access')
  Object.assign(code, { accountId: 'ada', grantId: await grant.save(), scope: 'openid offline_access', authTime: Math.floor(Date.now() / 1000) })
  await code.save()
  await page.getByText(/^Connected: /).waitFor()
})

test('a grant that was revoked is an error with one clear message, and Reconnect mends it where one stands', async () => {
  const { id, credentialId } = await integrate('Revoked drive')
  await withClient(dashboard.hub.connectionString, (client) => client.query("update credential_tokens set expires_at = now() - interval '1 minute' where credential_id = $1 and token_key like 'grant:%'", [credentialId]), '-c role=interchange_system')
  dashboard.hub.hub.services.credentials.forgetAll()
  idp.intercept = (request, response) => {
    if (request.url !== '/token') return false
    json(response, 400, { error: 'invalid_grant' })
    return true
  }
  expect((await dashboard.hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'listFiles' })).body.code).toBe('credential_revoked')
  idp.intercept = undefined
  const { page, visit, expectAccessible } = await as('ada', await dashboard.visitor())
  await visit(`integrations/${id}`, 'Revoked drive')
  await page.getByText('The connection to drive has ended', { exact: true }).waitFor()
  await page.getByText('Connect the account again.').waitFor()
  expect(await page.getByRole('alert').count()).toBe(1)
  await expectAccessible()
  await visit('settings?part=credentials', 'Integration Hub')
  await page.getByRole('row').filter({ hasText: 'Ended' }).first().waitFor()
  await visit(`integrations/${id}`, 'Revoked drive')
  await page.getByRole('button', { name: 'Reconnect' }).click()
  await page.getByText('Connected again.').waitFor()
  await page.getByRole('region', { name: 'Credential' }).getByText('Connected', { exact: true }).first().waitFor()
  expect((await dashboard.hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'listFiles' })).status).toBe(200)
})

test('scopes that the client asks for by now are named, and granted on the same credential', async () => {
  const { id, credentialId } = await integrate('Growing drive')
  await putClient('drive', ['openid', 'offline_access', 'files:read', 'files:write'])
  try {
    const { page, visit } = await as('ada', await dashboard.visitor())
    await visit(`integrations/${id}`, 'Growing drive')
    await page.getByText('The client asks for more by now: files:write.').waitFor()
    await page.getByRole('button', { name: 'Grant them' }).click()
    await page.getByText('Connected again.').waitFor()
    expect((await credential(credentialId)).connections.account).toMatchObject({ missingScopes: [], scopes: expect.arrayContaining(['files:write', 'files:read']) })
  } finally {
    await putClient('drive')
  }
})

test('the state of another session, a code that was used and script in the answer connect nothing, and are told in plain words', async () => {
  const { page, visit, context } = await as('ada', await dashboard.visitor())
  let callback = ''
  let isWalking = false
  idp.intercept = async (request, response) => {
    if (!request.url!.startsWith('/auth?') || isWalking) return false
    isWalking = true
    // The vendor's own answer, kept back from the browser.
    callback = await idp.walk(`${idp.issuer}${request.url}`, { login: 'ada' })
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>vendor</title>')
    return true
  }
  try {
    await visit('integrations/new?connector=drive', 'Add drive')
    const [popup] = await Promise.all([context.waitForEvent('page'), page.getByRole('button', { name: 'Connect with drive' }).click()])
    await expect.poll(() => callback).toContain('code=')
    const stranger = await dashboard.visitor({ key: await dashboard.hub.addTenant('strangers'), tenant: 'strangers' })
    const scripted = `${dashboard.hub.url}/api/v1/oauth/callback?state=${encodeURIComponent('<script>globalThis.ran=1</script>')}&code=x&error=${encodeURIComponent('"><img src=x onerror=globalThis.ran=1>')}`
    for (const [url, who] of [[callback, stranger], [scripted, { page: popup }]] as const) {
      await who.page.goto(url)
      await who.page.getByRole('heading', { name: 'Not connected' }).waitFor()
      await who.page.getByText('Begin again.').waitFor()
      expect(await who.page.evaluate(() => 'ran' in globalThis)).toBe(false)
    }
    await page.getByText('Waiting for drive in the other window…').waitFor()
    await popup.goto(callback).catch(() => undefined)
    await page.getByText(/^Connected: /).waitFor()
    const again = await context.newPage()
    await again.goto(callback)
    await again.getByText('Begin again.').waitFor()
    for (const problem of ['<script>globalThis.ran=1</script>', 'access_denied', '__proto__']) {
      await again.goto(`/connected?attempt=x&problem=${encodeURIComponent(problem)}`)
      await again.getByRole('heading', { name: 'Not connected' }).waitFor()
      expect(await again.evaluate(() => 'ran' in globalThis)).toBe(false)
    }
  } finally {
    idp.intercept = undefined
  }
})
