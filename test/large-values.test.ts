import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openHub, type TestHub } from './hub.ts'
import { json, startUpstream, type Upstream } from './upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let id: string
const file = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251))

beforeAll(async () => {
  ;({ hub, close } = await openHub())
  upstream = await startUpstream()
  const binary = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
  const form = { 'multipart/form-data': { schema: { type: 'object', properties: { note: { type: 'string' }, photo: { type: 'string', format: 'binary' } } } } }
  const ok = { 200: { description: 'Fine.' } }
  const document = {
    openapi: '3.0.3', info: { title: 'Photos', version: '1' }, servers: [{ url: upstream.url }],
    paths: {
      '/photo': {
        get: { operationId: 'download', responses: { 200: { description: 'It.', content: binary } } },
        put: { operationId: 'upload', requestBody: { content: binary }, responses: ok },
        post: { operationId: 'attach', requestBody: { content: form }, responses: ok },
      },
    },
  }
  const imported = await hub.call('POST', '/api/v1/connectors/import?id=photos', { document })
  expect(imported.status, imported.text).toBe(201)
  ;({ body: { id } } = await hub.call('POST', '/api/v1/integrations', { name: 'Photos', connector: 'photos' }))
})

beforeEach(() => {
  upstream.answer(({ method, body }, response) => {
    if (method === 'GET') response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename="photo.bin"' }).end(file)
    else json(response, 200, { received: body.length })
  })
})

afterAll(async () => {
  await close()
  await upstream.close()
})

async function download(): Promise<{ $blob: { id: string, sizeBytes: number, filename: string } }> {
  const { status, body, text } = await hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'download' })
  expect(status, text).toBe(200)
  return body.data
}

test('a binary answer is kept beside the tables, and given back byte by byte', async () => {
  const reference = await download()
  expect(reference.$blob).toMatchObject({ sizeBytes: file.length, filename: 'photo.bin' })
  const response = await fetch(`${hub.url}/api/v1/blobs/${reference.$blob.id}`, { headers: { authorization: `Bearer ${hub.key}` } })
  expect(Buffer.from(await response.arrayBuffer()).equals(file)).toBe(true)
  expect(response.headers.get('content-disposition')).toMatch(/^attachment/)
})

test('a secret that a service says back in a binary answer is overwritten in what is kept, which has the length that it had', async () => {
  const secret = 'the-key-of-the-photos-0123'
  const bytes = (key: string): Buffer => Buffer.concat([file, Buffer.from(`key=${key};`), file])
  upstream.answer(({ headers }, response) => { response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes(String(headers['x-key']))) })
  const { body: { id: keyed } } = await hub.call('POST', '/api/v1/integrations?test=false', { name: 'n', connector: 'http', configuration: { baseUrl: upstream.url }, credentials: { headerName: 'X-Key', headerValue: secret } })
  const { status, body, text } = await hub.call('POST', `/api/v1/integrations/${keyed}/run`, { operation: 'get', input: { url: '/photo' } })
  expect(status, text).toBe(200)
  expect(upstream.asked.at(-1)!.headers['x-key']).toBe(secret)
  const response = await fetch(`${hub.url}/api/v1/blobs/${body.data.data.$blob.id}`, { headers: { authorization: `Bearer ${hub.key}` } })
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes('*'.repeat(secret.length)))).toBe(true)
})

test('a large value may be sent on by its reference, as the body or as a part of a form', async () => {
  const reference = await download()
  const upload = await hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'upload', input: { body: reference } })
  expect(upload.status, upload.text).toBe(200)
  expect(upstream.asked.at(-1)!.headers['content-length']).toBe(String(file.length))
  const attach = await hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'attach', input: { body: { note: 'hello', photo: reference } } })
  expect(attach.status, attach.text).toBe(200)
  expect(upstream.asked.at(-1)!.body).toContain('filename="photo.bin"')
  expect(Number(upstream.asked.at(-1)!.headers['content-length'])).toBeGreaterThan(file.length)
})

test("another tenant's large value cannot be sent", async () => {
  const other = await hub.addTenant('other')
  await hub.call('POST', '/api/v1/connectors/import?id=photos', { document: { openapi: '3.0.3', info: { title: 'Photos', version: '1' }, servers: [{ url: upstream.url }], paths: { '/photo': { put: { operationId: 'upload', requestBody: { content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } }, responses: { 200: { description: 'Fine.' } } } } } } }, { key: other })
  const { body: { id: theirs } } = await hub.call('POST', '/api/v1/integrations?test=false', { name: 'Theirs', connector: 'photos' }, { key: other })
  const { status, body } = await hub.call('POST', `/api/v1/integrations/${theirs}/run`, { operation: 'upload', input: { body: await download() } }, { key: other })
  expect(status).toBe(422)
  expect(body).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/input/body' }] })
})
