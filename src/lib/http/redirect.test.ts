import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { readBody } from './body.ts'
import type { HeaderMap } from './http.ts'
import { testCertificate } from './test-certificate.ts'
import { eventually, hubErrorOf, testClient, toLoopback, withEnoughTime } from './test-client.ts'
import { startUpstream } from './test-upstream.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const redirectTo = (location: () => string, status = 302): Handler => (_request, response) => {
  response.writeHead(status, { location: location() }).end('moved')
}
const answer: Handler = (_request, response) => { response.end('there') }

describe('credentials', () => {
  const headers = { Authorization: 'Bearer one', cookie: 'session=two', 'Proxy-Authorization': 'Basic three', 'X-Api-Key': 'four', accept: 'text/plain' }
  const secretHeaders = ['x-api-key']

  test('do not follow a redirect to another origin, and do not come back from there', async () => {
    await using other = await startUpstream(redirectTo(() => `${upstream.url}/back`))
    await using upstream = await startUpstream((request, response) => {
      if (request.url === '/back') answer(request, response)
      else redirectTo(() => `${other.url}/away`)(request, response)
    })
    await using client = testClient()
    const response = await client.request({ method: 'GET', url: `${upstream.url}/start`, headers, secretHeaders })
    expect((await readBody(response, { maxBytes: 100 })).toString()).toBe('there')
    expect(upstream.requests[0]?.headers).toMatchObject({ authorization: 'Bearer one', cookie: 'session=two', 'proxy-authorization': 'Basic three', 'x-api-key': 'four' })
    for (const { headers: seen } of [...other.requests, ...upstream.requests.slice(1)]) {
      expect(seen).toMatchObject({ accept: 'text/plain' })
      expect(Object.keys(seen)).not.toEqual(expect.arrayContaining([expect.stringMatching(/authorization|cookie|api-key/)]))
      expect(JSON.stringify(seen)).not.toMatch(/one|two|three|four/)
    }
    expect([other.requests.length, upstream.requests.length]).toEqual([1, 2])
  })

  test.each([
    ['another port', (port: number) => `http://api.test:${port}/`, false],
    ['another host', (port: number) => `http://other.test:${port}/`, false],
    ['a host beneath', (port: number) => `http://x.api.test:${port}/`, false],
    ['a host that looks alike', (port: number) => `http://api.test.evil.test:${port}/`, false],
    ['the same host with a dot', (port: number) => `http://api.test.:${port}/`, false],
    ['another path of the same host', () => '/elsewhere?x=1', true],
    ['the same host in capitals', (port: number) => `http://API.test:${port}/elsewhere`, true],
  ])('of a redirect to %s', async (_case, location, kept) => {
    await using other = await startUpstream(answer)
    await using upstream = await startUpstream((request, response) => {
      if (request.url === '/start') redirectTo(() => location(kept || !location(1).includes('api.test:') ? upstream.port : other.port))(request, response)
      else answer(request, response)
    })
    await using client = testClient({ lookup: toLoopback })
    const response = await client.request({ method: 'GET', url: `http://api.test:${upstream.port}/start`, headers, secretHeaders: ['X-API-KEY'] })
    response.body.resume()
    const last = [...upstream.requests.slice(1), ...other.requests]
    expect(last).toHaveLength(1)
    expect(last[0]?.headers.authorization).toBe(kept ? 'Bearer one' : undefined)
    expect(last[0]?.headers['x-api-key']).toBe(kept ? 'four' : undefined)
  })

  test('are not sent from https to http: such a redirect is refused, and followed without any', async () => {
    await using plain = await startUpstream(answer)
    await using secure = await startUpstream(redirectTo(() => `${plain.url}/plain`), { tls: testCertificate })
    await using client = testClient({ ca: [testCertificate.cert] })
    const request = { method: 'GET', url: secure.url }
    for (const secret of [{ authorization: 'Bearer one' }, { Cookie: 'a=b' }, { 'X-Api-Key': 'four' }] as HeaderMap[]) {
      const error = await hubErrorOf(client.request({ ...request, headers: secret, secretHeaders }))
      expect(error).toMatchObject({ code: 'address_refused', beforeSending: false })
    }
    expect(plain.requests).toHaveLength(0)
    const response = await client.request({ ...request, headers: { accept: '*/*' } })
    expect(response.url).toBe(`${plain.url}/plain`)
    response.body.resume()
  })
})

describe('following', () => {
  test.each([301, 302, 303, 307, 308])('a %i is followed for GET, and the response says from where it is', async (status) => {
    await using upstream = await startUpstream((request, response) => {
      if (request.url === '/a/start?x=1') redirectTo(() => '../b/end?y=2', status)(request, response)
      else answer(request, response)
    })
    await using client = testClient()
    const response = await client.request({ method: 'GET', url: `${upstream.url}/a/start?x=1` })
    expect((await readBody(response, { maxBytes: 100 })).toString()).toBe('there')
    expect(response.url).toBe(`${upstream.url}/b/end?y=2`)
    expect(upstream.connections.total, 'the connection is used again').toBe(1)
  })

  test('HEAD stays HEAD', async () => {
    await using upstream = await startUpstream((request, response) => {
      if (request.url === '/') redirectTo(() => '/end', 303)(request, response)
      else answer(request, response)
    })
    await using client = testClient()
    const response = await client.request({ method: 'HEAD', url: upstream.url })
    expect(await readBody(response, { maxBytes: 0 })).toHaveLength(0)
    expect(upstream.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['HEAD /', 'HEAD /end'])
  })

  test.each([
    ['POST', { method: 'POST', body: 'x' }],
    ['DELETE', { method: 'DELETE' }],
    ['a GET with a body', { method: 'GET', body: 'x' }],
    ['a GET with a streamed body', { method: 'GET', body: Readable.from(['x']) }],
    ['a limit of 0', { method: 'GET', maxRedirects: 0 }],
  ])('%s gets the 3xx itself', async (_case, request) => {
    await using upstream = await startUpstream(redirectTo(() => '/end', 307))
    await using client = testClient()
    const response = await client.request({ ...request, url: upstream.url })
    expect(response).toMatchObject({ status: 307, headers: { location: '/end' } })
    expect((await readBody(response, { maxBytes: 100 })).toString()).toBe('moved')
    expect(upstream.requests).toHaveLength(1)
  })

  test.each([[300, '/end'], [304, '/end'], [302, undefined], [200, '/end']])('a %i with location %s is an answer', async (status, location) => {
    await using upstream = await startUpstream((_request, response) => { response.writeHead(status, location === undefined ? {} : { location }).end() })
    await using client = testClient()
    const response = await client.request({ method: 'GET', url: upstream.url })
    response.body.resume()
    expect(response.status).toBe(status)
  })

  test('without end stops at the limit, and says so', async () => {
    await using upstream = await startUpstream(redirectTo(() => `/${upstream.requests.length}`))
    await using client = testClient({ maxRedirects: 4 })
    expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url }))).toMatchObject({ code: 'upstream_too_many_redirects', beforeSending: false })
    expect(upstream.requests).toHaveLength(5)
    expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url, maxRedirects: 1 }))).toMatchObject({ code: 'upstream_too_many_redirects' })
    expect(upstream.requests).toHaveLength(7)
  })

  test('without end stops at the deadline of the whole request', async () => {
    await using upstream = await startUpstream(redirectTo(() => `/${upstream.requests.length}`))
    await using client = testClient()
    const { result } = await withEnoughTime((timeoutMs) => hubErrorOf(client.request({ method: 'GET', url: upstream.url, maxRedirects: 1e9, timeoutMs })), () => upstream.requests.length > 2)
    expect(result).toMatchObject({ code: 'upstream_timeout', beforeSending: false })
  })

  test.each(['http://', 'http://[', 'http://a b/'])('to %s, which is no URL, is an unusable answer', async (location) => {
    await using upstream = await startUpstream(redirectTo(() => location))
    await using client = testClient()
    expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url }))).toMatchObject({ code: 'upstream_invalid_response', beforeSending: false })
  })

  test('reads a location in UTF-8', async () => {
    await using upstream = await startUpstream((request, response) => {
      if (request.url === '/') redirectTo(() => Buffer.from('/größe').toString('latin1'))(request, response)
      else answer(request, response)
    })
    await using client = testClient()
    const response = await client.request({ method: 'GET', url: upstream.url })
    response.body.resume()
    expect(upstream.requests[1]?.path).toBe('/gr%C3%B6%C3%9Fe')
  })

  test('does not read what a redirect says at length', async () => {
    await using upstream = await startUpstream((request, response) => {
      if (request.url !== '/') return answer(request, response)
      response.writeHead(302, { location: '/end' })
      const more = (): void => { while (!response.destroyed && response.write(Buffer.alloc(65536))); }
      response.on('drain', more)
      more()
    })
    await using client = testClient()
    const response = await client.request({ method: 'GET', url: upstream.url })
    expect((await readBody(response, { maxBytes: 100 })).toString()).toBe('there')
    await eventually(() => upstream.connections.open).toBe(1)
  })
})
