/** What a sender was answered 2xx for reaches its endpoint, whatever dies meanwhile; repeats carry the id of the first. */
import { createHmac } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Agent, request } from 'undici'
import { afterEach, expect, test, vi } from 'vitest'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/db/embedded/index.ts'
import { startHubProcess, type HubProcess } from './hub-process.ts'

const WEBHOOKS = 10_000
const secret = 'a secret that both ends know'
const log = { info: () => undefined }
const poll = { timeout: 120_000, interval: 100 }

let cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const step of cleanUp.toReversed()) await step()
  cleanUp = []
})

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interchange-webhook-crash-'))
  await chmod(folder, 0o711) // run as root, Postgres is another user
  cleanUp.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

interface Receiver { url: string, /** Number of the webhook → the ids under which it came, in order. */ arrived: Map<number, string[]> }

/** Slow enough that at each kill much is acknowledged and not yet delivered. */
const RECEIVER_DELAY_MS = 60

async function startReceiver(): Promise<Receiver> {
  const arrived = new Map<number, string[]>()
  const server: Server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const { data } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { data: { number: number } }
      arrived.set(data.number, [...arrived.get(data.number) ?? [], String(incoming.headers['webhook-id'])])
      setTimeout(() => { response.writeHead(204).end() }, RECEIVER_DELAY_MS)
    }).on('error', () => undefined)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  cleanUp.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => { server.close(resolve) })
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, arrived }
}

interface Sender { acknowledged: Set<number>, sent(): number, done: Promise<void> }

/** Sends each webhook once, whatever comes back: what was not answered 2xx was not acknowledged. While nobody is there it waits rather than use up the webhooks. */
function startSending(hubUrl: () => string, target: string): Sender {
  const acknowledged = new Set<number>()
  const agent = new Agent({ connections: 32 })
  cleanUp.push(() => agent.destroy())
  let next = 0
  const isThere = (): Promise<boolean> => request(`${hubUrl()}/readyz`, { dispatcher: agent }).then(async ({ statusCode, body }) => {
    await body.dump()
    return statusCode === 200
  }, () => false)
  const worker = async (): Promise<void> => {
    while (next < WEBHOOKS) {
      const number = next++
      const body = JSON.stringify({ number, pad: 'x'.repeat(500) })
      const headers = { 'content-type': 'application/json', 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }
      try {
        const { statusCode, body: answer } = await request(hubUrl() + target, { method: 'POST', headers, body, dispatcher: agent })
        await answer.dump()
        if (statusCode >= 200 && statusCode < 300) {
          acknowledged.add(number)
          continue
        }
      } catch { /* It was cut off. */ }
      do await pause(50)
      while (!await isThere())
    }
  }
  return { acknowledged, sent: () => next, done: Promise.all(Array.from({ length: 32 }, worker)).then(() => undefined) }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

async function connect(hub: HubProcess, receiver: Receiver): Promise<string> {
  const source = await hub.call('POST', '/api/v1/webhook-sources', { name: 'crash', verification: { scheme: 'github', secret } })
  expect(source.status, source.text).toBe(201)
  const endpoint = await hub.call('POST', '/api/v1/webhooks', { name: 'crash', url: receiver.url, events: ['push'], retryPolicy: { schedule: Array.from({ length: 20 }, () => 0.5), jitter: 0 } })
  expect(endpoint.status, endpoint.text).toBe(201)
  return new URL(source.body.url as string).pathname
}

function missing({ acknowledged }: Sender, { arrived }: Receiver): number[] {
  return [...acknowledged].filter((number) => !arrived.has(number))
}

/** Repeats of one webhook carry one id. */
function expectOneIdEach({ arrived }: Receiver): void {
  expect([...arrived].filter(([, ids]) => new Set(ids).size > 1)).toEqual([])
}

/** More than may be on the way to an endpoint, or have arrived there and not be noted yet, when a process dies. */
const IN_FLIGHT_MAX = 64 + 2 * 200

test('of 10,000 webhooks none that was acknowledged is lost though the hub is killed every two seconds', { timeout: 300_000 }, async () => {
  const folder = await temporaryFolder()
  const receiver = await startReceiver()
  const start = (): Promise<HubProcess> => startHubProcess({ INTERCHANGE_DATA: folder, INTERCHANGE_LOG_LEVEL: 'fatal' })
  let hub = await start()
  cleanUp.push(async () => {
    await hub.kill()
    // Whoever joins last stops the Postgres that the killed one left behind.
    await (await startEmbeddedPostgres({ dataFolder: folder, log })).stop()
  })
  const target = await connect(hub, receiver)
  const sender = startSending(() => hub.url, target)
  let kills = 0
  while (sender.sent() < WEBHOOKS || kills < 3) {
    await pause(2000)
    await hub.kill()
    kills += 1
    hub = await start()
  }
  await sender.done
  expect(sender.acknowledged.size).toBeGreaterThan(WEBHOOKS / 2)
  await vi.waitFor(() => { expect(missing(sender, receiver)).toEqual([]) }, poll)
  expectOneIdEach(receiver)
  const repeats = [...receiver.arrived.values()].reduce((sum, ids) => sum + ids.length - 1, 0)
  expect(repeats).toBeLessThanOrEqual(kills * IN_FLIGHT_MAX)
})

test('nor though its Postgres is restarted every five seconds', { timeout: 300_000 }, async () => {
  const folder = await temporaryFolder()
  const receiver = await startReceiver()
  let postgres: EmbeddedPostgres = await startEmbeddedPostgres({ dataFolder: folder, log })
  const hub = await startHubProcess({ INTERCHANGE_DATA: path.join(folder, 'hub'), DATABASE_URL: postgres.connectionString, INTERCHANGE_LOG_LEVEL: 'fatal' })
  cleanUp.push(async () => {
    await hub.kill()
    await postgres.stop()
  })
  const target = await connect(hub, receiver)
  const sender = startSending(() => hub.url, target)
  let restarts = 0
  while (sender.sent() < WEBHOOKS || restarts < 2) {
    await pause(restarts === 0 ? 1000 : 5000)
    await postgres.stop()
    postgres = await startEmbeddedPostgres({ dataFolder: folder, log })
    restarts += 1
  }
  await sender.done
  expect(sender.acknowledged.size).toBeGreaterThan(WEBHOOKS / 2)
  await vi.waitFor(() => { expect(missing(sender, receiver)).toEqual([]) }, poll)
  expectOneIdEach(receiver)
  const repeats = [...receiver.arrived.values()].reduce((sum, ids) => sum + ids.length - 1, 0)
  expect(repeats).toBeLessThanOrEqual(restarts * IN_FLIGHT_MAX)
})
