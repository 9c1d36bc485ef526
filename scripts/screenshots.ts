/** `npm run screenshots`: the pictures of README and docs, of a hub with a little in it. Needs Debian's Chromium, or what CHROMIUM names. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { ensureDashboard } from '../bin/dashboard.mjs'
import { startHub } from '../src/build.ts'
import { createClient } from '../src/client/client.ts'
import { readConfig } from '../src/config.ts'
import { createLogger } from '../src/logger.ts'

const apiKey = 'a-key-for-pictures-0123456789'
const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url))
const MOST_BYTES = 130_000

/** [file, path below the tenant, scheme, what shows that it is all there] */
const pictures: [file: string, path: (shop: string) => string, scheme: 'light' | 'dark', shown: string][] = [
  ['hub.png', () => 'integrations', 'light', 'Send again'],
  ['explorer.png', (shop) => `integrations/${shop}?part=explore&operation=getBook`, 'dark', 'id'],
  ['flow.png', () => 'flows/order-to-team', 'light', 'Team chat'],
  ['webhooks.png', () => 'webhooks', 'dark', 'Warehouse'],
]

const flow = `# Each paid order is told to the team, with the book that was bought.
document: { dsl: 1.0.3, namespace: default, name: order-to-team, version: 1.0.0, title: Orders to the team }
schedule: { on: { one: { with: { type: order.paid } } } }
do:
  - book: # from the shop
      call: Bookshop/getBook
      with: { id: 2 }
  - worth:
      switch:
        - dear: { when: .price > 20, then: tell }
        - others: { then: end }
  - tell:
      call: Team chat/send_message
      with: { type: stream, to: orders, content: "\${ .title }" }
`

await using running = new AsyncDisposableStack()
if (!await ensureDashboard()) throw new Error('The dashboard could not be built.')
const data = await mkdtemp(join(tmpdir(), 'interchange-pictures-'))
running.defer(() => rm(data, { recursive: true, force: true }))
const shop = spawn(process.execPath, [fileURLToPath(new URL('../examples/bookshop/server.mjs', import.meta.url))], { env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] })
running.defer(() => { shop.kill() })
const [line] = await once(createInterface(shop.stdout), 'line') as [string]
const config = readConfig({ INTERCHANGE_DATA: data, INTERCHANGE_PORT: '0', INTERCHANGE_API_KEY: apiKey, INTERCHANGE_ALLOW_NETWORKS: '127.0.0.0/8', INTERCHANGE_LOG_LEVEL: 'silent' })
const receiver = createServer((request, response) => { request.resume().on('end', () => { response.writeHead(request.url === '/till' ? 503 : 200).end() }) })
await once(receiver.listen(0, '127.0.0.1'), 'listening')
running.defer(() => { receiver.close() })
const hub = await startHub({ config, logger: createLogger('silent'), role: 'serve' })
running.defer(() => hub.close())
const shopId = await fill(hub.url!, line.replace('Bookshop: ', ''), `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`)
const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
running.defer(() => browser.close())
for (const [file, path, colorScheme, shown] of pictures) {
  const context = await browser.newContext({ baseURL: hub.url!, colorScheme, reducedMotion: 'reduce', viewport: { width: 1440, height: 840 } })
  await context.request.post('/api/v1/session', { data: { apiKey } })
  const page = await context.newPage()
  await page.goto(`/t/default/${path(shopId)}`)
  await page.getByText(shown).first().waitFor()
  await page.getByText('Live', { exact: true }).first().waitFor()
  if (file === 'explorer.png') {
    await page.getByLabel('id').fill('2')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('"Solaris"').waitFor()
  }
  await page.screenshot({ path: `${folder}${file}` })
  const { size } = await stat(`${folder}${file}`)
  console.log(`docs/pictures/${file}: ${Math.round(size / 1000)} KB`)
  if (size > MOST_BYTES) process.exitCode = 1
  await context.close()
}

/** A few integrations, and calls of which some fail; a flow; endpoints of which one is out of order. */
async function fill(url: string, shopUrl: string, receiverUrl: string): Promise<string> {
  const client = createClient({ baseUrl: url, apiKey })
  const { id } = await client.post('/api/integration/register', { body: { name: 'Bookshop', type: 'openapi', config: { openAPISpec: `${shopUrl}/openapi.yaml` }, credentials: { shopKey: 'shop-secret-4711' } } })
  await client.patch('/api/v1/integrations/{id}', { path: { id }, body: { dataHandling: { rateLimit: { requestsPerMinute: 6000 } } } })
  const add = (name: string, connector: string, more: object): Promise<unknown> => client.post('/api/v1/integrations', { query: { test: 'false' }, body: { name, connector, ...more } })
  await add('Mail', 'smtp-email', { credentials: { host: 'mail.example.com', from: 'hub@example.com' } })
  await add('Team chat', 'zulip-message', { credentials: { site: 'https://chat.example.com', email: 'bot@example.com', apiKey: 'a-key-of-some-length' } })
  await add('Payments', 'stripe', { credentials: { apiKey: 'sk_test_0123456789' } })
  for (let at = 0; at < 120; at += 1) {
    await client.post('/api/v1/integrations/{id}/run', { path: { id }, body: at % 30 === 7 ? { operation: 'getBook', input: { id: 99 } } : { operation: 'listBooks', input: {} } }).catch(() => undefined)
  }
  await client.post('/api/v1/flows', { body: flow, contentType: 'application/yaml' })
  for (const [name, path, events] of [['Warehouse', '/warehouse', ['order.*']], ['Analytics', '/analytics', ['*']], ['Till', '/till', ['order.paid']]] as const) {
    await client.post('/api/v1/webhooks', { body: { name, url: receiverUrl + path, events: [...events], retryPolicy: { maxRetries: 0 } } })
  }
  await client.post('/api/v1/events', { body: Array.from({ length: 40 }, (_, at) => ({ specversion: '1.0', id: `order-${at}`, source: 'https://shop.example', type: at % 8 === 0 ? 'order.paid' : 'order.placed', data: { order: at } })) })
  return id
}

