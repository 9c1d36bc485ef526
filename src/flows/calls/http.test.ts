import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'
import { openCalls, type CallsFixture } from './calls.fixture.ts'

let fixture: CallsFixture
let upstream: Upstream
beforeAll(() => { fixture = openCalls() })
afterAll(() => fixture[Symbol.asyncDispose]())
beforeEach(async () => { upstream = await startUpstream() })
afterEach(() => upstream.close())

const get = (path: string, more: object = {}): object => ({ method: 'get', endpoint: `${upstream.url}${path}`, ...more })

describe('the endpoint', () => {
  test("is a template of the task's input, with values encoded", async () => {
    await fixture.run('http', get('/pets/{petId}/{name}?status={status}&none={none}'), { input: { petId: 7, name: 'a/b?c#d', status: 'sold out' } })
    expect(upstream.asked[0]?.url).toBe('/pets/7/a%2Fb%3Fc%23d?status=sold%20out&none=')
  })

  test('takes query parameters, several of a name too, and leaves out what is null', async () => {
    await fixture.run('http', get('/search?a=1', { query: { q: 'x & y', tag: ['b', 'c'], n: 3, none: null } }))
    expect(upstream.asked[0]?.url).toBe('/search?a=1&q=x+%26+y&tag=b&tag=c&n=3')
  })

  test('may be an object, with its authentication', async () => {
    await fixture.run('http', { method: 'GET', endpoint: { uri: `${upstream.url}/x`, authentication: { basic: { username: 'ada', password: 'pass-of-ada' } } } })
    expect(upstream.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ada:pass-of-ada').toString('base64')}`)
  })

  test('with an object in its template is an expression error', async () => {
    expect(await fixture.faultOf('http', get('/{pet}'), { input: { pet: { id: 1 } } })).toMatchObject({ type: 'https://serverlessworkflow.io/spec/1.0.0/errors/expression', status: 400 })
  })
})

describe('the body', () => {
  test.each([
    ['an object as JSON', { a: 1 }, {}, 'application/json', '{"a":1}'],
    ['an object as a form, where the content type says so', { a: '1 2', b: true }, { 'Content-Type': 'application/x-www-form-urlencoded' }, 'application/x-www-form-urlencoded', 'a=1+2&b=true'],
    ['text as it is', '<x/>', { 'content-type': 'application/xml' }, 'application/xml', '<x/>'],
    ['text without a content type as text', 'hello', {}, 'text/plain; charset=utf-8', 'hello'],
  ])('sends %s', async (_title, body, headers, contentType, sent) => {
    await fixture.run('http', { method: 'post', endpoint: upstream.url, body, headers })
    expect(upstream.asked[0]).toMatchObject({ method: 'POST', body: sent, headers: { 'content-type': contentType } })
  })

  test("of methods that aren't safe goes out under the task's idempotency key, unless the task has one of its own", async () => {
    for (const method of ['post', 'PUT', 'patch', 'delete', 'get', 'head']) await fixture.run('http', { method, endpoint: upstream.url })
    await fixture.run('http', { method: 'post', endpoint: upstream.url, headers: { 'Idempotency-Key': 'mine' } })
    expect(upstream.asked.map(({ headers }) => headers['idempotency-key'])).toEqual([...Array.from({ length: 4 }, () => 'key-of-the-task'), undefined, undefined, 'mine'])
  })
})

describe('the output', () => {
  test('is the content: JSON parsed, text as it is, null for none', async () => {
    expect(await fixture.run('http', get('/'))).toEqual({ ok: true })
    upstream.answer((_request, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<p>') })
    expect(await fixture.run('http', get('/'))).toBe('<p>')
    upstream.answer((_request, response) => { response.writeHead(204).end() })
    expect(await fixture.run('http', get('/'))).toBeNull()
  })

  test('of a small binary content is base64, of a large one a reference', async () => {
    upstream.answer(({ url }, response) => {
      const bytes = Buffer.alloc(url === '/small' ? 100 : 100_000, 7)
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': bytes.length }).end(bytes)
    })
    expect(await fixture.run('http', get('/small'))).toBe(Buffer.alloc(100, 7).toString('base64'))
    expect(await fixture.run('http', get('/large'))).toMatchObject({ $blob: { contentType: 'image/png', sizeBytes: 100_000 } })
  })

  test('is the whole response where that is asked for, without credentials', async () => {
    upstream.answer((_request, response) => { json(response, 201, { id: 1 }, { 'set-cookie': 'session=1', 'x-more': 'yes' }) })
    expect(await fixture.run('http', { method: 'get', endpoint: { uri: `${upstream.url}/p`, authentication: { bearer: { token: 'token-of-the-task' } } }, headers: { 'X-A': 'b' }, output: 'response' })).toEqual({
      request: { method: 'get', uri: `${upstream.url}/p`, headers: expect.objectContaining({ 'x-a': 'b' }) }, statusCode: 201, headers: expect.objectContaining({ 'x-more': 'yes', 'content-type': 'application/json' }), content: { id: 1 },
    })
    expect(upstream.asked[0]?.headers.authorization).toBe('Bearer token-of-the-task')
    expect(fixture.concealed).toContain('token-of-the-task')
  })

  test('is base64 of the bytes where that is asked for', async () => {
    expect(await fixture.run('http', get('/', { output: 'raw' }))).toBe(Buffer.from('{"ok":true}').toString('base64'))
  })

  test('sends a large value on by its reference', async () => {
    upstream.answer((_request, response) => { response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(100_000, 1)) })
    const body = await fixture.run('http', get('/'))
    await fixture.run('http', { method: 'put', endpoint: upstream.url, body })
    expect(upstream.asked[1]?.body.length).toBe(100_000)
  })
})

describe('a status', () => {
  test.each([[400, 'communication'], [404, 'communication'], [500, 'communication'], [302, 'communication']])('%i is a %s fault with that status, and says what the service said', async (status, kind) => {
    upstream.answer((_request, response) => { json(response, status, { message: 'because of you' }, { location: '/elsewhere' }) })
    const fault = await fixture.faultOf('http', get('/'))
    expect(fault).toMatchObject({ type: `https://serverlessworkflow.io/spec/1.0.0/errors/${kind}`, status })
    if (status >= 400) expect(fault.detail).toContain('because of you')
  })

  test('of a redirect is followed with `redirect`, for GET; a POST gets it as its answer', async () => {
    upstream.answer(({ url }, response) => {
      if (url === '/from') response.writeHead(302, { location: '/to' }).end()
      else json(response, 200, { at: url })
    })
    expect(await fixture.run('http', get('/from', { redirect: true }))).toEqual({ at: '/to' })
    expect(await fixture.run('http', { method: 'post', endpoint: `${upstream.url}/from`, redirect: true, output: 'response' })).toMatchObject({ statusCode: 302, headers: { location: '/to' } })
  })
})

test('a service that is not there is a communication fault', async () => {
  const { url } = upstream
  await upstream.close()
  upstream = await startUpstream()
  expect(await fixture.faultOf('http', { method: 'get', endpoint: url })).toMatchObject({ type: expect.stringMatching(/communication$/) })
})

test('a task that is given up ends its request', async () => {
  upstream.answer(() => undefined)
  const abort = new AbortController()
  const running = fixture.run('http', get('/'), { signal: abort.signal })
  await expect.poll(() => upstream.asked.length).toBe(1)
  abort.abort()
  await expect(running).rejects.toMatchObject({ code: 'upstream_timeout' })
})

test.each([[{ method: 'get' }, '/endpoint'], [{ method: 'g e t', endpoint: 'http://x' }, '/method'], [{ method: 'get', endpoint: 'http://x', output: 'all' }, '/output'], [{ method: 'get', endpoint: 'http://x', headers: { a: {} } }, '/headers/a']])('arguments %j are refused, with where', async (args, where) => {
  const fault = await fixture.faultOf('http', args)
  expect(fault).toMatchObject({ type: expect.stringMatching(/validation$/), status: 400 })
  expect(fault.detail).toContain(where)
})
