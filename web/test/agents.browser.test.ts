/** Agents of the hub's own, made, changed and run in a browser; and a client of the Model Context Protocol, connected as the page says. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, expect } from 'vitest'
import { startAiServer, type AiServer } from '../../src/connectors/ai-service/ai-server.fixture.ts'
import { addIntegration } from '../../test/service.ts'
import { connectShop, test, useDashboard, type Visitor } from './browser.ts'
import { installCommand } from './command.ts'

const dashboard = useDashboard()
let ai: AiServer
let shop = ''

dashboard.prepare(async () => {
  ai = await startAiServer()
  await addIntegration(dashboard.hub.call, { name: 'Model', connector: 'ai-service', connection: { endpoint: `${ai.url}/v1` }, configuration: { model: 'gpt-test' }, credentials: { apiKey: 'sk-right' } })
  shop = await connectShop(dashboard)
})
afterAll(async () => { await ai?.close() })

const agentNamed = async (name: string) => (await dashboard.hub.call('GET', `/api/v1/agents?q=${name}`)).body.data.find((each: { name: string }) => each.name === name)

test('an agent is made with tools found by a search, run, and its run shows what the model said and what was called', async () => {
  const { page, visit, complaints, expectAccessible } = await dashboard.visitor()
  await visit('agents?part=definitions', 'Integration Hub')
  await page.getByRole('link', { name: 'New agent' }).first().click()
  await page.getByRole('heading', { level: 1, name: 'New agent' }).waitFor()
  await page.getByLabel('Name', { exact: true }).fill('librarian')
  await page.getByLabel('What it is good for').fill('Knows the books.')
  await page.getByLabel('Instructions').fill('Answer from the catalogue.')
  await page.getByRole('combobox', { name: 'Model from' }).click()
  await page.getByRole('option', { name: 'Model' }).click()
  await page.getByRole('combobox', { name: 'Find operations of' }).click()
  await page.getByRole('option', { name: 'Bookshop' }).click()
  await page.getByRole('searchbox', { name: 'Search its operations' }).fill('get')
  await page.getByRole('checkbox', { name: 'getBook' }).check()
  await page.getByLabel('Steps at most').fill('7')
  await page.getByLabel('Tokens at most').fill('5000')
  await expectAccessible('new agent')
  await page.getByRole('button', { name: 'Make the agent' }).click()
  await page.getByRole('heading', { level: 1, name: 'librarian' }).waitFor()
  expect(await agentNamed('librarian')).toMatchObject({ instructions: 'Answer from the catalogue.', tools: { operations: ['Bookshop/getBook'], flows: [] }, maxSteps: 7, budget: { tokens: 5000 } })
  ai.say({ text: 'I look it up.', calls: [{ name: 'Bookshop__getBook', arguments: { id: 2 } }] }, { text: 'It is Solaris.' })
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByLabel('What it is to do').fill('Which book is number 2?')
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
  const steps = page.getByRole('list', { name: 'Steps of the run' })
  await page.getByText('It is Solaris.').first().waitFor()
  expect(await steps.getByRole('listitem').count()).toBe(3)
  await steps.getByText('It wants Bookshop__getBook.').waitFor()
  await steps.getByText(/\d+ tokens in, \d+ out/).first().waitFor()
  await steps.getByText('What it was given, and what came back').click()
  await steps.getByText('"Solaris"').waitFor()
  await expectAccessible('a run')
  await steps.getByRole('link', { name: 'Execution' }).nth(1).click()
  await page.getByRole('heading', { level: 1, name: 'getBook' }).waitFor()
  expect(complaints).toEqual([])
})

test('an agent is changed; who was slower is told, and may take what is there', async () => {
  const { body: { id } } = await dashboard.hub.call('POST', '/api/v1/agents', { name: 'changing', model: { integration: 'Model' } })
  const { page, visit } = await dashboard.visitor()
  await visit(`agents/${id}?part=settings`, 'changing')
  await page.getByLabel('Instructions').fill('mine')
  await dashboard.hub.call('PUT', `/api/v1/agents/${id}`, { model: { integration: 'Model' }, instructions: 'theirs' })
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('It was not saved').waitFor()
  await page.getByRole('button', { name: 'Discard mine, show theirs' }).click()
  await expect.poll(() => page.getByLabel('Instructions').inputValue()).toBe('theirs')
  await page.getByLabel('Instructions').fill('both')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved: another version.').waitFor()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { level: 1, name: 'Integration Hub' }).waitFor()
  expect(await agentNamed('changing')).toBeUndefined()
})

test('from the page of an integration an agent is made whose tools are its operations', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit(`integrations/${shop}`, 'Bookshop')
  await page.getByRole('button', { name: 'Create an agent from this API' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('bookseller')
  await page.getByRole('dialog').getByRole('button', { name: 'Make the agent' }).click()
  await page.getByRole('heading', { level: 1, name: 'bookseller' }).waitFor()
  expect(await agentNamed('bookseller')).toMatchObject({ tools: { operations: [`${shop}/*`] } })
})

test('what is refused stands at its field, and what fails in a run is told', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('agents/new', 'New agent')
  await page.getByLabel('Name', { exact: true }).fill('Not A Name')
  await page.getByRole('combobox', { name: 'Model from' }).click()
  await page.getByRole('option', { name: 'Model' }).click()
  await page.getByRole('button', { name: 'Make the agent' }).click()
  await page.getByText('takes lower-case letters, digits and hyphens').first().waitFor()
  const { body: { id } } = await dashboard.hub.call('POST', '/api/v1/agents', { name: 'failing', model: { integration: 'Model' }, tools: { operations: ['Bookshop/*'] } })
  ai.say({ text: '', calls: [{ name: 'Bookshop__getBook', arguments: { id: 404 } }] }, { text: 'There is none.' })
  const { body: run } = await dashboard.hub.call('POST', `/api/v1/agents/${id}/runs`, { prompt: 'Find 404.', waitSeconds: 60 })
  await visit(`agents/${id}?run=${run.id}`, 'failing')
  await page.getByText('There is none.').first().waitFor()
  await page.getByRole('list', { name: 'Steps of the run' }).getByText('Failed', { exact: true }).waitFor()
})

test('nothing of the pages of an agent moves while it comes, and they pass axe in both themes, at a desk and on a telephone', async () => {
  const { body: { id } } = await dashboard.hub.call('POST', '/api/v1/agents', { name: 'shown', description: 'An agent to look at.', model: { integration: 'Model' }, budget: { cost: 2, prices: { inputPerMillion: 1, outputPerMillion: 2 } }, outputSchema: { type: 'object' } })
  const { visitSteadily, expectInEveryLook } = await dashboard.visitor({ isSlow: true })
  for (const [path, title, shown] of [[`agents/${id}`, 'shown', 'It has not run yet'], [`agents/${id}?part=settings`, 'shown', 'Price of a million tokens in'], ['agents/new', 'New agent', 'Steps at most'], ['agents?part=definitions', 'Integration Hub', 'shown']] as const) {
    await visitSteadily(path, title, shown)
    await expectInEveryLook(path)
  }
  ai.say({ text: 'Nothing to do.' })
  const { body: run } = await dashboard.hub.call('POST', `/api/v1/agents/${id}/runs`, { prompt: 'Do nothing.', waitSeconds: 60 })
  await visitSteadily(`agents/${id}?run=${run.id}`, 'shown', 'Nothing to do.')
})

/** What the page says to a client, with a key that was made there. */
async function configurationFor<Configuration>(client: string, { page, visit }: Visitor): Promise<Configuration> {
  await visit(`agents?client=${client}`, 'Integration Hub')
  await page.getByRole('button', { name: 'Make a key for an agent' }).first().click()
  await page.getByLabel('Name').fill(`of ${client}`)
  await page.getByRole('combobox', { name: 'Operations' }).fill('Bookshop/getBook')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Make the key' }).click()
  await page.getByText('The key is made').waitFor()
  await page.keyboard.press('Escape')
  return JSON.parse(await page.getByLabel(`Configuration for ${client}`).textContent() ?? '') as Configuration
}

test('a client that starts a program starts exactly what the page says, and reaches the tools that its key names', async () => {
  const { mcpServers: { interchange } } = await configurationFor<{ mcpServers: { interchange: { command: string, args: string[], env: Record<string, string> } } }>('Claude Desktop', await dashboard.visitor())
  await using command = await installCommand()
  const client = new Client({ name: 'a desktop', version: '1' })
  await client.connect(new StdioClientTransport({ ...interchange, env: { ...interchange.env, PATH: command.path } }))
  try {
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('Bookshop__getBook')
    expect(JSON.stringify(await client.callTool({ name: 'Bookshop__getBook', arguments: { id: 2 } }))).toContain('Solaris')
  } finally {
    await client.close()
  }
})

test('a client that is configured as the page says reaches the tools that its key names', async () => {
  const visitor = await dashboard.visitor()
  const { page, visit } = visitor
  const { servers: { interchange: { url, headers } } } = await configurationFor<{ servers: { interchange: { url: string, headers: Record<string, string> } } }>('VS Code', visitor)
  const client = new Client({ name: 'an editor', version: '1' })
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }))
  try {
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('Bookshop__getBook')
    expect(JSON.stringify(await client.callTool({ name: 'Bookshop__getBook', arguments: { id: 2 } }))).toContain('Solaris')
  } finally {
    await client.close()
  }
  await visit('agents?part=calls', 'Integration Hub')
  await page.getByText('Bookshop__getBook').first().waitFor()
})
