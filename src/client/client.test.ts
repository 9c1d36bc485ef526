import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { json, startUpstream, type Upstream } from '../../test/upstream.ts'
import { createClient, type Client } from './client.ts'
import { ApiError, HubUnreachable } from './errors.ts'

let upstream: Upstream
let client: Client

beforeEach(async () => {
  upstream = await startUpstream()
  client = createClient({ baseUrl: `${upstream.url}/`, apiKey: 'key-of-the-test' })
})
afterEach(() => upstream.close())

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => { throw new Error('It did not fail.') }, (error: unknown) => error)
}

describe('a call', () => {
  test('carries the key, its parameters in path and query, and its body as JSON', async () => {
    await client.post('/api/v1/integrations/{id}/run', { path: { id: 'a/b ?' }, body: { operation: 'x', input: { y: 1 } }, idempotencyKey: 'once' })
    await client.get('/api/v1/executions', { query: { limit: 5, q: 'a&b=c' } })
    expect(upstream.asked).toMatchObject([
      { method: 'POST', url: '/api/v1/integrations/a%2Fb%20%3F/run', body: '{"operation":"x","input":{"y":1}}', headers: { authorization: 'Bearer key-of-the-test', 'content-type': 'application/json', 'idempotency-key': 'once' } },
      { method: 'GET', url: '/api/v1/executions?limit=5&q=a%26b%3Dc', headers: { authorization: 'Bearer key-of-the-test' } },
    ])
  })

  test('sends raw bodies as they are, with their type', async () => {
    await client.post('/api/v1/connectors/import', { query: { id: 'pets' }, body: 'openapi: 3.1.0', contentType: 'application/yaml' })
    await client.post('/api/v1/connectors/import', { body: new TextEncoder().encode('bytes') })
    expect(upstream.asked).toMatchObject([{ url: '/api/v1/connectors/import?id=pets', body: 'openapi: 3.1.0', headers: { 'content-type': 'application/yaml' } }, { body: 'bytes', headers: { 'content-type': 'application/octet-stream' } }])
  })

  test('answers nothing for 204, text for what is not JSON', async () => {
    upstream.answer((_request, response) => { response.writeHead(204).end() })
    expect(await client.delete('/api/v1/integrations/{id}', { path: { id: 'x' } })).toBeUndefined()
    upstream.answer((_request, response) => { response.writeHead(200, { 'content-type': 'text/plain' }).end('figures') })
    expect(await client.get('/metrics')).toBe('figures')
  })

  test('names the version that it changes', async () => {
    await client.patch('/api/v1/integrations/{id}', { path: { id: 'x' }, body: { name: 'y' }, ifMatch: '7' })
    expect(upstream.asked[0]?.headers['if-match']).toBe('"7"')
  })

  test('hands out an answer as it came', async () => {
    upstream.answer((_request, response) => { response.writeHead(200, { 'content-type': 'image/svg+xml' }).end('<svg/>') })
    const response = await client.raw('GET', '/api/v1/logos/{name}', { path: { name: 'stripe' } })
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['image/svg+xml', '<svg/>'])
  })
})

describe('a failure', () => {
  test('is an error with the code, the places and the execution that the hub told of', async () => {
    upstream.answer((_request, response) => { json(response, 429, { code: 'rate_limited', title: 'Too many calls', detail: 'Wait a little.', status: 429, errors: [{ pointer: '/a', detail: 'b' }], execution: { id: 'e' } }, { 'content-type': 'application/problem+json', 'retry-after': '3' }) })
    const error = await errorOf(client.get('/api/v1/executions'))
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 429, code: 'rate_limited', message: 'Wait a little.', errors: [{ pointer: '/a', detail: 'b' }], retryAfterSeconds: 3, problem: { execution: { id: 'e' } } })
  })

  test('of something else than a hub is told as such', async () => {
    upstream.answer((_request, response) => { response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>') })
    expect(await errorOf(client.get('/api/v1/executions'))).toMatchObject({ status: 502, code: 'unexpected_answer', errors: [] })
    upstream.answer((_request, response) => { response.writeHead(500, { 'content-type': 'application/json' }).end('{broken') })
    expect(await errorOf(client.get('/api/v1/executions'))).toMatchObject({ status: 500, code: 'unexpected_answer' })
  })

  test('to reach anybody names the address', async () => {
    const { url } = upstream
    await upstream.close()
    const error = await errorOf(client.get('/api/v1/executions'))
    upstream = await startUpstream()
    expect(error).toBeInstanceOf(HubUnreachable)
    expect((error as Error).message).toContain(url)
  })

  test('that the caller asked for is the caller\'s own', async () => {
    const controller = new AbortController()
    upstream.answer(() => { controller.abort(new Error('enough')) })
    expect(await errorOf(client.get('/api/v1/executions', { signal: controller.signal }))).toMatchObject({ message: 'enough' })
  })
})

test('a list is read page by page, as far as it is asked for', async () => {
  const pages: Record<string, unknown> = { '': { data: [{ id: '1' }, { id: '2' }], nextCursor: 'b c' }, 'b c': { data: [], nextCursor: 'd' }, d: { data: [{ id: '3' }], nextCursor: null } }
  upstream.answer(({ url }, response) => { json(response, 200, pages[new URL(url, 'http://x').searchParams.get('cursor') ?? '']) })
  const ids: string[] = []
  for await (const { id } of client.all('/api/v1/executions', { query: { status: 'failed' } })) ids.push(id)
  expect(ids).toEqual(['1', '2', '3'])
  expect(upstream.asked.map(({ url }) => url)).toEqual(['/api/v1/executions?status=failed', '/api/v1/executions?status=failed&cursor=b+c', '/api/v1/executions?status=failed&cursor=d'])
  for await (const { id } of client.all('/api/v1/executions')) if (id === '1') break
  expect(upstream.asked).toHaveLength(4)
})
