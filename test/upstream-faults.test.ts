/** However a service fails: the caller gets a typed error, the execution is recorded once and whole, and the hub's memory stays bounded. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openHub, type Reply, type TestHub } from './hub.ts'
import { addConnector, addIntegration, startRawUpstream } from './service.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

let hub: TestHub
let close: () => Promise<void>
let connector: string
let url: string
let answer: Answer
let asked: string[]

beforeAll(async () => {
  const upstream = await startRawUpstream((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    // What nobody reads would keep the connection busy.
    request.resume()
    answer(request, response)
  })
  const opened = await openHub()
  hub = opened.hub
  url = upstream.url
  connector = await addConnector(hub.call, upstream.url)
  close = async () => {
    await opened.close()
    await upstream.close()
  }
})
afterAll(() => close())

interface Service { id: string, run(operation?: string, input?: unknown, headers?: Record<string, string>): Promise<Reply<any>>, executions(): Promise<any[]> } // eslint-disable-line typescript/no-explicit-any

/** An integration of its own, with quick retries, and a service that answers so. */
async function service(how: Answer, connection: Record<string, unknown> = {}, more: Record<string, unknown> = {}): Promise<Service> {
  const { retryPolicy = {}, ...rest } = connection
  const id = await addIntegration(hub.call, { connector, connection: { retryPolicy: { maxRetries: 2, initialDelay: 1, ...retryPolicy as object }, ...rest }, dataHandling: { rateLimit: { requestsPerMinute: 10_000 } }, ...more })
  answer = how
  asked = []
  return {
    id,
    run: (operation = 'getItem', input = { id: '1' }, headers = {}) => hub.call('POST', `/api/v1/integrations/${id}/run`, { operation, input }, { headers }),
    executions: async () => (await hub.call('GET', `/api/v1/executions?integrationId=${id}`)).body.data,
  }
}

/** The one execution of the integration, which must be the one that the problem tells of. */
async function recorded({ executions }: Service, { body }: Reply<any>): Promise<any> { // eslint-disable-line typescript/no-explicit-any
  const all = await executions()
  expect(all.map(({ id }) => id)).toEqual([body.execution.id])
  const whole = (await hub.call('GET', `/api/v1/executions/${all[0].id}`)).body
  expect(whole).toMatchObject({ id: body.execution.id, status: body.execution.status, metrics: body.execution.metrics })
  return whole
}

const create = ['createItem', { body: { name: 'n' } }] as const
const json = (response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void => { response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value)) }

describe('answers that fail', () => {
  test("a 4xx is 422 upstream_rejected, with the upstream's status and body in the execution, and is not repeated", async () => {
    const shop = await service((_request, response) => { json(response, 404, { message: 'no such item' }) })
    const reply = await shop.run()
    expect(reply).toMatchObject({ status: 422, body: { code: 'upstream_rejected', detail: expect.stringContaining('no such item') } })
    expect(await recorded(shop, reply)).toMatchObject({
      status: 'failed', response: { statusCode: 404, data: { message: 'no such item' }, cached: false }, metrics: { retryCount: 0 },
      error: { type: 'upstream_rejected', recoverable: false }, request: { method: 'GET', payload: { id: '1' } },
    })
    expect(asked).toEqual(['GET /items/1'])
  })

  test('a 5xx is 502, and a GET is tried again as often as allowed', async () => {
    const shop = await service((_request, response) => { json(response, 503, { error: 'down' }) })
    const reply = await shop.run()
    expect(reply).toMatchObject({ status: 502, body: { code: 'upstream_unavailable' } })
    expect(await recorded(shop, reply)).toMatchObject({ status: 'failed', response: { statusCode: 503, data: { error: 'down' } }, metrics: { retryCount: 2 }, error: { type: 'upstream_unavailable', recoverable: true } })
    expect(asked.length).toBe(3)
  })

  test('a 500 that is followed by a 200 is a success, with the retry counted', async () => {
    const shop = await service((_request, response) => { json(response, asked.length === 1 ? 500 : 200, { try: asked.length }) })
    const reply = await shop.run()
    expect(reply).toMatchObject({ status: 200, body: { success: true, data: { try: 2 }, execution: { status: 'succeeded', metrics: { retryCount: 1 } } } })
    expect(await recorded(shop, reply)).toMatchObject({ status: 'succeeded', response: { statusCode: 200, data: { try: 2 } }, error: null })
  })

  test('a POST that may have taken effect is not tried again', async () => {
    const shop = await service((_request, response) => { json(response, 500, {}) })
    const reply = await shop.run(...create)
    expect(reply).toMatchObject({ status: 502, body: { code: 'upstream_unavailable', execution: { metrics: { retryCount: 0 } } } })
    expect(asked).toEqual(['POST /items'])
  })

  test('unless the integration says so', async () => {
    const shop = await service((_request, response) => { json(response, asked.length === 1 ? 500 : 201, {}) }, { retryPolicy: { retryUnsafe: true } })
    expect(await shop.run(...create)).toMatchObject({ status: 200, body: { execution: { metrics: { retryCount: 1 } } } })
    expect(asked).toEqual(['POST /items', 'POST /items'])
  })

  test('a 429 with Retry-After holds further calls back, which are refused and recorded without being sent', async () => {
    const shop = await service((_request, response) => { json(response, 429, { error: 'slow down' }, { 'retry-after': '30' }) })
    const first = await shop.run()
    expect(first).toMatchObject({ status: 422, body: { code: 'upstream_rejected', execution: { response: { statusCode: 429 } } } })
    const second = await shop.run()
    expect(second).toMatchObject({ status: 429, body: { code: 'rate_limited', execution: { status: 'refused', response: null, error: { recoverable: true } } } })
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(25)
    expect(Number(second.headers.get('retry-after'))).toBeLessThanOrEqual(30)
    expect(asked.length).toBe(1)
    expect((await shop.executions()).map(({ status }) => status)).toEqual(['refused', 'failed'])
  })

  test('a 429 that asks for a short while is waited for within the call', async () => {
    const shop = await service((_request, response) => { if (asked.length === 1) json(response, 429, {}, { 'retry-after': '1' }); else json(response, 201, {}) })
    expect((await shop.run(...create)).body.execution.metrics).toMatchObject({ retryCount: 1, latency: expect.toSatisfy((ms: number) => ms > 990) })
  })
})

describe('answers that are unusable', () => {
  const cases: [what: string, how: Answer, code: string, status: number][] = [
    ['invalid JSON', (_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end('{"name": ') }, 'upstream_invalid_response', 502],
    ['JSON nested 100,000 deep', (_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(`${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`) }, 'upstream_invalid_response', 502],
    ['JSON nested 5,000 deep', (_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(`${'['.repeat(5000)}${']'.repeat(5000)}`) }, 'upstream_invalid_response', 502],
    ['an error nested 5,000 deep', (_request, response) => { response.writeHead(400, { 'content-type': 'application/json' }).end(`${'['.repeat(5000)}${']'.repeat(5000)}`) }, 'upstream_rejected', 422],
    ['damaged gzip', (_request, response) => { response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('not gzip at all') }, 'upstream_invalid_response', 502],
    ['what is no HTTP', (request) => { request.socket.end('SSH-2.0-OpenSSH_9.6\r\n') }, 'upstream_invalid_response', 502],
    ['endless redirects', (request, response) => { response.writeHead(302, { location: `/items/${Number(request.url!.split('/').at(-1)) + 1}` }).end() }, 'upstream_too_many_redirects', 502],
    ['a redirect to itself', (request, response) => { response.writeHead(307, { location: request.url! }).end() }, 'upstream_too_many_redirects', 502],
    ['a redirect to no URL', (_request, response) => { response.writeHead(302, { location: 'http://[::1' }).end() }, 'upstream_invalid_response', 502],
    ['a redirect into a closed network', (_request, response) => { response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end() }, 'address_refused', 422],
    ['a redirect to another scheme', (_request, response) => { response.writeHead(302, { location: 'file:///etc/passwd' }).end() }, 'address_refused', 422],
  ]
  test.each(cases)('%s is a typed error and one recorded failure', async (_what, how, code, status) => {
    const shop = await service(how)
    const reply = await shop.run()
    expect(reply, reply.text).toMatchObject({ status, body: { code } })
    expect(await recorded(shop, reply)).toMatchObject({ status: 'failed', error: { type: code, message: expect.stringMatching(/./) } })
  })

  test('a page where the service promises JSON is a typed error too', async () => {
    const chat = await service((_request, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>') }, {}, {
      connector: 'zulip-message', credentials: { site: url, email: 'bot@example.com', apiKey: 'a-key-of-the-bot' },
    })
    const reply = await chat.run('send_message', { type: 'stream', to: 'general', topic: 't', content: 'c' })
    expect(reply).toMatchObject({ status: 502, body: { code: 'upstream_invalid_response', detail: expect.stringContaining('text/html') } })
    expect(await recorded(chat, reply)).toMatchObject({ status: 'failed', response: { statusCode: 200 }, metrics: { retryCount: 0 } })
  })

  test('what JSON may hold and databases may not comes back and is kept all the same', async () => {
    const text = String.raw`{"nul":"a\u0000b","half":"\ud800","__proto__":{"x":1},"constructor":{"prototype":1},"deep":${'['.repeat(900)}${']'.repeat(900)},"brackets":"[[[[{{{{ \" ]"}`
    const shop = await service((_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(text) })
    const reply = await shop.run()
    expect(reply, reply.text).toMatchObject({ status: 200 })
    expect(JSON.stringify(reply.body.data)).toBe(JSON.stringify(JSON.parse(text)))
    expect((await recorded(shop, reply)).response.data).toMatchObject({ nul: 'a\0b' })
  })

  test('an empty answer is null, not an error', async () => {
    const shop = await service((_request, response) => { response.writeHead(200, { 'content-type': 'application/json', 'content-length': '0' }).end() })
    expect(await shop.run()).toMatchObject({ status: 200, body: { data: null } })
  })
})

describe('connections that fail', () => {
  test('a reset before the answer is 502, after the tries that are allowed', async () => {
    const shop = await service((request) => { request.socket.resetAndDestroy() })
    const reply = await shop.run()
    expect(reply).toMatchObject({ status: 502, body: { code: 'upstream_unavailable' } })
    expect(await recorded(shop, reply)).toMatchObject({ status: 'failed', response: null, metrics: { retryCount: 2 } })
    expect(asked.length).toBe(3)
  })

  test('a reset in the middle of the answer is 502', async () => {
    const shop = await service((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"name":')
      setImmediate(() => request.socket.resetAndDestroy())
    }, { retryPolicy: { maxRetries: 0 } })
    const reply = await shop.run()
    expect(reply).toMatchObject({ status: 502, body: { code: 'upstream_unavailable' } })
    expect(await recorded(shop, reply)).toMatchObject({ status: 'failed', response: { statusCode: 200 } })
  })

  test('a reset in the middle of a file leaves no half of it behind', async () => {
    const shop = await service((request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': '1000000' }).write(Buffer.alloc(100_000))
      setImmediate(() => request.socket.resetAndDestroy())
    }, { retryPolicy: { maxRetries: 0 } })
    const reply = await shop.run('getFile')
    expect(reply).toMatchObject({ status: 502, body: { code: 'upstream_unavailable' } })
    await recorded(shop, reply)
    expect((await hub.call('GET', `/api/v1/integrations/${shop.id}/metrics`)).body.storageBytes).toBeLessThan(10_000)
  })

  test('a refused connection is tried again even for a POST, since nothing was sent', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => { server.close(resolve) })
    const shop = await service(() => undefined, { endpoint: `http://127.0.0.1:${port}` })
    const reply = await shop.run(...create)
    expect(reply).toMatchObject({ status: 502, body: { code: 'upstream_unavailable', execution: { response: null, metrics: { retryCount: 2 } } } })
    await recorded(shop, reply)
  })

  test('a name that does not resolve is 502', async () => {
    const shop = await service(() => undefined, { endpoint: 'http://nobody.invalid' })
    expect(await shop.run()).toMatchObject({ status: 502, body: { code: 'upstream_unavailable' } })
  })
})

describe('time', () => {
  test('an upstream that never answers ends at the total timeout with 504', async () => {
    const shop = await service(() => undefined, { timeout: 300 })
    const reply = await shop.run()
    expect(reply).toMatchObject({ status: 504, body: { code: 'upstream_timeout' } })
    const whole = await recorded(shop, reply)
    expect(whole).toMatchObject({ status: 'failed', response: null, error: { type: 'upstream_timeout', recoverable: true } })
    expect(whole.metrics.latency).toBeGreaterThanOrEqual(295)
    expect(whole.metrics.retryCount).toBe(0)
  })

  test('each try ends at its own timeout, and a slow first one is repeated', async () => {
    const shop = await service((_request, response) => { if (asked.length > 1) json(response, 200, { try: asked.length }) }, { timeout: 20_000, tryTimeout: 150 })
    expect(await shop.run()).toMatchObject({ status: 200, body: { data: { try: 2 }, execution: { metrics: { retryCount: 1 } } } })
  })

  test('a slow POST is not repeated', async () => {
    const shop = await service(() => undefined, { timeout: 20_000, tryTimeout: 100 })
    expect(await shop.run(...create)).toMatchObject({ status: 504, body: { code: 'upstream_timeout', execution: { metrics: { retryCount: 0 } } } })
    expect(asked.length).toBe(1)
  })

  test('an answer that drips for ever ends at the timeout too', async () => {
    const shop = await service((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('[')
      const drip = setInterval(() => { response.write('1,') }, 20)
      response.on('close', () => { clearInterval(drip) })
    }, { timeout: 300 })
    const reply = await shop.run()
    expect(reply).toMatchObject({ status: 504, body: { code: 'upstream_timeout' } })
    await recorded(shop, reply)
  })

  test('a caller who goes away loses nothing: the call ends and is recorded', async () => {
    let reached!: () => void
    const arrived = new Promise<void>((resolve) => { reached = resolve })
    let release!: () => void
    const shop = await service((_request, response) => {
      reached()
      release = () => { json(response, 200, { done: true }) }
    })
    const caller = new AbortController()
    const call = fetch(`${hub.url}/api/v1/integrations/${shop.id}/run`, { method: 'POST', signal: caller.signal, headers: { authorization: `Bearer ${hub.key}`, 'content-type': 'application/json' }, body: '{"operation":"getItem","input":{"id":"1"}}' })
    await arrived
    caller.abort()
    await expect(call).rejects.toThrow()
    release()
    await vi.waitFor(async () => { expect((await shop.executions()).map(({ status }) => status)).toEqual(['succeeded']) }, { timeout: 10_000, interval: 25 })
  })
})

describe('the breaker', () => {
  const breaker = (openFor: number): Record<string, unknown> => ({ retryPolicy: { maxRetries: 0 }, circuitBreaker: { minimumCalls: 3, failureRate: 50, window: 60_000, openFor } })
  const state = async (id: string): Promise<string> => (await hub.call('GET', `/api/v1/integrations/${id}/metrics`)).body.circuitBreaker

  test('opens when too many calls fail, and refuses with 503 and Retry-After without sending', async () => {
    const shop = await service((_request, response) => { json(response, 500, {}) }, breaker(60_000))
    for (let call = 0; call < 3; call += 1) expect(await shop.run()).toMatchObject({ status: 502 })
    const refused = await shop.run()
    expect(refused).toMatchObject({ status: 503, body: { code: 'circuit_open', execution: { status: 'refused', response: null, error: { recoverable: true } } } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(asked.length).toBe(3)
    expect(await state(shop.id)).toBe('open')
    expect((await shop.executions()).map(({ status }) => status)).toEqual(['refused', 'failed', 'failed', 'failed'])
  })

  test('lets one call through after a while, and closes when that succeeds', async () => {
    let isWell = false
    const shop = await service((_request, response) => { json(response, isWell ? 200 : 500, {}) }, breaker(2000))
    for (let call = 0; call < 3; call += 1) await shop.run()
    expect(await shop.run()).toMatchObject({ status: 503 })
    isWell = true
    await vi.waitFor(async () => { expect(await state(shop.id)).toBe('half-open') }, { timeout: 30_000, interval: 20 })
    expect(await shop.run()).toMatchObject({ status: 200 })
    expect(await state(shop.id)).toBe('closed')
    expect(await shop.run()).toMatchObject({ status: 200 })
  })

  test('lets only one through, and opens again when that one fails', async () => {
    const shop = await service((_request, response) => { json(response, 500, {}) }, breaker(2000))
    for (let call = 0; call < 3; call += 1) await shop.run()
    await vi.waitFor(async () => { expect(await state(shop.id)).toBe('half-open') }, { timeout: 30_000, interval: 20 })
    asked.length = 0
    let release!: () => void
    answer = (_request, response) => { release = () => { json(response, 500, {}) } }
    const trial = shop.run()
    await vi.waitFor(() => { expect(asked.length).toBe(1) }, { timeout: 30_000, interval: 5 })
    expect((await Promise.all(Array.from({ length: 4 }, () => shop.run()))).map(({ status }) => status)).toEqual([503, 503, 503, 503])
    release()
    expect(await trial).toMatchObject({ status: 502 })
    expect(asked.length).toBe(1)
    expect(await state(shop.id)).not.toBe('closed')
  })

  test("a caller's own mistakes do not open it", async () => {
    const shop = await service((_request, response) => { json(response, 400, {}) }, breaker(60_000))
    for (let call = 0; call < 5; call += 1) expect(await shop.run()).toMatchObject({ status: 422 })
    expect(await state(shop.id)).toBe('closed')
  })
})

describe('size', () => {
  const MB = 1024 * 1024

  /** Writes `count` pieces as fast as they are taken. */
  function pour(response: ServerResponse, piece: Buffer, count: number, end: string): void {
    let left = count
    const write = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= 1
        if (!response.write(piece)) { response.once('drain', write); return }
      }
      response.end(end)
    }
    write()
  }

  /** The most that the heap and buffers grew by while `work` ran, in bytes. */
  async function growth(work: () => Promise<void>): Promise<number> {
    const now = (): number => process.memoryUsage().heapUsed + process.memoryUsage().external
    const before = now()
    let most = 0
    const timer = setInterval(() => { most = Math.max(most, now() - before) }, 5)
    try {
      await work()
    } finally {
      clearInterval(timer)
    }
    return most
  }

  test('100 MB of JSON is refused before it is all read, and the memory stays bounded', async () => {
    const piece = Buffer.from(`"${'x'.repeat(65_532)}",`)
    const shop = await service((_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).write('['); pour(response, piece, 100 * MB / piece.length, '1]') })
    const grown = await growth(async () => {
      const reply = await shop.run()
      expect(reply).toMatchObject({ status: 502, body: { code: 'upstream_response_too_large' } })
      expect(await recorded(shop, reply)).toMatchObject({ status: 'failed', response: { statusCode: 200 }, error: { type: 'upstream_response_too_large', recoverable: false } })
    })
    expect(grown).toBeLessThan(90 * MB)
  })

  test('a gzip bomb is refused the same way', async () => {
    const { gzipSync } = await import('node:zlib')
    const bomb = gzipSync(Buffer.alloc(100 * MB, '0'))
    const shop = await service((_request, response) => { response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb) })
    const grown = await growth(async () => { expect(await shop.run()).toMatchObject({ status: 502, body: { code: 'upstream_response_too_large' } }) })
    expect(grown).toBeLessThan(90 * MB)
  })

  test('100 MB of bytes become a large value, streamed in and out with bounded memory', async () => {
    const piece = Buffer.alloc(64 * 1024, 'b')
    const shop = await service((_request, response) => { response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename="big.bin"' }); pour(response, piece, 1600, '') })
    const hash = createHash('sha256')
    for (let each = 0; each < 1600; each += 1) hash.update(piece)
    const sha256 = hash.digest('hex')
    let received = 0
    const grown = await growth(async () => {
      const reply = await shop.run('getFile')
      expect(reply).toMatchObject({ status: 200, body: { data: { $blob: { contentType: 'application/octet-stream', sizeBytes: 100 * MB, sha256, filename: 'big.bin' } }, execution: { metrics: { dataSize: 100 * MB } } } })
      const download = await fetch(`${hub.url}/api/v1/blobs/${reply.body.data.$blob.id}`, { headers: { authorization: `Bearer ${hub.key}` } })
      const check = createHash('sha256')
      for await (const chunk of download.body!) {
        received += chunk.length
        check.update(chunk)
      }
      expect(check.digest('hex')).toBe(sha256)
    })
    expect(received).toBe(100 * MB)
    expect(grown).toBeLessThan(90 * MB)
  })

  test('an answer beyond 64 KiB is kept beside its execution, and comes back whole', async () => {
    const shop = await service((_request, response) => { json(response, 200, { text: 'y'.repeat(200_000) }) })
    const reply = await shop.run()
    expect(reply.body.data.text.length).toBe(200_000)
    const whole = (await hub.call('GET', `/api/v1/executions/${reply.body.execution.id}`)).body
    const kept = await hub.call('GET', `/api/v1/blobs/${whole.response.data.$blob.id}`)
    expect(kept.body).toEqual({ text: 'y'.repeat(200_000) })
  })

  test('an error of 100 MB is cut, and keeps its status', async () => {
    const piece = Buffer.alloc(64 * 1024, 'e')
    const shop = await service((_request, response) => { response.writeHead(400, { 'content-type': 'text/plain' }); pour(response, piece, 1600, '') })
    const grown = await growth(async () => { expect(await shop.run()).toMatchObject({ status: 422, body: { code: 'upstream_rejected', execution: { response: { statusCode: 400 } } } }) })
    expect(grown).toBeLessThan(60 * MB)
  })
})
