/** Forms of calls by protocol, and of what a document keeps under `use`. */
import { expect } from 'vitest'
import { parse } from 'yaml'
import { connectShop, test, useDashboard } from './browser.ts'
import { documentText, graphNode } from './flow-page.ts'

const dashboard = useDashboard()

const text = `# Kept.
document: { dsl: 1.0.3, namespace: default, name: formed, version: 1.0.0, title: The flow formed }
use:
  # How often.
  retries:
    gently: { delay: { seconds: 1 } } # a second
  functions:
    greet: # whom
      input: { schema: { document: { type: object, properties: { whom: { type: string, title: Whom to greet } } } } }
      set: { told: "\${ \\"Hello \\" + .whom }" }
do:
  - first: { set: { a: 1 } } # the first
  - say: { call: greet, with: { whom: Ada } }
  - guarded:
      try:
        - risky: { set: { b: 1 } }
      catch: { retry: gently }
`

dashboard.prepare(async () => {
  await connectShop(dashboard)
  expect((await dashboard.hub.call('POST', '/api/v1/webhook-sources', { name: 'Shop hook', verification: { scheme: 'none' } }, { key: dashboard.hub.key })).status).toBe(201)
  const response = await fetch(`${dashboard.hub.url}/api/v1/flows`, { method: 'POST', body: text, headers: { authorization: `Bearer ${dashboard.hub.key}`, 'content-type': 'application/yaml' } })
  expect(response.status, await response.text()).toBe(201)
})

async function open() {
  const visitor = await dashboard.visitor()
  await visitor.visit('flows/formed', 'The flow formed')
  await graphNode(visitor.page, '0/first').waitFor()
  const definition = async (): Promise<any> => parse(await documentText(visitor.page)) // eslint-disable-line typescript/no-explicit-any
  const add = async (label: RegExp): Promise<void> => {
    await visitor.page.getByRole('button', { name: 'Add a task after first' }).click()
    await visitor.page.getByRole('searchbox').fill('call')
    await visitor.page.getByRole('searchbox').fill('')
    await visitor.page.getByRole('dialog').getByRole('button', { name: label }).click()
  }
  return { ...visitor, definition, add }
}

test('a gRPC call has a field for each of its parts, which know what may stand in them', async () => {
  const { page, add, definition, expectAccessible, complaints } = await open()
  await add(/^gRPC call/)
  const panel = page.getByRole('region', { name: 'Task: method' })
  await panel.getByRole('textbox', { name: 'Service', exact: true }).fill('acme.Orders')
  await panel.getByRole('textbox', { name: 'Host' }).fill('orders.example.com')
  await panel.getByRole('textbox', { name: 'Port' }).fill('many')
  await panel.getByText('A whole number is needed, or an expression.').waitFor()
  await panel.getByRole('textbox', { name: 'Port' }).fill('8443')
  await panel.getByRole('textbox', { name: 'Method', exact: true }).fill('Create')
  await panel.getByRole('textbox', { name: 'Name', exact: true }).last().fill('id')
  await panel.getByRole('group', { name: 'Arguments' }).getByRole('button', { name: 'Add', exact: true }).click()
  await panel.getByRole('textbox', { name: 'Arguments: id' }).fill('${ .a }')
  await panel.getByRole('combobox', { name: 'Authentication', exact: true }).click()
  await page.getByRole('option', { name: 'Bearer token' }).click()
  await panel.getByRole('textbox', { name: 'Token' }).fill('${ $secrets.orders.token }')
  await expect.poll(async () => (await definition()).do[1].method).toEqual({
    call: 'grpc', with: {
      proto: { endpoint: 'reflection://server' }, service: { name: 'acme.Orders', host: 'orders.example.com', port: 8443, authentication: { bearer: { token: '${ $secrets.orders.token }' } } },
      method: 'Create', arguments: { id: '${ .a }' },
    },
  })
  await expectAccessible('form of a gRPC call')
  expect(complaints).toEqual([])
})

test('messages are published or taken, and the form shows what goes with either', async () => {
  const { page, add, definition } = await open()
  await add(/^Message/)
  const panel = page.getByRole('region', { name: 'Task: message' })
  await panel.getByRole('group', { name: 'Payload' }).waitFor()
  await panel.getByRole('combobox', { name: 'What it does' }).click()
  await page.getByRole('option', { name: 'Take messages' }).click()
  await panel.getByRole('textbox', { name: 'So many messages' }).fill('5')
  await panel.getByRole('textbox', { name: 'At most, for' }).fill('2')
  await panel.getByRole('combobox', { name: 'At most, for: unit' }).click()
  await page.getByRole('option', { name: 'minutes' }).click()
  await expect.poll(async () => (await definition()).do[1].message.with).toEqual({
    document: { endpoint: 'https://example.com/asyncapi.json' }, operation: 'sendOrder', subscription: { consume: { amount: 5, for: { minutes: 2 } } },
  })
  expect(await panel.getByRole('group', { name: 'Payload' }).count()).toBe(0)
})

test('an MCP server is reached over HTTP or by a command; an agent is asked by its card or its address', async () => {
  const { page, add, definition } = await open()
  await add(/^MCP call/)
  const panel = page.getByRole('region', { name: 'Task: tool' })
  await panel.getByRole('textbox', { name: 'Tool' }).fill('search')
  await panel.getByRole('combobox', { name: 'How it is reached' }).click()
  await page.getByRole('option', { name: 'A command on the hub' }).click()
  await panel.getByRole('textbox', { name: 'Arguments', exact: true }).first().fill('-y\na-server')
  await expect.poll(async () => (await definition()).do[1].tool.with).toEqual({ method: 'tools/call', parameters: { name: 'search', arguments: {} }, transport: { stdio: { command: 'npx', arguments: ['-y', 'a-server'] } } })
  await add(/^Ask an agent/)
  const other = page.getByRole('region', { name: 'Task: ask' })
  await other.getByRole('combobox', { name: 'How the agent is known' }).click()
  await page.getByRole('option', { name: 'Address of the agent' }).click()
  await other.getByRole('textbox', { name: 'Address of the agent' }).fill('https://agents.example.com/a2a')
  await expect.poll(async () => (await definition()).do[1].ask.with).toMatchObject({ method: 'message/send', server: 'https://agents.example.com/a2a' })
  expect((await definition()).do[1].ask.with.agentCard).toBeUndefined()
})

test('what a call may be made with is asked of its document; where that fails, its cause is said and the plain form stays', async () => {
  const { page, add, definition, expectAccessible, complaints } = await open()
  await add(/^OpenAPI call/)
  const panel = page.getByRole('region', { name: 'Task: operation' })
  await panel.getByRole('textbox', { name: 'Address of the document' }).fill(dashboard.shop.replace('openapi.yaml', 'nothing'))
  await panel.getByRole('button', { name: 'Ask what may be chosen' }).click()
  await panel.getByText(/It was not told what may be chosen.*answered 401/).waitFor()
  await panel.getByRole('group', { name: 'Parameters' }).waitFor()
  await panel.getByRole('textbox', { name: 'Address of the document' }).fill(dashboard.shop)
  await panel.getByText('It was not told').waitFor({ state: 'detached' })
  await panel.getByRole('button', { name: 'Ask what may be chosen' }).click()
  await panel.getByText(/\d to choose from/).waitFor()
  await panel.getByLabel('Operation').fill('getB')
  await page.getByRole('option', { name: /^getBook/ }).click()
  await panel.getByRole('textbox', { name: 'id' }).fill('2')
  await expect.poll(async () => (await definition()).do[1].operation.with).toMatchObject({ document: { endpoint: dashboard.shop }, operationId: 'getBook', parameters: { id: expect.anything() } })
  await expectAccessible('a call with what may be chosen')
  expect(complaints).toEqual([])
})

test('a call of a function has a form of what the function takes', async () => {
  const { page, definition } = await open()
  await graphNode(page, 'say').click()
  await page.getByRole('region', { name: 'Task: say' }).getByRole('textbox', { name: 'Whom to greet' }).fill('Grace')
  await expect.poll(async () => (await definition()).do[1].say).toEqual({ call: 'greet', with: { whom: 'Grace' } })
  expect(await documentText(page)).toContain('# the first')
})

test('what tasks share is edited in the settings of the flow: comments stay, and a new name is one everywhere', async () => {
  const { page, definition, expectAccessible, complaints } = await open()
  await page.getByRole('button', { name: 'Settings of the flow' }).click()
  const settings = page.getByRole('region', { name: 'Settings of the flow' })
  await settings.getByRole('textbox', { name: 'Title' }).fill('Another title')
  await settings.getByText('Retry policies').click()
  const gently = settings.getByRole('group', { name: 'gently', exact: true })
  await gently.getByRole('textbox', { name: 'How often' }).fill('4')
  await expect.poll(async () => (await definition()).use.retries).toEqual({ gently: { delay: { seconds: 1 }, limit: { attempt: { count: 4 } } } })
  await gently.getByRole('textbox', { name: 'Name', exact: true }).fill('patiently')
  await expect.poll(async () => (await definition()).do[2].guarded.catch).toEqual({ retry: 'patiently' })
  await settings.getByText('Errors', { exact: true }).click()
  await settings.getByRole('textbox', { name: 'Errors: a new name' }).fill('gone')
  await page.keyboard.press('Enter')
  await settings.getByRole('group', { name: 'gone' }).getByRole('textbox', { name: 'Status' }).fill('410')
  await settings.getByText('Authentications', { exact: true }).click()
  await settings.getByRole('textbox', { name: 'Authentications: a new name' }).fill('shop')
  await page.keyboard.press('Enter')
  await settings.getByRole('group', { name: 'shop' }).getByRole('combobox', { name: 'Authentication' }).click()
  await page.getByRole('option', { name: 'User and password' }).click()
  await settings.getByRole('group', { name: 'shop' }).getByRole('textbox', { name: 'User' }).fill('ada')
  await settings.getByText('Timeouts', { exact: true }).click()
  await settings.getByRole('textbox', { name: 'Timeouts: a new name' }).fill('soon')
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await definition()).use).toMatchObject({ errors: { gone: { status: 410 } }, authentications: { shop: { basic: { username: 'ada', password: '' } } }, timeouts: { soon: { after: { minutes: 1 } } } })
  await expectAccessible('settings of the flow')
  expect(await documentText(page)).toMatch(/ {2}# How often\.\n {2}retries:\n {4}patiently: .* # a second\n/)
  expect(complaints).toEqual([])
})

test('functions are added, edited as tasks and renamed with their calls; extensions get tasks before and after', async () => {
  const { page, definition } = await open()
  await page.getByRole('button', { name: 'Settings of the flow' }).click()
  const settings = page.getByRole('region', { name: 'Settings of the flow' })
  await settings.getByText('Functions', { exact: true }).click()
  await settings.getByRole('button', { name: 'Edit greet' }).click()
  const panel = page.getByRole('region', { name: 'Task: greet' })
  await panel.getByRole('textbox', { name: 'Values: told' }).fill('${ .whom }')
  await panel.getByRole('textbox', { name: 'Name', exact: true }).first().fill('welcome')
  await expect.poll(async () => (await definition()).do[1].say.call).toBe('welcome')
  await page.getByRole('region', { name: 'Task: welcome' }).waitFor()
  await settings.getByRole('button', { name: 'Add a function' }).click()
  await page.getByRole('dialog').getByRole('button', { name: /^Wait Go on/ }).click()
  await page.getByRole('region', { name: 'Task: pause' }).waitFor()
  await settings.getByText('Extensions', { exact: true }).click()
  await settings.getByRole('textbox', { name: 'Extensions: a new name' }).fill('audit')
  await page.keyboard.press('Enter')
  const audit = settings.getByRole('group', { name: 'audit', exact: true })
  await audit.getByRole('combobox', { name: 'Which tasks' }).click()
  await page.getByRole('option', { name: 'call', exact: true }).click()
  await audit.getByRole('button', { name: 'Add to: After' }).click()
  await page.getByRole('dialog').getByRole('button', { name: /^Send an event/ }).click()
  await page.getByRole('region', { name: 'Task: tell' }).waitFor()
  await expect.poll(async () => (await definition()).use).toMatchObject({
    functions: { welcome: { set: { told: '${ .whom }' } }, pause: { wait: { seconds: 10 } } }, extensions: [{ audit: { extend: 'call', before: [{ note: {} }], after: [{ tell: { emit: {} } }] } }],
  })
  await page.getByText('Valid', { exact: true }).waitFor()
})

test('how a flow begins is edited from its start: the clock, explained with what is due; events, webhooks and polls of what is there', async () => {
  const { page, definition, expectAccessible, complaints } = await open()
  await page.getByRole('button', { name: /^Start: how the flow begins/ }).click()
  const settings = page.getByRole('region', { name: 'Settings of the flow' })
  const choose = async (label: string | RegExp, option: string | RegExp): Promise<void> => {
    await settings.getByRole('combobox', { name: label }).click()
    await page.getByRole('option', { name: option }).first().click()
  }
  await settings.getByRole('textbox', { name: 'By a cron expression' }).fill('0 8 * * 1-5')
  await settings.getByText('At 08:00, Monday through Friday').waitFor()
  await settings.getByRole('combobox', { name: 'Time zone' }).fill('Berlin')
  await page.getByRole('option', { name: 'Europe/Berlin' }).click()
  await expect.poll(() => settings.getByRole('list', { name: /Europe\/Berlin/ }).getByRole('listitem').count()).toBe(4)
  expect(await settings.getByRole('list', { name: /Europe\/Berlin/ }).getByRole('listitem').first().textContent()).toMatch(/0?8:00/)
  await choose('Events', 'Several together')
  await settings.getByRole('group', { name: 'order.paid' }).getByLabel('Type', { exact: true }).fill('order.placed')
  await settings.getByRole('button', { name: 'Add an event' }).click()
  await settings.getByRole('button', { name: 'Begin by a webhook' }).click()
  await choose('Source', 'Shop hook')
  await settings.getByRole('switch', { name: 'Answer with the output' }).check({ force: true })
  await settings.getByRole('button', { name: 'Look for what is new' }).click()
  await choose('Integration', 'Bookshop')
  await choose('Operation', /listBooks/)
  await expect.poll(async () => (await definition()).schedule).toEqual({ cron: '0 8 * * 1-5', on: { all: [{ with: { type: 'order.placed' } }, { with: { type: 'order.paid' } }] } })
  await expect.poll(async () => (await definition()).document.metadata.interchange).toEqual({
    timezone: 'Europe/Berlin', triggers: [{ webhook: { source: 'Shop hook', respond: true } }, { poll: { integration: 'Bookshop', operation: 'listBooks', interval: { minutes: 5 } } }],
  })
  await expectAccessible('how a flow begins')
  await settings.getByRole('textbox', { name: 'By a cron expression' }).fill('0 25 * * *')
  await settings.getByRole('status').filter({ hasText: /hour|range/i }).waitFor()
  await settings.getByRole('textbox', { name: 'By a cron expression' }).fill('')
  await settings.getByRole('combobox', { name: 'Time zone' }).waitFor({ state: 'detached' })
  await choose('Events', 'Any of several')
  for (const label of ['Remove Webhook: Shop hook', 'Remove Poll: Bookshop']) await settings.getByRole('button', { name: label }).click()
  await expect.poll(async () => (await definition()).document.metadata.interchange).toEqual({ timezone: 'Europe/Berlin' })
  await expect.poll(async () => (await definition()).schedule).toEqual({ on: { any: [{ with: { type: 'order.placed' } }, { with: { type: 'order.paid' } }] } })
  expect(await documentText(page)).toContain('# Kept.\n')
  expect(complaints).toEqual([])
})

test('what goes in is edited as fields, or as YAML where they cannot say it; nothing empty is left behind', async () => {
  const { page, definition, expectAccessible, complaints } = await open()
  await page.getByRole('button', { name: /^Start: how the flow begins/ }).click()
  const fields = page.getByRole('region', { name: 'Settings of the flow' }).getByRole('group', { name: 'Fields of the input' })
  const add = async (name: string): Promise<void> => {
    await fields.getByRole('textbox', { name: 'A new field' }).last().fill(name)
    await page.keyboard.press('Enter')
    await fields.getByRole('group', { name, exact: true }).waitFor()
  }
  await add('whom')
  await add('often')
  const often = fields.getByRole('group', { name: 'often', exact: true })
  await often.getByRole('combobox', { name: 'Type' }).click()
  await page.getByRole('option', { name: 'Whole number' }).click()
  await often.getByRole('checkbox', { name: 'Needed' }).check()
  await often.getByRole('textbox', { name: 'Description' }).fill('How many times')
  await often.getByRole('textbox', { name: 'Name', exact: true }).fill('times')
  await expect.poll(async () => (await definition()).input).toEqual({ schema: { document: { type: 'object', properties: { whom: { type: 'string' }, times: { type: 'integer', description: 'How many times' } }, required: ['times'] } } })
  await expectAccessible('fields of the input')
  await fields.getByRole('button', { name: 'Edit as YAML' }).click()
  await fields.getByRole('textbox', { name: 'Fields of the input' }).click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText('anyOf: [{ type: object }, { type: string }]')
  await fields.getByText('This schema says more than fields can').waitFor()
  await fields.getByRole('textbox', { name: 'Fields of the input' }).click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('Delete')
  await expect.poll(async () => (await definition()).input).toBeUndefined()
  expect(complaints).toEqual([])
})
