/** Every screen as each role sees it: what is shown to do would be allowed, and what would be allowed is shown. */
import { expect } from 'vitest'
import { ownEverything, type Everything } from '../../test/everything.ts'
import { startUpstream, type Upstream } from '../../test/upstream.ts'
import { test, useDashboard, type Visitor } from './browser.ts'

const dashboard = useDashboard()
const opened: { upstream?: Upstream, of?: Everything, owner?: string } = {}

dashboard.prepare(async () => {
  opened.upstream = await startUpstream()
  opened.of = await ownEverything(dashboard.hub, opened.upstream, { key: dashboard.hub.key, mark: 'walked' })
  const { body } = await dashboard.hub.call<{ data: { id: string, role: string }[] }>('GET', '/api/v1/members')
  opened.owner = body.data.find(({ role }) => role === 'owner')!.id
})

/** Nothing has this id: who may ask is told so, and hardly anything is done. */
const nothing = '018f0000-0000-7000-8000-000000000000'

/** Name of a button or link → what it asks the hub for, `METHOD /path`. */
type Deeds = Record<string, string>
/** `for`: the roles that have it, where not all do. */
interface Screen { path(of: Everything): string, shows: string, deeds: Deeds, menus?: Record<string, Deeds>, for?: string[] }

const integration = { 'Create an agent from this API': 'POST /api/v1/agents/from-integration', 'Test the connection': `POST /api/v1/integrations/${nothing}/test`, Pause: `PATCH /api/v1/integrations/${nothing}`, Delete: `DELETE /api/v1/integrations/${nothing}` }
const hub = { 'Add Integration': 'POST /api/v1/integrations' }
const settings = (...parts: [name: string, asks: string][]): Deeds => ({ ...hub, ...Object.fromEntries(parts) })
const endpoint = { Test: `POST /api/v1/webhooks/${nothing}/test`, Pause: `POST /api/v1/webhooks/${nothing}/pause` }
const endpointMenu = { More: { 'Replay events': `POST /api/v1/webhooks/${nothing}/replay`, 'Redrive dead letters': `POST /api/v1/webhooks/${nothing}/redrive`, 'Rotate the secret': `POST /api/v1/webhooks/${nothing}/rotate-secret`, Delete: `DELETE /api/v1/webhooks/${nothing}` } }
const source = { Pause: `POST /api/v1/webhook-sources/${nothing}/pause` }
const sourceMenu = { More: { 'Rotate the secret': `POST /api/v1/webhook-sources/${nothing}/rotate-secret`, Delete: `DELETE /api/v1/webhook-sources/${nothing}` } }
const webhooks = { ...hub, Test: 'POST /api/v1/webhooks', 'Create webhook': 'POST /api/v1/webhooks' }
const flow = { Disable: 'POST /api/v1/flows/none/disable', Delete: 'DELETE /api/v1/flows/none', Run: 'POST /api/v1/flows/none/runs' }
const connector = { Delete: 'DELETE /api/v1/connectors/none', Configure: 'POST /api/v1/integrations' }
const agent = { Delete: `DELETE /api/v1/agents/${nothing}`, Run: `POST /api/v1/agents/${nothing}/runs` }

const screens: Screen[] = [
  { path: () => 'integrations', shows: 'walked-shop', deeds: hub, menus: { 'Actions of walked': { 'Run an operation': `POST /api/v1/integrations/${nothing}/run`, 'Test the connection': `POST /api/v1/integrations/${nothing}/test`, Edit: `PATCH /api/v1/integrations/${nothing}`, Pause: `PATCH /api/v1/integrations/${nothing}`, Delete: `DELETE /api/v1/integrations/${nothing}` } } },
  { path: (of) => `integrations/${of.integration}`, shows: 'Circuit breaker', deeds: { ...integration, Reconnect: 'POST /api/v1/oauth/authorizations', 'Run health checks': `POST /api/v1/integrations/${nothing}/health-checks` } },
  { path: (of) => `integrations/${of.integration}?part=explore&operation=getFile`, shows: 'Nothing sent yet.', deeds: { ...integration, 'Save as example': `POST /api/v1/integrations/${nothing}/examples`, Send: `POST /api/v1/integrations/${nothing}/run` } },
  { path: (of) => `integrations/${of.integration}?part=configuration`, shows: 'General', deeds: { ...integration, Save: `PATCH /api/v1/integrations/${nothing}` } },
  { path: () => 'connectors', shows: 'walked-second', deeds: { ...hub, 'Import OpenAPI': 'POST /api/v1/connectors/import' } },
  { path: (of) => `connectors/${of.connector}`, shows: 'getFile', deeds: connector },
  { path: () => 'connectors/import', shows: 'document', deeds: { Import: 'POST /api/v1/connectors/import' } },
  { path: () => 'webhooks', shows: '/hook', deeds: webhooks },
  { path: () => 'webhooks/new', shows: 'Create webhook', deeds: { 'Create endpoint': 'POST /api/v1/webhooks' } },
  { path: (of) => `webhooks/endpoints/${of.webhook}?part=settings`, shows: 'Delivery policy', deeds: { ...endpoint, Save: `PUT /api/v1/webhooks/${nothing}` }, menus: endpointMenu },
  { path: (of) => `webhooks/sources/${of.webhookSource}?part=settings`, shows: 'Further settings', deeds: { ...source, 'Make a secret': `PUT /api/v1/webhook-sources/${nothing}`, Save: `PUT /api/v1/webhook-sources/${nothing}` }, menus: sourceMenu },
  { path: (of) => `events/${of.event}`, shows: 'Related records', deeds: { 'Send with edits': 'POST /api/v1/events', 'Send again': 'POST /api/v1/events' } },
  { path: (of) => `deliveries/${of.delivery}`, shows: 'Related records', deeds: { 'Send with edits': 'POST /api/v1/events', 'Send again': `POST /api/v1/deliveries/${nothing}/retry` } },
  { path: (of) => `executions/${of.execution}`, shows: 'getFile', deeds: { 'Run again with edits': `POST /api/v1/executions/${nothing}/rerun`, 'Run again': `POST /api/v1/executions/${nothing}/rerun` } },
  { path: () => 'monitoring', shows: 'Passed, 24 h', deeds: { ...hub, 'Run health checks': `POST /api/v1/integrations/${nothing}/health-checks` } },
  { path: () => 'flows', shows: 'send-summary-email', deeds: { ...hub, 'New flow': 'POST /api/v1/flows' }, menus: { 'Actions of walked': flow } },
  { path: () => 'flows/library', shows: 'Events as messages in Zulip', deeds: { 'Install: Approval before an operation': 'POST /api/v1/flows/library/none/install' } },
  { path: (of) => `flows/${of.flow}?part=versions`, shows: '1.1.0', deeds: { ...flow, 'Publish: 1.1.0': 'POST /api/v1/flows/none/versions/1.1.0/publish', 'Delete draft: 1.1.0': 'DELETE /api/v1/flows/none/versions/1.1.0', 'Restore as draft: 1.0.0': 'POST /api/v1/flows' } },
  { path: (of) => `runs/${of.run}`, shows: 'walked', deeds: { Replay: 'POST /api/v1/flows/replay', 'Run again with edits': 'POST /api/v1/flows/none/runs', 'Run again': 'POST /api/v1/flows/none/runs' } },
  { path: (of) => `agents/${of.agent}`, shows: 'Runs', deeds: agent },
  { path: () => 'settings', shows: 'walked@example.com', deeds: settings(['Invite', 'POST /api/v1/members/invitations'], ['Actions of walked', `PATCH /api/v1/members/${nothing}`], ['Actions of Owner', 'PATCH /api/v1/members/{owner}'], ['Revoke', `DELETE /api/v1/members/invitations/${nothing}`]) },
  { path: () => 'settings?part=credentials', shows: 'walked-shop', deeds: settings(['New encryption key', 'POST /api/v1/credentials/rotate-keys'], ['New credential', 'POST /api/v1/credentials'], ['Change: walked', `PATCH /api/v1/credentials/${nothing}`], ['Delete: walked', `DELETE /api/v1/credentials/${nothing}`]) },
  { path: () => 'settings?part=clients', shows: 'walked-vendor', for: ['admin', 'owner'], deeds: settings(['New client', 'PUT /api/v1/oauth-clients/none'], ['Change: walked-vendor', 'PUT /api/v1/oauth-clients/none'], ['Delete: walked-vendor', 'DELETE /api/v1/oauth-clients/none'], ['Save', 'PUT /api/v1/oauth/return-urls'], ['Make a link', 'POST /api/v1/connect-sessions'], ['Delete: walked', `DELETE /api/v1/connect-sessions/${nothing}`]) },
]

/** They look, copy or fill in, and ask for nothing that a role might not. */
const harmless = /^($|Actions of (?:agents|send-summary-email)|Add$|Choose a file|Clear|Copy|Delivery policy|Download|Fill in an example|Filters|Fit View|Further settings|GET|POST|PUT|DELETE|Hold|Install: |Security|Share|Show|Toggle password|say|Verification|View as|Zoom|What the)/

async function answersTo({ context }: Visitor, asked: Iterable<string>): Promise<Map<string, boolean>> {
  const answers = new Map<string, boolean>()
  for (const each of new Set(asked)) {
    const [method, path] = each.replace('{owner}', opened.owner!).split(' ') as [string, string]
    const reply = await context.request.fetch(path, { method, ...method !== 'DELETE' && { data: {} }, headers: { origin: dashboard.hub.url, 'x-interchange-tenant': 'default' } })
    answers.set(each, reply.status() !== 403)
  }
  return answers
}

const namesOf = ({ page }: Visitor, deeds: Deeds): Promise<string[]> => page.locator('main').evaluate((main, known) => {
  const all = [...main.querySelectorAll<HTMLElement>('button, [role=button], a')].filter((each) => each.closest('th, nav, table td > [role=checkbox]') === null && each.checkVisibility())
  const named = all.map((each) => ({ name: (each.getAttribute('aria-label') ?? each.textContent ?? '').trim(), isLink: each.tagName === 'A' }))
  return [...new Set(named.filter(({ name, isLink }) => !isLink || known.includes(name)).map(({ name }) => name))].toSorted()
}, Object.keys(deeds))

// Administrators and owners have what developers have, and differ in what the settings show.
const sees = (role: string, { path, for: only }: Screen): boolean => (only ?? [role]).includes(role) && (role === 'viewer' || role === 'developer' || path(opened.of!).startsWith('settings'))

test.each(['viewer', 'developer', 'admin', 'owner'])('as %s, each screen shows what the hub would allow, and nothing that it would refuse', async (role) => {
  const key = role === 'owner' ? dashboard.hub.key : (await dashboard.hub.call<{ key: string }>('POST', '/api/v1/keys', { name: role, role })).body.key
  const visitor = await dashboard.visitor({ key })
  const { page } = visitor
  const seen = screens.filter((each) => sees(role, each))
  const allowed = await answersTo(visitor, seen.flatMap(({ deeds, menus = {} }) => [deeds, ...Object.values(menus)].flatMap((each) => Object.values(each))))
  const expected = (deeds: Deeds): string[] => Object.keys(deeds).filter((name) => allowed.get(deeds[name]!)).toSorted()
  const faults: string[] = []
  const tell = (error: Error): void => { faults.push(error.message) }
  for (const { path, shows, deeds, menus = {} } of seen) {
    const where = `${role}: ${path(opened.of!)}`
    await page.goto(`/t/default/${path(opened.of!)}`)
    const triggers = Object.keys(menus).filter((menu) => expected(menus[menu]!).length > 0)
    await page.getByText(/^Your role/).or(page.getByText(shows)).first().waitFor().catch(tell)
    await expect.poll(async () => (await namesOf(visitor, deeds)).filter((name) => (name in deeds || !harmless.test(name)) && !(name in menus)), { message: where, timeout: 10_000 }).toEqual(expected(deeds)).catch(tell)
    await expect.poll(async () => (await namesOf(visitor, deeds)).filter((name) => name in menus), { message: where, timeout: 10_000 }).toEqual(triggers).catch(tell)
    for (const menu of triggers) {
      await page.getByRole('button', { name: menu, exact: true }).click()
      await expect.poll(async () => (await page.getByRole('menuitem').allTextContents()).toSorted(), { message: `${where}, ${menu}`, timeout: 10_000 }).toEqual(expected(menus[menu]!)).catch(tell)
      await page.keyboard.press('Escape')
    }
  }
  expect(faults).toEqual([])
  await visitor.context.close()
})
