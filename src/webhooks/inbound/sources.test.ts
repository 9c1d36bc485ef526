import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withClient } from '../../../test/everything.ts'
import { openHub, withHub, type Reply, type TestHub } from '../../../test/hub.ts'
import { startHub } from '../../build.ts'
import { readConfig } from '../../config.ts'
import { createLogger } from '../../logger.ts'
import { eventsOf, githubHeaders, makeSource, requestsOf, send, standardHeaders, type Source } from './inbound.fixture.ts'

let hub: TestHub
let close: () => Promise<void>
beforeAll(async () => { ({ hub, close } = await openHub()) })
afterAll(() => close())

const path = '/api/v1/webhook-sources'
const canary = 'canary-secret-0123456789'
const signedWith = (source: Source, secret: string): ReturnType<typeof send> => send(source, '{}', { headers: githubHeaders(secret, '{}') })
const github = { scheme: 'github', secret: canary }

describe('what can be made', () => {
  const pointersOf = async (verification: unknown, more: object = {}): Promise<string[]> => {
    const { status, body } = await hub.call('POST', path, { name: 'n', verification, ...more })
    expect({ status, body }).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
    return (body.errors as { pointer: string }[]).map(({ pointer }) => pointer)
  }

  test('no source without its secret, nor without saying how it is verified', async () => {
    for (const scheme of ['standard-webhooks', 'github', 'stripe', 'slack', 'shopify', 'twilio', 'hmac', 'basic', 'bearer', 'query']) {
      for (const secret of [undefined, '', ' ', '…', null]) expect(await pointersOf({ scheme, ...secret !== undefined && { secret } }), `${scheme}: ${secret}`).toEqual(['/verification/secret'])
    }
    expect(await pointersOf({ scheme: 'ip' })).toEqual(['/verification/ipAllowList'])
    expect(await pointersOf({ scheme: 'ip', ipAllowList: [] })).toEqual(['/verification/ipAllowList'])
    expect(await pointersOf(undefined)).toEqual(['/verification'])
    expect(await pointersOf({})).toEqual(['/verification/scheme'])
    expect(await pointersOf({ scheme: 'None' })).toEqual(['/verification/scheme'])
    expect((await hub.call('POST', path, { name: 'n', verification: { scheme: 'none' } })).status).toBe(201)
  })

  test('what is wrong is told by pointer', async () => {
    expect(await pointersOf({ scheme: 'standard-webhooks', secret: 'whsec_not base64' })).toEqual(['/verification/secret'])
    expect(await pointersOf({ scheme: 'basic', secret: 'no-colon' })).toEqual(['/verification/secret'])
    expect(await pointersOf({ scheme: 'none', ipAllowList: ['10.0.0.0/8', 'localhost'] })).toEqual(['/verification/ipAllowList/1'])
    expect(await pointersOf({ scheme: 'github', secret: 'x', header: 'X' })).toEqual(['/verification/header'])
    expect(await pointersOf({ scheme: 'hmac', secret: 'x', algorithm: 'md5' })).toEqual(['/verification/algorithm'])
    expect(await pointersOf(github, { dedupe: {} })).toEqual(['/dedupe'])
    expect(await pointersOf(github, { dedupe: { header: 'X', sender: true } })).toEqual(['/dedupe'])
    expect(await pointersOf(github, { dedupe: { expression: '.a |' } })).toEqual(['/dedupe/expression'])
    expect(await pointersOf({ scheme: 'none' }, { dedupe: { sender: true } })).toEqual(['/dedupe/sender'])
    expect(await pointersOf(github, { eventType: { expression: 'nonsense(' } })).toEqual(['/eventType/expression'])
    expect(await pointersOf(github, { eventSource: 'interchange' })).toEqual(['/eventSource'])
    expect(await pointersOf(github, { handshake: { type: 'query', tokenParameter: 't' } })).toEqual(['/handshake/token'])
    expect(await pointersOf(github, { handshake: { type: 'query', token: 't' } })).toEqual(['/handshake/tokenParameter'])
    for (const headers of [{ 'Set-Cookie': 'a=b' }, { 'content-length': '1' }, { 'X-Y': 'a\r\nb' }, { 'Content-Security-Policy': 'x' }, { 'Access-Control-Allow-Origin': '*' }]) {
      expect((await pointersOf(github, { response: { headers } }))[0]).toMatch(/^\/response\/headers\//)
    }
    expect(await pointersOf(github, { response: { status: 500 } })).toEqual(['/response/status'])
  })

  test('the secret may come under the name that its scheme has for it', async () => {
    const token = await makeSource(hub, { verification: { scheme: 'bearer', token: canary } })
    expect((await send(token, {}, { headers: { authorization: `Bearer ${canary}` } })).status).toBe(202)
    const basic = await makeSource(hub, { verification: { scheme: 'basic', username: 'u', password: canary } })
    expect((await send(basic, {}, { headers: { authorization: `Basic ${Buffer.from(`u:${canary}`).toString('base64')}` } })).status).toBe(202)
    const asked = await send(basic, {})
    expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="interchange", charset="UTF-8"'])
  })

  test('a repeat with the same Idempotency-Key makes one source', async () => {
    const headers = { 'idempotency-key': 'source-1' }
    const [one, two] = [await hub.call('POST', path, { name: 'once', verification: github }, { headers }), await hub.call('POST', path, { name: 'once', verification: github }, { headers })]
    expect(two.body).toEqual(one.body)
  })
})

describe('changes', () => {
  test('what was read may be written back; the secret and the URL stay', async () => {
    const source = await makeSource(hub, { description: 'd', verification: { ...github, ipAllowList: ['127.0.0.1'] }, dedupe: { sender: true }, response: { status: 204 }, handshake: { type: 'query', tokenParameter: 't', token: canary } })
    const { body: read } = await hub.call('GET', `${path}/${source.id}`)
    expect(read).toMatchObject({ verification: { scheme: 'github', secret: '…', ipAllowList: ['127.0.0.1'] }, handshake: { token: '…' }, previousSecretsUntil: [] })
    const { status, body: written } = await hub.call('PUT', `${path}/${source.id}`, read)
    expect(status).toBe(200)
    expect({ ...written, etag: '', updatedAt: '' }).toEqual({ ...read, etag: '', updatedAt: '' })
    expect((await signedWith(source, canary)).status).toBe(204)
    expect((await send(source, undefined, { method: 'GET', query: `?hub.challenge=1&t=${canary}` })).text).toBe('1')
  })

  test('a patch changes what it names, at once; null puts a default back', async () => {
    const source = await makeSource(hub, { verification: github, description: 'd', eventType: 'mine', response: { status: 201 } })
    const patch = async (change: object): Promise<any> => (await hub.call('PATCH', `${path}/${source.id}`, change)).body // eslint-disable-line typescript/no-explicit-any
    expect(await patch({ verification: { ipAllowList: ['203.0.113.1'] } })).toMatchObject({ description: 'd', verification: { scheme: 'github', secret: '…', ipAllowList: ['203.0.113.1'] } })
    expect((await signedWith(source, canary)).status).toBe(401)
    expect(await patch({ verification: { ipAllowList: null }, eventType: null, response: null })).toMatchObject({ eventType: null, response: null, verification: { ipAllowList: [] } })
    expect((await signedWith(source, canary)).status).toBe(202)
    expect((await eventsOf(hub, source)).map(({ type }) => type)).toEqual(['push'])
    // Another secret takes the place of the old one.
    await patch({ verification: { secret: 'another secret' } })
    expect([(await signedWith(source, canary)).status, (await signedWith(source, 'another secret')).status]).toEqual([401, 202])
    // Another scheme has another secret.
    expect(await hub.call('PATCH', `${path}/${source.id}`, { verification: { scheme: 'hmac' } })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/verification/secret' }] } })
    expect(await patch({ verification: { scheme: 'none' } })).toMatchObject({ verification: { scheme: 'none', ipAllowList: [] } })
    expect((await send(source, {})).status).toBe(202)
  })

  test('a change with If-Match is refused where somebody else was faster', async () => {
    const source = await makeSource(hub)
    const headers = { 'if-match': `"${source.etag}"` }
    expect((await hub.call('PATCH', `${path}/${source.id}`, { name: 'first' }, { headers })).status).toBe(200)
    for (const [method, body] of [['PATCH', { name: 'late' }], ['PUT', { name: 'late', verification: { scheme: 'none' } }]] as const) {
      expect(await hub.call(method, `${path}/${source.id}`, body, { headers })).toMatchObject({ status: 412, body: { code: 'precondition_failed' } })
    }
  })

  test('a deleted source is gone with its secret and its requests; its events stay', async () => {
    const source = await makeSource(hub, { verification: github })
    await signedWith(source, canary)
    await signedWith(source, 'wrong')
    expect((await hub.call('DELETE', `${path}/${source.id}`)).status).toBe(204)
    expect([(await signedWith(source, canary)).status, (await hub.call('GET', `${path}/${source.id}`)).status, (await hub.call('DELETE', `${path}/${source.id}`)).status]).toEqual([404, 404, 404])
    await withClient(hub.connectionString, async (client) => {
      const { rows } = await client.query("select (select count(*)::int from credentials where id = '.webhook-source.' || $1) as secrets, (select count(*)::int from webhook_requests where source_id = $1::uuid) as requests", [source.id])
      expect(rows).toEqual([{ secrets: 0, requests: 0 }])
    })
    expect(await eventsOf(hub, source)).toHaveLength(1)
  })

  test('each change is in the audit log, without a secret', async () => {
    const source = await makeSource(hub, { verification: github })
    await hub.call('PATCH', `${path}/${source.id}`, { name: 'Renamed', verification: { secret: `${canary}-2` } })
    await hub.call('POST', `${path}/${source.id}/rotate-secret`, {})
    await hub.call('POST', `${path}/${source.id}/pause`, {})
    await hub.call('DELETE', `${path}/${source.id}`)
    const { text, body } = await hub.call('GET', `/api/v1/audit?targetId=${source.id}`)
    expect(body.data.map(({ action }: { action: string }) => action)).toEqual(['webhook_source.deleted', 'webhook_source.updated', 'webhook_source.secret_rotated', 'webhook_source.updated', 'webhook_source.created'])
    expect(text).not.toContain(canary)
  })
})

describe('rotation', () => {
  test('both secrets hold during the overlap; afterwards the new one alone', async () => {
    const source = await makeSource(hub, { verification: github })
    const rotate = (body: object): Promise<Reply<any>> => hub.call('POST', `${path}/${source.id}/rotate-secret`, body) // eslint-disable-line typescript/no-explicit-any
    const { body: rotated } = await rotate({ secret: 'the second secret', overlapSeconds: 2 })
    expect(rotated).toMatchObject({ verification: { secret: '…' }, previousSecretsUntil: [expect.stringMatching(/Z$/)] })
    expect([(await signedWith(source, canary)).status, (await signedWith(source, 'the second secret')).status]).toEqual([202, 202])
    await vi.waitFor(async () => { expect((await signedWith(source, canary)).status).toBe(401) }, { timeout: 15_000, interval: 100 })
    expect((await signedWith(source, 'the second secret')).status).toBe(202)
    expect((await hub.call('GET', `${path}/${source.id}`)).body.previousSecretsUntil).toEqual([])
    await rotate({ secret: 'the third secret', overlapSeconds: 600 })
    await rotate({ secret: 'the fourth secret', overlapSeconds: 600 })
    expect(await Promise.all(['the second secret', 'the third secret', 'the fourth secret'].map(async (secret) => (await signedWith(source, secret)).status))).toEqual([202, 202, 202])
    await rotate({ secret: 'the fifth secret', overlapSeconds: 0 })
    expect(await Promise.all(['the third secret', 'the fourth secret', 'the fifth secret'].map(async (secret) => (await signedWith(source, secret)).status))).toEqual([401, 401, 202])
  })

  test('a secret that the hub makes is shown once, also to whoever repeats the request', async () => {
    const source = await makeSource(hub, { verification: { scheme: 'standard-webhooks', secret: `whsec_${Buffer.from(canary).toString('base64')}` } })
    const rotate = (): Promise<Reply<any>> => hub.call('POST', `${path}/${source.id}/rotate-secret`, {}, { headers: { 'idempotency-key': 'rotate-1' } }) // eslint-disable-line typescript/no-explicit-any
    const secret = (await rotate()).body.verification.secret as string
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect((await rotate()).text).not.toContain(secret)
    expect((await hub.call('GET', `${path}/${source.id}`)).text).not.toContain(secret.slice(6))
    expect((await send(source, '{}', { headers: standardHeaders(secret, '{}') })).status).toBe(202)
  })

  test('senders with secrets of their own, and schemes without one, are told so', async () => {
    const stripe = await makeSource(hub, { verification: { scheme: 'stripe', secret: canary } })
    expect(await hub.call('POST', `${path}/${stripe.id}/rotate-secret`, {})).toMatchObject({ status: 422, body: { errors: [{ pointer: '/secret' }] } })
    expect(await hub.call('POST', `${path}/${(await makeSource(hub)).id}/rotate-secret`, {})).toMatchObject({ status: 409, body: { code: 'conflict' } })
  })
})

describe('a look at what came', () => {
  test('refused requests are listed with the reason, without secrets and signatures', async () => {
    const source = await makeSource(hub, { verification: { scheme: 'hmac', secret: canary, header: 'X-Own' }, handshake: { type: 'query', tokenParameter: 'vt', token: `${canary}-token` } })
    await send(source, `{"said":"${canary}"}`, { query: `?hub.challenge=1&vt=wrong-token&apiKey=k1&a=${canary}`, headers: { 'x-own': 'f00f00', authorization: 'Bearer b1', cookie: 'c1', 'x-plain': `see ${canary}`, 'x-hub-signature': 's1' } })
    await send(source, '{}', { headers: { 'x-own': 'f00f00' } })
    const [second, first] = await requestsOf(hub, source)
    expect(second).toMatchObject({ status: 401, reason: 'The signature does not match.', method: 'POST', body: '{}', sizeBytes: 2, truncated: false, eventId: null, ip: '127.0.0.1' })
    expect(Math.abs(Date.parse(second.receivedAt) - Date.now())).toBeLessThan(60_000)
    expect(first).toMatchObject({ status: 401, headers: { 'x-own': '[secret]', authorization: '[secret]', cookie: '[secret]', 'x-plain': 'see [secret]' }, body: '{"said":"[secret]"}' })
    expect(first.url).toMatch(/\?hub\.challenge=1&vt=\[secret\]&apiKey=\[secret\]&a=\[secret\]$/)
    const all = JSON.stringify([first, second])
    for (const secret of [canary, 'f00f00', 'wrong-token', 'k1"', 'b1"', 'c1"', 's1"']) expect(all.includes(secret), secret).toBe(false)
  })

  test('a secret is masked before the body is cut, and bytes are shown as base64', async () => {
    const source = await makeSource(hub, { verification: github })
    const at = 32 * 1024
    await send(source, `${'x'.repeat(at - 5)}${canary}${'y'.repeat(at)}`)
    await send(source, Buffer.from([0xff, 0x00, 0xfe]))
    const [bytes, long] = await requestsOf(hub, source)
    expect(long).toMatchObject({ truncated: true, bodyEncoding: 'text' })
    expect(long.body).not.toContain(canary.slice(0, 5))
    expect(bytes).toMatchObject({ body: '/wD+', bodyEncoding: 'base64' })
  })

  test('what passes is not kept; an inspector keeps all, takes anything, and never more than the newest', async () => {
    const plain = await makeSource(hub)
    await send(plain, {})
    expect(await requestsOf(hub, plain)).toEqual([])
    const inspector = await makeSource(hub, { inspect: true })
    const { body: { id } } = await send(inspector, '{broken', { headers: { 'content-type': 'application/json' } })
    expect((await send(inspector, undefined, { method: 'GET', query: '?a=1' })).status).toBe(202)
    expect((await send(inspector, '<a', { method: 'DELETE', headers: { 'content-type': 'text/xml' } })).status).toBe(202)
    expect((await send(inspector, '{}', { headers: { 'content-type': 'nonsense' } })).status).toBe(202)
    expect((await requestsOf(hub, inspector)).map(({ method, status, reason, body }) => [method, status, reason, body])).toEqual([['POST', 202, null, '{}'], ['DELETE', 202, null, '<a'], ['GET', 202, null, ''], ['POST', 202, null, '{broken']])
    const events = await eventsOf(hub, inspector)
    expect(events[0]).toMatchObject({ id, event: { data: '{broken', datacontenttype: 'text/plain' } })
    expect((await requestsOf(hub, inspector)).at(-1)).toMatchObject({ eventId: id })
    await withClient(hub.connectionString, (client) => client.query(
      `insert into webhook_requests (tenant_id, source_id, id, status, request) select tenant_id, id, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 200, '{}' from webhook_sources, generate_series(1, 900) n where id = $1`, [inspector.id]))
    for (let sent = 0; sent < 60; sent += 1) await send(inspector, {})
    await withClient(hub.connectionString, async (client) => {
      const { rows } = await client.query<{ count: number }>('select count(*)::int as count from webhook_requests where source_id = $1', [inspector.id])
      expect(rows[0]!.count).toBeLessThanOrEqual(560)
    })
    const newest = await hub.call('GET', `${path}/${inspector.id}/requests?limit=5&status=202`)
    expect([newest.body.data.length, typeof newest.body.nextCursor]).toEqual([5, 'string'])
  })
})

test('requests are forgotten after 30 days', async () => {
  const source = await makeSource(hub, { verification: github })
  await send(source, {})
  const { hookRequests } = hub.hub.services
  await hookRequests.expire(new Date(Date.now() + 29.9 * 86_400_000))
  expect(await requestsOf(hub, source)).toHaveLength(1)
  await hookRequests.expire(new Date(Date.now() + 30.1 * 86_400_000))
  expect(await requestsOf(hub, source)).toEqual([])
})

describe('who sees what', () => {
  test("another tenant's source is not found, and its list is empty", async () => {
    const key = await hub.addTenant('foreign')
    const source = await makeSource(hub, { verification: github })
    for (const [method, suffix, body] of [['GET', ''], ['PUT', '', { name: 'n', verification: { scheme: 'none' } }], ['PATCH', '', { name: 'n' }], ['DELETE', ''], ['POST', '/rotate-secret', {}], ['POST', '/pause', {}], ['POST', '/activate', {}], ['GET', '/requests']] as const) {
      expect((await hub.call(method, `${path}/${source.id}${suffix}`, body, { key })).status, `${method} ${suffix}`).toBe(404)
    }
    expect((await hub.call('GET', path, undefined, { key })).body.data).toEqual([])
  })

  test('lists are searched and paged', async () => {
    const key = await hub.addTenant('lists')
    for (const name of ['one', 'two', 'three']) await makeSource(hub, { name, verification: name === 'two' ? github : { scheme: 'none' } }, { key })
    const list = async (query: string): Promise<string[]> => (await hub.call('GET', `${path}?${query}`, undefined, { key })).body.data.map(({ name }: { name: string }) => name)
    expect(await list('')).toEqual(['three', 'two', 'one'])
    expect([await list('q=T'), await list('scheme=github'), await list('status=paused')]).toEqual([['three', 'two'], ['two'], []])
    const page = (await hub.call('GET', `${path}?limit=2`, undefined, { key })).body
    expect(await list(`cursor=${page.nextCursor}`)).toEqual(['one'])
  })

  test('nowhere is a secret shown or stored as it is', async () => {
    const source = await makeSource(hub, { verification: github, handshake: { type: 'query', tokenParameter: 't', token: canary } })
    for (const at of [path, `${path}/${source.id}`, '/api/v1/credentials', '/api/v1/audit']) expect((await hub.call('GET', at)).text, at).not.toContain(canary)
    await withClient(hub.connectionString, async (client) => {
      for (const table of ['webhook_sources', 'webhook_requests', 'credentials', 'audit_log', 'events', 'idempotency_keys']) {
        const { rows } = await client.query<{ found: number }>(`select count(*)::int as found from ${table} t where t::text like '%' || $1 || '%'`, [canary])
        expect(rows[0]!.found, table).toBe(0)
      }
    })
  })
})

test('another process of the hub hears of a new secret, a pause and a deletion', async () => {
  const config = readConfig({ DATABASE_URL: hub.connectionString, INTERCHANGE_DATA: hub.dataFolder, INTERCHANGE_PORT: '0', INTERCHANGE_API_KEY: hub.key, INTERCHANGE_LOG_LEVEL: 'silent' })
  const second = await startHub({ config, logger: createLogger('silent'), role: 'serve' })
  try {
    const source = await makeSource(hub, { verification: github })
    const there: Source = { ...source, url: source.url.replace(hub.url, second.url!) }
    const eventually = (secret: string, status: number): Promise<void> => vi.waitFor(async () => { expect((await signedWith(there, secret)).status).toBe(status) }, { timeout: 10_000, interval: 20 })
    expect((await signedWith(there, canary)).status).toBe(202)
    await hub.call('PATCH', `${path}/${source.id}`, { verification: { secret: 'another secret' } })
    await eventually('another secret', 202)
    expect((await signedWith(there, canary)).status).toBe(401)
    await hub.call('POST', `${path}/${source.id}/pause`, {})
    await eventually('another secret', 503)
    await hub.call('DELETE', `${path}/${source.id}`)
    await eventually('another secret', 404)
  } finally {
    await second.close()
  }
})

test('the public URL stands in what is shown, and is what Twilio signs; a trusted proxy says where requests come from', () => withHub(async (behind) => {
  const twilio = await makeSource(behind, { verification: { scheme: 'twilio', secret: canary } })
  expect(twilio.url).toMatch(/^https:\/\/hub\.example\.com\/base\/hooks\//)
  const inside = (source: Source): Source => ({ ...source, url: behind.url + source.url.slice('https://hub.example.com/base'.length) })
  const signature = createHmac('sha1', canary).update(`${twilio.url}?a=1BodyhäFrom+1`).digest('base64')
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }
  expect((await send(inside(twilio), 'From=%2B1&Body=h%C3%A4', { headers, query: '?a=1' })).status).toBe(202)
  expect((await send(inside(twilio), 'From=%2B1&Body=ha', { headers, query: '?a=1' })).status).toBe(401)
  const listed = await makeSource(behind, { verification: { scheme: 'ip', ipAllowList: ['203.0.113.0/24'] } })
  const from = (forwarded: string): ReturnType<typeof send> => send(inside(listed), {}, { headers: { 'x-forwarded-for': forwarded } })
  // The proxy appends where a request came from; what stands before that is the client's own claim.
  expect(await Promise.all(['203.0.113.9', '198.51.100.1, 203.0.113.9', '203.0.113.9, 198.51.100.1', '203.0.113.9, nonsense', ''].map(async (each) => (await from(each)).status))).toEqual([202, 202, 401, 401, 401])
}, { env: { INTERCHANGE_PUBLIC_URL: 'https://hub.example.com/base/', INTERCHANGE_TRUST_PROXY: '127.0.0.1,10.0.0.0/8' } }))
