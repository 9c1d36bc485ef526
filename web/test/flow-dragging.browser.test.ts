/** Tasks moved on the graph by the mouse, from the palette and within the flow. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { connectShop, test, useDashboard } from './browser.ts'
import { documentText, graphNode } from './flow-page.ts'

const dashboard = useDashboard()

const text = `# Kept.
document: { dsl: 1.0.3, namespace: default, name: moved, version: 1.0.0, title: The flow moved }
do:
  # The first.
  - first: # of all
      set: { a: 1 }
  - group:
      do:
        - inner: { set: { b: 1 } }
        # Named like another.
        - last: { set: { c: 1 } }
  - each:
      for: { in: .items }
      do: []
  - last: { set: { d: 1 } } # the end
`

dashboard.prepare(async () => {
  await connectShop(dashboard)
  const response = await fetch(`${dashboard.hub.url}/api/v1/flows`, { method: 'POST', body: text, headers: { authorization: `Bearer ${dashboard.hub.key}`, 'content-type': 'application/yaml' } })
  expect(response.status, await response.text()).toBe(201)
})

interface Point { x: number, y: number }

async function pointOf(page: Page, name: string, down: number): Promise<Point> {
  const box = (await graphNode(page, name).boundingBox())!
  return { x: box.x + box.width / 2, y: box.y + box.height * down }
}

/** As a hand does it: pressed, moved by several steps, let go. */
async function drag(page: Page, from: Point, to: Point, { letGo = true } = {}): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(from.x + 10, from.y + 10)
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2)
  await page.mouse.move(to.x, to.y)
  await page.mouse.move(to.x + 1, to.y)
  if (letGo) await page.mouse.up()
}

async function showAll(page: Page): Promise<void> {
  await graphNode(page, '0/first').waitFor()
  await page.getByRole('button', { name: 'Fit View' }).click()
  await graphNode(page, '3/last').waitFor()
}

const undo = (page: Page): Promise<void> => page.getByRole('button', { name: 'Undo' }).click()

test('a task is dragged to another place in its list, with its comments, and that is undone in one step', async () => {
  const { page, visit, complaints } = await dashboard.visitor()
  await visit('flows/moved', 'The flow moved')
  await showAll(page)
  const [from, to] = [await pointOf(page, '0/first', 0.5), await pointOf(page, '3/last', 0.9)]
  await drag(page, from, to, { letGo: false })
  await page.locator('.flow-drop').waitFor()
  await page.mouse.up()
  await expect.poll(() => documentText(page)).toBe(text.replace(/ {2}# The first\.\n.*\n.*\n/, '').replace('# the end\n', '# the end\n  # The first.\n  - first: # of all\n      set: { a: 1 }\n'))
  // A drag is no click: no form was opened by it.
  expect(await page.getByRole('region', { name: /^Task:/ }).count()).toBe(0)
  await undo(page)
  await expect.poll(() => documentText(page)).toBe(text)
  expect(complaints).toEqual([])
})

test('a task is dragged into a loop that is empty, and into a group where its name is taken', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('flows/moved', 'The flow moved')
  await showAll(page)
  const loop = (await page.getByRole('button', { name: 'Add a task: For each' }).boundingBox())!
  await drag(page, await pointOf(page, '0/first', 0.5), { x: loop.x + loop.width / 2, y: loop.y + loop.height / 2 })
  await expect.poll(() => documentText(page)).toContain('      do:\n        - first:\n')
  await undo(page)
  await expect.poll(() => documentText(page)).toBe(text)
  await graphNode(page, '3/last').click()
  await drag(page, await pointOf(page, '3/last', 0.5), await pointOf(page, 'inner', 0.2))
  await expect.poll(() => documentText(page)).toContain('      do:\n        - last2: { set: { d: 1 } } # the end\n        - inner: { set: { b: 1 } }\n')
  await page.getByRole('region', { name: 'Task: last2' }).waitFor()
  await undo(page)
  await expect.poll(() => documentText(page)).toBe(text)
})

test('a drag is given up by Escape, and nothing is put into itself', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('flows/moved', 'The flow moved')
  await showAll(page)
  await drag(page, await pointOf(page, '0/first', 0.5), await pointOf(page, '3/last', 0.9), { letGo: false })
  await page.locator('.flow-drop').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.flow-ghost').waitFor({ state: 'detached' })
  await page.mouse.up()
  await drag(page, await pointOf(page, '1/group', 0.2), await pointOf(page, 'inner', 0.9), { letGo: false })
  await page.locator('.flow-ghost').waitFor()
  expect(await page.locator('.flow-drop').count()).toBe(0)
  await page.mouse.up()
  expect(await documentText(page)).toBe(text)
})

test('an operation and a task are dragged from the palette to where they are to stand', async () => {
  const { page, visit, complaints, expectAccessible } = await dashboard.visitor()
  await visit('flows/moved', 'The flow moved')
  await showAll(page)
  await page.getByRole('button', { name: 'Palette', exact: true }).click()
  const palette = page.getByRole('region', { name: 'Palette' })
  await palette.getByRole('searchbox').fill('get book')
  // What is meant comes first once the hub has searched: nothing moves any more.
  const operation = palette.getByRole('group', { name: 'Bookshop' }).getByRole('button').first()
  await expect.poll(() => operation.textContent()).toContain('getBook')
  await expectAccessible('palette')
  const centre = async (of: typeof operation): Promise<Point> => {
    const box = (await of.boundingBox())!
    return { x: box.x + 60, y: box.y + box.height / 2 }
  }
  await drag(page, await centre(operation), await pointOf(page, '0/first', 0.9))
  await expect.poll(() => documentText(page)).toContain('      set: { a: 1 }\n  - getBook:\n      call: Bookshop/getBook\n')
  await page.getByRole('region', { name: 'Task: getBook' }).waitFor()
  await palette.getByRole('searchbox').fill('wait')
  // Above it, nothing moves any more.
  await palette.getByText('No operation has these words.').waitFor()
  await drag(page, await centre(palette.getByRole('button', { name: /^Wait Go on/ })), await pointOf(page, 'inner', 0.9))
  await expect.poll(() => documentText(page)).toContain('        - inner: { set: { b: 1 } }\n        - pause:\n            wait:\n              seconds: 10\n')
  await undo(page)
  await undo(page)
  await expect.poll(() => documentText(page)).toBe(text)
  // A click puts it behind what is open, or at the end.
  await graphNode(page, 'inner').click()
  await palette.getByRole('button', { name: /^Wait Go on/ }).click()
  await expect.poll(() => documentText(page)).toContain('        - inner: { set: { b: 1 } }\n        - pause:\n')
  expect(complaints).toEqual([])
})

test('a finger that rests takes hold of a task, and of what is in the palette; one that moves at once scrolls', async () => {
  const { page, context, visit, complaints } = await dashboard.visitor()
  await visit('flows/moved', 'The flow moved')
  await showAll(page)
  const devtools = await context.newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: Point[]): Promise<unknown> => devtools.send('Input.dispatchTouchEvent', { type, touchPoints: points })
  const swipe = async (from: Point, to: Point): Promise<void> => {
    for (const part of [0.2, 0.4, 0.6, 0.8, 1]) await touch('touchMove', { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part })
  }
  const carry = async (from: Point, to: Point): Promise<void> => {
    await touch('touchStart', from)
    await page.locator('.flow-ghost').waitFor()
    await swipe(from, to)
    await page.locator('.flow-drop').waitFor()
    await touch('touchEnd')
  }
  await carry(await pointOf(page, '0/first', 0.5), await pointOf(page, '3/last', 0.9))
  await expect.poll(() => documentText(page)).toContain('# the end\n  # The first.\n  - first: # of all\n')
  expect(await page.getByRole('region', { name: /^Task:/ }).count()).toBe(0)
  await undo(page)
  await expect.poll(() => documentText(page)).toBe(text)
  await page.getByRole('button', { name: 'Palette', exact: true }).click()
  const palette = page.getByRole('region', { name: 'Palette' })
  await palette.getByRole('searchbox').fill('wait')
  await palette.getByText('No operation has these words.').waitFor()
  const wait = (await palette.getByRole('button', { name: /^Wait Go on/ }).boundingBox())!
  await carry({ x: wait.x + 60, y: wait.y + wait.height / 2 }, await pointOf(page, 'inner', 0.9))
  await expect.poll(() => documentText(page)).toContain('        - inner: { set: { b: 1 } }\n        - pause:\n')
  await palette.getByRole('searchbox').fill('')
  const list = palette.getByRole('button', { name: /^Group Several/ })
  await list.scrollIntoViewIfNeeded()
  const before = (await list.boundingBox())!
  const start = { x: before.x + 60, y: before.y + before.height / 2 }
  await touch('touchStart', start)
  await swipe(start, { x: start.x, y: start.y - 120 })
  await touch('touchEnd')
  expect(await page.locator('.flow-ghost').count()).toBe(0)
  await expect.poll(async () => (await list.boundingBox())!.y).toBeLessThan(before.y - 40)
  expect(complaints).toEqual([])
})
