/** The hub is killed, or its database goes away: what was acknowledged is there afterwards, jobs go on, and all of it recovers by itself. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/db/embedded/index.ts'
import { withClient } from './everything.ts'
import { startHubProcess, type HubProcess } from './hub-process.ts'
import { callTo, testKey } from './hub.ts'
import { createTestDatabase } from './postgres.ts'
import { addConnector, addIntegration } from './service.ts'
import { json, startUpstream, type Upstream } from './upstream.ts'

let upstream: Upstream

beforeAll(async () => { upstream = await startUpstream() })
afterAll(() => upstream.close())
beforeEach(() => {
  upstream.asked.length = 0
  upstream.answer((request, response) => { json(response, 200, { asked: request.url }) })
})

const poll = { timeout: 30_000, interval: 50 }
const settings = { dataHandling: { rateLimit: { requestsPerMinute: 10_000_000 } } }
const log = { info: () => undefined }

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interchange-crash-'))
  await chmod(folder, 0o711) // run as root, Postgres is another user
  return folder
}

/** How often alerts were told about an integration. */
const told = (id: string): number => upstream.asked.filter(({ url, body }) => url === '/alert' && body.includes(id)).length
const alerting = { monitoring: { healthChecks: [{ endpoint: '/health', interval: 3_600_000 }], alerts: [{ name: 'down', metric: 'health', operator: 'below', threshold: 1, url: '' }] } }
const alertingTo = (url: string): Record<string, unknown> => ({ ...settings, monitoring: { ...alerting.monitoring, alerts: [{ ...alerting.monitoring.alerts[0], url: `${url}/alert` }] } })

describe('killed at any moment', () => {
  let folder: string
  let running: HubProcess | undefined
  beforeAll(async () => { folder = await temporaryFolder() })
  afterAll(async () => {
    await running?.kill()
    // Whoever joins last stops the Postgres that the killed one left behind.
    await (await startEmbeddedPostgres({ dataFolder: folder, log })).stop()
    await rm(folder, { recursive: true, force: true })
  })
  /** Many thousands: read by way of the database. */
  const storedIds = async (): Promise<Set<string>> => {
    const postgres = await startEmbeddedPostgres({ dataFolder: folder, log })
    const { rows } = await withClient(postgres.connectionString, (client) => client.query<{ id: string }>('select id from executions'))
    await postgres.stop()
    return new Set(rows.map((row) => row.id))
  }
  const start = async (): Promise<HubProcess> => running = await startHubProcess({ INTERCHANGE_DATA: folder })

  test('every acknowledged execution is there after each restart', { timeout: 120_000 }, async () => {
    let hub = await start()
    const id = await addIntegration(hub.call, { connector: await addConnector(hub.call, upstream.url), ...settings })
    const ledger = new Set<string>()
    for (let round = 0; round < 3; round += 1) {
      let isDead = false
      const caller = async (): Promise<void> => {
        while (!isDead) {
          const reply = await fetch(`${hub.url}/api/v1/integrations/${id}/run`, { method: 'POST', headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' }, body: '{"operation":"getItem","input":{"id":"1"}}' }).then((response) => response.json() as Promise<{ execution?: { id: string } }>, () => undefined)
          if (reply?.execution !== undefined) ledger.add(reply.execution.id)
        }
      }
      const callers = Array.from({ length: 16 }, caller)
      const before = ledger.size
      await vi.waitFor(() => { expect(ledger.size).toBeGreaterThan(before + 20) }, { timeout: 30_000, interval: 5 })
      await new Promise((resolve) => { setTimeout(resolve, Math.random() * 200) })
      await hub.kill()
      isDead = true
      await Promise.all(callers)
      hub = await start()
      expect(await hub.call('GET', `/api/v1/executions/${[...ledger].at(-1)}`)).toMatchObject({ status: 200 })
      const stored = await storedIds()
      expect([...ledger].filter((each) => !stored.has(each))).toEqual([])
      // What was sent and not acknowledged may be there or not, but nothing is there that was never sent.
      expect(stored.size).toBeLessThanOrEqual(upstream.asked.length)
    }
    expect(ledger.size).toBeGreaterThan(60)
  })

  test('a job that was under way when the hub died runs after its restart', { timeout: 60_000 }, async () => {
    const hub = running!
    let isHeld = true
    upstream.answer((request, response) => {
      if (request.url === '/health') json(response, 503, {})
      else if (!isHeld) json(response, 200, {})
    })
    const id = await addIntegration(hub.call, { connector: await addConnector(hub.call, upstream.url, { id: 'alerting' }), ...alertingTo(upstream.url) })
    await vi.waitFor(() => { expect(told(id)).toBe(1) }, poll)
    await hub.kill()
    isHeld = false
    // Fifteen seconds of silence are what others wait for before they take a dead process's jobs: here they are made to have passed.
    const postgres = await startEmbeddedPostgres({ dataFolder: folder, log })
    await withClient(postgres.connectionString, async (client) => {
      await client.query("update workers set heartbeat_at = now() - interval '16 seconds'")
      await client.query("update graphile_worker._private_jobs set locked_at = now() - interval '16 seconds' where locked_at is not null")
    })
    const next = await start()
    await postgres.stop()
    await vi.waitFor(() => { expect(told(id)).toBe(2) }, poll)
    await vi.waitFor(async () => { expect((await next.call('GET', '/metrics', undefined, { key: null })).text).toMatch(/interchange_jobs\{state="waiting"\} 0/) }, poll)
  })

  test('a stop in order ends the calls under way, takes its Postgres along, and the next start finds everything', { timeout: 60_000 }, async () => {
    const id = (await running!.call('GET', '/api/v1/integrations')).body.data.at(-1).id as string
    upstream.answer((_request, response) => { setTimeout(() => { json(response, 200, {}) }, 300) })
    const underWay = Array.from({ length: 8 }, () => running!.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'getItem', input: { id: '1' } }))
    await vi.waitFor(() => { expect(upstream.asked.filter(({ url }) => url === '/items/1').length).toBe(8) }, poll)
    expect(await running!.stop()).toBe(0)
    const ended = await Promise.all(underWay)
    expect(ended.map(({ status }) => status)).toEqual(ended.map(() => 200))
    const hub = await start()
    for (const { body } of ended) expect(await hub.call('GET', `/api/v1/executions/${body.execution.id}`)).toMatchObject({ status: 200 })
    expect((await hub.call('GET', '/api/v1/integrations')).body.data.length).toBe(2)
    expect(await hub.stop()).toBe(0)
    running = undefined
  })
})

describe('a database that goes away', () => {
  let folder: string
  let postgres: EmbeddedPostgres | undefined
  let hub: HubProcess
  beforeAll(async () => {
    folder = await temporaryFolder()
    postgres = await startEmbeddedPostgres({ dataFolder: folder, durable: false, log })
    hub = await startHubProcess({ INTERCHANGE_DATA: path.join(folder, 'hub'), DATABASE_URL: postgres.connectionString, INTERCHANGE_LOG_LEVEL: 'fatal' })
  })
  afterAll(async () => {
    await hub.stop()
    await postgres?.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const stop = async (): Promise<void> => {
    await postgres!.stop()
    postgres = undefined
  }
  const restart = async (): Promise<void> => { postgres = await startEmbeddedPostgres({ dataFolder: folder, durable: false, log }) }
  const run = (id: string): ReturnType<HubProcess['call']> => hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'getItem', input: { id: '1' } })

  test('calls answer 503 with Retry-After and send nothing, and are well again by themselves', { timeout: 60_000 }, async () => {
    const id = await addIntegration(hub.call, { connector: await addConnector(hub.call, upstream.url), ...settings })
    expect(await run(id)).toMatchObject({ status: 200 })
    for (let outage = 0; outage < 2; outage += 1) {
      await stop()
      upstream.asked.length = 0
      const end = Date.now() + 1500
      while (Date.now() < end) {
        for (const reply of [await run(id), await hub.call('GET', `/api/v1/integrations/${id}/proxy/items`), await hub.call('GET', '/api/v1/integrations'), await hub.call('POST', '/api/v1/integrations', { name: 'n', connector: 'http' })]) {
          expect(reply, reply.text).toMatchObject({ status: 503, body: { code: 'database_unavailable' } })
          expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
        }
        expect(await hub.call('GET', '/healthz', undefined, { key: null })).toMatchObject({ status: 200 })
        expect(await hub.call('GET', '/readyz', undefined, { key: null })).toMatchObject({ status: 503, body: { waitingFor: ['database'] } })
        expect(await hub.call('GET', '/metrics', undefined, { key: null })).toMatchObject({ status: 200 })
      }
      expect(upstream.asked).toEqual([])
      await restart()
      await vi.waitFor(async () => { expect(await run(id)).toMatchObject({ status: 200 }) }, poll)
      expect(await hub.call('GET', '/readyz', undefined, { key: null })).toMatchObject({ status: 200 })
    }
  })

  test('changes are told between hubs again afterwards, and schedules and jobs go on', { timeout: 60_000 }, async () => {
    upstream.answer((request, response) => { json(response, request.url === '/health' ? 503 : 200, {}) })
    await stop()
    await restart()
    await vi.waitFor(async () => { expect(await hub.call('GET', '/readyz', undefined, { key: null })).toMatchObject({ status: 200 }) }, poll)
    const id = await addIntegration(hub.call, { connector: await addConnector(hub.call, upstream.url, { id: 'later' }), ...alertingTo(upstream.url) })
    await vi.waitFor(() => { expect(told(id)).toBe(1) }, poll)
    // A notice from elsewhere, by the database alone.
    expect(await run(id)).toMatchObject({ status: 200 })
    await vi.waitFor(async () => {
      await withClient(postgres!.connectionString, async (client) => {
        const { rows: [row] } = await client.query<{ tenant_id: string }>("update integrations set metadata = metadata || '{\"status\":\"inactive\"}' where id = $1 returning tenant_id", [id])
        await client.query("select pg_notify('interchange_integrations', $1)", [`${row!.tenant_id}:${id}`])
      })
      expect(await run(id)).toMatchObject({ status: 409 })
    }, poll)
  })

  test('a job that ends meanwhile neither ends the hub nor runs again', { timeout: 60_000 }, async () => {
    let release!: () => void
    upstream.answer((request, response) => {
      if (request.url === '/health') json(response, 503, {})
      else release = () => { json(response, 200, {}) }
    })
    const id = await addIntegration(hub.call, { connector: await addConnector(hub.call, upstream.url, { id: 'meanwhile' }), ...alertingTo(upstream.url) })
    await vi.waitFor(() => { expect(told(id)).toBe(1) }, poll)
    await stop()
    release()
    // Time in which the hub tries to note the job's end, and fails.
    await vi.waitFor(async () => { expect(await hub.call('GET', '/readyz', undefined, { key: null })).toMatchObject({ status: 503 }) }, poll)
    await new Promise((resolve) => { setTimeout(resolve, 700) })
    expect(await hub.call('GET', '/healthz', undefined, { key: null })).toMatchObject({ status: 200 })
    await restart()
    await vi.waitFor(async () => { expect((await hub.call('GET', '/metrics', undefined, { key: null })).text).toMatch(/interchange_jobs\{state="waiting"\} 0/) }, poll)
    expect(told(id)).toBe(1)
  })
})

describe('a database that takes connections and answers nothing', () => {
  let close: (() => Promise<void>) | undefined
  afterEach(() => close?.())

  test('is found out within seconds: calls answer 503 and send nothing, and are well again by themselves', { timeout: 60_000 }, async () => {
    const database = await createTestDatabase()
    const line = await startLine(database.connectionString)
    const folder = await temporaryFolder()
    const starting = startHubProcess({ INTERCHANGE_DATA: folder, DATABASE_URL: line.connectionString, INTERCHANGE_LOG_LEVEL: 'fatal' })
    close = async () => {
      line.resume()
      await starting.then((hub) => hub.stop(), () => undefined)
      await line.close()
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    }
    const call = callTo((await starting).url)
    const id = await addIntegration(call, { connector: await addConnector(call, upstream.url), ...settings })
    const run = (): ReturnType<typeof call> => call('POST', `/api/v1/integrations/${id}/run`, { operation: 'getItem', input: { id: '1' } })
    expect(await run()).toMatchObject({ status: 200 })
    line.hold()
    // The hub asks every two seconds, and gives up on the answer after two more.
    await vi.waitFor(async () => { expect(await call('GET', '/readyz', undefined, { key: null })).toMatchObject({ status: 503 }) }, poll)
    upstream.asked.length = 0
    expect(await call('GET', '/metrics', undefined, { key: null })).toMatchObject({ status: 200 })
    expect(await run()).toMatchObject({ status: 503, body: { code: 'database_unavailable' } })
    expect(upstream.asked).toEqual([])
    line.resume()
    await vi.waitFor(async () => { expect(await run()).toMatchObject({ status: 200 }) }, poll)
  })
})

interface Line { connectionString: string, hold(): void, resume(): void, close(): Promise<void> }

/** A line to Postgres that can be held: nothing breaks, and nothing passes any more. */
async function startLine(connectionString: string): Promise<Line> {
  const target = new URL(connectionString)
  const sockets = new Set<Socket>()
  let isHeld = false
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from)
      from.on('data', (chunk) => { to.write(chunk) }).on('error', () => to.destroy()).on('close', () => { sockets.delete(from); to.destroy() })
      if (isHeld) from.pause()
    }
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const url = new URL(connectionString)
  url.port = String((server.address() as AddressInfo).port)
  return {
    connectionString: url.href,
    hold() {
      isHeld = true
      for (const socket of sockets) socket.pause()
    },
    resume() {
      isHeld = false
      for (const socket of sockets) socket.resume()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}
