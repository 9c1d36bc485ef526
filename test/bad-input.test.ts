/** Bad input is told as such, with the place where it stands; nothing is stored of it, nothing sent, and nothing of it is a fault of the hub. */
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { routes } from '../src/api/routes/index.ts'
import type { Route } from '../src/api/route.ts'
import { errorCodes, type ErrorCode } from '../src/errors.ts'
import { dumpTenant, ownEverything, type Everything } from './everything.ts'
import { openHub, type Reply, type TestHub } from './hub.ts'
import { mutated, nasty, seeded, valueOf } from './mutate.ts'
import { addConnector, addIntegration } from './service.ts'
import { json, startUpstream, type Upstream } from './upstream.ts'
import { bodyOf, methodsOf, nameOf, pathOf } from './walk.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let of: Everything

beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  of = await ownEverything(hub, upstream, { key: hub.key, mark: 'mark' })
})
afterAll(async () => {
  await close()
  await upstream.close()
})
beforeEach(() => { upstream.asked.length = 0 })

const guarded = routes.filter(({ scope }) => scope !== 'public' && scope !== 'session')
const takingBody = guarded.filter(({ method, bodyKind }) => ['POST', 'PUT', 'PATCH'].includes(method) && bodyKind !== 'stream')
const takingJson = takingBody.filter(({ bodyKind = 'json' }) => bodyKind === 'json')
const shaped = takingJson.filter(({ body }) => body !== undefined)

function send(route: Route, body: unknown, headers: Record<string, string> = {}): Promise<Reply<any>> { // eslint-disable-line typescript/no-explicit-any
  return hub.call(route.method, pathOf(route, of), body, { headers })
}

/** Runs `work`, and shows that the tenant is as it was and the service was not asked. */
async function unchanged(work: () => Promise<void>): Promise<void> {
  const before = await dumpTenant(hub.connectionString, of.tenantId)
  await work()
  const after = await dumpTenant(hub.connectionString, of.tenantId)
  for (const [table, rows] of Object.entries(after)) expect(rows.filter((row) => !before[table]!.includes(row)), table).toEqual([])
  expect(Object.values(after).flat().length).toBe(Object.values(before).flat().length)
  expect(upstream.asked).toEqual([])
}

/** All that comes back until the other side hangs up. */
function rawExchange(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => { socket.write(bytes) })
    socket.setEncoding('utf8').on('data', (piece: string) => { text += piece }).on('close', () => { resolve(text) }).on('error', reject)
  })
}

function expectProblem(reply: Reply<any>, what: string, { pointer }: { pointer?: RegExp } = {}): void { // eslint-disable-line typescript/no-explicit-any
  const { status, code, errors } = reply.body
  expect(reply.headers.get('content-type'), `${what}: ${reply.text.slice(0, 300)}`).toMatch(/^application\/problem\+json/)
  expect(Object.keys(errorCodes), what).toContain(code)
  expect({ status: reply.status, said: status }, what).toEqual({ status: errorCodes[code as ErrorCode].status, said: reply.status })
  expect(reply.status, `${what}: ${reply.text.slice(0, 300)}`).toBeGreaterThanOrEqual(400)
  expect(reply.status, `${what}: ${reply.text.slice(0, 300)}`).toBeLessThan(500)
  if (pointer === undefined) return
  expect(errors?.length, `${what}: ${reply.text.slice(0, 300)}`).toBeGreaterThan(0)
  for (const error of errors) expect(error, what).toEqual({ pointer: expect.stringMatching(pointer), detail: expect.stringMatching(/./) })
}

describe('what is no acceptable JSON', () => {
  const cases: [what: string, body: string | Buffer, code: ErrorCode, pointer: RegExp][] = [
    ['JSON that breaks off', '{"name":', 'malformed_json', /^\/name$/],
    ['text', 'nonsense', 'malformed_json', /^$/],
    ['single quotes', "{'name': 1}", 'malformed_json', /^/],
    ['something behind the end', '{} {}', 'malformed_json', /^$/],
    ['a comment', '{"name": 1 /* one */}', 'malformed_json', /^/],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), 'malformed_json', /^/],
    ['the same key twice', '{"a":{"name":"a","name":"b"}}', 'invalid_request', /^\/a\/name$/],
    ['a __proto__ key', '{"a":{"__proto__":{"isAdmin":true}}}', 'invalid_request', /^\/a\/__proto__$/],
    ['an escaped __proto__ key', '{"\\u005f_proto__":{"isAdmin":true}}', 'invalid_request', /^\/__proto__$/],
    ['a constructor with a prototype', '{"constructor":{"prototype":{"isAdmin":true}}}', 'invalid_request', /^\/constructor\/prototype$/],
    ['arrays nested 10,000 deep', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'invalid_request', /^\/a(\/0)+$/],
    ['objects nested 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'invalid_request', /^(\/a)+$/],
    ['a key of 100,000 characters', `{"${'k'.repeat(100_000)}":1}`, 'invalid_request', /^$/],
  ]
  test.each(cases)('%s is refused on every route', (what, body, code, pointer) => unchanged(async () => {
    for (const route of takingJson) {
      const reply = await send(route, body)
      expectProblem(reply, `${what} to ${nameOf(route)}`, { pointer })
      expect(reply.body.code).toBe(code)
    }
  }))

  test('and its attack reaches no object of the hub', () => {
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  test('as a document it is refused as well', () => unchanged(async () => {
    for (const route of takingBody.filter(({ bodyKind }) => bodyKind === 'bytes')) {
      for (const [what, body] of cases) {
        const reply = await send(route, body)
        // Its answer is what is wrong; of what is no text at all it says so by a problem.
        if (route.path === '/api/v1/flows/validate' && reply.status === 200) expect(reply.body.findings.some(({ severity }: { severity: string }) => severity === 'error'), what).toBe(true)
        // A text may be YAML, and a document of one key is one.
        else expectProblem(reply, `${what} to ${nameOf(route)}`, { pointer: /^/ })
      }
    }
  }))
})

describe('size and kind', () => {
  const ten = JSON.stringify({ name: 'x'.repeat(10_000_000) })

  test('a body of 10 MB is 413 on every route', () => unchanged(async () => {
    for (const route of takingJson) expect(await send(route, ten), nameOf(route)).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
  }))

  test('also one that does not say its length', () => unchanged(async () => {
    let sent = 0
    const pieces = new ReadableStream({
      async pull(controller) {
        // In turns with the hub, which lives in this process; and not for ever, should nobody take it.
        await new Promise((resolve) => { setImmediate(resolve) })
        if ((sent += 1) > 1000) controller.close()
        else controller.enqueue(new TextEncoder().encode(`"${'x'.repeat(100_000)}",`))
      },
    })
    const init = { method: 'POST', headers: { authorization: `Bearer ${hub.key}`, 'content-type': 'application/json' }, body: pieces, duplex: 'half' }
    // The hub may hang up on the rest before its answer is read.
    const status = await fetch(`${hub.url}/api/v1/integrations`, init as RequestInit).then((response) => response.status, () => 'cut off')
    expect([413, 'cut off']).toContain(status)
  }))

  test('another content type than JSON is 415, whatever the body', () => unchanged(async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b', 'application/jsonp', 'application/xml', 'text/json']) {
      for (const route of takingJson) expect(await send(route, '{"name":"x"}', { 'content-type': type }), `${type} to ${nameOf(route)}`).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
    }
  }))

  test('JSON types with parameters and suffixes are taken', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'application/merge-patch+json', 'application/vnd.x+json;v=1']) {
      expect(await hub.call('POST', `/api/v1/credentials`, JSON.stringify({ connector: of.connector, credentials: { oauth: { clientId: 'c', clientSecret: 's' } } }), { headers: { 'content-type': type } }), type).toMatchObject({ status: 201 })
    }
  })
})

describe('shapes', () => {
  test('a list, text, number or boolean instead of an object is refused at the root', () => unchanged(async () => {
    for (const route of shaped) {
      for (const body of ['[]', '"text"', '17', 'true']) expectProblem(await send(route, body), `${body} to ${nameOf(route)}`, { pointer: /^$/ })
    }
  }))

  test('a field that nobody knows is refused by its name', () => unchanged(async () => {
    for (const route of shaped) {
      const reply = await send(route, { ...bodyOf(route, of, upstream.url) as object, 'no/such~field': 1 })
      expectProblem(reply, nameOf(route), { pointer: /^\/no~1such~0field$/ })
      expect(reply.body.code).toBe('invalid_input')
    }
  }))

  test('each field refuses what it is not made for, by its pointer', () => unchanged(async () => {
    let refused = 0
    for (const route of shaped) {
      const base = bodyOf(route, of, upstream.url) as Record<string, unknown>
      const { properties = {} } = z.toJSONSchema(route.body!, { io: 'input', unrepresentable: 'any' })
      for (const field of Object.keys(properties)) {
        const refusable = nasty.filter((each) => !route.body!.safeParse({ ...base, [field]: each }).success)
        for (const value of refusable.filter((_each, at) => at % 4 === refused % 4)) {
          refused += 1
          expectProblem(await send(route, { ...base, [field]: value }), `${field}: ${JSON.stringify(value).slice(0, 60)} to ${nameOf(route)}`, { pointer: /^/ })
        }
      }
    }
    expect(refused).toBeGreaterThan(150)
  }))

  test('names of 10,000 characters are refused', () => unchanged(async () => {
    for (const route of shaped) {
      const base = bodyOf(route, of, upstream.url) as Record<string, unknown>
      for (const field of ['name', 'slug', 'email', 'id', 'connector', 'type'].filter((each) => each in base)) {
        expectProblem(await send(route, { ...base, [field]: 'x'.repeat(10_000) }), `${field} to ${nameOf(route)}`, { pointer: new RegExp(`^/${field}$`) })
      }
    }
  }))

  test('an id that no path could name is refused', () => unchanged(async () => {
    for (const id of ['.', '..', '.hidden', 'a/b', 'a b', 'a%2e', '', 'ä', 'x'.repeat(129)]) {
      expectProblem(await hub.call('POST', '/api/v1/credentials', { id, connector: 'http', credentials: {} }), id, { pointer: /^\/id$/ })
      expectProblem(await hub.call('POST', '/api/v1/connectors', { id, document: { openapi: '3.1.0', info: { title: 't', version: '1' }, paths: {} } }), id, { pointer: /^\/id$/ })
    }
  }))

  test('a NUL or half a surrogate pair in any text is refused by its pointer', () => unchanged(async () => {
    for (const route of shaped) {
      const base = bodyOf(route, of, upstream.url) as Record<string, unknown>
      for (const field of Object.keys(base).filter((each) => typeof base[each] === 'string')) {
        for (const bad of ['a\0b', '\ud800', 'x\udc00']) expectProblem(await send(route, { ...base, [field]: bad }), `${field} to ${nameOf(route)}`, { pointer: new RegExp(`^/${field}$`) })
      }
    }
    for (const [body, pointer] of [
      [{ metadata: { tags: ['ok', 'a\0b'] } }, '/metadata/tags/1'], [{ configuration: { 'a\0b': 1 } }, '/configuration/a\0b'], [{ description: '\ud83e' }, '/description'],
    ] as const) {
      expect(await hub.call('PATCH', `/api/v1/integrations/${of.integration}`, body)).toMatchObject({ status: 422, body: { code: 'invalid_input', errors: [{ pointer }] } })
    }
  }))
})

describe("an integration's settings", () => {
  const faults: [pointer: string, change: Record<string, unknown>][] = [
    ['/connection/timeout', { connection: { timeout: -1 } }], ['/connection/timeout', { connection: { timeout: 'soon' } }], ['/connection/timeout', { connection: { timeout: 1.5 } }],
    ['/connection/timeout', { connection: { timeout: 9_007_199_254_740_993 } }],
    ['/connection/endpoint', { connection: { endpoint: 'file:///etc/passwd' } }], ['/connection/endpoint', { connection: { endpoint: 'nonsense' } }], ['/connection/endpoint', { connection: { endpoint: 'https://user:password@shop.example/' } }],
    ['/monitoring/alerts/0/url', { monitoring: { alerts: [{ name: 'a', metric: 'health', operator: 'below', threshold: 1, url: 'https://user@shop.example/' }] } }],
    ['/connection/headers/x', { connection: { headers: { x: 'a\r\nb: c' } } }], ['/connection/headers/a b', { connection: { headers: { 'a b': 'c' } } }],
    ['/connection/retryPolicy/maxRetries', { connection: { retryPolicy: { maxRetries: 1e9 } } }], ['/connection/surprise', { connection: { surprise: 1 } }],
    ['/dataHandling/requestTransform/0', { dataHandling: { requestTransform: ['.['] } }], ['/dataHandling/responseTransform/1/expression', { dataHandling: { responseTransform: ['.', { expression: 'nosuch(1)' }] } }],
    ['/dataHandling/errorMapping/0/when', { dataHandling: { errorMapping: [{ when: 'foo(' }] } }], ['/dataHandling/errorMapping/0/when', { dataHandling: { errorMapping: [{}] } }],
    ['/dataHandling/rateLimit/requestsPerMinute', { dataHandling: { rateLimit: { requestsPerMinute: 0 } } }], ['/dataHandling/caching/ttl', { dataHandling: { caching: { ttl: -5 } } }],
    ['/monitoring/alerts/0/name', { monitoring: { alerts: [{ metric: 'health', operator: 'below', threshold: 1 }] } }], ['/monitoring/healthChecks/0/interval', { monitoring: { healthChecks: [{ interval: 1 }] } }],
    ['/monitoring/logging/level', { monitoring: { logging: { level: 'loud' } } }], ['/usage/usageQuota/limit', { usage: { usageQuota: { limit: -1 } } }],
    ['/usage/allowedOperations/0', { usage: { allowedOperations: [''] } }], ['/usage/dataPolicy/retentionPeriod', { usage: { dataPolicy: { retentionPeriod: -1 } } }],
    ['/metadata/status', { metadata: { status: 'gone' } }], ['/metadata/tags', { metadata: { tags: 'x' } }], ['/name', { name: '   ' }],
  ]

  test('are refused by their pointers, whether posted, put or patched', () => unchanged(async () => {
    for (const [pointer, change] of faults) {
      const whole = { name: 'n', connector: of.connector, ...change }
      for (const reply of [
        await hub.call('POST', '/api/v1/integrations', whole), await hub.call('PUT', `/api/v1/integrations/${of.integration}`, whole),
        await hub.call('PATCH', `/api/v1/integrations/${of.integration}`, change),
      ]) {
        expect({ status: reply.status, pointers: reply.body['errors']?.map((error: { pointer: string }) => error.pointer) }, JSON.stringify(change)).toEqual({ status: 422, pointers: expect.arrayContaining([pointer]) })
      }
    }
  }))

  test('numbers beyond every number are refused', () => unchanged(async () => {
    for (const text of ['1e400', '-1e400']) {
      const reply = await hub.call('PATCH', `/api/v1/integrations/${of.integration}`, `{"connection":{"timeout":${text}}}`)
      expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '/connection/timeout' }] } })
    }
  }))

  test('credentials are given in one way, and fit the connector', () => unchanged(async () => {
    for (const [body, pointer] of [
      [{ credentials: { oauth: { clientId: 'c', clientSecret: 's' } }, credentialId: of.credential }, '/credentialId'],
      [{ credentials: { nosuch: 'x' } }, '/credentials/nosuch'], [{ credentials: { oauth: 5 } }, '/credentials/oauth'],
      [{ credentials: { oauth: { $env: 'PATH' } } }, '/credentials/oauth/$env'], [{ credentialId: 'nobody' }, '/credentialId'],
    ] as const) {
      const reply = await hub.call('POST', '/api/v1/integrations', { name: 'n', connector: of.connector, ...body })
      expect({ status: reply.status, errors: reply.body['errors'] }, JSON.stringify(body)).toMatchObject({ status: 422, errors: expect.arrayContaining([expect.objectContaining({ pointer })]) })
    }
  }))
})

test("an operation's input is refused by its pointer below /input, without an execution", async () => {
  const id = await addIntegration(hub.call, { connector: await addConnector(hub.call, upstream.url) })
  await unchanged(async () => {
    for (const [operation, input, pointer] of [
      ['getItem', {}, '/input/id'], ['getItem', { id: 5 }, '/input/id'], ['getItem', { id: '1', more: 2 }, '/input/more'], ['getItem', 'text', '/input'], ['getItem', [1], '/input'],
      ['createItem', {}, '/input/body'], ['createItem', { body: { name: 5 } }, '/input/body/name'], ['listItems', { page: 1.5 }, '/input/page'],
      ['nosuch', {}, '/operation'], ['a\0b', {}, '/operation'], ['', {}, '/operation'], ['__proto__', {}, '/operation'], [undefined, {}, '/operation'],
    ] as const) {
      const reply = await hub.call('POST', `/api/v1/integrations/${id}/run`, { operation, input })
      expect({ status: reply.status, errors: reply.body['errors'], execution: reply.body['execution'] }, JSON.stringify([operation, input])).toMatchObject({
        status: operation === 'nosuch' || operation === '__proto__' ? 404 : 422, errors: [{ pointer }], execution: undefined,
      })
    }
  })
})

describe('queries and paths', () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const lists = guarded.filter(({ method, query }) => method === 'GET' && query?.safeParse({ limit: '5' }).success)

  test('a limit that is no count is refused, a high one is cut', () => unchanged(async () => {
    expect(lists.length).toBeGreaterThan(10)
    for (const route of lists) {
      for (const limit of ['0', '-1', 'abc', '1.5', '1e400', '%00', '5&limit=6']) {
        expectProblem(await hub.call('GET', `${pathOf(route, of)}?limit=${limit}`), `limit=${limit} of ${nameOf(route)}`, { pointer: /^\?limit$/ })
      }
      expect(await hub.call('GET', `${pathOf(route, of)}?limit=1000000`), nameOf(route)).toMatchObject({ status: 200 })
    }
  }))

  test('a cursor that is not one of ours is refused', () => unchanged(async () => {
    const paged = lists.filter(({ query }) => query!.safeParse({ cursor: 'x' }).success)
    expect(paged.length).toBeGreaterThan(8)
    for (const route of paged) {
      for (const cursor of ['x', '%25%25', '!!!', encode([]), encode(['a', 'b', 'c']), encode([5]), encode({ 0: 'a' }), encode(['a\0b']), encode(null), 'x'.repeat(3000), '%00', '']) {
        const reply = await hub.call('GET', `${pathOf(route, of)}?cursor=${cursor}`)
        expectProblem(reply, `cursor=${cursor.slice(0, 40)} of ${nameOf(route)}`, { pointer: /^\?cursor$/ })
      }
    }
  }))

  test('a parameter that nobody knows is refused by its name', () => unchanged(async () => {
    for (const route of guarded.filter(({ method, query }) => method === 'GET' && query !== undefined)) {
      expectProblem(await hub.call('GET', `${pathOf(route, of)}?surprise=1`), nameOf(route), { pointer: /^\?surprise$/ })
    }
  }))

  test('a NUL in any parameter is refused', () => unchanged(async () => {
    for (const route of lists) {
      const names = Object.keys(z.toJSONSchema(route.query!, { io: 'input', unrepresentable: 'any' }).properties ?? {})
      for (const name of names) expectProblem(await hub.call('GET', `${pathOf(route, of)}?${name}=a%00b`), `${name} of ${nameOf(route)}`, { pointer: new RegExp(`^\\?${name}$`) })
    }
  }))

  test('an id that cannot be one is nothing there, on every route and method', () => unchanged(async () => {
    const bad = ['%00', 'a%00b', '%ff', '%ed%a0%80', '-1', '%27%3B%20drop%20table%20members', '..%2f..%2fetc%2fpasswd', '%252e%252e', 'x'.repeat(400), 'x'.repeat(10_000), '%F0%9F%A6%89', '__proto__', 'constructor', '%20', '*']
    for (const route of guarded.filter(({ path }) => path.includes(':id'))) {
      for (const id of bad) {
        for (const method of methodsOf(route)) {
          const path = pathOf(route, Object.fromEntries(Object.keys(of).map((kind) => [kind, '~'])) as unknown as Everything).replace('~', id)
          const reply = await hub.call(method, path, bodyOf(route, of, upstream.url))
          expect([400, 404], `${method} ${path.slice(0, 120)}: ${reply.text.slice(0, 200)}`).toContain(reply.status)
        }
      }
    }
  }))

  test('bytes that are no HTTP are a problem too, and cost the connection alone', async () => {
    for (const bytes of ['nonsense\r\n\r\n', `GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`, 'POST /api/v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: nine\r\n\r\n', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n']) {
      const answered = await rawExchange(hub.url, bytes)
      expect(answered.split('\r\n')[0]).toBe('HTTP/1.1 400 Bad Request')
      expect(answered).toContain('Content-Type: application/problem+json')
      expect(JSON.parse(answered.split('\r\n\r\n')[1]!)).toMatchObject({ status: 400, code: 'invalid_request' })
    }
    expect(await hub.call('GET', '/healthz', undefined, { key: null })).toMatchObject({ status: 200 })
  })

  test('paths and methods that are not there are problems too', async () => {
    for (const [method, path] of [['GET', '/nothing'], ['DELETE', '/api/v1/integrations'], ['PATCH', '/healthz'], ['GET', '//evil.example/api/v1/integrations'], ['GET', '/api/v1/integrations/%'], ['POST', '/api/v2/integrations']] as const) {
      expectProblem(await hub.call(method, path), `${method} ${path}`)
    }
  })
})

/** Objects among it may have no text of their own. */
function textOf(value: unknown): string {
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).toWellFormed()
}

test('hundreds of requests that are nearly right are no fault of the hub', { timeout: 240_000 }, async () => {
  upstream.answer((_request, response) => { json(response, 200, {}) })
  const random = seeded(20_260_117)
  const key = await hub.addTenant('fuzz')
  const own = await ownEverything(hub, upstream, { key, mark: 'fuzzed' })
  const schemas = new Map(guarded.map((route) => [route, {
    body: route.body && z.toJSONSchema(route.body, { io: 'input', unrepresentable: 'any' }), query: route.query && z.toJSONSchema(route.query, { io: 'input', unrepresentable: 'any' }),
  }]))
  const seen = new Map<number, number>()
  const faults: string[] = []
  const one = async (route: Route): Promise<void> => {
    const schema = schemas.get(route)!
    const method = random.pick(methodsOf(route))
    const query = schema.query === undefined || random() < 0.5 ? '' : `?${Object.entries(valueOf(schema.query as object, random) ?? {}).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(value))}`).join('&')}`
    const path = random() < 0.1 ? pathOf(route, own).replace(/[^/]+$/, encodeURIComponent(textOf(random.pick(nasty)))) : pathOf(route, own)
    const valid = bodyOf(route, own, upstream.url)
    const body = valid === undefined ? undefined : random() < 0.5 && schema.body !== undefined ? valueOf(schema.body as object, random) : mutated(valid, random)
    const reply = await hub.call(method, path + query, body === undefined ? undefined : JSON.stringify(body), { key })
    seen.set(reply.status, (seen.get(reply.status) ?? 0) + 1)
    // An integration that was pointed at an address where nobody listens fails as it should, and so does a question on the bus that nobody answers.
    const isOurs = reply.status >= 500 && !/^(upstream_|reply_timeout)/.test(String(reply.body['code']))
    if (isOurs) faults.push(`${method} ${path}${query} ${JSON.stringify(body)?.slice(0, 1000)} → ${reply.text.slice(0, 300)}`)
  }
  // Who asks on the bus and says no time is told after half a minute.
  const asking: Promise<void>[] = []
  for (let round = 0; round < 12; round += 1) {
    for (const route of guarded.filter(({ method }) => method !== 'DELETE')) {
      const told = one(route)
      if (route.path === '/api/v1/bus/request') asking.push(told)
      else await told
    }
  }
  for (const route of guarded.filter(({ method }) => method === 'DELETE')) await one(route)
  await Promise.all(asking)
  expect(faults).toEqual([])
  // It was no walk past closed doors.
  expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 201, 400, 404, 422]))
  expect([...seen.values()].reduce((sum, each) => sum + each)).toBeGreaterThan(400)
  expect(await hub.call('GET', '/readyz', undefined, { key: null })).toMatchObject({ status: 200 })
})
