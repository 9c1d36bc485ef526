import { z } from 'zod'
import { defineOperation, type DefinedOperation } from '../define.ts'
import { get, post, read } from './api.ts'
import { amount, balance, charge, chargeId, created, currency, customerId, invoice, listOf, metadata, paging, paymentIntent, paymentIntentId, refund } from './shapes.ts'

const paymentIntentInput = z.strictObject({
  amount, currency,
  customer: customerId.optional(),
  description: z.string().max(1000).optional(),
  receipt_email: z.email().optional().describe('Where the receipt goes.'),
  payment_method: z.string().max(255).optional().describe('Id of how it is paid: pm_…'),
  confirm: z.boolean().optional().describe('Try to take the money at once.'),
  off_session: z.boolean().optional().describe('The customer is not there to answer questions. Only with confirm.'),
  return_url: z.url().optional().describe('Where the customer comes back to after a redirect. Only with confirm.'),
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']).optional().describe('manual: only reserve the money.'),
  automatic_payment_methods: z.strictObject({ enabled: z.boolean(), allow_redirects: z.enum(['always', 'never']).optional() }).optional().describe('Offer what is set in the dashboard.'),
  payment_method_types: z.array(z.string().max(100)).max(50).optional().describe('For instance ["card"].'),
  metadata: metadata.optional(),
})

const paymentIntentOperations: DefinedOperation[] = [
  defineOperation({
    id: 'create_payment_intent', summary: 'Begin a payment.', tags: ['payments'],
    retrySafe: true, // protected by the idempotency key
    input: paymentIntentInput, output: paymentIntent, example: { amount: 1999, currency: 'eur', automatic_payment_methods: { enabled: true }, metadata: { order: '17' } },
    run: async ({ input, ...call }) => read(paymentIntent, await post(call, '/v1/payment_intents', input)),
  }),
  defineOperation({
    id: 'retrieve_payment_intent', summary: 'Read how a payment stands.', tags: ['payments'], retrySafe: true, readOnly: true,
    input: z.strictObject({ payment_intent: paymentIntentId }), output: paymentIntent, example: { payment_intent: 'pi_3MtwBwLkdIwHu7ix28a3tqPa' },
    run: async ({ input, ...call }) => read(paymentIntent, await get(call, `/v1/payment_intents/${input.payment_intent}`)),
  }),
  defineOperation({
    id: 'cancel_payment_intent', summary: 'Give a payment up. Money that is only reserved is freed.', tags: ['payments'], retrySafe: true,
    input: z.strictObject({ payment_intent: paymentIntentId, cancellation_reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']).optional() }),
    output: paymentIntent, example: { payment_intent: 'pi_3MtwBwLkdIwHu7ix28a3tqPa', cancellation_reason: 'abandoned' },
    run: async ({ input: { payment_intent: id, ...fields }, ...call }) => read(paymentIntent, await post(call, `/v1/payment_intents/${id}/cancel`, fields)),
  }),
  defineOperation({
    id: 'list_payment_intents', summary: 'List payments, the newest first.', tags: ['payments'], retrySafe: true, readOnly: true,
    input: z.strictObject({ customer: customerId.optional(), created, ...paging }), output: listOf(paymentIntent), example: { created: { gte: 1_700_000_000 }, limit: 10 },
    run: async ({ input, ...call }) => read(listOf(paymentIntent), await get(call, '/v1/payment_intents', input)),
  }),
]

export const paymentOperations: DefinedOperation[] = [
  ...paymentIntentOperations,
  defineOperation({
    id: 'retrieve_charge', summary: 'Read a charge.', tags: ['payments'], retrySafe: true, readOnly: true,
    input: z.strictObject({ charge: chargeId }), output: charge, example: { charge: 'ch_3MmlLrLkdIwHu7ix0snN0B15' },
    run: async ({ input, ...call }) => read(charge, await get(call, `/v1/charges/${input.charge}`)),
  }),
  defineOperation({
    id: 'list_charges', summary: 'List charges, the newest first.', tags: ['payments'], retrySafe: true, readOnly: true,
    input: z.strictObject({ customer: customerId.optional(), payment_intent: paymentIntentId.optional(), created, ...paging }), output: listOf(charge), example: { customer: 'cus_NffrFeUfNV2Hib', limit: 10 },
    run: async ({ input, ...call }) => read(listOf(charge), await get(call, '/v1/charges', input)),
  }),
  defineOperation({
    id: 'create_refund', summary: 'Give a payment back, in part or in full.', tags: ['payments'],
    retrySafe: true, // protected by the idempotency key
    input: z.strictObject({
      payment_intent: paymentIntentId.optional(), charge: chargeId.optional(), amount: amount.optional().describe('In the currency\'s smallest unit. Left out: all that is not yet given back.'),
      reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(), metadata: metadata.optional(),
    }).refine((input) => (input.payment_intent === undefined) !== (input.charge === undefined), { message: 'is needed, or charge; not both', path: ['payment_intent'] }),
    output: refund, example: { payment_intent: 'pi_3MtwBwLkdIwHu7ix28a3tqPa', amount: 500, reason: 'requested_by_customer' },
    run: async ({ input, ...call }) => read(refund, await post(call, '/v1/refunds', input)),
  }),
  defineOperation({
    id: 'list_invoices', summary: 'List invoices, the newest first.', tags: ['billing'], retrySafe: true, readOnly: true,
    input: z.strictObject({ customer: customerId.optional(), status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(), created, ...paging }),
    output: listOf(invoice), example: { status: 'open', limit: 10 },
    run: async ({ input, ...call }) => read(listOf(invoice), await get(call, '/v1/invoices', input)),
  }),
  defineOperation({
    id: 'retrieve_balance', summary: 'Read what the account holds.', tags: ['account'], retrySafe: true, readOnly: true,
    input: z.strictObject({}), output: balance, example: {},
    run: async (call) => read(balance, await get(call, '/v1/balance')),
  }),
]
