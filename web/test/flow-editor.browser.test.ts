/** The visual editor of flows, and their runs on the graph. */
import { describe, expect } from 'vitest'
import { connectShop, test, useDashboard } from './browser.ts'

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
    if (process.env['LOOK']) await page.screenshot({ path: `${process.env['LOOK']}/editor-${scheme}.png`, fullPage: true })
    await expectAccessible('editor')
    await visit(`runs/${ids.run}`, 'shapes')
    await page.getByRole('button', { name: /^prepare Set.*Completed/ }).waitFor()
    if (process.env['LOOK']) await page.screenshot({ path: `${process.env['LOOK']}/run-${scheme}.png`, fullPage: true })
    await expectAccessible('run')
    expect(complaints).toEqual([])
  })
})
