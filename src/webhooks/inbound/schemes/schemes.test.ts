/** Each scheme against its vendor's published vectors, and against what attackers do to a request that passed. */
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { schemeNamed, schemes } from './index.ts'
import type { IncomingRequest, Verdict } from './scheme.ts'

interface Given { body?: string | Buffer, headers?: Record<string, string>, url?: string, publicUrl?: string, method?: string, settings?: object, secrets?: string[], at?: number }

function incoming({ body = '', headers = {}, url = '/hooks/x', publicUrl = `https://hub.example.com${url}`, method = 'POST' }: Given): IncomingRequest {
  return {
    method, url, headers, ip: '203.0.113.7', rawBody: Buffer.from(body as string),
    query: () => new URLSearchParams(url.split('?')[1] ?? ''), publicUrl: () => publicUrl,
  }
}

/** `at`: Unix seconds. */
function verify(name: string, given: Given & { secret?: string }): Verdict {
  const scheme = schemeNamed(name)
  const settings = z.object(scheme.settings).parse(given.settings ?? {})
  const keys = (given.secrets ?? [given.secret!]).map((secret) => scheme.keyOf(secret, settings))
  return scheme.verify(incoming(given), settings, keys, (given.at ?? Date.now() / 1000) * 1000)
}

const passes = { ok: true }
const fails = (reason: RegExp): object => ({ ok: false, reason: expect.stringMatching(reason) })
const isWrong = fails(/does not match|wrong/)

describe('Standard Webhooks', () => {
  // https://docs.svix.com/receiving/verifying-payloads/how-manual
  const svix = {
    secret: 'whsec_plJ3nmyCDGBKInavdOK15jsl', body: '{"event_type":"ping","data":{"success":true}}', at: 1731705121,
    headers: { 'svix-id': 'msg_loFOjxBNrRLzqYUf', 'svix-timestamp': '1731705121', 'svix-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=' },
  }
  // svix-webhooks, server/svix-server/src/worker.rs: test_asymmetric_key_signing. The public key is the second half of the key there.
  const ed25519 = {
    secret: `whpk_${Buffer.from('6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==', 'base64').subarray(32).toString('base64')}`,
    body: '{"test": 2432232314}', at: 1614265330,
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==',
    },
  }
  // The same source: test_generate_msg_headers_with_signing_key.
  const symmetric = { ...ed25519, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', headers: { ...ed25519.headers, 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' } }
  const check = (given: Given & { secret?: string }): Verdict => verify('standard-webhooks', given)

  test('the published vectors pass: v1, v1a, and under the name of Svix', () => {
    for (const vector of [svix, symmetric, ed25519]) expect(check(vector)).toEqual(passes)
  })

  test('what the reference library signs passes, with the prefix and without', () => {
    const secret = `whsec_${Buffer.from('a secret of some twenty-four').toString('base64')}`
    const now = new Date()
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(now.getTime() / 1000)), 'webhook-signature': new Webhook(secret).sign('msg_1', now, '{"a":"ä"}') }
    expect(check({ secret, headers, body: '{"a":"ä"}' })).toEqual(passes)
    expect(check({ secret: secret.slice(6), headers, body: '{"a":"ä"}' })).toEqual(passes)
  })

  test('bodies that are no UTF-8 are verified as the bytes that they are', () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d])
    const key = Buffer.from('key')
    const sign = (bytes: Buffer): string => `v1,${createHmac('sha256', key).update('m.1700000000.').update(bytes).digest('base64')}`
    const given = { secret: `whsec_${key.toString('base64')}`, at: 1700000000, body, headers: { 'webhook-id': 'm', 'webhook-timestamp': '1700000000', 'webhook-signature': sign(body) } }
    expect(check(given)).toEqual(passes)
    // What a decoder would make of it.
    expect(check({ ...given, body: Buffer.from(body.toString('utf8')) })).toEqual(isWrong)
  })

  test('of several signatures one that fits is enough, and one version says nothing about another', () => {
    const other = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc='
    const right = symmetric.headers['webhook-signature']
    const signed = (signature: string): Verdict => check({ ...symmetric, headers: { ...symmetric.headers, 'webhook-signature': signature } })
    expect(signed(`${other} v2,${right.slice(3)} ${ed25519.headers['webhook-signature']} ${right}`)).toEqual(passes)
    for (const wrong of [other, `v2,${right.slice(3)}`, right.slice(3), `v1a,${right.slice(3)}`, `v1, ${right.slice(3)}`]) expect(signed(wrong)).toMatchObject({ ok: false })
    expect(check({ ...symmetric, secrets: ['whsec_AAAA', symmetric.secret] })).toEqual(passes)
    expect(check({ ...ed25519, secrets: [symmetric.secret, ed25519.secret] })).toEqual(passes)
  })

  test('what is missing, empty, old, of the future, or no timestamp fails', () => {
    const changed = (headers: Record<string, string>, rest: Given = {}): Verdict => check({ ...symmetric, ...rest, headers: { ...symmetric.headers, ...headers } })
    for (const signature of ['', ' ', 'v1,', 'v1', 'v1,=', 'v1a,', ',', 'v1,!!!!']) expect(changed({ 'webhook-signature': signature }), signature).toEqual(fails(/missing or malformed/))
    for (const timestamp of ['', 'abc', '1614265330abc', '+1614265330', '1614265330.5', '0x603794b2', ' 1614265330', '-1']) expect(changed({ 'webhook-timestamp': timestamp }), timestamp).toEqual(fails(/timestamp/))
    expect(changed({ 'webhook-id': '' })).toEqual(fails(/webhook-id/))
    expect(changed({}, { at: symmetric.at + 301 })).toEqual(fails(/too old/))
    expect(changed({}, { at: symmetric.at - 301 })).toEqual(fails(/future/))
    expect(changed({}, { at: symmetric.at + 299 })).toEqual(passes)
    expect(changed({}, { at: symmetric.at + 3000, settings: { toleranceSeconds: 3600 } })).toEqual(passes)
  })

  test('a part of the id cannot pass for the timestamp', () => {
    const key = Buffer.from('key')
    const signature = `v1,${createHmac('sha256', key).update('msg.1600000000.1700000000.{}').digest('base64')}`
    const headers = { 'webhook-id': 'msg.1600000000', 'webhook-timestamp': '1700000000', 'webhook-signature': signature }
    expect(check({ secret: `whsec_${key.toString('base64')}`, at: 1700000000, body: '{}', headers })).toEqual(fails(/dot/))
  })

  test('a signature by another ed25519 key fails, and so does one of no group order', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const other = sign(null, Buffer.from(`${ed25519.headers['webhook-id']}.1614265330.${ed25519.body}`), privateKey).toString('base64')
    for (const signature of [other, Buffer.alloc(64).toString('base64'), Buffer.alloc(64, 255).toString('base64'), 'AAAA']) {
      expect(check({ ...ed25519, headers: { ...ed25519.headers, 'webhook-signature': `v1a,${signature}` } })).toEqual(isWrong)
    }
  })

  test('secrets that cannot be right are refused when they are given', () => {
    for (const secret of ['whsec_', 'whsec_not base64', 'whpk_AAAA', 'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=']) expect(() => schemeNamed('standard-webhooks').keyOf(secret, {}), secret).toThrow(RangeError)
  })
})

describe('GitHub', () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
  const vector = { secret: "It's a Secret to Everybody", body: 'Hello, World!', headers: { 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' } }
  const check = (change: Given): Verdict => verify('github', { ...vector, ...change })

  test('the published vector passes', () => { expect(check({})).toEqual(passes) })

  test('altered, truncated, empty or mislabelled it fails', () => {
    expect(check({ body: 'Hello, World?' })).toEqual(isWrong)
    expect(check({ body: 'Hello, World' })).toEqual(isWrong)
    expect(check({ secrets: ["It's a Secret to Nobody"] })).toEqual(isWrong)
    const hex = vector.headers['x-hub-signature-256'].slice(7)
    for (const signature of ['', 'sha256=', hex, `sha1=${hex}`, `sha256=${hex.slice(0, -2)}`, `sha256=${hex}00`, `sha256=${hex.slice(0, -1)}`, `sha256= ${hex}`, `sha256=${Buffer.from(hex, 'hex').toString('base64')}`]) {
      expect(check({ headers: { 'x-hub-signature-256': signature } }), signature).toMatchObject({ ok: false })
    }
    expect(check({ headers: {} })).toMatchObject({ ok: false })
    // The old SHA-1 signature alone.
    expect(check({ headers: { 'x-hub-signature': `sha1=${createHmac('sha1', vector.secret).update(vector.body).digest('hex')}` } })).toMatchObject({ ok: false })
  })

  test('its event and delivery are known', () => {
    const request = incoming({ headers: { 'x-github-event': 'push', 'x-github-delivery': '72d3162e' } })
    expect([schemeNamed('github').eventType!(request, {}), schemeNamed('github').eventId!(request, {})]).toEqual(['push', '72d3162e'])
  })
})

describe('Stripe', () => {
  // HMACs that stripe-node gives for those who implement it (CryptoProvider.ts) hold the construction; the header is that of
  // https://docs.stripe.com/webhooks#verify-manually.
  const secret = 'whsec_test_secret'
  const body = '{"id":"evt_test_webhook","object":"event"}'
  const at = 1700000000
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
  const check = (header: string, change: Given = {}): Verdict => verify('stripe', { secret, body, at, headers: { 'stripe-signature': header }, ...change })

  test("the keys and digests are Stripe's", () => {
    expect(createHmac('sha256', 'test_secret').update('').digest('hex')).toBe('f7f9bd47fb987337b5796fdc1fdb9ba221d0d5396814bfcaf9521f43fd8927fd')
    // What another implementation (the Rust crate webhook-verify, src/lib.rs) holds for this body, secret and moment.
    expect(signature).toBe('d95c6b7477fbd7e9f90b1b0ef5f9c7ac25abca5382460e0d988c2b2a5b71b990')
    expect(check(`t=${at},v1=${signature},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39`)).toEqual(passes)
  })

  test('several signatures and spaces are taken, v0 is not', () => {
    expect(check(`t=${at}, v1=${'0'.repeat(64)}, v1=${signature}`)).toEqual(passes)
    expect(check(`t=${at},v0=${signature}`)).toMatchObject({ ok: false })
    for (const header of ['', 't=', `t=${at}`, `t=${at},v1=`, `v1=${signature}`, `t=x,v1=${signature}`, `t=${at + 1},v1=${signature}`]) expect(check(header), header).toMatchObject({ ok: false })
  })

  test('old and future ones, another body and another secret fail', () => {
    const header = `t=${at},v1=${signature}`
    expect(check(header, { at: at + 301 })).toEqual(fails(/too old/))
    expect(check(header, { at: at - 301 })).toEqual(fails(/future/))
    expect(check(header, { body: `${body} ` })).toEqual(isWrong)
    expect(check(header, { secrets: ['whsec_other'] })).toEqual(isWrong)
  })
})

describe('Slack', () => {
  // https://docs.slack.dev/authentication/verifying-requests-from-slack/
  const vector = {
    secret: '8f742231b10e8888abcd99yyyzzz85a5', at: 1531420618,
    body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    headers: { 'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503', 'x-slack-request-timestamp': '1531420618' },
  }

  test('the published vector passes, in its time', () => {
    expect(verify('slack', vector)).toEqual(passes)
    expect(verify('slack', { ...vector, at: vector.at + 301 })).toEqual(fails(/too old/))
    expect(verify('slack', { ...vector, body: vector.body.replace('roadrunner', 'coyote') })).toEqual(isWrong)
    expect(verify('slack', { ...vector, headers: { ...vector.headers, 'x-slack-request-timestamp': '1531420619' } })).toEqual(isWrong)
    expect(verify('slack', { ...vector, headers: { ...vector.headers, 'x-slack-signature': '' } })).toMatchObject({ ok: false })
  })

  test('the URL challenge is answered, and events have their inner type', () => {
    const slack = schemeNamed('slack')
    // https://docs.slack.dev/reference/events/url_verification/
    const challenge = { token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl', challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P', type: 'url_verification' }
    expect(slack.challenge!(incoming({}), challenge)).toEqual({ status: 200, contentType: 'application/json', body: JSON.stringify({ challenge: challenge.challenge }) })
    expect(slack.challenge!(incoming({}), { type: 'event_callback', challenge: 'x' })).toBeUndefined()
    expect([{ type: 'event_callback', event: { type: 'app_mention' } }, { command: '/x' }, { payload: '{"type":"block_actions"}' }, { payload: 'x' }, undefined].map((data) => slack.eventType!(incoming({}), data)))
      .toEqual(['app_mention', 'slash_command', 'block_actions', undefined, undefined])
  })
})

describe('Shopify', () => {
  // Shopify publishes none; this one is of SQLPage's tests of its function hmac.
  const vector = { secret: 'test-webhook-secret', body: '{"id":1234567890,"email":"customer@example.com","total_price":"123.45"}', headers: { 'x-shopify-hmac-sha256': 'QNyObTlKbMx2qDlPF/ZOZcBqg5OgPg+2oky3zldc0Gw=' } }

  test('an independent vector passes; altered, hexadecimal or empty it fails', () => {
    expect(verify('shopify', vector)).toEqual(passes)
    expect(verify('shopify', { ...vector, body: vector.body.replace('123.45', '0.01') })).toEqual(isWrong)
    for (const signature of ['', '=', Buffer.from(vector.headers['x-shopify-hmac-sha256'], 'base64').toString('hex'), vector.headers['x-shopify-hmac-sha256'].slice(0, 20)]) {
      expect(verify('shopify', { ...vector, headers: { 'x-shopify-hmac-sha256': signature } }), signature).toMatchObject({ ok: false })
    }
  })
})

describe('Twilio', () => {
  // twilio-php, tests/Twilio/Unit/Security/RequestValidatorTest.php; the first is also the example of its documentation.
  const fields = 'Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE'
  const base = 'https://mycompany.com'
  const path = '/myapp.php?foo=1&bar=2'
  const check = (signature: string, { origin = base, url = path, body = fields, type = 'application/x-www-form-urlencoded', ...rest }: Given & { origin?: string, type?: string } = {}): Verdict =>
    verify('twilio', { secret: '12345', url, publicUrl: origin + url, body, headers: { 'x-twilio-signature': signature, 'content-type': type }, ...rest })
  const hash = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620'
  const json = { url: `${path}&bodySHA256=${hash}`, body: '{"property": "value", "boolean": true}', type: 'application/json' }

  test('the published vectors pass: forms, lists, other bodies, ports and user names in the URL', () => {
    expect(check('RSOYDt4T1cUTdK1PDd93/VVr8B8=')).toEqual(passes)
    expect(check('IK+Dwps556ElfBT0I3Rgjkr1wJU=', { body: 'Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234' })).toEqual(passes)
    expect(check('a9nBmqA0ju/hNViExpshrM61xv4=', json)).toEqual(passes)
    expect(check('RSOYDt4T1cUTdK1PDd93/VVr8B8=', { origin: `${base}:1234` })).toEqual(passes)
    expect(check('Zmvh+3yNM1Phv2jhDCwEM3q5ebU=', { origin: 'http://mycompany.com:1234' })).toEqual(passes)
    expect(check('kvajT1Ptam85bY51eRf/AJRuM3w=')).toEqual(passes)
    expect(check('0ZXoZLH/DfblKGATFgpif+LLRf4=', { origin: 'http://mycompany.com' })).toEqual(passes)
    expect(check('CukzLTc1tT5dXEDIHm/tKBanW10=', { origin: 'https://user:pass@mycompany.com' })).toEqual(passes)
    expect(check('ZQFR1PTIZXF2MXB8ZnKCvnnA+rI=', { origin: 'https://user:pass@mycompany.com' })).toEqual(passes)
  })

  test('the URL that stands at Twilio may be another than ours', () => {
    expect(check('RSOYDt4T1cUTdK1PDd93/VVr8B8=', { origin: 'http://inside:8080', settings: { url: 'https://mycompany.com/myapp.php' } })).toEqual(passes)
  })

  test('another field, URL, body or token fails, and so does a body that nothing vouches for', () => {
    const signature = 'RSOYDt4T1cUTdK1PDd93/VVr8B8='
    expect(check(signature, { body: fields.replace('1234', '1235') })).toEqual(isWrong)
    expect(check(signature, { body: `${fields}&More=1` })).toEqual(isWrong)
    expect(check(signature, { origin: 'https://yourcompany.com' })).toEqual(isWrong)
    expect(check(signature, { secrets: ['54321'] })).toEqual(isWrong)
    expect(check('a9nBmqA0ju/hNViExpshrM61xv4=', { ...json, body: '{"property": "other"}' })).toEqual(fails(/bodySHA256/))
    expect(check('a9nBmqA0ju/hNViExpshrM61xv4=', { ...json, url: `${path}&bodySHA256=` })).toEqual(fails(/bodySHA256/))
    // The signature of the URL alone would say nothing about a JSON body beside it.
    const alone = createHmac('sha1', '12345').update(base + path).digest('base64')
    expect(check(alone, { body: '{"forged":true}', type: 'application/json' })).toEqual(fails(/ties the body/))
    for (const empty of ['', '=']) expect(check(empty)).toMatchObject({ ok: false })
  })

  test('the hash of the published body is the published one', () => { expect(createHash('sha256').update(json.body).digest('hex')).toBe(hash) })
})

describe('plain HMAC', () => {
  const body = '{"a":1}'
  const hmac = (algorithm: string, content: string, encoding: 'hex' | 'base64' | 'base64url' = 'hex'): string => createHmac(algorithm, 'key').update(content).digest(encoding)
  const check = (headers: Record<string, string>, settings: object = {}, rest: Given = {}): Verdict => verify('hmac', { secret: 'key', body, headers, settings, ...rest })

  test('a vector of RFC 4231 passes', () => {
    expect(verify('hmac', { secret: 'Jefe', body: 'what do ya want for nothing?', headers: { 'x-webhook-signature': '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843' } })).toEqual(passes)
  })

  test('header, algorithm, encoding and prefix are settable', () => {
    expect(check({ 'x-sig': `sha512=${hmac('sha512', body, 'base64')}` }, { header: 'X-Sig', algorithm: 'sha512', encoding: 'base64', prefix: 'sha512=' })).toEqual(passes)
    expect(check({ 'x-sig': hmac('sha1', body, 'base64url') }, { header: 'X-Sig', algorithm: 'sha1', encoding: 'base64url' })).toEqual(passes)
    expect(check({ 'x-sig': hmac('sha256', body) }, { header: 'X-Sig', prefix: 'sha256=' })).toMatchObject({ ok: false })
    expect(check({ 'x-webhook-signature': `${'0'.repeat(64)},${hmac('sha256', body)}` })).toEqual(passes)
  })

  test('a timestamp in a header of its own, or beside the signature, is signed and checked', () => {
    const at = 1700000000
    const own = { timestampHeader: 'X-Time' }
    const signed = (timestamp: string): Record<string, string> => ({ 'x-time': timestamp, 'x-webhook-signature': hmac('sha256', `${timestamp}.${body}`) })
    for (const timestamp of [String(at), String(at * 1000), new Date(at * 1000).toISOString()]) expect(check(signed(timestamp), own, { at }), timestamp).toEqual(passes)
    expect(check(signed(String(at)), own, { at: at + 301 })).toEqual(fails(/too old/))
    expect(check(signed(String(at)), own, { at: at - 301 })).toEqual(fails(/future/))
    expect(check(signed(String(at)), { ...own, toleranceSeconds: 10 }, { at: at + 11 })).toEqual(fails(/too old/))
    expect(check(signed('never'), own, { at })).toEqual(fails(/timestamp/))
    expect(check({ 'x-webhook-signature': hmac('sha256', body) }, own, { at })).toEqual(fails(/timestamp/))
    expect(check({ ...signed(String(at)), 'x-time': String(at + 1) }, own, { at })).toEqual(isWrong)
    expect(check({ 'x-sig': `t=${at},v1=${hmac('sha256', `${at}.${body}`)}` }, { header: 'X-Sig', prefix: 'v1=', timestampHeader: 'X-Sig', timestampPrefix: 't=' }, { at })).toEqual(passes)
  })

  test('what is signed is settable', () => {
    expect(check({ 'x-id': '7', 'x-webhook-signature': hmac('sha256', `POST /hooks/x?a=1 7 ${body}`) }, { signedContent: '{method} {path} {header:X-Id} {body}' }, { url: '/hooks/x?a=1' })).toEqual(passes)
    expect(check({ 'x-webhook-signature': hmac('sha256', `https://hub.example.com/hooks/x${body}`) }, { signedContent: '{url}{body}' })).toEqual(passes)
    expect(z.object(schemeNamed('hmac').settings).safeParse({ signedContent: 'nothing of the body' }).success).toBe(false)
  })

  test('a secret may stand for bytes', () => {
    expect(check({ 'x-webhook-signature': hmac('sha256', body) }, { secretEncoding: 'hex' }, { secrets: ['6b6579'] })).toEqual(passes)
    expect(() => schemeNamed('hmac').keyOf('key', { secretEncoding: 'hex' })).toThrow(RangeError)
  })

  test('empty, truncated and foreign ones fail', () => {
    const right = hmac('sha256', body)
    for (const signature of ['', ',', ' ', right.slice(2), right.slice(1), `${right}00`, hmac('sha256', `${body} `), hmac('sha256', '')]) expect(check({ 'x-webhook-signature': signature }), signature).toMatchObject({ ok: false })
    expect(check({})).toMatchObject({ ok: false })
  })
})

describe('secrets that are sent as they are', () => {
  const authorization = (text: string): { headers: Record<string, string> } => ({ headers: { authorization: text } })
  const pair = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

  test('basic authentication takes the right pair alone (RFC 7617, §2)', () => {
    const check = (text: string, settings: object = { username: 'Aladdin' }, secret = 'open sesame'): Verdict => verify('basic', { secret, settings, ...authorization(text) })
    expect(check('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')).toEqual(passes)
    expect(check('basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', {}, 'Aladdin:open sesame')).toEqual(passes)
    expect(check(pair('test:123£'), { username: 'test' }, '123£')).toEqual(passes)
    for (const wrong of ['', 'Basic', 'Basic ', pair(''), pair(':'), pair('Aladdin:'), pair('Aladdin'), pair('aladdin:open sesame'), pair('Aladdin:open sesame '), 'Bearer open sesame', 'Basic !!!!']) expect(check(wrong), wrong).toMatchObject({ ok: false })
    expect(() => schemeNamed('basic').keyOf('no colon', {})).toThrow(RangeError)
  })

  test('a bearer token, or one in a header of its own', () => {
    const check = (headers: Record<string, string>, settings: object = {}): Verdict => verify('bearer', { secret: 'tökén', headers, settings })
    const sent = Buffer.from('tökén').toString('latin1')
    expect(check({ authorization: `Bearer ${sent}` })).toEqual(passes)
    expect(check({ 'x-gitlab-token': sent }, { header: 'X-Gitlab-Token' })).toEqual(passes)
    for (const wrong of ['', 'Bearer', 'Bearer ', `Bearer ${sent}x`, `Bearer ${sent.slice(1)}`, sent, `Basic ${sent}`]) expect(check({ authorization: wrong }), wrong).toMatchObject({ ok: false })
    expect(check({ 'x-gitlab-token': '' }, { header: 'X-Gitlab-Token' })).toMatchObject({ ok: false })
  })

  test('a secret in the query, given once', () => {
    const check = (query: string, settings: object = {}): Verdict => verify('query', { secret: 's&1', url: `/hooks/x${query}`, settings })
    expect(check('?token=s%261')).toEqual(passes)
    expect(check('?a=b&key=s%261', { parameter: 'key' })).toEqual(passes)
    for (const wrong of ['', '?', '?token', '?token=', '?token=s', '?token=s&1', '?TOKEN=s%261', '?token=s%261&token=x', '?token=x&token=s%261', '?token[]=s%261']) expect(check(wrong), wrong).toMatchObject({ ok: false })
  })
})

test('without a key no scheme with a secret lets anything pass', () => {
  for (const { name, secret } of schemes) {
    const verdict = verify(name, { secrets: [], headers: { authorization: 'Basic Og==', 'x-hub-signature-256': `sha256=${createHmac('sha256', '').update('').digest('hex')}` } })
    expect(verdict.ok, name).toBe(secret === undefined)
  }
})

test('an empty signature passes nowhere', () => {
  const headers = Object.fromEntries(['webhook-signature', 'x-hub-signature-256', 'stripe-signature', 'x-slack-signature', 'x-shopify-hmac-sha256', 'x-twilio-signature', 'x-webhook-signature', 'authorization'].map((name) => [name, '']))
  for (const { name } of schemes.filter(({ secret }) => secret !== undefined)) {
    expect(verify(name, { secret: name === 'basic' ? 'a:b' : 'c2VjcmV0', headers: { ...headers, 'webhook-id': 'm', 'webhook-timestamp': '1', 'x-slack-request-timestamp': '1' }, at: 1 }).ok, name).toBe(false)
  }
})
