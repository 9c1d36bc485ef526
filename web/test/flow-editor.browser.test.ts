/** The visual editor of flows, and their runs on the graph. */
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { connectShop, test, useDashboard } from './browser.ts'
import { documentText as textOf, graphNode as node } from './flow-page.ts'
import { measureFlowEditor, measureRunLights, storeLongFlow } from './flow-editor-measure.ts'

const dashboard = useDashboard()

const shapes = `# A flow that has one of each.
document: { dsl: 1.0.3, namespace: default, name: shapes, version: 1.0.0, title: The flow shapes }
do:
  - prepare: # of whoever asks
      set: { id: 1, tier: gold }
  - fetch: { call: Bookshop/getBook, with: { id: "\${ .id }" }, output: { as: "\${ $input + . }" } }
  - decide:
      switch:
        - premium: { when: .tier == "gold", then: careful }
        - others: { then: plain }
  - plain: { set: { told: plain }, then: last }
  - careful:
      try:
        - shout: { set: { told: "\${ .title | ascii_upcase }" } }
        - each:
            for: { each: letter, in: '.told | split("")[:3]' }
            do:
              - keep: { set: { told: "\${ $letter }" } }
      catch:
        do:
          - sorry: { set: { told: sorry } }
  - beside:
      fork:
        branches:
          - left: { set: { a: 1 } }
          - right: { set: { b: 2 } }
  - last: { set: { done: true } }
`

async function store(text: string, query = ''): Promise<void> {
  const response = await fetch(`${dashboard.hub.url}/api/v1/flows${query}`, { method: 'POST', body: text, headers: { authorization: `Bearer ${dashboard.hub.key}`, 'content-type': 'application/yaml' } })
  expect([200, 201], await response.text()).toContain(response.status)
}

const ids = { run: '' }

/** Only what is in view is in the page. */
const showAll = (page: Page): Promise<void> => page.getByRole('button', { name: 'Fit View' }).click()

dashboard.prepare(async () => {
  await connectShop(dashboard)
  await store(shapes)
  const run = await dashboard.hub.call('POST', '/api/v1/flows/shapes/runs?wait=30s', { input: {} })
  expect(run.body.status, JSON.stringify(run.body)).toBe('completed')
  ids.run = run.body.id
})

describe.each(['light', 'dark'] as const)('in the %s theme', (scheme) => {
  test('a flow and its run are shown as graphs, which pass axe', async () => {
    const { page, visit, expectAccessible, complaints } = await dashboard.visitor({ scheme })
    await visit('flows/shapes', 'The flow shapes')
    await page.getByRole('button', { name: /^prepare Set/ }).waitFor()
    await page.locator('.react-flow__edge-path').first().waitFor({ state: 'attached' })
    await expectAccessible('editor')
    await node(page, 'fetch').click()
    await page.getByRole('region', { name: 'Task: fetch' }).getByRole('textbox', { name: 'id', exact: true }).waitFor()
    await expectAccessible('form of an operation')
    await node(page, 'decide').click()
    await page.getByRole('group', { name: 'Cases' }).waitFor()
    await expectAccessible('form of a switch')
    await page.getByRole('button', { name: 'Add after' }).click()
    await page.getByRole('group', { name: 'Bookshop' }).or(page.getByText('Search, or choose an integration')).first().waitFor()
    await expectAccessible('palette')
    await visit(`runs/${ids.run}`, 'shapes')
    await page.getByRole('button', { name: /^prepare Set.*Completed/ }).waitFor()
    await expectAccessible('run')
    expect(complaints).toEqual([])
  })
})

test('a newcomer builds a flow of three tasks on the graph, tries an expression on data, runs it, and sees it on the graph', async () => {
  const { page, visit, complaints } = await dashboard.visitor()
  await visit('flows/new', 'New flow')
  const text = page.getByRole('textbox', { name: 'Document' })
  await text.fill('document: { dsl: 1.0.3, namespace: default, name: built, version: 1.0.0, title: The flow built }\n# All of it.\ndo: []\n')
  await page.getByRole('button', { name: 'Add a task: Tasks' }).click()
  await page.getByRole('searchbox', { name: 'Search operations and tasks' }).fill('get')
  await page.getByRole('group', { name: 'Bookshop' }).getByRole('button', { name: /^getBook/ }).click()
  await page.getByRole('button', { name: /^getBook Call · Bookshop\/getBook/ }).waitFor()
  await page.getByRole('button', { name: 'Add after' }).click()
  await page.getByRole('button', { name: /^Set data/ }).click()
  const panel = page.getByRole('region', { name: /^Task: prepare/ })
  const value = panel.getByRole('textbox', { name: 'Values: value' })
  await value.fill('${ .title | ascii_upcase }')
  await expect.poll(() => text.textContent()).toContain('value: ${ .title | ascii_upcase }')
  await panel.getByRole('button', { name: 'Add after' }).click()
  await page.getByRole('button', { name: /^Wait Go on/ }).click()
  await page.getByRole('textbox', { name: 'How long' }).fill('milliseconds: 1')
  await page.getByText('Valid', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByRole('heading', { level: 1, name: 'The flow built' }).waitFor()
  const { source } = (await dashboard.hub.call('GET', '/api/v1/flows/built')).body
  expect(source).toMatch(/^document: .*\n# All of it\.\ndo:\n {2}- getBook:\n {6}call: Bookshop\/getBook\n/)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
  await page.getByRole('button', { name: /^pause Wait .*Completed/ }).waitFor()
  await page.getByRole('button', { name: /^prepare Set .*Completed/ }).click()
  await page.getByText('"THE DISPOSSESSED"').first().waitFor()
  expect(complaints).toEqual([])
})

test('what the graph and its forms change, they change in place: comments, quotes and order stay, and all of it is undone as one history', async () => {
  const { page, visit, complaints } = await dashboard.visitor()
  await visit('flows/shapes', 'The flow shapes')
  await node(page, 'prepare').click()
  const panel = page.getByRole('region', { name: 'Task: prepare' })
  await panel.getByRole('textbox', { name: 'Values: tier' }).fill('silver')
  await expect.poll(() => textOf(page)).toBe(shapes.replace('tier: gold', 'tier: silver'))
  await panel.getByRole('button', { name: 'Move down' }).click()
  const moved = shapes.replace('tier: gold', 'tier: silver').replace(/( {2}- prepare[^]*?\n)( {2}- fetch.*\n)/, '$2$1')
  await expect.poll(() => textOf(page)).toBe(moved)
  await panel.getByRole('button', { name: 'Move up' }).click()
  const name = panel.getByRole('textbox', { name: 'Name', exact: true })
  await name.fill('begin')
  await name.blur()
  await expect.poll(() => textOf(page)).toContain('  - begin: # of whoever asks\n')
  await showAll(page)
  await node(page, 'plain').click()
  await page.getByRole('region', { name: 'Task: plain' }).getByRole('button', { name: 'More to do with this task' }).click()
  await page.getByRole('menuitem', { name: 'Delete task' }).click()
  await expect.poll(() => textOf(page)).not.toContain('- plain:')
  const undo = page.getByRole('button', { name: 'Undo' })
  for (let steps = 0; steps < 5; steps += 1) await undo.click()
  await expect.poll(() => textOf(page)).toBe(shapes)
  expect(complaints).toEqual([])
})

test('what is typed comes to the graph; what is wrong is shown at its task; what cannot be read is held off', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('flows/shapes', 'The flow shapes')
  const text = page.getByRole('textbox', { name: 'Document' })
  await text.fill(shapes.replace('Bookshop/getBook', 'Bookshop/getBok').replace('- last', '- final').replace('then: last', 'then: final'))
  await showAll(page)
  await node(page, 'final').waitFor()
  await page.locator('[data-wrong] > [data-pointer$="/fetch"]').waitFor()
  await node(page, 'fetch').click()
  await page.getByRole('region', { name: 'Task: fetch' }).getByText('did you mean "getBook"?').waitFor()
  await text.fill(shapes.replace('- last', '- "last'))
  await page.getByText('The text cannot be read at the moment').waitFor()
  await node(page, 'final').waitFor({ state: 'attached' })
  expect(await page.getByRole('button', { name: /^Add a task/ }).count()).toBe(0)
  expect(await page.getByRole('region', { name: /^Task:/ }).count()).toBe(0)
  await text.fill(shapes)
  await page.getByText('The text cannot be read at the moment').waitFor({ state: 'detached' })
  await node(page, 'last').waitFor({ state: 'attached' })
})

test('expressions are completed from what a past run had there, and tried on it by the hub', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit(`flows/shapes?run=${ids.run}&task=${encodeURIComponent('/do/4/careful/try/0/shout')}`, 'The flow shapes')
  const panel = page.getByRole('region', { name: 'Task: shout' })
  const value = panel.getByRole('textbox', { name: 'Values: told' })
  await value.click()
  await panel.getByRole('status', { name: 'On the chosen data' }).getByText('"THE DISPOSSESSED"').waitFor()
  await value.fill('${ .')
  await page.keyboard.type('au')
  await page.getByRole('option', { name: /author/ }).click()
  await page.keyboard.press('End')
  await page.keyboard.type(' | length }')
  await panel.getByRole('status', { name: 'On the chosen data' }).getByText('17', { exact: true }).waitFor()
  await expect.poll(() => textOf(page)).toContain('${ .author | length }')
  await value.fill('${ .author | nothing }')
  await panel.getByRole('status').getByText(/^nothing\/0 is not defined/).waitFor()
  await node(page, 'keep').click()
  await page.getByRole('region', { name: 'Task: keep' }).getByRole('textbox', { name: 'Values: told' }).click()
  await page.getByRole('status', { name: 'On the chosen data' }).getByText('"T"').waitFor()
})

test('all that the graph does is done by keys alone', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('flows/shapes?view=graph', 'The flow shapes')
  await node(page, 'prepare').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute('data-pointer') ?? null)
  await expect.poll(focused).toBe('/do/2/decide')
  await page.keyboard.press('End')
  await expect.poll(focused).toBe('/do/6/last')
  await page.keyboard.press('Home')
  await expect.poll(focused).toBe('/do/0/prepare')
  for (let steps = 0; steps < 4; steps += 1) await page.keyboard.press('ArrowDown')
  await expect.poll(focused).toBe('/do/4/careful')
  await page.keyboard.press('ArrowRight')
  await expect.poll(focused).toBe('/do/4/careful/try/0/shout')
  await page.keyboard.press('a')
  await page.getByRole('searchbox', { name: 'Search operations and tasks' }).fill('javascript')
  await page.getByRole('button', { name: /^Run JavaScript/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Task: compute' }).waitFor()
  await page.locator('[data-pointer="/do/4/careful/try/1/compute"]').focus()
  await page.keyboard.press('Alt+ArrowUp')
  await page.locator('[data-pointer="/do/4/careful/try/0/compute"]').waitFor()
  await page.locator('[data-pointer="/do/4/careful/try/0/compute"]').focus()
  await page.keyboard.press('Delete')
  await page.locator('[data-pointer="/do/4/careful/try/0/shout"]').waitFor()
  await page.locator('[data-pointer="/do/4/careful/try/0/shout"]').focus()
  for (const first of ['compute', 'shout', 'shout']) {
    await page.keyboard.press('Control+z')
    await page.locator(`[data-pointer="/do/4/careful/try/0/${first}"]`).waitFor()
    await expect.poll(focused).not.toBeNull()
  }
  await page.getByText('Text', { exact: true }).click()
  await expect.poll(() => textOf(page)).toBe(shapes)
})

test('a run lights up on its graph as it goes on, and is tried again from a task with another input', async () => {
  await store('document: { dsl: 1.0.3, namespace: default, name: lit, version: 1.0.0 }\ndo:\n  - first: { set: { a: 1 } }\n  - pause: { listen: { to: { one: { with: { type: test.go } } } } }\n  - check: { raise: { error: { type: "https://example.com/odd", status: 400, title: "It is ${ .[0].n }" } }, if: ".[0].n > 1" }\n  - last: { set: { done: "${ .[0].n }" } }\n')
  const { body: { id } } = await dashboard.hub.call('POST', '/api/v1/flows/lit/runs', { input: {} })
  const { page, visit, complaints } = await dashboard.visitor()
  await visit(`runs/${id}`, 'lit')
  await page.getByRole('button', { name: /^first Set .*Completed/ }).waitFor()
  await page.getByRole('button', { name: /^pause Listen .*Waiting/ }).waitFor()
  await page.getByRole('button', { name: /^last Set .*Pending/ }).waitFor()
  await dashboard.hub.call('POST', '/api/v1/events', { specversion: '1.0', id: 'go', source: '/test', type: 'test.go', data: { n: 2 } })
  await page.getByRole('button', { name: /^check Raise .*Faulted/ }).waitFor()
  await page.getByRole('button', { name: /^last Set .*Not run/ }).waitFor()
  await page.getByRole('button', { name: /^check Raise/ }).click()
  await page.getByText('It is 2').first().waitFor()
  await page.getByRole('button', { name: 'Try again from here' }).click()
  const input = page.getByRole('dialog').getByRole('textbox', { name: 'What goes into it' })
  await input.fill('[{ "n": 1 }]')
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
  await page.waitForURL((url) => url.pathname.includes('/runs/') && !url.pathname.endsWith(id))
  await page.getByRole('button', { name: /^last Set .*Completed/ }).click()
  await page.getByRole('link', { name: 'Open in the editor with this data' }).click()
  await page.getByRole('region', { name: 'Task: last' }).getByRole('textbox', { name: 'Values: done' }).click()
  await page.getByRole('status', { name: 'On the chosen data' }).getByText('1', { exact: true }).waitFor()
  expect(complaints).toEqual([])
})

test('task after task of a run is shown as it ends', async () => {
  const { page } = await dashboard.visitor()
  expect(await measureRunLights(page, dashboard.hub, 3)).toHaveLength(3)
})

test('of two people who edit one flow, the second is told, shown the difference, and decides', async () => {
  const tell = (told: string, version = '1.0.0'): string => `document: { dsl: 1.0.3, namespace: default, name: shared, version: ${version}, title: The flow shared }\ndo:\n  - say: { set: { told: ${told} } }\n`
  await store(tell('first'))
  const { page, visit } = await dashboard.visitor()
  await visit('flows/shared', 'The flow shared')
  const text = page.getByRole('textbox', { name: 'Document' })
  await text.fill(tell('mine', '1.1.0'))
  await page.getByText('Valid', { exact: true }).waitFor()
  await store(tell('theirs', '1.1.0'), '?draft=true')
  await page.getByRole('button', { name: 'Save draft' }).click()
  await page.getByText('Somebody else changed this flow meanwhile').waitFor()
  await page.getByRole('region', { name: 'What they changed' }).getByText('+  - say: { set: { told: theirs } }').waitFor()
  await page.getByRole('button', { name: 'Store mine all the same' }).click()
  await page.getByText('1.1.0 is kept as a draft.').waitFor()
  expect((await dashboard.hub.call('GET', '/api/v1/flows/shared/versions/1.1.0')).body.source).toBe(tell('mine', '1.1.0'))
})

test('a session that ends while one edits is begun anew in place, and what was done on the graph is stored', async () => {
  await store('document: { dsl: 1.0.3, namespace: default, name: kept, version: 1.0.0, title: The flow kept }\ndo:\n  - say: { set: { told: one } }\n')
  const { page, visit, context } = await dashboard.visitor()
  await visit('flows/kept', 'The flow kept')
  await node(page, 'say').click()
  await page.getByRole('region', { name: 'Task: say' }).getByRole('textbox', { name: 'Values: told' }).fill('two')
  await expect.poll(() => textOf(page)).toContain('told: two')
  await page.getByRole('button', { name: /^Make it 1\.0\.1/ }).click()
  await expect.poll(() => page.getByRole('button', { name: 'Save draft' }).isEnabled()).toBe(true)
  await context.clearCookies()
  await page.getByRole('button', { name: 'Save draft' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Use an API key instead' }).click()
  await dialog.getByLabel('API key').fill(dashboard.hub.key)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('1.0.1 is kept as a draft.').waitFor()
  expect((await dashboard.hub.call('GET', '/api/v1/flows/kept/versions/1.0.1')).body.source).toContain('told: two')
})

test('an earlier version is restored as the draft of the next', async () => {
  const told = (version: string, value: string): string => `document: { dsl: 1.0.3, namespace: default, name: again, version: ${version}, title: The flow again }\ndo:\n  - say: { set: { told: ${value} } }\n`
  await store(told('1.0.0', 'old'))
  await store(told('1.1.0', 'new'))
  const { page, visit } = await dashboard.visitor()
  await visit('flows/again?part=versions', 'The flow again')
  await page.getByRole('button', { name: 'Restore as draft: 1.0.0' }).click()
  await page.getByText('1.0.0 is kept as the draft 1.1.1.').waitFor()
  await expect.poll(() => textOf(page)).toBe(told('1.1.1', 'old'))
})

test.each([[100, 30], [500, 30]])('a flow of %i tasks is edited with at most %i of them in the page', async (tasks, most) => {
  await storeLongFlow(dashboard.hub, `long${tasks}`, tasks)
  const { page, complaints } = await dashboard.visitor()
  const measured = await measureFlowEditor(page, `long${tasks}`)
  expect(measured.tasksInPage).toBeLessThanOrEqual(most)
  expect(measured.elementsInPage).toBeLessThan(2500)
  await page.locator('[data-pointer="/do/1/task0"]').focus()
  await page.keyboard.press('End')
  await page.locator(`[data-pointer$="/within${tasks - 1}"]`).waitFor()
  expect(await textOf(page)).not.toBe('')
  expect(complaints).toEqual([])
})

test('on a telephone of 380 pixels a task is added and its form filled in, with nothing running out of the page', async () => {
  const { page, visit, expectAccessible } = await dashboard.visitor({ width: 380 })
  await visit('flows/shapes', 'The flow shapes')
  await node(page, 'prepare').click()
  await page.getByRole('button', { name: 'Add after' }).click()
  await page.getByRole('button', { name: /^Wait Go on/ }).click()
  await page.getByRole('textbox', { name: 'How long' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380)
  await expectAccessible('form')
})
