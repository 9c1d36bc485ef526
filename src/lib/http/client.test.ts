import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { readBody } from './body.ts'
import type { HeaderMap } from './http.ts'
import { testCertificate } from './test-certificate.ts'
import { eventually, hubErrorOf, testClient, toLoopback } from './test-client.ts'
import { startUpstream } from './test-upstream.ts'

const echo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await buffer(request)
  response.writeHead(201, { 'Content-Type': 'text/plain', 'Set-Cookie': ['a=1', 'b=2'] }).end(body)
}
const answer = (_request: IncomingMessage, response: ServerResponse): void => { response.end('ok') }

describe('a request', () => {
  test.each([
    ['text', () => 'größe', { 'content-length': '7' }],
    ['bytes', () => new Uint8Array(Buffer.from('größe')), { 'content-length': '7' }],
    ['a view of a larger buffer', () => Buffer.from('xxgrößexx').subarray(2, -2), { 'content-length': '7' }],
    ['a stream', () => Readable.from([Buffer.from('grö'), Buffer.from('ße')]), { 'transfer-encoding': 'chunked' }],
  ])('carries %s, and the answer comes back', async (_kind, body, framing) => {
    await using upstream = await startUpstream(echo)
    await using client = testClient()
    const response = await client.request({ method: 'post', url: `${upstream.url}/a%20b?x=%2F&y=ü#part`, headers: { 'X-One': '1', 'x-many': ['2', '3'] }, body: body() })
    expect(response).toMatchObject({ status: 201, url: `${upstream.url}/a%20b?x=%2F&y=%C3%BC#part`, headers: { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] } })
    expect((await readBody(response, { maxBytes: 100 })).toString()).toBe('größe')
    expect(upstream.requests).toEqual([{ method: 'POST', path: '/a%20b?x=%2F&y=%C3%BC', headers: expect.objectContaining({ ...framing, 'x-one': '1', 'x-many': '2, 3' }) }])
  })

  test('keeps the content-length of a stream, and of nothing else', async () => {
    await using upstream = await startUpstream(echo)
    await using client = testClient()
    const send = async (body: string | Readable | undefined, length: string): Promise<void> => {
      const response = await client.request({ method: 'PUT', url: upstream.url, headers: { 'Content-Length': length }, ...(body === undefined ? {} : { body }) })
      response.body.resume()
    }
    await send(Readable.from([Buffer.from('abc')]), '3')
    await send('abc', '99')
    await send(undefined, '99')
    expect(upstream.requests.map(({ headers }) => headers['content-length'])).toEqual(['3', '3', '0'])
  })

  test('is answered before its body has been read, where the upstream has heard enough', async () => {
    await using upstream = await startUpstream((request, response) => {
      response.writeHead(413, { connection: 'close' }).end('too much')
      request.resume()
    })
    await using client = testClient()
    const body = new Readable({ read() { this.push(Buffer.alloc(65536)) } })
    const response = await client.request({ method: 'POST', url: upstream.url, body })
    expect(response.status).toBe(413)
    expect((await readBody(response, { maxBytes: 100 })).toString()).toBe('too much')
    await eventually(() => body.destroyed).toBe(true)
  })

  test('leaves out headers that are the connection\'s own', async () => {
    await using upstream = await startUpstream(answer)
    await using client = testClient()
    const own = { Connection: 'close, x-trick', 'Keep-Alive': 'timeout=1', 'Proxy-Connection': 'x', 'Transfer-Encoding': 'chunked', TE: 'trailers', Trailer: 'x', Upgrade: 'websocket', Expect: '100-continue', Host: 'other' }
    const response = await client.request({ method: 'GET', url: upstream.url, headers: { ...own, 'x-mine': 'yes' } })
    response.body.resume()
    expect(upstream.requests[0]?.headers).toEqual({ host: `127.0.0.1:${upstream.port}`, connection: 'keep-alive', 'x-mine': 'yes' })
  })

  test('says who it is where it does not say so itself', async () => {
    await using upstream = await startUpstream(answer)
    await using client = testClient({ userAgent: 'hub/1' })
    for (const headers of [{}, { 'User-Agent': 'mine' }] as HeaderMap[]) (await client.request({ method: 'GET', url: upstream.url, headers })).body.resume()
    expect(upstream.requests.map(({ headers }) => headers['user-agent'])).toEqual(['hub/1', 'mine'])
  })

  test('without a body gives an empty one for HEAD, 204 and 304, whatever the headers say', async () => {
    await using upstream = await startUpstream((request, response) => {
      response.writeHead(Number(request.url?.slice(1)), request.method === 'HEAD' ? { 'content-length': '1000', 'content-encoding': 'gzip' } : {}).end()
    })
    await using client = testClient()
    for (const [method, path] of [['HEAD', '200'], ['GET', '204'], ['GET', '304']] as const) {
      const response = await client.request({ method, url: `${upstream.url}/${path}` })
      expect(response.status).toBe(Number(path))
      expect(await readBody(response, { maxBytes: 0 })).toHaveLength(0)
    }
  })
})

describe('connections', () => {
  test('are kept and used again', async () => {
    await using upstream = await startUpstream(echo)
    await using client = testClient()
    for (let round = 0; round < 20; round += 1) {
      const response = await client.request({ method: 'POST', url: upstream.url, body: String(round) })
      expect((await readBody(response, { maxBytes: 10 })).toString()).toBe(String(round))
    }
    // The second request is faster than undici, which takes a connection back one turn of the event loop after the answer.
    expect(upstream.connections.total).toBeLessThanOrEqual(2)
    expect(client.stats()).toEqual({ origins: 1, connected: upstream.connections.open, pending: 0 })
  })

  test('to one origin are bounded: further requests wait', async () => {
    const waiting: ServerResponse[] = []
    await using upstream = await startUpstream((_request, response) => { waiting.push(response) })
    await using client = testClient({ connectionsPerOrigin: 2 })
    const calls = Array.from({ length: 5 }, () => client.request({ method: 'GET', url: upstream.url }).then((response) => readBody(response, { maxBytes: 10 })))
    await eventually(() => waiting.length).toBe(2)
    expect(client.stats()).toEqual({ origins: 1, connected: 2, pending: 3 })
    for (let answered = 0; answered < 5; answered += 1) {
      await eventually(() => waiting.length).toBeGreaterThan(0)
      waiting.shift()?.end('ok')
    }
    await Promise.all(calls)
    expect(upstream.connections.total).toBe(2)
    expect(client.stats()).toMatchObject({ pending: 0 })
  })

  test('are not waited for by more than so many requests', async () => {
    let held: ServerResponse | undefined
    await using upstream = await startUpstream((_request, response) => { if (held !== undefined) response.end('ok'); held ??= response })
    await using client = testClient({ connectionsPerOrigin: 1, maxWaitingPerOrigin: 2 })
    const get = (): Promise<Buffer> => client.request({ method: 'GET', url: upstream.url }).then((response) => readBody(response, { maxBytes: 10 }))
    const running = get()
    await eventually(() => held).toBeDefined()
    const waiting = [get(), get()]
    expect(await hubErrorOf(get())).toMatchObject({ code: 'upstream_unavailable', beforeSending: true })
    held?.end('ok')
    await Promise.all([running, ...waiting])
    expect((await get()).toString()).toBe('ok')
  })

  test('are not waited for by requests that came to nothing', async () => {
    let held: ServerResponse | undefined
    await using upstream = await startUpstream((_request, response) => { if (held !== undefined) response.end('ok'); held ??= response })
    await using client = testClient({ maxWaitingPerOrigin: 1 })
    const running = client.request({ method: 'GET', url: upstream.url })
    await eventually(() => held).toBeDefined()
    for (let call = 0; call < 3; call += 1) expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url, headers: { 'x-a': '\n' } }))).toMatchObject({ code: 'invalid_input' })
    expect(client.stats()).toMatchObject({ pending: 0 })
    expect(await text((await client.request({ method: 'GET', url: upstream.url })).body)).toBe('ok')
    held?.end('ok')
    expect(await text((await running).body)).toBe('ok')
  })

  test('of requests that gave up waiting are not lost', async () => {
    let held: ServerResponse | undefined
    await using upstream = await startUpstream((_request, response) => { if (held !== undefined) response.end('ok'); held ??= response })
    await using client = testClient({ connectionsPerOrigin: 1 })
    const running = client.request({ method: 'GET', url: upstream.url })
    await eventually(() => held).toBeDefined()
    const body = Readable.from(['never sent'])
    const impatient = [client.request({ method: 'GET', url: upstream.url, timeoutMs: 10 }), client.request({ method: 'POST', url: upstream.url, body, timeoutMs: 10 })]
    for (const call of impatient) expect(await hubErrorOf(call)).toMatchObject({ code: 'upstream_timeout', beforeSending: true })
    expect(body.destroyed).toBe(true)
    held?.end('ok')
    expect(await text((await running).body)).toBe('ok')
    expect(await text((await client.request({ method: 'GET', url: upstream.url })).body)).toBe('ok')
    expect({ connections: upstream.connections.total, requests: upstream.requests.length }).toEqual({ connections: 1, requests: 2 })
    expect(client.stats()).toMatchObject({ pending: 0 })
  })

  test('to many different hosts leave nothing behind', async () => {
    await using upstream = await startUpstream(answer)
    await using client = testClient({ lookup: toLoopback, maxOrigins: 20, keepAliveMs: 20 })
    for (let batch = 0; batch < 6; batch += 1) {
      await Promise.all(Array.from({ length: 50 }, async (_, index) => {
        const response = await client.request({ method: 'GET', url: `http://h${batch * 50 + index}.test:${upstream.port}/` })
        expect((await readBody(response, { maxBytes: 10 })).toString()).toBe('ok')
      }))
      expect(client.stats().origins).toBeLessThanOrEqual(20)
    }
    expect(upstream.connections.total).toBe(300)
    await eventually(() => client.stats()).toEqual({ origins: 0, connected: 0, pending: 0 })
    await eventually(() => upstream.connections.open).toBe(0)
  })

  test('of an origin that is dropped while it answers stay until it has answered', async () => {
    const waiting: ServerResponse[] = []
    await using upstream = await startUpstream((_request, response) => { waiting.push(response) })
    await using other = await startUpstream(answer)
    await using client = testClient({ maxOrigins: 1 })
    const call = client.request({ method: 'GET', url: upstream.url })
    await eventually(() => waiting.length).toBe(1)
    expect(await text((await client.request({ method: 'GET', url: other.url })).body)).toBe('ok')
    waiting[0]?.end('late')
    expect(await text((await call).body)).toBe('late')
    await eventually(() => upstream.connections.open).toBe(0)
  })
})

describe('closing', () => {
  test('lets running calls end and takes no new ones', async () => {
    let held: ServerResponse | undefined
    await using upstream = await startUpstream((_request, response) => { held = response })
    await using client = testClient()
    const running = client.request({ method: 'GET', url: upstream.url })
    await eventually(() => held).toBeDefined()
    const closed = client.close()
    expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url }))).toMatchObject({ code: 'shutting_down', beforeSending: true })
    held?.end('late')
    expect(await text((await running).body)).toBe('late')
    await closed
    expect(client.stats()).toEqual({ origins: 0, connected: 0, pending: 0 })
  })

  test('breaks off what does not end', async () => {
    let asked = false
    await using upstream = await startUpstream(() => { asked = true })
    await using client = testClient({ closeGraceMs: 10 })
    const failed = hubErrorOf(client.request({ method: 'GET', url: upstream.url }))
    await eventually(() => asked).toBe(true)
    await client.close()
    expect(await failed).toMatchObject({ code: 'shutting_down', beforeSending: false })
  })
})

describe('TLS', () => {
  test('is verified against the name in the URL', async () => {
    await using upstream = await startUpstream(answer, { tls: testCertificate })
    await using client = testClient({ lookup: toLoopback, ca: [testCertificate.cert] })
    expect(await text((await client.request({ method: 'GET', url: `https://upstream.test:${upstream.port}/` })).body)).toBe('ok')
    expect(await text((await client.request({ method: 'GET', url: upstream.url })).body)).toBe('ok')
    const error = await hubErrorOf(client.request({ method: 'POST', url: `https://other.test:${upstream.port}/`, headers: { host: 'upstream.test' }, body: 'secret' }))
    expect(error).toMatchObject({ code: 'upstream_unavailable', beforeSending: true, message: expect.stringContaining('certificate for another name') })
    expect(upstream.requests).toHaveLength(2)
  })

  test('with an unknown authority is refused before anything is sent', async () => {
    await using upstream = await startUpstream(answer, { tls: testCertificate })
    await using client = testClient()
    expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url }))).toMatchObject({ code: 'upstream_unavailable', beforeSending: true, message: expect.stringContaining('self-signed') })
    expect(upstream.requests).toHaveLength(0)
  })

  test('is not spoken to a plain server', async () => {
    await using upstream = await startUpstream(answer)
    await using client = testClient()
    expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url.replace('http:', 'https:') }))).toMatchObject({ code: 'upstream_unavailable', beforeSending: true })
  })
})
