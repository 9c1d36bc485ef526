/** Flows from a predefined one, or from nothing, to a run and its tasks; and what agents are told. */
import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { connectShop, test, useDashboard } from './browser.ts'

const dashboard = useDashboard()
const ids = { run: '' }

const document = (name: string, version = '1.0.0', more = ''): string => `document: { dsl: 1.0.3, namespace: default, name: ${name}, version: ${version}, title: The flow ${name} }
input:
  schema:
    document: { type: object, required: [id], properties: { id: { type: integer, description: Of the book. } } }
do:
  - prepare: { set: { id: "\${ .id }" } }
  - fetch: { call: Bookshop/getBook, with: { id: "\${ .id }" } }
  - answer: { set: { told: "\${ .title }" } }
${more}`

async function store(text: string, query = ''): Promise<void> {
  const response = await fetch(`${dashboard.hub.url}/api/v1/flows${query}`, { method: 'POST', body: text, headers: { authorization: `Bearer ${dashboard.hub.key}`, 'content-type': 'application/yaml' } })
  expect(response.status, await response.text()).toBe(201)
}

dashboard.prepare(async () => {
  await connectShop(dashboard)
  await store(document('tell-book'))
  await store(document('tell-book', '1.1.0', '  - more: { set: { told: again } }\n'))
  const run = await dashboard.hub.call('POST', '/api/v1/flows/tell-book/runs?wait=30s', { input: { id: 1 } })
  expect(run.body.status, JSON.stringify(run.body)).toBe('completed')
  ids.run = run.body.id
  expect(await dashboard.hub.call('POST', '/api/v1/agents', { name: 'librarian', description: 'Knows the books.', model: { integration: 'Model' }, tools: { operations: ['Bookshop/get*'] } })).toMatchObject({ status: 201 })
  await dashboard.hub.call('POST', '/api/v1/keys', { name: 'assistant', agent: { operations: ['Bookshop/get*'] } })
  await dashboard.hub.call('POST', '/api/v1/agent/tools/Bookshop__getBook', { arguments: { id: 1 } })
})

/** All of them are looked at one after the other, in four looks each. */
const WALK_MS = 300_000

const screens: [path: () => string, title: string, shown: string][] = [
  [() => 'flows', 'Integration Hub', 'The flow tell-book'], [() => 'flows/library', 'Predefined flows', 'approval-before-operation'], [() => 'flows/library?install=report-by-email', 'Predefined flows', 'Letters, digits and hyphens.'],
  [() => 'flows/new', 'New flow', 'Valid'], [() => 'flows/tell-book', 'The flow tell-book', 'Valid'], [() => 'flows/tell-book?part=runs', 'The flow tell-book', 'Completed'], [() => 'flows/tell-book?part=versions', 'The flow tell-book', 'more: { set'],
  [() => 'runs', 'Runs', 'tell-book'], [() => `runs/${ids.run}?task=1`, 'tell-book', 'Open the execution'],
  [() => 'agents', 'Integration Hub', 'claude mcp add'], [() => 'agents?client=Cursor', 'Integration Hub', 'mcpServers'], [() => 'agents?part=tools', 'Integration Hub', 'Bookshop__getBook'], [() => 'agents?part=tools&tool=Bookshop__getBook', 'Integration Hub', 'Arguments'],
  [() => 'agents?part=calls', 'Integration Hub', 'Bookshop__getBook'], [() => 'agents?part=definitions', 'Integration Hub', 'librarian'],
]

test('nothing of the screens of flows and agents moves while it comes, and they pass axe in both themes, at a desk and on a telephone, with nothing that their scripts complain of', async () => {
  const { visitSteadily, expectInEveryLook, complaints } = await dashboard.visitor({ isSlow: true })
  for (const [path, title, shown] of screens) {
    await visitSteadily(path(), title, shown)
    await expectInEveryLook(path())
  }
  expect(complaints).toEqual([])
}, WALK_MS)

test('a flow of three tasks is written, published, run by its form, and its tasks are seen, with the execution that one led to', async () => {
  const { page, visit, complaints } = await dashboard.visitor()
  await visit('flows', 'Integration Hub')
  await page.getByRole('link', { name: 'New flow' }).click()
  await page.getByRole('heading', { level: 1, name: 'New flow' }).waitFor()
  const editor = page.getByRole('textbox', { name: 'Document' })
  await editor.fill(document('written').replace('getBook', 'getBok'))
  await page.getByText('did you mean "getBook"?').first().waitFor()
  await page.getByRole('button', { name: /Line 7/ }).click()
  expect(await page.evaluate(() => globalThis.document.activeElement?.getAttribute('aria-label'))).toBe('Document')
  await page.getByRole('button', { name: 'Publish' }).click()
  const kept = page.getByRole('dialog', { name: 'Not published: 1 error' })
  await kept.getByRole('button', { name: 'Publish all the same' }).waitFor()
  await kept.getByRole('button', { name: /Line 7/ }).click()
  await kept.waitFor({ state: 'detached' })
  await editor.fill(document('written').replace('do:', 'dont:'))
  await page.getByRole('button', { name: 'Publish' }).and(page.getByTitle(/^Not published/)).click()
  await page.getByText('Mend this first').waitFor()
  expect(await page.getByRole('button', { name: 'Publish all the same' }).count()).toBe(0)
  await editor.fill(document('written'))
  await page.getByText('Valid', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByRole('heading', { level: 1, name: 'The flow written' }).waitFor()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByLabel('id').fill('2')
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByRole('button', { name: /^answer\s*Completed/ }).waitFor()
  await page.getByRole('heading', { level: 2, name: 'Output' }).waitFor()
  expect(await page.getByRole('list', { name: 'Tasks' }).getByRole('button').evaluateAll((rows) => rows.map((row) => row.firstChild?.textContent))).toEqual(['prepare', 'fetch', 'answer'])
  await page.getByRole('list', { name: 'Tasks' }).getByRole('button', { name: /^fetch/ }).click()
  await page.getByText('"Solaris"').first().waitFor()
  expect(new URL(page.url()).searchParams.get('task')).toBe('1')
  await page.getByRole('link', { name: 'Open the execution' }).click()
  await page.getByRole('heading', { level: 1, name: 'getBook' }).waitFor()
  expect(complaints).toEqual([])
})

test('what is published never changes: the page says so, and makes the next version of it', async () => {
  await store(document('steady'))
  const { page, visit } = await dashboard.visitor()
  await visit('flows/steady', 'The flow steady')
  const editor = page.getByRole('textbox', { name: 'Document' })
  await editor.fill(document('steady', '1.0.0', '  - last: { set: { told: last } }\n'))
  await page.getByText('1.0.0 is published and never changes.').waitFor()
  expect(await page.getByRole('button', { name: 'Publish' }).isDisabled()).toBe(true)
  await page.getByRole('link', { name: 'Runs', exact: true }).click()
  await page.getByText('Nothing ran yet').waitFor()
  await page.getByRole('link', { name: 'Document', exact: true }).click()
  await page.getByRole('button', { name: 'Make it 1.0.1' }).click()
  await page.getByRole('button', { name: 'Save draft' }).click()
  await page.getByText('1.0.1 is kept as a draft.').waitFor()
  expect((await dashboard.hub.call('GET', '/api/v1/flows/steady/versions')).body.data).toMatchObject([{ version: '1.0.1', status: 'draft' }, { version: '1.0.0', status: 'published' }])
  await page.getByRole('link', { name: 'Versions', exact: true }).click()
  await page.getByText('+  - last: { set').waitFor()
  await page.getByRole('button', { name: 'Publish: 1.0.1' }).click()
  await page.getByText('1.0.1 is published.').waitFor()
  // A draft that names what is not there is published only where somebody says so.
  await store(document('steady', '1.0.2').replace('getBook', 'getBok'), '?draft=true')
  await page.getByRole('button', { name: 'Publish: 1.0.2' }).click()
  const kept = page.getByRole('dialog')
  await kept.getByText('did you mean "getBook"?').waitFor()
  await kept.getByRole('button', { name: 'Publish all the same' }).click()
  await page.getByText('1.0.2 is published.').waitFor()
})

test('a predefined flow is installed with its parameters, and one that is missing is told at its field', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('flows/library', 'Predefined flows')
  await page.getByRole('button', { name: /^Install: .*failing/i }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('button', { name: 'Install', exact: true }).click()
  await drawer.getByText('It could not be installed').waitFor()
  await drawer.getByRole('textbox', { name: /^to/ }).fill('ada@example.com')
  await drawer.getByRole('button', { name: 'Install', exact: true }).click()
  await page.getByText('failed-health-check-email is there. It can be run.').waitFor()
  expect((await dashboard.hub.call('GET', '/api/v1/flows/failed-health-check-email')).body.source).toContain('ada@example.com')
})

test('a run is replayed against another version of its flow, which says what differs, and kept as a test case; all flows are exported', async () => {
  await store(document('replayed'))
  const { body: run } = await dashboard.hub.call('POST', '/api/v1/flows/replayed/runs?wait=30s', { input: { id: 1 } })
  await store(document('replayed', '1.1.0').replace('.title', '.author'))
  const { page, visit, expectAccessible } = await dashboard.visitor()
  await visit(`runs/${run.id}`, 'replayed')
  await page.getByRole('button', { name: 'Replay' }).click()
  const drawer = page.getByRole('dialog', { name: 'Replay this run' })
  await drawer.getByRole('button', { name: 'Replay', exact: true }).click()
  await drawer.getByText(/comes to something else/).first().waitFor()
  await expectAccessible('a replay')
  await drawer.getByRole('combobox', { name: 'Against the version' }).click()
  await page.getByRole('option', { name: '1.0.0' }).click()
  await drawer.getByRole('button', { name: 'Replay', exact: true }).click()
  await drawer.getByText('Version 1.0.0 does the same.').waitFor()
  const [saved] = await Promise.all([page.waitForEvent('download'), drawer.getByRole('button', { name: 'Save as a test case' }).click()])
  expect(JSON.parse(await readFile(await saved.path(), 'utf8'))).toMatchObject({ flow: { name: 'replayed', version: '1.0.0' }, input: { id: 1 }, status: 'completed' })
  await visit('flows', 'Integration Hub')
  const [exported] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export' }).click()])
  expect(await readFile(await exported.path(), 'utf8')).toContain('name: replayed')
})

test('a run that waits is suspended, goes on and is cancelled, and the page follows it', async () => {
  await store(document('patient', '1.0.0', '  - linger: { wait: { hours: 1 } }\n'))
  const { body: { id } } = await dashboard.hub.call('POST', '/api/v1/flows/patient/runs', { input: { id: 1 } })
  const { page, visit } = await dashboard.visitor()
  await visit(`runs/${id}`, 'patient')
  await page.getByRole('list', { name: 'Tasks' }).getByRole('button', { name: /^linger/ }).waitFor()
  await page.getByRole('button', { name: 'Cancel run' }).click()
  await page.getByText('Cancelled').first().waitFor()
  await page.getByRole('button', { name: 'Run again with edits' }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.waitForURL((url) => url.pathname.includes('/runs/') && !url.pathname.endsWith(id))
  await page.getByRole('list', { name: 'Tasks' }).getByRole('button', { name: /^linger/ }).waitFor()
  await dashboard.hub.call('POST', `/api/v1/runs/${new URL(page.url()).pathname.split('/').at(-1)}/cancel`)
  await page.getByText('Cancelled').first().waitFor()
})

test('a run begins anew in a round of a loop, at whichever task is chosen, with the input that it had or another', async () => {
  await store(`document: { dsl: 1.0.3, namespace: default, name: rounds, version: 1.0.0, title: Rounds }
do:
  - loop:
      for: { each: n, in: "[1, 2, 3]" }
      do:
        - keep: { set: { n: "\${ $n }" } }
        - check: { if: .n == 2, raise: { error: { type: 'https://example.com/two', status: 409, title: Two } } }
`)
  const { body: { id } } = await dashboard.hub.call('POST', '/api/v1/flows/rounds/runs?wait=30s', {})
  const { page, visit } = await dashboard.visitor()
  await visit(`runs/${id}`, 'rounds')
  await page.getByRole('list', { name: 'Tasks' }).getByRole('button', { name: /^check/ }).click()
  await page.getByRole('button', { name: 'Try again from here' }).click()
  const drawer = page.getByRole('dialog', { name: 'Try again from check' })
  const from = drawer.getByRole('combobox', { name: 'Where it begins' })
  const input = drawer.getByRole('textbox', { name: 'What goes into it' })
  await from.click()
  expect((await page.getByRole('option').allTextContents()).map((text) => text.trim())).toEqual(['loop · Faulted', 'keep, round 1 · Completed', 'keep, round 2 · Completed', 'check, round 2 · Faulted'])
  await page.getByRole('option', { name: 'keep, round 2 · Completed' }).click()
  await page.getByRole('dialog', { name: 'Try again from keep' }).waitFor()
  await page.getByRole('combobox', { name: 'Where it begins' }).click()
  await page.getByRole('option', { name: 'check, round 2 · Faulted' }).click()
  await drawer.getByText('"n": 2').waitFor()
  await input.fill('{"n":5}')
  await drawer.getByRole('button', { name: 'Start', exact: true }).click()
  await page.waitForURL((url) => url.pathname.includes('/runs/') && !url.pathname.endsWith(id))
  await page.getByText('Completed').first().waitFor()
  const { body } = await dashboard.hub.call('GET', `/api/v1/runs/${new URL(page.url()).pathname.split('/').at(-1)}`)
  expect(body).toMatchObject({ output: { n: 3 }, trigger: { type: 'retry', runId: id, rounds: [1] } })
  expect(body.tasks.map(({ name, rounds }: { name: string, rounds?: number[] }) => [name, ...rounds ?? []])).toEqual([['loop'], ['keep', 2]])
})

test('a list of runs shows what begins and ends elsewhere, without being asked for', async () => {
  await store(document('elsewhere', '1.0.0', '  - linger: { wait: { hours: 1 } }\n'))
  const { page, visit } = await dashboard.visitor()
  await visit('flows/elsewhere?part=runs', 'The flow elsewhere')
  await page.getByText('Nothing ran yet').waitFor()
  const { body: { id } } = await dashboard.hub.call('POST', '/api/v1/flows/elsewhere/runs', { input: { id: 1 } })
  await page.getByRole('row', { name: /Waiting/ }).waitFor()
  await dashboard.hub.call('POST', `/api/v1/runs/${id}/cancel`)
  await page.getByRole('row', { name: /Cancelled/ }).waitFor()
})

test('a viewer reads flows and sees nothing that would be refused; filters that fit nothing say so', async () => {
  const { body: { key } } = await dashboard.hub.call('POST', '/api/v1/keys', { name: 'viewer', role: 'viewer' })
  const { page, visit } = await dashboard.visitor({ key })
  await visit('flows?q=nothing-of-the-kind', 'Integration Hub')
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByText('The flow tell-book').waitFor()
  expect(await page.getByRole('link', { name: 'New flow' }).count()).toBe(0)
  expect(await page.getByRole('button', { name: /^Actions of/ }).count()).toBe(0)
  await visit('flows/tell-book', 'The flow tell-book')
  await page.getByText('Your role may read it.').waitFor()
  expect(await page.getByRole('button', { name: /^(Run|Publish|Delete|Disable)$/ }).count()).toBe(0)
})

test('an agent gets a key with its policy, which stands in the configuration of its client', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('agents?client=Cursor', 'Integration Hub')
  await page.getByRole('button', { name: 'Make a key for an agent' }).first().click()
  await page.getByLabel('Name').fill('helper')
  await page.getByRole('combobox', { name: 'Operations' }).fill('Bookshop/get*')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Make the key' }).click()
  await page.getByText('The key is made').waitFor()
  await page.keyboard.press('Escape')
  const snippet = JSON.parse(await page.getByLabel('Configuration for Cursor').textContent() ?? '')
  const key = snippet.mcpServers.interchange.headers.Authorization.replace('Bearer ', '')
  const seen = async (): Promise<string[]> => (await dashboard.hub.call('GET', '/api/v1/agent/tools?all=true', undefined, { key })).body.data.map(({ name }: { name: string }) => name)
  expect(await seen()).toEqual(['Bookshop__getBook'])
  await page.getByRole('button', { name: 'Change: helper' }).click()
  await page.getByRole('combobox', { name: 'Operations' }).fill('Bookshop/listBooks')
  await page.keyboard.press('Enter')
  await page.getByLabel('Runs, at most').fill('3')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('The policy is changed.').waitFor()
  await expect.poll(async () => (await seen()).sort()).toEqual(['Bookshop__getBook', 'Bookshop__listBooks'])
  expect((await dashboard.hub.call('GET', '/api/v1/keys?q=helper')).body.data).toMatchObject([{ agent: { quota: { limit: 3, period: 'day' } } }])
})

test('an agent of the hub is told what to do, and its run is shown, with what was in the way', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('agents?part=definitions', 'Integration Hub')
  await page.getByRole('button', { name: 'Run librarian' }).click()
  await page.getByLabel('What it is to do').fill('Find the book 1.')
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'agents/librarian' }).waitFor()
  await page.getByText('Why it failed').first().waitFor()
})
