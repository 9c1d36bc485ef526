import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../../test/hub.ts'
import { disposition, harmlessType } from './get.ts'

let hub: TestHub
let close: () => Promise<void>
let tenantId: string

beforeAll(async () => {
  ({ hub, close } = await openHub())
  tenantId = (await hub.call('GET', '/api/v1/tenant')).body.id as string
})

afterAll(() => close())

test('a page of somebody else is downloaded as mere bytes that no browser runs', async () => {
  const page = '<script>alert(1)</script>'
  const { $blob } = await hub.hub.services.blobs.write(tenantId, Buffer.from(page), { contentType: 'text/html; charset=utf-8', filename: '../x"\r\nset-cookie: a=b.html' })
  const { status, text, headers } = await hub.call('GET', `/api/v1/blobs/${$blob.id}`)
  expect({ status, text }).toEqual({ status: 200, text: page })
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'application/octet-stream', 'x-content-type-options': 'nosniff', 'content-security-policy': 'sandbox',
    'content-disposition': `attachment; filename="x_set-cookie: a=b.html"; filename*=UTF-8''x%22set-cookie%3A%20a%3Db.html`,
  })
  expect(headers.get('set-cookie')).toBeNull()
})

test("a value of another tenant, and what is no id, is not found; without the scope it is forbidden", async () => {
  const { $blob } = await hub.hub.services.blobs.write(tenantId, Buffer.from('mine'), { contentType: 'text/plain' })
  const foreign = await hub.addTenant('other')
  expect((await hub.call('GET', `/api/v1/blobs/${$blob.id}`, undefined, { key: foreign })).status).toBe(404)
  for (const wrong of ['x', '..%2f..%2fpackage.json', '%2e%2e', '018f0000-0000-7000-8000-000000000000']) expect((await hub.call('GET', `/api/v1/blobs/${wrong}`)).status).toBe(404)
  const narrow = (await hub.call('POST', '/api/v1/keys', { name: 'narrow', role: 'viewer', scopes: ['connectors:read'] })).body.key as string
  expect((await hub.call('GET', `/api/v1/blobs/${$blob.id}`, undefined, { key: narrow })).status).toBe(403)
  expect((await hub.call('GET', `/api/v1/blobs/${$blob.id}`, undefined, { key: null })).status).toBe(401)
})

test.each([
  ['application/pdf', 'application/pdf'], ['text/plain; charset=utf-8', 'text/plain; charset=utf-8'], ['image/png', 'image/png'], ['application/json', 'application/json'],
  ['image/svg+xml', 'application/octet-stream'], ['application/xhtml+xml', 'application/octet-stream'], ['text/javascript', 'application/octet-stream'],
  ['TEXT/HTML', 'application/octet-stream'], ['text/plain\r\nx: y', 'application/octet-stream'], ['nonsense', 'application/octet-stream'], ['', 'application/octet-stream'],
])('the stored type %j is sent as %j', (stored, sent) => {
  expect(harmlessType(stored)).toBe(sent)
})

test.each([
  [undefined, 'attachment'], ['', 'attachment'], ['report.pdf', 'attachment; filename="report.pdf"'], ['/etc/passwd', 'attachment; filename="passwd"'], ['..\\x.txt', 'attachment; filename="x.txt"'],
  ['März.pdf', 'attachment; filename="M_rz.pdf"; filename*=UTF-8\'\'M%C3%A4rz.pdf'], ['\ud800', 'attachment; filename="_"; filename*=UTF-8\'\'%EF%BF%BD'],
])('the name %j becomes the header %j', (name, header) => {
  expect(disposition(name)).toBe(header)
})
