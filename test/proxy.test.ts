/** The transparent proxy: requests go through as they are, with the integration's credential, to its own hosts and nowhere else. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openHub, type TestHub } from './hub.ts'
import { addConnector, addIntegration, expectStatus, startRawUpstream } from './service.ts'
import { startUpstream, type Upstream } from './upstream.ts'

let hub: TestHub
let close: () => Promise<void>
/** Where the credential belongs; the service lives below /base. */
let url: string
let evil: Upstream
let id: string
let seen: { method: string, url: string, headers: IncomingHttpHeaders }[]
let answer: (request: IncomingMessage, response: ServerResponse) => void

const secret = 'the-key-of-the-shop-0123456789'

beforeAll(async () => {
  evil = await startUpstream()
  const upstream = await startRawUpstream((request, response) => {
    seen.push({ method: request.method!, url: request.url!, headers: request.headers })
    answer(request, response)
  })
  url = upstream.url
  const opened = await openHub()
  hub = opened.hub
  const connector = await addConnector(hub.call, `${url}/base`, { security: 'apiKey' })
  id = await addIntegration(hub.call, { connector, credentials: { apiKey: secret }, dataHandling: { rateLimit: { requestsPerMinute: 100_000 } } })
  close = async () => {
    await opened.close()
    await upstream.close()
    await evil.close()
  }
})
afterAll(() => close())
beforeEach(() => {
  seen = []
  evil.asked.length = 0
  answer = (request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/plain' }).end('well')
  }
})

interface Answered { status: number, headers: IncomingHttpHeaders, body: Buffer }

/** Sends the path as it stands: `fetch` would tidy it up first. */
function send(path: string, { method = 'GET', headers = {}, body, proxied = id }: { method?: string, headers?: Record<string, string>, body?: Buffer | string, proxied?: string } = {}): Promise<Answered> {
  const { hostname, port } = new URL(hub.url)
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path: `/api/v1/integrations/${proxied}/proxy${path}`, headers: { authorization: `Bearer ${hub.key}`, ...body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }, ...headers } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
      response.on('end', () => { resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }) })
    })
    request.on('error', reject)
    request.end(body)
  })
}

describe('what goes through', () => {
  test('method, path, query and body arrive as they were sent, with the credential added', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const chunks: Buffer[] = []
      answer = (request, response) => { request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => { response.writeHead(207).end(`for ${method}`) }) }
      const body = method === 'GET' || method === 'OPTIONS' ? undefined : Buffer.from([0, 255, 10, 13, 7])
      const reply = await send('/a%20b/items;v=1?x=1&x=2&y=%2F&z', { method, headers: { 'content-type': 'application/x-own', 'x-own': 'kept' }, ...body && { body } })
      expect({ status: reply.status, body: reply.body.toString() }).toEqual({ status: 207, body: `for ${method}` })
      expect(seen.at(-1)).toMatchObject({ method, url: '/base/a%20b/items;v=1?x=1&x=2&y=%2F&z', headers: { 'x-shop-key': secret, 'x-own': 'kept', 'content-type': 'application/x-own' } })
      expect(Buffer.concat(chunks)).toEqual(body ?? Buffer.alloc(0))
    }
  })

  test('HEAD has its headers and no body', async () => {
    answer = (_request, response) => { response.writeHead(200, { 'x-count': '17', 'content-length': '5' }).end() }
    const { status, headers, body } = await send('/items', { method: 'HEAD' })
    expect({ status, count: headers['x-count'], length: body.length }).toEqual({ status: 200, count: '17', length: 0 })
  })

  test('whatever the upstream says comes back: statuses, redirects, errors', async () => {
    for (const status of [201, 204, 302, 304, 400, 401, 404, 429, 500, 503]) {
      answer = (_request, response) => { response.writeHead(status, { location: 'https://elsewhere.example/', 'x-own': 'y' }).end() }
      expect(await send('/items'), String(status)).toMatchObject({ status, headers: { location: 'https://elsewhere.example/', 'x-own': 'y' } })
    }
  })

  test('bodies stream both ways: neither side waits for the end of the other', async () => {
    const order: string[] = []
    answer = (request, response) => {
      request.once('data', () => {
        order.push('upstream has the first piece')
        response.writeHead(200).write('first')
        request.once('end', () => {
          order.push('upstream has all')
          response.end('last')
        })
      })
    }
    const { hostname, port } = new URL(hub.url)
    await new Promise<void>((resolve, reject) => {
      const request = httpRequest({ hostname, port, method: 'POST', path: `/api/v1/integrations/${id}/proxy/up`, headers: { authorization: `Bearer ${hub.key}` } }, (response) => {
        response.once('data', (chunk: Buffer) => {
          order.push(`caller has ${chunk.toString()}`)
          request.end('rest')
        })
        response.on('end', resolve).on('error', reject)
      })
      request.on('error', reject)
      request.write('piece')
    })
    expect(order).toEqual(['upstream has the first piece', 'caller has first', 'upstream has all'])
  })

  test('32 MB each way pass whole, although JSON bodies of that size are refused elsewhere', async () => {
    const big = Buffer.alloc(32 * 1024 * 1024, 'z')
    let received = 0
    answer = (request, response) => { request.on('data', (chunk: Buffer) => { received += chunk.length }).on('end', () => { response.end(big) }) }
    const reply = await send('/big', { method: 'POST', body: big, headers: { 'content-type': 'application/json' } })
    expect({ received, sent: reply.body.length, same: reply.body.equals(big) }).toEqual({ received: big.length, sent: big.length, same: true })
  })
})

describe('the address itself is reached', () => {
  test.each([['', '/base/'], ['/', '/base/'], ['?page=2', '/base/?page=2'], ['/?page=2', '/base/?page=2']])('with nothing behind it: "%s"', async (path, expected) => {
    expect(await send(path)).toMatchObject({ status: 200 })
    expect(seen.map((each) => each.url)).toEqual([expected])
  })
})

describe('what stays behind', () => {
  test("the hub's key, cookies and hop-by-hop headers are not forwarded", async () => {
    await send('/items', { headers: {
      cookie: 'session=of-the-hub', 'x-source-component': 'ui', 'proxy-authorization': 'Basic eA==', te: 'trailers', connection: 'close, x-hop', 'x-hop': 'for the hub alone', 'x-forwarded-for': '10.0.0.1', 'x-shop-key': "the caller's own",
    } })
    const { headers } = seen[0]!
    for (const name of ['authorization', 'cookie', 'x-source-component', 'proxy-authorization', 'te', 'x-hop', 'x-forwarded-for']) expect(headers, name).not.toHaveProperty(name)
    expect(JSON.stringify(headers)).not.toContain(hub.key)
    expect(headers['x-shop-key']).toBe(secret)
    expect(headers.host).toBe(new URL(url).host)
  })

  test('cookies and what would act on the hub itself do not come back', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'a=b', 'strict-transport-security': 'max-age=1', 'access-control-allow-origin': '*', 'clear-site-data': '"*"', 'content-security-policy': "default-src 'self'" }).end('<script>1</script>')
    }
    const { headers } = await send('/page')
    for (const name of ['set-cookie', 'strict-transport-security', 'access-control-allow-origin', 'clear-site-data']) expect(headers, name).not.toHaveProperty(name)
    expect(headers).toMatchObject({ 'content-security-policy': 'sandbox', 'x-content-type-options': 'nosniff' })
  })
})

describe("the credential does not come back", () => {
  const stars = '*'.repeat(secret.length)

  test.each(['application/json', 'application/octet-stream', 'text/event-stream'])('in a body of %s, which keeps its length, nor in a header', async (type) => {
    answer = ({ headers }, response) => {
      const said = `{"you sent": "${String(headers['x-shop-key'])}"}`
      response.writeHead(200, { 'content-type': type, 'content-length': String(said.length), 'x-said': String(headers['x-shop-key']) }).end(said)
    }
    const { headers, body } = await send('/echo')
    expect(String(body)).toBe(`{"you sent": "${stars}"}`)
    expect(headers).toMatchObject({ 'x-said': '[secret]', 'content-length': String(body.length), 'content-type': type })
  })

  test('in pieces that come one by one, of which none waits for the next', async () => {
    const pieces = [secret.slice(0, 10), `${secret.slice(10)}\n\n`, 'data: 2\n\n']
    let sendNext = (): void => undefined
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      sendNext = () => { if (pieces.length > 0) response.write(pieces.shift()!); else response.end() }
      response.write('data: 1\n\n')
    }
    const reply = await fetch(`${hub.url}/api/v1/integrations/${id}/proxy/stream`, { headers: { authorization: `Bearer ${hub.key}` } })
    let text = ''
    for await (const chunk of reply.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      // The first piece of the secret is held back, so that nothing tells of it.
      if (text.endsWith('\n\n')) sendNext()
      if (text === 'data: 1\n\n') sendNext()
    }
    expect(text).toBe(`data: 1\n\n${stars}\n\ndata: 2\n\n`)
  })
})

describe('no path leads elsewhere', () => {
  test.each([
    ['two slashes', (host: string) => `//${host}/x`], ['a user before the host', (host: string) => `/@${host}/x`], ['a user without a slash', (host: string) => `@${host}/x`],
    ['backslashes', (host: string) => `/\\${host}/x`], ['encoded slashes', (host: string) => `/%2f%2f${host}/x`], ['encoded backslashes', (host: string) => `/%5c%5c${host}/x`], ['a whole URL', (host: string) => `/http://${host}/x`],
    ['a port', () => `/:${new URL(evil.url).port}/x`], ['a query that looks like a host', (host: string) => `/?@${host}/x`], ['a fragment', (host: string) => `/#@${host}/x`],
  ])('%s does not reach another host', async (_what, path) => {
    const { status } = await send(path(new URL(evil.url).host))
    expect(evil.asked).toEqual([])
    // Either it is refused, or it is a path like any other below the service's own address.
    if (status === 200) expect(seen.map((each) => each.url)).toEqual([expect.stringMatching(/^\/base\//)])
    else expect([400, 404, 422]).toContain(status)
  })

  test.each(['/../admin', '/..', '/a/../../admin', '/%2e%2e/admin', '/%2E%2e%2fadmin', '/..%2fadmin', '/a/..%2f..%2fadmin', '/..%5cadmin', '/..\\admin', '/.%2e/admin', '/a/..;/../../admin', '/%2e%2e%5c%2e%2e/admin'])('%s does not climb out of the base path', async (path) => {
    const { status } = await send(path)
    expect([400, 404, 422]).toContain(status)
    expect(seen).toEqual([])
  })

  test('a Host header of the caller changes nothing', async () => {
    await send('/items', { headers: { host: new URL(evil.url).host } })
    expect(seen[0]!.headers.host).toBe(new URL(url).host)
    expect(evil.asked).toEqual([])
  })

  test('a redirect is handed back, never followed with the credential', async () => {
    answer = (_request, response) => { response.writeHead(302, { location: `${evil.url}/steal` }).end() }
    expect(await send('/items')).toMatchObject({ status: 302 })
    expect(evil.asked).toEqual([])
  })
})

describe('policies hold as for any call', () => {
  const add = async (body: Record<string, unknown>): Promise<string> => {
    const { body: { connector, credentialId } } = await hub.call('GET', `/api/v1/integrations/${id}`)
    return addIntegration(hub.call, { connector, credentialId, ...body })
  }
  test.each([
    ['status', { metadata: { status: 'inactive' } }, 409, 'integration_not_active'], ['allowed operations', { usage: { allowedOperations: ['getItem'] } }, 403, 'operation_not_allowed'],
    ['access', { usage: { accessControl: { roles: ['viewer'] } } }, 403, 'access_denied'], ['quota', { usage: { usageQuota: { limit: 0 } } }, 429, 'quota_exceeded'],
  ])('%s: a refused request is recorded and not sent', async (_what, body, status, code) => {
    const proxied = await add(body)
    const reply = await send('/items', { proxied })
    expect({ status: reply.status, body: JSON.parse(reply.body.toString()) }).toMatchObject({ status, body: { code, execution: { status: 'refused', operation: 'proxy' } } })
    expect(seen).toEqual([])
  })

  test('each request is one execution, committed before its answer ends, with the credential hidden', async () => {
    const proxied = await add({})
    answer = (_request, response) => { response.writeHead(404, { 'content-type': 'text/plain' }).end(`no ${secret}`) }
    await send('/items/9?q=1', { proxied, headers: { 'x-source-component': 'ui' } })
    const { body: { data } } = await hub.call('GET', `/api/v1/executions?integrationId=${proxied}`)
    expect(data.length).toBe(1)
    const whole = await hub.call('GET', `/api/v1/executions/${data[0].id}`)
    expect(whole.body).toMatchObject({
      operation: 'proxy', status: 'failed', request: { method: 'GET', endpoint: `${url}/base/items/9?q=1`, sourceComponent: 'ui' }, response: { statusCode: 404 }, error: { type: 'upstream_rejected' },
      metrics: { dataSize: `no ${secret}`.length },
    })
    expect(whole.text).not.toContain(secret)
    expect(whole.text).not.toContain(hub.key)
  })

  test('an upstream that breaks off in the middle is a recorded failure, and the hub lives on', async () => {
    const proxied = await add({})
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('half')
      setTimeout(() => request.socket.resetAndDestroy(), 20)
    }
    await expect(send('/items', { proxied })).rejects.toThrow()
    await vi.waitFor(async () => {
      expect((await hub.call('GET', `/api/v1/executions?integrationId=${proxied}`)).body.data).toMatchObject([{ status: 'failed', error: { type: 'upstream_unavailable' } }])
    }, { timeout: 30_000, interval: 25 })
  })

  test('a caller that breaks off in the middle frees the upstream, and is recorded', async () => {
    const proxied = await add({})
    let freed!: () => void
    const upstreamFree = new Promise<void>((resolve) => { freed = resolve })
    answer = (_request, response) => {
      response.on('close', freed)
      response.writeHead(200).write('half')
    }
    const { hostname, port } = new URL(hub.url)
    const request = httpRequest({ hostname, port, path: `/api/v1/integrations/${proxied}/proxy/x`, headers: { authorization: `Bearer ${hub.key}` } }, (response) => { response.once('data', () => request.destroy()).on('error', () => undefined) })
    request.on('error', () => undefined).end()
    await upstreamFree
    await vi.waitFor(async () => { expect((await hub.call('GET', `/api/v1/executions?integrationId=${proxied}`)).body.data.length).toBe(1) }, { timeout: 30_000, interval: 25 })
  })

  test('an upstream that is not there is 502, and one that never answers 504', async () => {
    const gone = await add({ connection: { endpoint: 'http://127.0.0.1:1' } })
    expect(await send('/items', { proxied: gone })).toMatchObject({ status: 502 })
    answer = () => undefined
    const slow = await add({ connection: { timeout: 200 } })
    const reply = await send('/items', { proxied: slow })
    expect({ status: reply.status, body: JSON.parse(reply.body.toString()) }).toMatchObject({ status: 504, body: { code: 'upstream_timeout', execution: { status: 'failed', response: null } } })
  })

  test('an upload may take longer than the timeout while it moves, and is broken off where it stands still', async () => {
    const proxied = await add({ connection: { timeout: 2500 } })
    let received = ''
    answer = (request, response) => {
      request.on('data', (chunk: Buffer) => { received += String(chunk) }).on('end', () => { response.writeHead(200).end('taken') }).on('error', () => undefined)
    }
    const { hostname, port } = new URL(hub.url)
    const upload = async (pieces: string[], ends: boolean): Promise<number> => {
      const request = httpRequest({ hostname, port, method: 'POST', path: `/api/v1/integrations/${proxied}/proxy/x`, headers: { authorization: `Bearer ${hub.key}` } })
      const status = new Promise<number>((resolve) => { request.on('response', (response) => { response.resume(); resolve(response.statusCode!) }).on('error', () => undefined) })
      for (const piece of pieces) {
        request.write(piece)
        await new Promise((resolve) => { setTimeout(resolve, 600) })
      }
      if (ends) request.end()
      return status.finally(() => { request.destroy() })
    }
    expect(await upload(['a', 'b', 'c', 'd', 'e'], true)).toBe(200)
    expect(received).toBe('abcde')
    expect(await upload(['a'], false)).toBe(504)
  })

  test('a connector that does not speak HTTP has no proxy', async () => {
    const { body } = expectStatus(201, await hub.call('POST', '/api/v1/integrations?test=false', { name: 'mail', connector: 'smtp-email', credentials: { host: '127.0.0.1', port: 2525, secure: false, from: 'a@example.com' } }))
    expect(await send('/x', { proxied: body.id })).toMatchObject({ status: 404 })
  })
})
