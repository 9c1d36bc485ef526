/** Every list tells apart that it loads, that it failed, that filters hide everything and that nothing is there yet, with what to do next; and what is gone leads back to its list. */
import type { Page, Route } from 'playwright-core'
import { expect } from 'vitest'
import { expectStatus } from '../../test/service.ts'
import { connectShop, test, useDashboard, type Visitor } from './browser.ts'

const dashboard = useDashboard()
const ids = { integration: '', endpoint: '', source: '', agent: '' }
const visitors: Partial<Record<'owner' | 'viewer' | 'fresh', Visitor>> = {}

/** The tenant `bare` has nothing but two keys and what the hub itself brings; `fresh` has one of each thing, and nothing that came of them. */
dashboard.prepare(async () => {
  const { hub } = dashboard
  const made = async (key: string, path: string, body: object): Promise<Record<string, string>> => expectStatus(201, await hub.call('POST', path, body, { key })).body
  const [bare, fresh] = [await hub.addTenant('bare'), await hub.addTenant('fresh')]
  visitors.owner = await dashboard.visitor({ key: bare, tenant: 'bare' })
  visitors.viewer = await dashboard.visitor({ key: (await made(bare, '/api/v1/keys', { name: 'of a viewer', role: 'viewer' }))['key']!, tenant: 'bare' })
  visitors.fresh = await dashboard.visitor({ key: fresh, tenant: 'fresh' })
  ids.integration = await connectShop(dashboard, 'Bookshop', fresh)
  ids.endpoint = (await made(fresh, '/api/v1/webhooks', { name: 'Endpoint', url: 'http://127.0.0.1:9/hook', events: ['order.*'] }))['id']!
  ids.source = (await made(fresh, '/api/v1/webhook-sources', { name: 'Source', verification: { scheme: 'none' } }))['id']!
  ids.agent = (await made(fresh, '/api/v1/agents', { name: 'agent', model: { integration: 'Bookshop' } }))['id']!
  await made(fresh, '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name: 'flow', version: '1.0.0' }, do: [{ one: { set: { a: 1 } } }] })
})

interface Listed {
  path: string
  /** Of the hub's API: what the list is read from. */
  from: string
  /** What it is called while it loads. */
  label: string
  /** Of the URL: a filter that nothing fits. */
  filter?: string
  /** What it says where nothing is; of a list that is never empty, a row. */
  shows: string
  /** What it offers next where nothing is, besides words. */
  action?: string
  /** Viewers may not do it: they are not offered it. */
  isForWriters?: boolean
}

const LOADING = 'Loading…'
const q = 'q=nothing-of-the-kind'

const ofNothing: Listed[] = [
  { path: 'integrations', from: 'integrations', label: 'Integrations', filter: q, shows: 'Connect your first API', action: 'Add Integration', isForWriters: true },
  { path: 'connectors', from: 'connectors', label: 'Connectors', filter: q, shows: 'Zulip' },
  { path: 'marketplace', from: 'integrations/available', label: 'Connectors', filter: q, shows: 'Stripe' },
  { path: 'webhooks', from: 'webhooks', label: 'Endpoints', filter: q, shows: 'No endpoint yet', action: 'Create webhook', isForWriters: true },
  { path: 'webhooks?part=sources', from: 'webhook-sources', label: 'Sources', filter: q, shows: 'No source yet', action: 'Create source', isForWriters: true },
  { path: 'webhooks?part=deliveries', from: 'deliveries', label: 'Deliveries', filter: q, shows: 'No delivery yet', action: 'Create webhook', isForWriters: true },
  { path: 'executions', from: 'executions', label: 'Executions', filter: q, shows: 'Nothing ran yet', action: 'Try an operation' },
  { path: 'monitoring', from: 'health-checks', label: 'Health', shows: 'Nothing to watch yet', action: 'Add Integration', isForWriters: true },
  { path: 'monitoring?part=errors', from: 'figures/errors', label: 'Errors by fingerprint', filter: 'since=1h', shows: 'No errors' },
  { path: 'monitoring?part=alerts', from: 'alerts', label: 'Firings', filter: 'state=firing', shows: 'No alert has fired' },
  { path: 'monitoring?part=alerts', from: 'integrations', label: 'Rules', shows: 'No rule yet', action: 'To the integrations' },
  { path: 'monitoring?part=capacity', from: 'figures/limits', label: 'Rate limits and quotas in use', shows: 'Nothing to watch yet', action: 'Add Integration', isForWriters: true },
  { path: 'monitoring?part=capacity', from: 'figures/storage', label: LOADING, shows: 'Nothing is kept yet.' },
  { path: 'monitoring?part=capacity', from: 'figures/queues', label: LOADING, shows: 'All queues are empty' },
  { path: 'flows', from: 'flows', label: 'Flows', filter: q, shows: 'Send a summary by email' },
  { path: 'flows/library', from: 'flows/library', label: LOADING, filter: q, shows: 'approval-before-operation' },
  { path: 'runs', from: 'runs', label: 'Runs', filter: q, shows: 'Nothing ran yet', action: 'Flows' },
  { path: 'agents', from: 'keys', label: 'Keys of agents', shows: 'No agent has a key yet', action: 'Make a key for an agent', isForWriters: true },
  { path: 'agents?part=definitions', from: 'agents', label: 'Agents', filter: q, shows: 'The hub has no agent of its own', action: 'New agent', isForWriters: true },
  { path: 'agents?part=tools', from: 'agent/tools', label: 'Tools', filter: q, shows: 'flow__send-summary-email' },
  { path: 'agents?part=calls', from: 'audit', label: 'Recent calls of tools', shows: 'No agent called a tool yet', action: 'Connect a client' },
  { path: 'settings', from: 'members', label: 'Members', shows: 'bare@example.com' },
  { path: 'settings?part=keys', from: 'keys', label: 'API keys', shows: 'of a viewer' },
  { path: 'settings?part=credentials', from: 'credentials', label: 'Credentials', filter: q, shows: 'No credential yet', action: 'New credential', isForWriters: true },
  { path: 'settings?part=clients', from: 'oauth-clients', label: 'OAuth clients', shows: 'No client yet', action: 'New client', isForWriters: true },
  { path: 'settings?part=storage', from: 'figures/storage', label: LOADING, shows: 'Nothing is kept yet' },
  { path: 'settings?part=audit', from: 'audit', label: 'Audit log', filter: 'action=nothing.of.the.kind', shows: 'API key made' },
  { path: 'settings?part=engines', from: 'hub', label: LOADING, shows: 'QuickJS' },
]

const ofOne = (): Listed[] => [
  { path: `integrations/${ids.integration}?part=executions`, from: 'executions', label: 'Executions', filter: q, shows: 'Nothing ran yet', action: 'Run an operation' },
  { path: `integrations/${ids.integration}?part=explore`, from: 'connectors/bookshop/operations', label: LOADING, filter: 'ops=nothing-of-the-kind', shows: 'listBooks' },
  { path: `integrations/${ids.integration}?part=versions`, from: `integrations/${ids.integration}/versions`, label: 'Versions', shows: 'how it began' },
  { path: `integrations/${ids.integration}?part=log`, from: `integrations/${ids.integration}/health-checks`, label: 'Health checks', shows: 'No check yet' },
  { path: `integrations/${ids.integration}?part=log`, from: `integrations/${ids.integration}/alerts`, label: 'Alerts', shows: 'No alert fired' },
  { path: 'connectors/bookshop', from: 'connectors/bookshop/operations', label: 'Operations', filter: q, shows: 'listBooks' },
  { path: `webhooks/endpoints/${ids.endpoint}?part=deliveries`, from: 'deliveries', label: 'Deliveries', filter: q, shows: 'No delivery yet' },
  { path: `webhooks/sources/${ids.source}?part=events`, from: 'events', label: 'Events', filter: q, shows: 'Nothing has come in yet.' },
  { path: `webhooks/sources/${ids.source}?part=requests`, from: `webhook-sources/${ids.source}/requests`, label: 'Inspector', shows: 'Nothing to see yet' },
  { path: 'flows/flow?part=runs', from: 'runs', label: 'Runs', filter: q, shows: 'Nothing ran yet' },
  { path: 'flows/flow?part=versions', from: 'flows/flow/versions', label: 'Versions', shows: '1.0.0' },
  { path: `agents/${ids.agent}`, from: 'runs', label: 'Runs', shows: 'It has not run yet' },
]

/** Refused, not failed: what fails is tried again first, which takes its time. */
const refusal = { status: 403, contentType: 'application/problem+json', body: JSON.stringify({ status: 403, code: 'forbidden', title: 'x', detail: 'The hub refuses this.', instance: 'urn:request:abc-1' }) }

/** Holds answers back until it is said what becomes of them, now and from then on. */
async function holdBack(page: Page, from: string): Promise<(how: (route: Route) => Promise<void>) => Promise<void>> {
  let settle: ((route: Route) => Promise<void>) | undefined
  const held: Route[] = []
  await page.route((url) => url.pathname === `/api/v1/${from}`, async (route) => { if (settle === undefined) held.push(route); else await settle(route) })
  return async (how) => {
    settle = how
    for (const route of held.splice(0)) await how(route)
  }
}

const addressOf = ({ path, filter }: Listed): string => (filter === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}${filter}`)

const offerOf = (page: Page, { shows, action = '' }: Listed) => page.locator('.app-table-box').filter({ hasText: shows }).locator('a, button').filter({ hasText: action }).first()

async function expectStates({ page }: Visitor, tenant: string, list: Listed): Promise<void> {
  const { from, label, filter, shows, action } = list
  const main = page.locator('main')
  const settle = await holdBack(page, from)
  await page.goto(`/t/${tenant}/${addressOf(list)}`)
  const loading = main.locator('[aria-busy=true]').and(page.getByLabel(label, { exact: true })).first()
  await loading.waitFor()
  await settle((route) => route.fulfill(refusal))
  const failed = main.getByRole('alert').filter({ hasText: 'The hub refuses this.' }).first()
  await failed.getByText('abc-1').waitFor()
  await loading.waitFor({ state: 'detached' })
  await settle((route) => route.continue())
  await failed.getByRole('button', { name: 'Try again' }).click()
  if (filter !== undefined) await main.getByRole('button', { name: 'Clear filters' }).click()
  const shown = main.getByText(shows).first()
  await shown.waitFor()
  if (action !== undefined) await offerOf(page, list).waitFor()
  await page.unrouteAll()
}

test.each(ofNothing.map((list) => [`${list.from} in ${list.path}`, list] as const))('%s: that it loads, failed, is filtered to nothing and is empty are told apart', async (_name, list) => {
  await expectStates(visitors.owner!, 'bare', list)
})

test.each(Object.keys(ofOne()).map(Number))('list %i of a single thing tells the same apart', async (at) => {
  await expectStates(visitors.fresh!, 'fresh', ofOne()[at]!)
})

test('who may only read is told that nothing is there, and offered nothing that would be refused', async () => {
  const { page } = visitors.viewer!
  for (const list of ofNothing.filter(({ isForWriters = false, from }) => isForWriters && !unreadByViewers.has(from))) {
    await page.goto(`/t/bare/${list.path}`)
    await page.locator('main').getByText(list.shows).first().waitFor()
    expect(await page.locator('main').locator('a, button').filter({ hasText: list.action! }).count(), list.path).toBe(0)
  }
})

test('the search of everything says that it searches, that it failed, and that there is nothing', async () => {
  const { page, visit } = visitors.owner!
  await visit('integrations', 'Integration Hub')
  const settle = await holdBack(page, 'integrations')
  await page.keyboard.press('ControlOrMeta+K')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('nothing of the kind')
  await dialog.getByText('Searching…').waitFor()
  await settle((route) => route.fulfill(refusal))
  await dialog.getByText('The hub refuses this.').waitFor()
  await settle((route) => route.continue())
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await dialog.getByText('Nothing of that name.').waitFor()
  await page.unrouteAll()
})

/** Those who may only read do not come to see these. */
const unreadByViewers = new Set(['keys'])

const GONE = '018f0000-0000-7000-8000-000000000000'

test.each([
  [`integrations/${GONE}`, 'Integrations'], [`executions/${GONE}`, 'Executions'], [`events/${GONE}`, 'Events'], [`deliveries/${GONE}`, 'Deliveries'], [`webhooks/endpoints/${GONE}`, 'Endpoints'], [`webhooks/sources/${GONE}`, 'Sources'],
  [`runs/${GONE}`, 'Runs'], ['flows/no-such-flow', 'Flows'], [`agents/${GONE}`, 'Agents'], ['connectors/no-such-connector', 'Connectors'],
])('what was at %s is said to be gone, and leads back to its list', async (path, list) => {
  const { page } = visitors.owner!
  await page.goto(`/t/bare/${path}`)
  await page.getByText('This is no longer here').waitFor()
  expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0)
  await page.getByRole('link', { name: `Back to ${list}` }).click()
  await page.getByText('This is no longer here').waitFor({ state: 'hidden' })
  await page.getByRole('heading', { level: 1, name: /^(Integration Hub|Executions|Runs)$/ }).waitFor()
})
