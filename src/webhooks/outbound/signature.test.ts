import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto'
import { Webhook as Oracle } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { hintOf, isHint, makeSecret, readSecret, signatureHeaders, type Body } from './signature.ts'

const now = new Date()
const seconds = Math.floor(now.getTime() / 1000)
const body = '{"type":"order.paid","data":{"name":"Zoë 🪔"}}'

function sign(secrets: string[], text: Body = body, header = 'X-Webhook-Signature'): Record<string, string> {
  return signatureHeaders(secrets.map(readSecret), { messageId: 'msg_1', body: text, now }, header)
}

test('what is signed is accepted by the reference library of Standard Webhooks', () => {
  const secret = makeSecret()
  expect(new Oracle(secret).verify(body, sign([secret]))).toEqual(JSON.parse(body))
  expect(() => new Oracle(makeSecret()).verify(body, sign([secret]))).toThrow('No matching signature')
  expect(() => new Oracle(secret).verify(`${body} `, sign([secret]))).toThrow('No matching signature')
})

test('the published vector of Standard Webhooks comes out', () => {
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/javascript/src/index.test.ts
  const key = readSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  expect(key.sign('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test("GitHub's published vector comes out of the plain signature of a text secret", () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
  expect(readSecret("It's a Secret to Everybody").signBody('Hello, World!')).toBe('757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17')
})

test('the plain signature is keyed with the secret as it was shown, prefix and all', () => {
  const secret = makeSecret()
  const { 'X-Hub-Signature': plain, ...others } = sign([secret], body, 'X-Hub-Signature')
  expect(plain).toBe(createHmac('sha256', secret).update(body).digest('hex'))
  expect(Object.keys(others)).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature'])
})

test('a text secret signs with its UTF-8 bytes', () => {
  const secret = 'gänz geheim'
  const expected = createHmac('sha256', Buffer.from(secret)).update(`msg_1.${seconds}.${body}`).digest('base64')
  expect(sign([secret])['webhook-signature']).toBe(`v1,${expected}`)
  expect(new Oracle(Buffer.from(secret), { format: 'raw' }).verify(body, sign([secret]))).toEqual(JSON.parse(body))
})

test('while a rotation overlaps, the old secret and the new one both verify', () => {
  const [fresh, old] = [makeSecret(), makeSecret()]
  const headers = sign([fresh, old])
  for (const secret of [fresh, old]) expect(new Oracle(secret).verify(body, headers)).toEqual(JSON.parse(body))
  expect(headers['X-Webhook-Signature']).toBe([fresh, old].map((secret) => createHmac('sha256', secret).update(body).digest('hex')).join(','))
})

test('an ed25519 key signs v1a, which its public key verifies', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)
  const bytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  for (const raw of [seed, Buffer.concat([seed, bytes])]) {
    const secret = `whsk_${raw.toString('base64')}`
    const headers = sign([secret])
    const [version, signature] = headers['webhook-signature']!.split(',')
    expect(version).toBe('v1a')
    expect(verify(null, Buffer.from(`msg_1.${seconds}.${body}`), publicKey, Buffer.from(signature!, 'base64'))).toBe(true)
    expect(verify(null, Buffer.from(body), publicKey, Buffer.from(headers['X-Webhook-Signature']!, 'hex'))).toBe(true)
    expect(readSecret(secret).publicKey).toBe(`whpk_${bytes.toString('base64')}`)
  }
})

test('the vector of RFC 8032 comes out of an ed25519 key', () => {
  // §7.1, TEST 3: two bytes that are no UTF-8.
  const seed = Buffer.from('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7', 'hex')
  expect(readSecret(`whsk_${seed.toString('base64')}`).signBody(Buffer.from('af82', 'hex'))).toBe(
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a')
})

test('bytes that are no UTF-8 are signed as they are', () => {
  const bytes = randomBytes(64)
  bytes[0] = 0xff
  const secret = makeSecret()
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const expected = createHmac('sha256', key).update(Buffer.concat([Buffer.from(`msg_1.${seconds}.`), bytes])).digest('base64')
  expect(sign([secret], bytes)['webhook-signature']).toBe(`v1,${expected}`)
})

test('a broken secret is refused instead of signing with something else, and is not repeated', () => {
  const pair = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)
  for (const broken of ['whsec_', 'whsec_not base64!', 'whsec_abc=def', 'whsk_AAAA', `whsk_${Buffer.concat([pair, randomBytes(32)]).toString('base64')}`, 'whpk_AAAA']) {
    expect(() => readSecret(broken), broken).toThrow(RangeError)
    expect(() => readSecret(broken)).not.toThrow(broken.slice(6) || '!')
  }
})

test('a made secret has 32 bytes, is another each time, and only its kind is shown', () => {
  const secrets = Array.from({ length: 100 }, () => makeSecret())
  expect(new Set(secrets).size).toBe(100)
  for (const secret of secrets) expect(Buffer.from(secret.slice('whsec_'.length), 'base64').length).toBe(32)
  expect([secrets[0]!, 'whsk_AAAA', 'some text'].map(hintOf)).toEqual(['whsec_…', 'whsk_…', '…'])
  expect(secrets.map(hintOf).every(isHint)).toBe(true)
  expect(secrets.some(isHint)).toBe(false)
})

test('without a key there is an id and a time, and no signature', () => {
  expect(sign([])).toEqual({ 'webhook-id': 'msg_1', 'webhook-timestamp': String(seconds) })
})

test('a public key is one that Node takes', () => {
  const secret = `whsk_${randomBytes(32).toString('base64')}`
  const x = Buffer.from(readSecret(secret).publicKey!.slice('whpk_'.length), 'base64').toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  expect(verify(null, Buffer.from(body), key, Buffer.from(sign([secret])['X-Webhook-Signature']!, 'hex'))).toBe(true)
})
