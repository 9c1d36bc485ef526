import { expect, test } from 'vitest'
import type { BlobReference } from '../connectors/connector.ts'
import { createMask, MASKED } from '../lib/mask.ts'
import { systemCaller } from '../tenants/caller.ts'
import { isSensitiveHeader } from './headers.ts'
import { isStorable } from './json-text.ts'
import { INLINE_MAX_BYTES, makeRecord, readRecord, withoutStack, type Mask, type ShownExecution, type StoredJson } from './record.ts'
import { sample } from './samples.ts'

const caller = systemCaller('018f0000-0000-7000-8000-000000000001')
const secret = 'sk_live_0123456789abcdef'
const mask = createMask([secret])

async function store(execution: ReturnType<typeof sample>, using: Mask | undefined = mask): Promise<{ json: string, shown: ShownExecution, read: ShownExecution, spilled: string[] }> {
  const spilled: string[] = []
  const spill = async (json: string, sizeBytes: number): Promise<BlobReference> => {
    spilled.push(json)
    return { $blob: { id: `blob-${spilled.length}`, contentType: 'application/json', sizeBytes, sha256: '' } }
  }
  const { json, shown } = await makeRecord(execution, { mask: using, spill })
  return { json, shown, read: readRecord({ ...execution, runId: null }, JSON.parse(json) as StoredJson), spilled }
}

test('a record reads back as it was, and what is shown at once is the same', async () => {
  const execution = sample(caller, { payload: { a: [1, { b: null }] }, data: 'text', error: { type: 'upstream_rejected', message: 'no', recoverable: false } })
  const { shown, read } = await store(execution)
  expect(read).toEqual(shown)
  const { tenantId: _tenant, ...expected } = execution
  expect(read).toEqual({ ...expected, runId: null })
})

test('what is shown never names the tenant', async () => {
  expect(JSON.stringify((await store(sample(caller))).shown)).not.toContain(caller.tenantId)
})

test.each(['Authorization', 'proxy-authorization', 'COOKIE', 'set-cookie', 'X-Api-Key', 'api-key', 'apikey', 'api_key', 'x-auth-token', 'X-Amz-Security-Token', 'Ocp-Apim-Subscription-Key',
  'x-functions-key', 'PRIVATE-TOKEN', 'x-vault-token', 'stripe-signature', 'x-csrf-token', 'X-Shopify-Access-Token', 'x-goog-api-key', 'x-client-secret'])('the value of the header %s is never recorded', async (name) => {
  const headers = { [name]: 'hunter22', accept: 'text/html' }
  const { json, shown } = await store(sample(caller, { request: { headers }, response: { headers: { ...headers, [`${name}`]: ['hunter22', 'hunter22'] } } }))
  expect(json).not.toContain('hunter22')
  expect(JSON.stringify(shown)).not.toContain('hunter22')
  expect(shown.request.headers).toMatchObject({ [name]: '[hidden]', accept: 'text/html' })
})

test.each(['content-type', 'x-ratelimit-remaining-tokens', 'retry-after', 'www-authenticate', 'etag', 'idempotency-key', 'access-control-allow-headers'])('the header %s is recorded as it is', (name) => {
  expect(isSensitiveHeader(name)).toBe(false)
})

test('secrets are masked in every part of a record', async () => {
  const { json, shown } = await store(sample(caller, {
    payload: { [secret]: `x${secret}y` }, data: [secret], request: { endpoint: `https://api.example.com/?k=${secret}`, headers: { 'x-note': secret }, sourceComponent: secret },
    error: { type: secret, message: `said ${secret}`, recoverable: false, stackTrace: secret },
  }))
  expect(json).not.toContain(secret)
  expect(JSON.stringify(shown)).not.toContain(secret)
})

test('a text is masked before it is cut, so that no half of a secret stays', async () => {
  for (let before = 3980; before <= 4000; before += 1) {
    const message = 'x'.repeat(before) + secret
    const { json } = await store(sample(caller, { error: { type: 'internal', message, recoverable: false }, request: { headers: { 'x-long': message } } }))
    expect(json).not.toContain(secret.slice(0, 8))
  }
})

test('values are masked before they are spilled', async () => {
  const { spilled } = await store(sample(caller, { payload: `${'x'.repeat(INLINE_MAX_BYTES)}${secret}` }))
  expect(spilled).toHaveLength(1)
  expect(spilled[0]).not.toContain(secret)
})

test('data given as masked text are shown as that text says, not as the unmasked value beside it', async () => {
  const data = { key: secret }
  const { shown } = await store(sample(caller, { data, dataJson: mask.mask(JSON.stringify(data)) }))
  expect(shown.response?.data).toEqual({ key: MASKED })
})

test('a secret that is digits, or the name of a field, breaks no record', async () => {
  const digits = createMask(['123456', 'request', 'statusCode', 'latency'])
  const { read } = await store(sample(caller, { payload: { pin: 123456 }, latency: 123456, request: { endpoint: '/request/123456' } }), digits)
  expect(read.request).toMatchObject({ payload: { pin: MASKED }, endpoint: `/${MASKED}/${MASKED}` })
  expect(read.metrics.latency).toBe(123456)
  expect(read.response?.statusCode).toBe(200)
})

test('payload and data stay in the record up to 64 KiB each, counted in bytes, and are spilled beyond', async () => {
  const inBytes = (bytes: number): string => `${'ü'.repeat((bytes - 2) / 2)}`
  expect((await store(sample(caller, { payload: inBytes(INLINE_MAX_BYTES), data: inBytes(INLINE_MAX_BYTES) }))).spilled).toEqual([])
  const { spilled, read, shown } = await store(sample(caller, { payload: inBytes(INLINE_MAX_BYTES + 2), data: inBytes(INLINE_MAX_BYTES + 2) }))
  expect(spilled).toHaveLength(2)
  expect(read.request.payload).toMatchObject({ $blob: { id: 'blob-1', sizeBytes: INLINE_MAX_BYTES + 2 } })
  expect(shown.response?.data).toMatchObject({ $blob: { id: 'blob-2' } })
})

test('what has no JSON is recorded as such instead of failing the call', async () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  for (const value of [10n, cycle, undefined, () => 1, Symbol('x')]) {
    const { shown, read } = await store(sample(caller, { payload: value ?? null, data: value }))
    expect(JSON.stringify(shown)).toBe(JSON.stringify(read))
  }
})

test('own keys called __proto__ and constructor stay what they are', async () => {
  const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'
  const { read } = await store(sample(caller, { payload: JSON.parse(text), dataJson: text, request: { headers: JSON.parse('{"__proto__":"x","cookie":"y"}') } }))
  expect(JSON.stringify(read.request.payload)).toBe(text)
  expect(JSON.stringify(read.response?.data)).toBe(text)
  expect(JSON.stringify(read.request.headers)).toBe('{"__proto__":"x","cookie":"[hidden]"}')
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('a stack trace goes where it is taken out, and nothing else does', async () => {
  const { shown } = await store(sample(caller, { error: { type: 'internal', message: 'm', recoverable: false, stackTrace: 'at x' } }))
  expect(shown.error?.stackTrace).toBe('at x')
  expect(withoutStack(shown).error).toEqual({ type: 'internal', message: 'm', recoverable: false })
})

test.each([
  ['NUL', '"\\u0000"', false], ['a lone surrogate', '"\\uD800"', false], ['other escapes', '"\\u001b\\u00e9"', true], ['500 levels', `${'['.repeat(500)}${']'.repeat(500)}`, true],
  ['501 levels', `${'['.repeat(501)}${']'.repeat(501)}`, false], ['brackets within strings', JSON.stringify({ a: `\\"${'['.repeat(2000)}` }), true],
])('JSON with %s is told apart by whether Postgres can read it', (_name, json, storable) => {
  expect(isStorable(json)).toBe(storable)
})
