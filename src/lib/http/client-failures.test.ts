import { once } from 'node:events'
import http, { type ServerResponse } from 'node:http'
import net from 'node:net'
import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HubError } from '../../errors.ts'
import { readBody } from './body.ts'
import { eventually, hubErrorOf, testClient, toLoopback, withEnoughTime } from './test-client.ts'
import { closedPort, listen, startUpstream, type Upstream } from './test-upstream.ts'

const never = (): Promise<never> => new Promise(() => {})

/** What the path says goes over the wire when a request has come in; the connection is closed after it. */
const replies: Record<string, string> = {
  '/reset': 'RESET',
  '/closed': '',
  '/half-headers': 'HTTP/1.1 200 OK\r\ncontent-le',
  '/not-http': 'SSH-2.0-OpenSSH_9.9\r\n',
  '/bad-status': 'HTTP/1.1 banana\r\n\r\n',
  '/two-lengths': 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
  '/length-and-chunks': 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  '/upgrade': 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
  '/huge-header': `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}\r\n\r\n`,
  '/endless-headers': `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(34_000)}`,
}
let raw: Pick<Upstream, 'port' | 'connections' | typeof Symbol.asyncDispose>

beforeAll(async () => {
  raw = await listen(net.createServer((socket) => {
    socket.once('data', (data) => {
      const reply = replies[/ (\/[a-z-]*)/.exec(data.toString())?.[1] ?? ''] ?? ''
      if (reply === 'RESET') socket.resetAndDestroy()
      else socket.end(reply)
    })
  }), '127.0.0.1')
})
afterAll(() => raw[Symbol.asyncDispose]())

describe('nothing has been sent, and the error says so', () => {
  test('when the upstream refuses the connection', async () => {
    await using client = testClient()
    expect(await hubErrorOf(client.request({ method: 'POST', url: `http://127.0.0.1:${await closedPort()}/`, body: 'x' }))).toMatchObject({ code: 'upstream_unavailable', beforeSending: true, message: expect.stringContaining('refused the connection') })
  })

  test('when all addresses of a name refuse it', async () => {
    await using client = testClient({ lookup: async () => [{ address: '127.0.0.1', family: 4 }, { address: '127.0.0.1', family: 4 }] })
    expect(await hubErrorOf(client.request({ method: 'GET', url: `http://two.test:${await closedPort()}/` }))).toMatchObject({ code: 'upstream_unavailable', beforeSending: true })
  })

  test('when the name does not resolve', async () => {
    await using client = testClient({ lookup: async () => { throw Object.assign(new Error('x'), { code: 'ENOTFOUND' }) } })
    expect(await hubErrorOf(client.request({ method: 'POST', url: 'http://unknown.test/', body: 'x' }))).toMatchObject({ code: 'upstream_unavailable', beforeSending: true })
  })

  test('when connecting takes too long', async () => {
    await using client = testClient({ lookup: never, connectTimeoutMs: 20 })
    expect(await hubErrorOf(client.request({ method: 'POST', url: 'http://slow.test/', body: 'x' }))).toMatchObject({ code: 'upstream_timeout', beforeSending: true })
  })

  test('when the request\'s own time is over while connecting', async () => {
    await using client = testClient({ lookup: never, connectTimeoutMs: 60_000, closeGraceMs: 0 })
    expect(await hubErrorOf(client.request({ method: 'POST', url: 'http://slow.test/', body: 'x', timeoutMs: 20 }))).toMatchObject({ code: 'upstream_timeout', beforeSending: true })
    expect(client.stats()).toMatchObject({ connected: 0 })
  })

  test.each([
    ['a line break in a header', { method: 'GET', headers: { 'x-a': 'b\r\nx-injected: c' } }],
    ['a character that headers cannot carry', { method: 'GET', headers: { 'x-a': 'größe €' } }],
    ['a name that is none', { method: 'GET', headers: { 'x a': 'b' } }],
    ['a method that is none', { method: 'GET /x HTTP/1.1\r\n', headers: {} }],
    ['CONNECT', { method: 'CONNECT', headers: {} }],
    ['a content-length that is none', { method: 'POST', headers: { 'content-length': '-1' }, body: Readable.from(['x']) }],
  ])('for %s', async (_case, request) => {
    await using upstream = await startUpstream((_request, response) => { response.end() })
    await using client = testClient()
    expect(await hubErrorOf(client.request({ ...request, url: upstream.url }))).toMatchObject({ code: 'invalid_input', beforeSending: true })
    expect(upstream.requests).toHaveLength(0)
  })
})

describe('the request may have arrived, and the error does not deny it', () => {
  test.each([
    ['/reset', 'upstream_unavailable'], ['/closed', 'upstream_unavailable'], ['/half-headers', 'upstream_unavailable'],
    ['/not-http', 'upstream_invalid_response'], ['/bad-status', 'upstream_invalid_response'], ['/two-lengths', 'upstream_unavailable'], ['/length-and-chunks', 'upstream_unavailable'],
    ['/upgrade', 'upstream_unavailable'], ['/huge-header', 'upstream_response_too_large'], ['/endless-headers', 'upstream_response_too_large'],
  ])('when the upstream does %s', async (path, code) => {
    await using client = testClient()
    expect(await hubErrorOf(client.request({ method: 'POST', url: `http://127.0.0.1:${raw.port}${path}`, body: 'x' }))).toMatchObject({ code, beforeSending: false })
  })

  const wasSent = (error: HubError): boolean => !error.beforeSending

  test('when it does not answer in time; the connection is not used again', async () => {
    await using upstream = await startUpstream(() => {})
    await using client = testClient()
    const { result } = await withEnoughTime((timeoutMs) => hubErrorOf(client.request({ method: 'POST', url: upstream.url, body: 'x', timeoutMs })), wasSent)
    expect(result).toMatchObject({ code: 'upstream_timeout', beforeSending: false })
    await eventually(() => upstream.connections.open).toBe(0)
  })

  test('when it never reads a long body', async () => {
    await using upstream = await startUpstream((request) => { request.pause() })
    await using client = testClient()
    let closed = 0
    const endless = (): Readable => new Readable({ read() { this.push(Buffer.alloc(65536)) }, destroy(_error, callback) { closed += 1; callback(null) } })
    let tries = 0
    const { result } = await withEnoughTime((timeoutMs) => {
      tries += 1
      return hubErrorOf(client.request({ method: 'POST', url: upstream.url, body: endless(), timeoutMs }))
    }, wasSent)
    expect(result).toMatchObject({ code: 'upstream_timeout', beforeSending: false })
    await eventually(() => closed).toBe(tries)
  })

  test('when the body that is sent breaks', async () => {
    await using upstream = await startUpstream(() => {})
    await using client = testClient()
    const body = Readable.from((async function* () { yield 'x'; throw new HubError('upstream_response_too_large', 'The source was too large.') })())
    expect(await hubErrorOf(client.request({ method: 'POST', url: upstream.url, body }))).toMatchObject({ code: 'upstream_response_too_large', beforeSending: false })
  })
})

describe('a signal', () => {
  const reason = new HubError('shutting_down', 'The hub is stopping.')

  test('that has fired sends nothing', async () => {
    await using upstream = await startUpstream(() => {})
    await using client = testClient()
    expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url, signal: AbortSignal.abort() }))).toMatchObject({ code: 'upstream_timeout', beforeSending: true })
    expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url, signal: AbortSignal.abort(reason) }))).toMatchObject({ code: 'shutting_down', beforeSending: true })
    expect(upstream.connections.total).toBe(0)
  })

  test('ends the wait for a connection, and for an answer', async () => {
    await using client = testClient({ lookup: (name) => name === 'slow.test' ? never() : toLoopback(), closeGraceMs: 0 })
    await using upstream = await startUpstream(() => { controller.abort(reason) })
    const controller = new AbortController()
    expect(await hubErrorOf(client.request({ method: 'GET', url: 'http://slow.test/', signal: AbortSignal.timeout(10) }))).toMatchObject({ code: 'upstream_timeout', beforeSending: true })
    expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url, signal: controller.signal }))).toMatchObject({ code: 'shutting_down', beforeSending: false })
    await eventually(() => upstream.connections.open).toBe(0)
  })

  test('ends the reading of a body', async () => {
    await using upstream = await startUpstream((_request, response) => { response.write('some') })
    await using client = testClient()
    for (const read of [(response: Awaited<ReturnType<typeof client.request>>) => readBody(response, { maxBytes: 100 }), (response: Awaited<ReturnType<typeof client.request>>) => once(response.body.resume(), 'end')]) {
      const controller = new AbortController()
      const reading = read(await client.request({ method: 'GET', url: upstream.url, signal: controller.signal }))
      controller.abort(reason)
      expect(await hubErrorOf(reading)).toMatchObject({ code: 'shutting_down' })
    }
    await eventually(() => upstream.connections.open).toBe(0)
  })

  test('that fires after the end does nothing, and is let go', async () => {
    await using upstream = await startUpstream((_request, response) => { response.end('ok') })
    await using client = testClient()
    let listeners = 0
    const controller = new AbortController()
    const { signal } = controller
    const counted = Object.assign(signal, {
      addEventListener: (...args: Parameters<typeof signal.addEventListener>) => { listeners += 1; EventTarget.prototype.addEventListener.apply(signal, args) },
      removeEventListener: (...args: Parameters<typeof signal.removeEventListener>) => { listeners -= 1; EventTarget.prototype.removeEventListener.apply(signal, args) },
    })
    const response = await client.request({ method: 'GET', url: upstream.url, signal: counted })
    const body = await readBody(response, { maxBytes: 10 })
    controller.abort()
    expect({ body: body.toString(), listeners }).toEqual({ body: 'ok', listeners: 0 })
  })
})

test('no error tells the path, the query, a header or the body of the request', async () => {
  const canary = 'c4n4ry'
  await using hanging = await startUpstream((request: http.IncomingMessage, response: ServerResponse) => {
    if (request.url?.includes('redirect') === true) response.writeHead(302, { location: `http://user:${canary}@127.0.0.1/${canary}` }).end()
  })
  await using client = testClient({ lookup: async () => { throw new Error('no') }, maxRedirects: 1 })
  const secret = `/${canary}?token=${canary}`
  const closed = await closedPort()
  const urls = [
    `http://127.0.0.1:${closed}${secret}`, `http://unknown.test${secret}`, `http://10.0.0.1${secret}`, `file://${secret}`, `http://user:${canary}@127.0.0.1${secret}`, `http://[${canary}`, `https://127.0.0.1:${hanging.port}${secret}`,
    `${hanging.url}${secret}`, `${hanging.url}/redirect${secret}`, ...Object.keys(replies).map((path) => `http://127.0.0.1:${raw.port}${path}${secret}`),
  ]
  for (const url of urls) {
    const error = await hubErrorOf(client.request({ method: 'GET', url, headers: { authorization: canary, [`x-${canary}`]: canary }, timeoutMs: 30 }))
    expect(inspect(error, { depth: 10 })).not.toContain(canary)
    expect(error.message).toMatch(/^.{5,120}\.$/)
  }
  const invalid = await hubErrorOf(client.request({ method: 'GET', url: hanging.url, headers: { 'x-key': `${canary}\n` } }))
  expect(inspect(invalid, { depth: 10 })).not.toContain(canary)
})
