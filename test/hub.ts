/** A whole hub in this process, on a database of its own, with the little that tests need around it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHub, type Hub } from '../src/build.ts'
import { readConfig } from '../src/config.ts'
import { createLogger } from '../src/logger.ts'
import { createTestDatabase } from './postgres.ts'

export interface Reply<Body = Record<string, unknown>> { status: number, headers: Headers, body: Body, text: string }

export interface TestHub {
  hub: Hub
  url: string
  /** The first owner's. */
  key: string
  connectionString: string
  dataFolder: string
  /** One request; JSON in and out. `key: null` sends none. */
  call<Body = any>(method: string, path: string, body?: unknown, options?: { key?: string | null, headers?: Record<string, string> }): Promise<Reply<Body>> // eslint-disable-line typescript/no-explicit-any
  /** A further tenant's owner. */
  addTenant(slug: string): Promise<string>
}

export interface TestHubOptions { env?: Record<string, string> }

export const testKey = 'test-key-of-the-first-owner-0123456789'

export async function withHub(work: (hub: TestHub) => Promise<void>, options: TestHubOptions = {}): Promise<void> {
  const { hub, close } = await openHub(options)
  try {
    await work(hub)
  } finally {
    await close()
  }
}

/** For suites that share one hub over their tests. */
export async function openHub({ env = {} }: TestHubOptions = {}): Promise<{ hub: TestHub, close(): Promise<void> }> {
  const database = await createTestDatabase()
  const dataFolder = await mkdtemp(join(tmpdir(), 'interchange-hub-'))
  const config = readConfig({
    DATABASE_URL: database.connectionString, INTERCHANGE_DATA: dataFolder, INTERCHANGE_PORT: '0', INTERCHANGE_API_KEY: testKey,
    INTERCHANGE_ALLOW_NETWORKS: '127.0.0.0/8', INTERCHANGE_LOG_LEVEL: 'silent', ...env,
  })
  const hub = await startHub({ config, logger: createLogger(config.logLevel), role: 'serve' })
  const url = hub.url!
  const call = callTo(url)
  return {
    hub: {
      hub, url, key: testKey, connectionString: database.connectionString, dataFolder, call,
      async addTenant(slug) {
        const { status, body } = await call('POST', '/api/v1/tenants', { slug, name: slug, owner: { email: `${slug}@example.com` } })
        if (status !== 201) throw new Error(JSON.stringify(body))
        return body.ownerKey as string
      },
    },
    async close() {
      await hub.close()
      await database.drop()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Two hubs on one database, and the folder of large values that they share. */
export async function openTwoHubs(): Promise<{ one: TestHub, other: TestHub, close(): Promise<void> }> {
  const first = await openHub()
  const second = await openHub({ env: { DATABASE_URL: first.hub.connectionString, INTERCHANGE_DATA: first.hub.dataFolder } })
  return {
    one: first.hub, other: second.hub,
    async close() {
      await second.close()
      await first.close()
    },
  }
}

export function callTo(url: string): TestHub['call'] {
  return (method, path, body, { key = testKey, headers = {} } = {}) => request(url + path, { method, body, key, headers })
}

async function request(url: string, { method, body, key, headers }: { method: string, body: unknown, key: string | null, headers: Record<string, string> }): Promise<Reply<any>> { // eslint-disable-line typescript/no-explicit-any
  const raw = typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(url, {
    method, redirect: 'manual',
    headers: { ...key !== null && { authorization: `Bearer ${key}` }, ...body !== undefined && { 'content-type': 'application/json' }, ...headers },
    ...body !== undefined && { body: raw ? body as string : JSON.stringify(body) },
  })
  const text = response.headers.get('content-type')?.startsWith('text/event-stream') ? await beginningOf(response) : await response.text()
  let parsed: unknown = text
  try { parsed = JSON.parse(text) } catch { /* Not everything is JSON. */ }
  return { status: response.status, headers: response.headers, body: parsed as Record<string, unknown>, text }
}

/** Of a stream that does not end by itself: what comes at once. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body!.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return Buffer.from(value ?? []).toString()
}
