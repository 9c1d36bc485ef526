/** A browser at a real hub, with a real service to connect: what each suite of the dashboard begins with. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import axe from 'axe-core'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test as plain } from 'vitest'
import { openHub, type TestHub, type TestHubOptions } from '../../test/hub.ts'
import { expectSteady, watchSteadiness } from './steadiness.ts'

const root = path.resolve(import.meta.dirname, '../..')
const executablePath = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((each) => each !== undefined && existsSync(each))

/** Skipped, and counted so, where no browser is to be had. */
export const test = executablePath === undefined ? plain.skip : plain

export interface Visitor {
  page: Page
  context: BrowserContext
  /** What scripts complained of. Browsers report refused requests there too: those are the hub's answers, and left out. */
  complaints: string[]
  /** Goes to a path below the tenant, and waits for its title. */
  visit(path: string, title: string | RegExp): Promise<void>
  /** WCAG 2.2 A and AA, and axe's best practices, on the page as it is. */
  expectAccessible(where?: string): Promise<void>
  /** Opens a path of the tenant's at a desk and then on a telephone, with slow answers, and fails where something moves while they come. Needs `isSlow`. */
  visitSteadily(path: string, title: string | RegExp, shown: string): Promise<void>
  /** The same in both themes, at a desk and on a telephone of 380 pixels, where nothing runs out of the page sideways either. */
  expectInEveryLook(where: string): Promise<void>
}

export interface Dashboard {
  hub: TestHub
  /** Of the bookshop: its document's address. */
  shop: string
  /** Before the tests, where there is a browser for them. */
  prepare(work: () => Promise<void>): void
  /** Somebody with a browser, signed in by a key; the first owner's unless another is given, nobody for `null`. `isSlow`: the hub's answers take their time. */
  visitor(options?: { key?: string | null, scheme?: 'light' | 'dark', width?: number, tenant?: string, through?: string, isSlow?: boolean }): Promise<Visitor>
}

/** One hub, one bookshop and one browser for a suite. */
export function useDashboard(options?: TestHubOptions): Dashboard {
  const opened: { hub?: TestHub, shop?: string, browser?: Browser } = {}
  const closing: (() => Promise<unknown>)[] = []
  if (executablePath !== undefined) {
    beforeAll(async () => {
      const { hub, close } = await openHub(options)
      closing.push(close)
      opened.hub = hub
      const shop = await startShop()
      closing.push(shop.stop)
      opened.shop = shop.document
      const browser = opened.browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
      closing.push(() => browser.close())
    })
    afterAll(async () => { for (const close of closing.reverse()) await close() })
  }
  return {
    get hub() { return opened.hub! },
    get shop() { return opened.shop! },
    prepare(work) { if (executablePath !== undefined) beforeAll(work) },
    visitor: (given) => openVisitor(opened.browser!, opened.hub!, given),
  }
}

/** The first is what a visitor begins with. */
const looks = [['light', 380], ['dark', 380], ['dark', 1280], ['light', 1280]] as const

async function openVisitor(browser: Browser, hub: TestHub, { key = hub.key, scheme = 'light', width = 1280, tenant = 'default', through = hub.url, isSlow = false }: Parameters<Dashboard['visitor']>[0] = {}): Promise<Visitor> {
  // Axe is put into the page, which its policy would refuse; that the policy holds is a test of its own.
  const context = await browser.newContext({ baseURL: through, colorScheme: scheme, reducedMotion: 'reduce', viewport: { width, height: 860 }, bypassCSP: true })
  if (key !== null) {
    const reply = await context.request.post('/api/v1/session', { data: { apiKey: key } })
    expect(reply.status()).toBe(200)
  }
  if (isSlow) await watchSteadiness(context)
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const complaints = complaintsOf(page)
  const expectAccessible = async (where?: string): Promise<void> => {
    if (!await page.evaluate(() => 'axe' in globalThis)) await page.addScriptTag({ content: axe.source })
    const found = await page.evaluate(async () => {
      // What happens to lie half under the header would pass for too small.
      scrollTo(0, 0)
      const { violations } = await (globalThis as unknown as { axe: { run(of: Document, options: object): Promise<{ violations: { id: string, nodes: { html: string, failureSummary: string }[] }[] }> } }).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`).join('\n')}`)
    })
    expect(found, where).toEqual([])
  }
  const visit: Visitor['visit'] = async (to, title) => {
    await page.goto(`/t/${tenant}/${to}`)
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
  }
  return {
    page, context, complaints, expectAccessible, visit,
    async visitSteadily(to, title, shown) {
      for (const at of [1280, 380]) {
        await page.setViewportSize({ width: at, height: 860 })
        await visit(to, title)
        // On a telephone some columns are left out.
        await page.getByText(shown).first().waitFor({ state: at === 380 ? 'attached' : 'visible' })
        await expectSteady(page, `${to}, ${at}`)
      }
    },
    async expectInEveryLook(where) {
      for (const [look, looksAt] of looks) {
        await page.emulateMedia({ colorScheme: look, reducedMotion: 'reduce' })
        await page.setViewportSize({ width: looksAt, height: 860 })
        await page.locator(`html[data-mantine-color-scheme='${look}']`).waitFor()
        await expectAccessible(`${where}, ${look}, ${looksAt}`)
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${where}, ${looksAt}`).toBeLessThanOrEqual(looksAt)
      }
    },
  }
}

export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => { if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text()) })
  page.on('pageerror', (error) => { complaints.push(error.message) })
  return complaints
}

/** `examples/bookshop`, on a free port. */
async function startShop(): Promise<{ document: string, stop(): Promise<void> }> {
  const child = spawn(process.execPath, [path.join(root, 'examples/bookshop/server.mjs')], { env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface(child.stdout), 'line') as [string]
  const exit = once(child, 'exit')
  return {
    document: `${line.replace('Bookshop: ', '')}/openapi.yaml`,
    async stop() {
      child.kill()
      await exit
    },
  }
}

/** Connects the bookshop over the API. */
export async function connectShop({ hub, shop }: Dashboard, name = 'Bookshop', key = hub.key): Promise<string> {
  const { status, body } = await hub.call('POST', '/api/integration/register', { name, type: 'openapi', config: { openAPISpec: shop }, credentials: { shopKey: 'shop-secret-4711' } }, { key })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id as string
}
