import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { testContext, type TestContext } from '../test-context.ts'
import { isHubError } from '../../errors.ts'
import { closedPort } from '../../lib/http/test-upstream.ts'
import { encodeForm } from './form.ts'
import { stripe } from './index.ts'
import { readStripeDocument, sampler, startStripe, type StripeDocument, type StripeServer } from './stripe-server.fixture.ts'

let document: StripeDocument
let server: StripeServer
const contexts: TestContext[] = []

// The document may have to be obtained first, once a machine.
beforeAll(async () => {
  document = await readStripeDocument()
  server = await startStripe(document)
}, 600_000)
afterAll(() => server[Symbol.asyncDispose]())
afterEach(async () => {
  server.done.length = 0
  server.bodies.length = 0
  server.requests.length = 0
  for (const context of contexts.splice(0)) await context[Symbol.asyncDispose]()
})

function contextOf(credentials: Record<string, unknown> = {}, configuration: Record<string, unknown> = {}, endpoint = server.url): TestContext {
  const context = testContext({ connector: stripe, endpoint, credentials: { apiKey: 'sk_test_right', ...credentials }, configuration })
  contexts.push(context)
  return context
}

async function run(id: string, input: unknown, { idempotencyKey, context = contextOf() }: { idempotencyKey?: string, context?: TestContext } = {}): Promise<Record<string, unknown>> {
  return (await stripe.operations.find(id))!.run({ ...context, input, ...idempotencyKey !== undefined && { idempotencyKey } }) as Promise<Record<string, unknown>>
}

describe('operations', () => {
  const ids = stripe.manifest.capabilities.operations

  test.each(ids)('%s sends its example as Stripe\'s document wants it, and takes what that promises', async (id) => {
    const operation = (await stripe.operations.find(id))!
    const reply = await run(id, operation.example)
    expect(reply['object']).toBeTypeOf('string')
    expect(operation.validateOutput!(reply)).toEqual([])
  })

  test.each([
    ['create_customer', { email: 'ada@example.com', name: 'Ada', phone: '+49 1', description: 'x', address: { line1: 'A 1', city: 'B', postal_code: '1', country: 'DE' }, metadata: { 'a b': 'c&d=e', empty: null } }],
    ['update_customer', { customer: 'cus_1', name: 'Ada' }],
    ['list_customers', { email: 'a@b.c', limit: 3, starting_after: 'cus_1', created: { gte: 1, lt: 2 } }],
    ['create_payment_intent', { amount: 1999, currency: 'EUR', customer: 'cus_1', confirm: true, off_session: true, payment_method: 'pm_1', payment_method_types: ['card', 'sepa_debit'], capture_method: 'manual', receipt_email: 'a@b.co', return_url: 'https://x.example/', metadata: { order: '17' } }],
    ['create_payment_intent', { amount: 1, currency: 'jpy', automatic_payment_methods: { enabled: true, allow_redirects: 'never' } }],
    ['cancel_payment_intent', { payment_intent: 'pi_1' }],
    ['list_charges', { customer: 'cus_1', payment_intent: 'pi_1', created: 5, ending_before: 'ch_1' }],
    ['create_refund', { charge: 'ch_1', amount: 5, reason: 'duplicate', metadata: { a: 'b' } }],
    ['list_invoices', { customer: 'cus_1', status: 'open', created: { gt: 1 } }],
  ])('%s sends %j so that Stripe\'s document takes it', async (id, input) => {
    await expect(run(id, input)).resolves.toBeDefined()
  })

  test.each([
    ['create_payment_intent', { amount: 0, currency: 'eur' }, '/amount'], ['create_payment_intent', { amount: 1.5, currency: 'eur' }, '/amount'], ['create_payment_intent', { amount: 1, currency: 'euro' }, '/currency'],
    ['create_refund', {}, '/payment_intent'], ['create_refund', { charge: 'ch_1', payment_intent: 'pi_1' }, '/payment_intent'], ['retrieve_customer', { customer: '../balance' }, '/customer'],
    ['retrieve_customer', { customer: 'cus_1?expand[]=x' }, '/customer'], ['list_charges', { limit: 101 }, '/limit'], ['create_customer', { e_mail: 'x' }, '/e_mail'], ['create_customer', { metadata: { 'a[b]': 'x' } }, '/metadata/a[b]'],
  ])('%s refuses %j with a pointer, before anything is sent', async (id, input, pointer) => {
    await expect(run(id, input)).rejects.toThrow(expect.objectContaining({ code: 'invalid_input', errors: expect.arrayContaining([expect.objectContaining({ pointer })]) }))
    expect(server.requests).toEqual([])
  })

  test('pass on fields that this connector does not know', async () => {
    server.answerNext(200, { id: 'cus_1', object: 'customer', brand_new: { a: 1 } })
    expect(await run('retrieve_customer', { customer: 'cus_1' })).toEqual({ id: 'cus_1', object: 'customer', brand_new: { a: 1 } })
  })

  test('answer with a deleted customer as such', async () => {
    server.answerNext(200, { id: 'cus_1', object: 'customer', deleted: true })
    expect(await run('retrieve_customer', { customer: 'cus_1' })).toEqual({ id: 'cus_1', object: 'customer', deleted: true })
  })

  test.each([[{ id: 'cus_1', object: 'charge' }], [[]], ['text'], [null]])('take %j for an upstream fault', async (body) => {
    server.answerNext(200, body)
    await expect(run('retrieve_customer', { customer: 'cus_1' })).rejects.toSatisfy((error) => isHubError(error, 'upstream_invalid_response'))
  })

  test('say what Stripe said when it refuses', async () => {
    server.answerNext(402, { error: { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' } })
    await expect(run('create_payment_intent', { amount: 1, currency: 'eur' })).rejects.toSatisfy((error) => isHubError(error, 'upstream_rejected') && error.upstreamStatus === 402 && error.message.includes('Your card was declined.'))
  })
})

describe('a repeat', () => {
  test('of a creating call with the run\'s key creates once', async () => {
    const first = await run('create_customer', { name: 'Ada' }, { idempotencyKey: 'run-1' })
    expect(await run('create_customer', { name: 'Ada' }, { idempotencyKey: 'run-1' })).toEqual(first)
    expect(server.done).toEqual(['POST /v1/customers'])
    await run('create_customer', { name: 'Ada' }, { idempotencyKey: 'run-2' })
    expect(server.done).toHaveLength(2)
  })

  test('is safe for every operation, and reading ones say that they only read', async () => {
    for (const id of stripe.manifest.capabilities.operations) {
      const { retrySafe, readOnly } = (await stripe.operations.find(id))!
      expect(retrySafe, id).toBe(true)
      expect(readOnly, id).toBe(/^(retrieve|list)_/.test(id))
    }
  })

  test('every call that changes something without deleting carries the key', async () => {
    for (const id of stripe.manifest.capabilities.operations) {
      server.requests.length = 0
      await run(id, (await stripe.operations.find(id))!.example, { idempotencyKey: `key-${id}` })
      const [{ method, headers }] = server.requests as [(typeof server.requests)[number]]
      expect(headers['idempotency-key'], id).toBe(method === 'POST' ? `key-${id}` : undefined)
    }
  })
})

describe('the form encoding', () => {
  test.each([
    [{ a: 1, b: true, c: 'x y&z=ü' }, 'a=1&b=true&c=x%20y%26z%3D%C3%BC'],
    [{ metadata: { order: '17', 'a b': '' } }, 'metadata[order]=17&metadata[a%20b]='],
    [{ items: [{ price: 'p1', quantity: 2 }, { price: 'p2' }] }, 'items[0][price]=p1&items[0][quantity]=2&items[1][price]=p2'],
    [{ types: ['card', 'ideal'] }, 'types[0]=card&types[1]=ideal'],
    [{ a: null, b: undefined, c: {}, d: [] }, 'a='],
    [{ metadata: { 'a]=1&b[': 'x' } }, 'metadata[a%5D%3D1%26b%5B]=x'],
    [{ a: '\uD800' }, 'a=%EF%BF%BD'],
  ])('of %j', (fields, encoded) => {
    expect(encodeForm(fields)).toBe(encoded)
  })
})

describe('settings', () => {
  test('pin the version, and act for a connected account', async () => {
    await run('retrieve_balance', {}, { context: contextOf({}, { apiVersion: '2024-06-20', account: 'acct_1' }) })
    expect(server.requests[0]!.headers).toMatchObject({ 'stripe-version': '2024-06-20', 'stripe-account': 'acct_1' })
  })

  test('are refused where they are not of their form', async () => {
    await expect(run('retrieve_balance', {}, { context: contextOf({}, { account: 'acct_1\r\nx: y' }) })).rejects.toSatisfy((error) => isHubError(error, 'invalid_input'))
  })

  test('lead to Stripe itself, unless the integration has an endpoint', () => {
    expect(stripe.hosts!({ configuration: {}, credentials: {} })).toEqual(['api.stripe.com'])
    expect(stripe.hosts!({ configuration: {}, credentials: {}, endpoint: 'http://localhost:12111' })).toEqual(['localhost:12111'])
  })
})

describe('a connection test', () => {
  test('passes with a good key', async () => {
    expect((await stripe.testConnection(contextOf())).detail).toContain('knows the key')
  })

  test('passes with a restricted key that may not read the balance', async () => {
    server.answerNext(403, { error: { type: 'invalid_request_error', message: 'The provided key does not have the required permissions' } })
    expect((await stripe.testConnection(contextOf())).detail).toContain('may not read the balance')
  })

  test.each([['sk_test_canary', 'connection_failed'], ['', 'credential_missing'], ['two canaries', 'invalid_input']])('with the key %j fails as %s, without showing it', async (apiKey, code) => {
    await expect(stripe.testConnection(contextOf({ apiKey }))).rejects.toSatisfy((error) => isHubError(error) && error.code === code && !JSON.stringify([error.message, error.errors]).includes('canar'))
  })

  test('fails where nobody listens', async () => {
    await expect(stripe.testConnection(contextOf({}, {}, `http://127.0.0.1:${await closedPort()}`))).rejects.toSatisfy((error) => isHubError(error, 'upstream_unavailable') && error.beforeSending)
  })
})

test('proxied requests carry the key, and stay at Stripe', async () => {
  const context = contextOf()
  const request = await stripe.proxy!({ method: 'GET', url: '/v1/balance', headers: { accept: 'application/json' } }, context)
  expect((await context.http.request(request)).data).toMatchObject({ object: 'balance' })
  await expect(stripe.proxy!({ method: 'GET', url: '//evil.example/' }, context)).rejects.toSatisfy((error) => isHubError(error, 'address_refused'))
})

describe('events', () => {
  const types = stripe.manifest.events.map(({ eventType }) => eventType)
  const objects: Record<string, string> = { charge: 'charge', 'charge.dispute': 'dispute', payment_intent: 'payment_intent', customer: 'customer', 'customer.subscription': 'subscription', invoice: 'invoice', 'checkout.session': 'checkout.session', payout: 'payout', refund: 'refund' }
  const objectOf = (type: string): string => objects[type.slice(0, type.lastIndexOf('.'))]!
  const envelope = (type: string, object: unknown): Record<string, unknown> => ({ id: 'evt_1', object: 'event', type, api_version: '2022-11-15', created: 1_700_000_000, livemode: false, pending_webhooks: 1, request: { id: null, idempotency_key: null }, data: { object } })

  test.each(types)('%s of Stripe\'s own shape is valid', (type) => {
    const object = sampler(document)({ $ref: `#/components/schemas/${objectOf(type)}` }) as Record<string, unknown>
    // An invoice that is only a forecast has no id; those of events do.
    expect(stripe.validateEventPayload!(type, envelope(type, { id: 'in_1', ...object }))).toEqual({ isValid: true, errors: [] })
  })

  test.each(types)('the schema of %s demands nothing that Stripe\'s document leaves open', (type) => {
    const { $defs } = stripe.eventSchema!(type) as { $defs: Record<string, { required: string[], properties: object }> }
    const [mine] = Object.values($defs)
    const theirs = document.components.schemas[objectOf(type)]!
    expect([...theirs.required!, 'id']).toEqual(expect.arrayContaining(mine!.required))
    expect(Object.keys(theirs.properties!)).toEqual(expect.arrayContaining(Object.keys(mine!.properties)))
  })

  test('with something missing or wrong are refused, with the places', () => {
    const { isValid, errors } = stripe.validateEventPayload!('charge.succeeded', envelope('charge.succeeded', { id: 'ch_1', object: 'charge', amount: '12', currency: 'euro', created: 1, paid: true, refunded: false, status: 'done' }))
    expect(isValid).toBe(false)
    expect(errors).toEqual(expect.arrayContaining(['/data/object/amount must be integer', '/data/object/currency must NOT have more than 3 characters', '/data/object/status must be equal to one of the allowed values']))
  })

  test('of another type than they say are refused', () => {
    expect(stripe.validateEventPayload!('charge.failed', envelope('charge.succeeded', {})).errors).toContain('/type must be equal to constant')
    expect(stripe.validateEventPayload!('no.such.event', {})).toEqual({ isValid: false, errors: ['no.such.event is not an event of this connector'] })
    expect(stripe.validateEventPayload!('__proto__', {}).isValid).toBe(false)
  })

  test.each([null, 'text', 7, []])('that are %j are refused', (payload) => {
    expect(stripe.validateEventPayload!('charge.succeeded', payload).isValid).toBe(false)
  })
})
