/** How long a flow of so many tasks takes until it can be edited; the benchmark prints it, tests look at what is in the page. */
import type { Page } from 'playwright-core'
import type { TestHub } from '../../test/hub.ts'

/** Of all kinds of a page's life: some in loops, a decision every 50 tasks. */
function longFlow(name: string, tasks: number): string {
  const lines = Array.from({ length: tasks }, (_, at) => (at % 10 === 9
    ? `  - each${at}:\n      for: { each: item, in: .items }\n      do:\n        - within${at}: { set: { value: "\${ $item }" } } # the ${at}th\n`
    : `  - task${at}:\n      set: { value: "\${ .value }" }\n`))
  return `document: { dsl: 1.0.3, namespace: default, name: ${name}, version: 1.0.0, title: The flow ${name} }\ndo:\n${lines.join('')}`
}

export async function storeLongFlow(hub: Pick<TestHub, 'url' | 'key'>, name: string, tasks: number): Promise<void> {
  const response = await fetch(`${hub.url}/api/v1/flows`, { method: 'POST', body: longFlow(name, tasks), headers: { authorization: `Bearer ${hub.key}`, 'content-type': 'application/yaml' } })
  if (!response.ok) throw new Error(await response.text())
}

export interface EditorMeasures {
  /** From the begin of the navigation until graph and text are there and a task can be added. */
  editableMs: number
  /** From a change by the form until the text has it. */
  changedMs: number
  /** Tasks that are in the page at once. */
  tasksInPage: number
  elementsInPage: number
}

/** The page must be signed in; the flow is one of `longFlow`, stored. */
export async function measureFlowEditor(page: Page, name: string): Promise<EditorMeasures> {
  const began = performance.now()
  await page.goto(`/t/default/flows/${name}`)
  await page.getByRole('button', { name: 'Add a task after task0' }).waitFor()
  await page.getByRole('textbox', { name: 'Document' }).waitFor()
  const editableMs = performance.now() - began
  await page.locator('[data-pointer="/do/0/task0"]').click()
  await page.getByRole('textbox', { name: 'Values: value' }).waitFor()
  const changing = performance.now()
  await page.getByRole('button', { name: 'Move down' }).click()
  await page.locator('[data-pointer="/do/1/task0"]').waitFor()
  const changedMs = performance.now() - changing
  const [tasksInPage, elementsInPage] = await page.evaluate(() => [document.querySelectorAll('[data-pointer]').length, document.querySelectorAll('*').length])
  return { editableMs, changedMs, tasksInPage: tasksInPage!, elementsInPage: elementsInPage! }
}

/** From the end of a task until it is shown as completed, so many times; in milliseconds. The page must be signed in, and of this machine's clock. */
export async function measureRunLights(page: Page, hub: Pick<TestHub, 'url' | 'key' | 'call'>, rounds: number): Promise<number[]> {
  const tasks = Array.from({ length: rounds }, (_, at) => `  - wait${at}: { listen: { to: { one: { with: { type: lights.go, data: "\${ .n == ${at} }" } } } } }\n`)
  const document = `document: { dsl: 1.0.3, namespace: default, name: lights, version: 1.0.0 }\ndo:\n${tasks.join('')}`
  const stored = await fetch(`${hub.url}/api/v1/flows`, { method: 'POST', body: document, headers: { authorization: `Bearer ${hub.key}`, 'content-type': 'application/yaml' } })
  if (!stored.ok) throw new Error(await stored.text())
  const { body: { id } } = await hub.call('POST', '/api/v1/flows/lights/runs', { input: {} })
  await page.goto(`/t/default/runs/${id}`)
  const shown = (at: number, state: string) => page.getByRole('list', { name: 'Tasks' }).getByRole('button', { name: new RegExp(`^wait${at}\\s*${state}`) })
  const seen: number[] = []
  for (let at = 0; at < rounds; at += 1) {
    await shown(at, 'Waiting').waitFor()
    await hub.call('POST', '/api/v1/events', { specversion: '1.0', id: `lights-${at}`, source: '/lights', type: 'lights.go', data: { n: at } })
    await shown(at, 'Completed').waitFor()
    seen.push(Date.now())
  }
  const { body: run } = await hub.call('GET', `/api/v1/runs/${id}`)
  return seen.map((time, at) => time - Date.parse(run.tasks[at].endedAt))
}
