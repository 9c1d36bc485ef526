/** The dashboard in a real browser: a long table, a large execution, live updates, being away, flows of many tasks, and what Lighthouse says. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { ensureDashboard } from '../../bin/dashboard.mjs'
import { startWay } from '../../test/way.ts'
import { key, newDataFolder, startHub, type MeasuredHub } from '../hub.ts'
import { freePort, type Load } from '../load.ts'
import type { Report } from '../report.ts'
import { median } from './start.ts'

const ROWS = 10_000
const FAILED = 100
const ROUNDS = 5
const LIVE_ROUNDS = 40
const AWAY_MS = 4000
const executablePath = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((each) => each !== undefined && existsSync(each))

interface Stage { report: Report, hub: MeasuredHub, load: Load, browser: BrowserContext, debugPort: number, integration: string }

export async function measureDashboard(report: Report, load: Load): Promise<void> {
  if (executablePath === undefined) {
    process.stdout.write('skipped: there is no Chromium here, and CHROMIUM names none\n')
    return
  }
  if (!await ensureDashboard()) throw new Error('The dashboard could not be built.')
  await using running = new AsyncDisposableStack()
  const [data, profile] = [await newDataFolder(), await newDataFolder()]
  running.defer(data.remove)
  running.defer(profile.remove)
  const hub = await startHub(data.path)
  running.defer(hub.stop)
  const service = await startService()
  running.defer(service.stop)
  const debugPort = await freePort()
  const browser = await chromium.launchPersistentContext(profile.path, { executablePath, viewport: { width: 1440, height: 900 }, baseURL: hub.url, args: ['--no-sandbox', '--disable-dev-shm-usage', `--remote-debugging-port=${debugPort}`] })
  running.defer(() => browser.close())
  await browser.request.post('/api/v1/session', { data: { apiKey: key } })
  const { id: integration } = await hub.api<{ id: string }>('POST', '/api/v1/integrations?test=false', { name: 'Service', connector: 'http', connection: { endpoint: service.url }, dataHandling: { rateLimit: { requestsPerMinute: 1_000_000 } } })
  const stage: Stage = { report, hub, load, browser, debugPort, integration }
  await measureTable(stage)
  await measureLarge(stage)
  await measureLive(stage)
  await measureAway(stage)
  for (const [tasks, atMost] of [[100, 2000], [500, 5000]] as const) await measureFlow(stage, tasks, atMost)
  await measureLighthouse(stage)
}

/** Answers little at /item, 404 at /missing, and 10 MB at /large. */
async function startService(): Promise<{ url: string, stop(): Promise<void> }> {
  const large = JSON.stringify({ pad: 'x'.repeat(10 * 1024 * 1024) })
  const server = createServer((request, response) => {
    const body = request.url === '/large' ? large : '{"id":1,"title":"An item"}'
    response.writeHead(request.url === '/missing' ? 404 : 200, { 'content-type': 'application/json' }).end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}

const runBody = (url: string): string => JSON.stringify({ operation: 'get', input: { url } })

function call({ hub, integration }: Stage, url: string): Promise<{ execution: { id: string } }> {
  return hub.api('POST', `/api/v1/integrations/${integration}/run`, JSON.parse(runBody(url)))
}

const FRAME = 'new Promise(requestAnimationFrame)'

/** From a deed to the frame that shows what it leads to, in ms, as the page sees it. Both are of the page's language. */
function timed(page: Page, deed: string, done: string): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const start = performance.now();
    ${deed};
    while (!(${done})) await ${FRAME}
    await ${FRAME}
    return performance.now() - start
  })()`)
}

/** The page's policy refuses what playwright's own waiting would evaluate there. */
function until(page: Page, done: string): Promise<void> {
  return page.evaluate<undefined>(`(async () => { while (!(${done})) await ${FRAME} })()`)
}

const rowCount = "document.querySelectorAll('table.app-table tbody tr[data-index]').length"

const first = "document.querySelector('table.app-table tbody tr[data-index=\"0\"]')?.textContent"

async function measureTable(stage: Stage): Promise<void> {
  const { report, hub, load, browser, integration } = stage
  const fire = (url: string, count: number): Promise<unknown> => load.fire({ url: `${hub.url}/api/v1/integrations/${integration}/run`, key, body: runBody(url), concurrency: 16, seconds: 120, count })
  await fire('/missing', FAILED)
  await fire('/item', ROWS - FAILED)
  const page = await browser.newPage()
  const opens: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now()
    await page.goto('/t/default/executions', { waitUntil: 'commit' })
    await until(page, `${rowCount} > 20`)
    opens.push(performance.now() - start)
  }
  report.add({ name: `executions of a tenant with ${ROWS} open, from the address`, value: median(opens), unit: 'ms', aim: { atMost: 600 }, note: `median of ${ROUNDS}, files cached` })
  await page.evaluate(`(async () => {
    for (let more; (more = [...document.querySelectorAll('button')].find((each) => each.textContent === 'Load more')) !== undefined; await ${FRAME}) {
      if (!more.hasAttribute('data-loading')) more.click()
    }
  })()`)
  await page.mouse.wheel(0, 200_000)
  await until(page, `${rowCount} > 20`)
  const shown = await page.evaluate(rowCount) as number
  report.add({ name: `rows in the page with ${ROWS} loaded and scrolled`, value: shown, unit: 'rows', aim: { atMost: 60 } })
  await page.evaluate('scrollTo(0, 0)')
  const sorts: number[] = []
  for (const direction of ['ascending', 'descending', null, 'ascending', 'descending']) {
    sorts.push(await timed(page, "[...document.querySelectorAll('.app-sort')].find((each) => each.textContent.startsWith('Latency')).click()", direction === null ? "document.querySelector('th[aria-sort]') === null" : `document.querySelector('th[aria-sort=${direction}]') !== null`))
  }
  report.add({ name: `${ROWS} rows sorted`, value: median(sorts), unit: 'ms', aim: { atMost: 150 }, note: `median of ${sorts.length}` })
  const filters: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.getByRole('combobox', { name: 'Any status' }).click()
    await page.getByRole('option', { name: 'Failed' }).waitFor()
    filters.push(await timed(page, "[...document.querySelectorAll('[role=option]')].find((each) => each.textContent === 'Failed').click()", `(${first} ?? '').includes('404')`))
    await page.goto('/t/default/executions')
    await until(page, `${rowCount} > 20`)
  }
  report.add({ name: `${ROWS} rows filtered by the hub, first of them shown`, value: median(filters), unit: 'ms', aim: { atMost: 100 }, note: `median of ${ROUNDS}` })
  report.add({ name: 'the same by a text that is searched for in all of them', value: median(await measureSearch(page)), unit: 'ms', note: `median of ${ROUNDS}, from Enter` })
  await page.close()
}

/** For what only the oldest of them hold: every record is looked through. */
async function measureSearch(page: Page): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.getByRole('searchbox', { name: 'Search in requests and answers' }).fill('/missing')
    times.push(await timed(page, "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))", `(${first} ?? '').includes('404')`))
    await page.goto('/t/default/executions')
    await until(page, `${rowCount} > 20`)
  }
  return times
}

async function measureLarge(stage: Stage): Promise<void> {
  const { report, browser } = stage
  const { execution: { id } } = await call(stage, '/large')
  const page = await browser.newPage()
  const network = await browser.newCDPSession(page)
  await network.send('Network.enable')
  let bytes = 0
  network.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength })
  const times: number[] = []
  const fetched: number[] = []
  for (let round = 0; round < 3; round += 1) {
    bytes = 0
    const start = performance.now()
    await page.goto(`/t/default/executions/${id}`, { waitUntil: 'commit' })
    await page.getByText('kept beside the record').waitFor()
    times.push(performance.now() - start)
    await page.waitForLoadState('networkidle')
    fetched.push(bytes)
  }
  report.add({ name: 'an execution with 10 MB of payload opens, from the address', value: median(times), unit: 'ms', aim: { atMost: 1000 }, note: 'median of 3, files cached' })
  report.add({ name: 'fetched for it', value: median(fetched) / 1000, unit: 'KB', aim: { atMost: 200 } })
  await page.close()
}

const newest = `document.querySelector('table.app-table tbody tr[data-index="0"] a')?.getAttribute('href')`

/** Moments are of the machine's clock, which the page and this process share. */
async function measureLive(stage: Stage): Promise<void> {
  const { report, browser } = stage
  const page = await browser.newPage()
  await page.goto('/t/default/executions')
  await page.getByText('Live', { exact: true }).waitFor()
  await until(page, `${rowCount} > 20`)
  const late: number[] = []
  for (let round = 0; round < LIVE_ROUNDS; round += 1) {
    // What is asked for is told by the page itself: the moment when its row is there.
    const seen = page.evaluate<number>(`(async () => {
      const before = ${newest}
      while (${newest} === before) await ${FRAME}
      return Date.now()
    })()`)
    await call(stage, '/item')
    const committed = Date.now()
    late.push(Math.max(0, await seen - committed))
    await new Promise((resolve) => { setTimeout(resolve, 60 + 37 * (round % 7)) })
  }
  const sorted = late.toSorted((a, b) => a - b)
  report.add({ name: 'from the answer of a call to its row on the screen (p95)', value: sorted[Math.ceil(sorted.length * 0.95) - 1]!, unit: 'ms', aim: { atMost: 250 }, note: `of ${LIVE_ROUNDS}, p50 ${median(late)} ms` })
  await page.close()
}

async function measureAway(stage: Stage): Promise<void> {
  const { report, hub, browser } = stage
  const way = await startWay(hub.url)
  const page = await browser.newPage()
  try {
    // Cookies are of the host, whatever the port.
    await page.goto(`${way.url}/t/default/executions`)
    await page.getByText('Live', { exact: true }).waitFor()
    await way.cut()
    await page.getByText('Offline', { exact: true }).waitFor()
    const { execution: { id } } = await call(stage, '/item')
    await new Promise((resolve) => { setTimeout(resolve, AWAY_MS) })
    await way.mend()
    const start = performance.now()
    await page.getByText('Live', { exact: true }).waitFor()
    const live = performance.now() - start
    await page.locator(`tr[data-index] a[href*="${id}"]`).waitFor()
    report.add({ name: 'connected again once the hub is back', value: live / 1000, unit: 's', aim: { atMost: 3 } })
    report.add({ name: 'what was missed is on the screen', value: (performance.now() - start) / 1000, unit: 's', aim: { atMost: 3 } })
  } finally {
    await page.close()
    await way.cut()
  }
}

/** Half of the tasks in a row, half in blocks of five, as people write them. */
async function measureFlow({ report, hub, browser }: Stage, tasks: number, atMost: number): Promise<void> {
  const blocks = Array.from({ length: tasks / 10 }, (_, at) => [
    ...Array.from({ length: 4 }, (_each, nth) => ({ [`plain${at}x${nth}`]: { set: { value: nth } } })),
    { [`block${at}`]: { do: Array.from({ length: 5 }, (_each, nth) => ({ [`inner${at}x${nth}`]: { set: { value: nth } } })) } },
  ]).flat()
  const name = `of-${tasks}-tasks`
  await hub.api('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name, version: '1.0.0' }, do: blocks })
  const page = await browser.newPage()
  const times: number[] = []
  for (let round = 0; round < 3; round += 1) {
    const start = performance.now()
    await page.goto(`/t/default/flows/${name}`, { waitUntil: 'commit' })
    await page.locator('.react-flow__node').first().waitFor()
    await page.locator('.cm-content').click()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('# x')
    await page.getByText('# x').first().waitFor()
    times.push(performance.now() - start)
    await page.evaluate('onbeforeunload = null')
    page.once('dialog', (dialog) => { void dialog.accept() })
  }
  report.add({ name: `a flow of ${tasks} tasks open, drawn, and the first letters typed`, value: median(times), unit: 'ms', aim: { atMost }, note: 'median of 3, from the address' })
  await page.close()
}

type Lighthouse = (url: string, flags: object, config: unknown) => Promise<{ lhr: { categories: Record<string, { score: number }> } }>

/** Of its own folder, which is filled at the first run: nobody who only starts the hub is to have it. */
async function loadLighthouse(): Promise<{ lighthouse: Lighthouse, desktop: unknown }> {
  const folder = fileURLToPath(new URL('../lighthouse/', import.meta.url))
  const place = `${folder}node_modules/lighthouse/core/`
  if (!existsSync(place)) {
    const [code] = await once(spawn('npm', ['ci'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] }), 'exit')
    if (code !== 0) throw new Error('Lighthouse could not be installed.')
  }
  const load = async (file: string): Promise<unknown> => (await import(pathToFileURL(place + file).href) as { default: unknown }).default
  return { lighthouse: await load('index.js') as Lighthouse, desktop: await load('config/desktop-config.js') }
}

async function measureLighthouse({ report, hub, debugPort }: Stage): Promise<void> {
  const { lighthouse, desktop } = await loadLighthouse()
  for (const [name, path] of [['overview', 'integrations?overview=open'], ['integrations', 'integrations'], ['executions', 'executions']] as const) {
    const { lhr: { categories } } = await lighthouse(`${hub.url}/t/default/${path}`, { port: debugPort, disableStorageReset: true, onlyCategories: ['performance', 'accessibility'], logLevel: 'silent' }, desktop)
    report.add({ name: `Lighthouse, desktop, ${name}: performance`, value: categories['performance']!.score, unit: '', aim: { atLeast: 0.9 } })
    report.add({ name: `Lighthouse, desktop, ${name}: accessibility`, value: categories['accessibility']!.score, unit: '', aim: { atLeast: 1 } })
  }
}
