/** What attackers send to a source. Nothing of it passes, costs much, or fails the hub. */
import { createHmac } from 'node:crypto'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { seeded } from '../../../test/mutate.ts'
import { eventsOf, githubHeaders, makeSource, requestsOf, send, standardHeaders, type Source } from './inbound.fixture.ts'

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes len').toString('base64')}`
const otherSecret = `whsec_${Buffer.from('another one of thirty-two bytes!').toString('base64')}`
const MAX_BODY = 200_000

let hub: TestHub
let close: () => Promise<void>
let source: Source
beforeAll(async () => {
  ;({ hub, close } = await openHub({ env: { INTERCHANGE_MAX_BODY_BYTES: String(MAX_BODY) } }))
  source = await makeSource(hub, { verification: { scheme: 'standard-webhooks', secret } })
})
afterAll(() => close())

const body = '{"type":"a.b","data":{"n":1}}'
const now = (): number => Math.floor(Date.now() / 1000)

async function refused(what: string, sent: ReturnType<typeof send>, reason: RegExp): Promise<void> {
  const { status, body: problem, headers } = await sent
  expect({ status, code: problem.code, type: headers.get('content-type') }, what).toEqual({ status: 401, code: 'verification_failed', type: expect.stringMatching(/^application\/problem\+json/) })
  expect(problem.detail, what).toMatch(reason)
}

test('an altered body, another secret, an old or a future timestamp, a truncated or an empty signature: 401, and nothing comes of it', async () => {
  const right = standardHeaders(secret, body)
  const signed = (change: Record<string, string>): ReturnType<typeof send> => send(source, body, { headers: { ...right, ...change } })
  await refused('altered', send(source, body.replace('1', '2'), { headers: right }), /does not match/)
  await refused('with a byte more', send(source, `${body}\n`, { headers: right }), /does not match/)
  await refused('truncated body', send(source, body.slice(0, -1), { headers: right }), /does not match/)
  await refused('no body', send(source, '', { headers: right }), /does not match/)
  await refused('another secret', send(source, body, { headers: standardHeaders(otherSecret, body) }), /does not match/)
  await refused('old', send(source, body, { headers: standardHeaders(secret, body, { at: now() - 302 }) }), /too old/)
  await refused('future', send(source, body, { headers: standardHeaders(secret, body, { at: now() + 310 }) }), /future/)
  await refused('another id', signed({ 'webhook-id': 'msg_2' }), /does not match/)
  await refused('truncated signature', signed({ 'webhook-signature': right['webhook-signature']!.slice(0, -8) }), /does not match|malformed/)
  for (const empty of ['', 'v1,', ' ']) await refused('empty', signed({ 'webhook-signature': empty }), /missing|malformed/)
  await refused('no headers', send(source, body, { headers: { 'content-type': 'application/json' } }), /missing/)
  expect(await eventsOf(hub, source)).toEqual([])
  // One of several signatures is enough.
  expect(await signed({ 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')} v9,x ${right['webhook-signature']}` })).toMatchObject({ status: 202 })
})

test('a body that is no UTF-8 is verified by its bytes; it is no JSON', async () => {
  const bytes = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])
  expect(await send(source, bytes, { headers: standardHeaders(secret, bytes) })).toMatchObject({ status: 400, body: { code: 'malformed_json' } })
  await refused('as a decoder would read it', send(source, Buffer.from(bytes.toString('utf8')), { headers: standardHeaders(secret, bytes) }), /does not match/)
  const binary = await makeSource(hub, { verification: { scheme: 'standard-webhooks', secret } })
  expect((await send(binary, bytes, { headers: { ...standardHeaders(secret, bytes), 'content-type': 'application/octet-stream' } })).status).toBe(202)
  expect((await eventsOf(hub, binary))[0]!.event.data_base64).toBe(bytes.toString('base64'))
})

test('JSON that is broken, too deep, hostile or ambiguous is 400 and says where, and stands in the list of requests', async () => {
  const open = await makeSource(hub)
  const cases: [what: string, body: string, code: string, pointer: string | undefined][] = [
    ['broken', '{"a":', 'malformed_json', '/a'], ['text', 'nonsense', 'malformed_json', ''], ['deep', '['.repeat(100_000) + ']'.repeat(100_000), 'invalid_request', undefined],
    ['__proto__', '{"a":{"__proto__":{"x":1}}}', 'invalid_request', '/a/__proto__'], ['constructor', '{"constructor":{"prototype":{}}}', 'invalid_request', '/constructor/prototype'], ['twice', '{"a":1,"a":2}', 'invalid_request', '/a'],
  ]
  for (const [what, text, code, pointer] of cases) {
    const reply = await send(open, text, { headers: { 'content-type': 'application/json' } })
    expect(reply, what).toMatchObject({ status: 400, body: { code, errors: [pointer === undefined ? {} : { pointer }] } })
  }
  for (const xml of ['<a>', '<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>', '<a><__proto__/></a>', '<a>'.repeat(1000) + '</a>'.repeat(1000), '<r>' + '<![CDATA['.repeat(20_000)]) {
    expect(await send(open, xml, { headers: { 'content-type': 'application/xml' } }), xml.slice(0, 40)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  }
  for (const form of [`a=1&__proto__=2`, 'a&'.repeat(5000)]) expect((await send(open, form, { headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status).toBe(400)
  expect((await send(open, '--x\r\n', { headers: { 'content-type': 'multipart/form-data; boundary=b' } })).status).toBe(400)
  expect(await eventsOf(hub, open)).toEqual([])
  expect((await requestsOf(hub, open)).filter(({ status }) => status === 400).length).toBeGreaterThanOrEqual(10)
  expect(({} as { x?: number }).x).toBeUndefined()
})

test('a body over the limit is 413, and so is one that becomes it when it is decompressed', async () => {
  const open = await makeSource(hub)
  expect(await send(open, 'x'.repeat(MAX_BODY + 1), { headers: { 'content-type': 'text/plain' } })).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
  expect((await send(open, 'x'.repeat(MAX_BODY), { headers: { 'content-type': 'text/plain' } })).status).toBe(202)
  const gigabyte = gzipSync(Buffer.alloc(100 * 1024 * 1024))
  const before = process.memoryUsage().rss
  for (const [coding, bomb] of [['gzip', gigabyte], ['gzip, gzip', gzipSync(gigabyte)], ['br', brotliCompressSync(Buffer.alloc(20 * 1024 * 1024), { params: {} })]] as const) {
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(open, bomb, { headers: { 'content-encoding': coding, 'content-type': 'application/json' } })))
    expect(new Set(replies.map(({ status }) => status)), coding).toEqual(new Set([413]))
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024)
  for (const [coding, bytes, status] of [['gzip', Buffer.from('no gzip'), 400], ['gzip', gigabyte.subarray(0, 100), 400], ['zstd', Buffer.from('x'), 415], ['gzip, gzip, gzip', gigabyte, 415], ['__proto__', Buffer.from('x'), 415]] as const) {
    expect((await send(open, bytes, { headers: { 'content-encoding': coding } })).status, coding).toBe(status)
  }
})

test('a body that lies about its coding is verified before it is decompressed', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024))
  await refused('a bomb without a signature', send(source, bomb, { headers: { ...standardHeaders(otherSecret, bomb), 'content-encoding': 'gzip' } }), /does not match/)
})

test('a thousand malformed requests are no fault of the hub', { timeout: 60_000 }, async () => {
  const random = seeded(20_260_304)
  const targets = [
    await makeSource(hub), await makeSource(hub, { inspect: true, methods: ['POST'] }), source, await makeSource(hub, { dedupe: { expression: '.id' }, eventType: { expression: '.a.b' }, schemaCheck: 'reject' }),
    ...await Promise.all([['github'], ['stripe'], ['slack'], ['shopify'], ['twilio'], ['hmac', { timestampHeader: 'X-Time' }], ['basic', { username: 'u' }], ['bearer'], ['query']].map(([scheme, settings]) =>
      makeSource(hub, { verification: { scheme, secret: 'a secret', ...settings as object }, dedupe: null, handshake: { type: 'query' } }))),
  ]
  const bodies = ['', '{', '[', '"', '{"a":{"b":1}}', '\0', 'a=%ff&b=%', '<a', '<?xml?>', '{"id":"\\ud800"}', Buffer.from([255, 254, 0]), gzipSync('{}'), '[{"specversion":"1.0"}]', '{"type":5}', 'x'.repeat(5000), '--b\r\n\r\n--b--']
  const headers: Record<string, string[]> = {
    'content-type': ['application/json', 'application/xml', 'text/plain; charset=nonsense', 'application/x-www-form-urlencoded', 'multipart/form-data', 'multipart/form-data; boundary=b', 'application/cloudevents+json', 'application/cloudevents-batch+json', 'nonsense', ';', 'image/png'],
    'content-encoding': ['gzip', 'identity', 'br', ', ,', 'deflate'], 'ce-specversion': ['1.0', '2.0'], 'ce-id': ['%', '%ff'], 'ce-type': ['ä'], 'webhook-id': ['', 'x', 'a.b'], 'webhook-timestamp': ['', '1', String(now())], 'webhook-signature': ['v1,', 'v1a,AAAA', 'v1,AAAA'],
    'x-hub-signature-256': ['sha256=', 'sha256=zz'], 'stripe-signature': ['t=1,v1=00', '=,=,'], 'x-slack-signature': ['v0=00'], 'x-slack-request-timestamp': ['1e9'], 'x-shopify-hmac-sha256': ['AA=='], 'x-twilio-signature': ['AA=='], 'x-time': ['NaN', '99999999999999'],
    'x-webhook-signature': ['00,11'], authorization: ['Basic', 'Basic Og==', 'Bearer', 'Bearer x', 'Digest a'], 'x-id': ['a'],
  }
  const seen = new Map<number, number>()
  for (let batch = 0; batch < 50; batch += 1) {
    await Promise.all(Array.from({ length: 20 }, async () => {
      const chosen = Object.entries(headers).filter(() => random() < 0.3).map(([name, values]) => [name, Buffer.from(random.pick(values)).toString('latin1')])
      const query = random.pick(['', '?', '?token=', '?bodySHA256=zz', '?hub.challenge=1', '?%', '?a[]=1&a[]=2'])
      const { status } = await send(random.pick(targets), random.pick(bodies), { headers: Object.fromEntries(chosen), query, method: random.pick(['POST', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE']) })
      seen.set(status, (seen.get(status) ?? 0) + 1)
    }))
  }
  expect([...seen.keys()].filter((status) => status >= 500)).toEqual([])
  expect([...seen.values()].reduce((sum, count) => sum + count)).toBe(1000)
  expect(seen.get(401)).toBeGreaterThan(100)
})

test('paths that nobody has are 404, and keep nobody out who has one', async () => {
  const guesses = Array.from({ length: 500 }, (_each, at) => `${hub.url}/hooks/${createHmac('sha1', String(at)).update('').digest('base64url')}`)
  const asked = Promise.all(guesses.map((url) => send({ url }, '{}')))
  const late = await makeSource(hub)
  expect((await send(late, {})).status).toBe(202)
  expect(new Set((await asked).map(({ status }) => status))).toEqual(new Set([404]))
  for (const path of ['x', '..%2f..%2fetc', '%00', `${'a'.repeat(27)}/b`, 'a'.repeat(600), source.url.slice(-27).toLowerCase(), `${source.url.slice(-27)}%20`]) expect([404, 400, 414], path).toContain((await send({ url: `${hub.url}/hooks/${path}` }, '{}')).status)
})

test('addresses that are not on the list are refused, whatever a header says', async () => {
  const near = await makeSource(hub, { verification: { scheme: 'ip', ipAllowList: ['127.0.0.0/8'] } })
  const far = await makeSource(hub, { verification: { scheme: 'github', secret: 'x', ipAllowList: ['203.0.113.0/24', '2001:db8::/32'] } })
  expect((await send(near, {})).status).toBe(202)
  expect(await send(far, '{}', { headers: githubHeaders('x', '{}', { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' }) })).toMatchObject({ status: 401, body: { detail: expect.stringContaining('address') } })
})

test('whoever floods a source with what it refuses fills no table', async () => {
  const flooded = await makeSource(hub, { verification: { scheme: 'github', secret: 'x' } })
  const replies = await Promise.all(Array.from({ length: 600 }, () => send(flooded, '{}')))
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([401]))
  const kept = await requestsOf(hub, flooded)
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.length).toBeLessThan(600)
})
