/** What goes into and comes out of several operations. Stripe's objects have many more fields: they pass as they are. */
import { z } from 'zod'

const id = z.string().regex(/^[A-Za-z0-9_]{1,255}$/, 'is not an id of Stripe\'s')
const shown = (name: string) => ({ id: z.string(), object: z.literal(name) })

export const customer = z.looseObject({ ...shown('customer'), email: z.string().nullish(), name: z.string().nullish() })
export const deletedCustomer = z.looseObject({ ...shown('customer'), deleted: z.literal(true) })
export const paymentIntent = z.looseObject({ ...shown('payment_intent'), amount: z.int(), currency: z.string(), status: z.string() })
export const charge = z.looseObject({ ...shown('charge'), amount: z.int(), currency: z.string(), paid: z.boolean(), refunded: z.boolean(), status: z.string() })
export const refund = z.looseObject({ ...shown('refund'), amount: z.int(), currency: z.string(), status: z.string().nullish() })
export const invoice = z.looseObject({ object: z.literal('invoice'), total: z.int(), currency: z.string(), status: z.string().nullish() })
const money = z.looseObject({ amount: z.int(), currency: z.string() })
export const balance = z.looseObject({ object: z.literal('balance'), available: z.array(money), pending: z.array(money) })
export const listOf = <Item extends z.ZodType>(item: Item) => z.looseObject({ object: z.literal('list'), data: z.array(item), has_more: z.boolean() })

export const customerId = id.describe('Id of the customer: cus_…')
export const paymentIntentId = id.describe('Id of the payment intent: pi_…')
export const chargeId = id.describe('Id of the charge: ch_… or py_…')
export const amount = z.int().min(1).describe('In the currency\'s smallest unit: 1999 is 19.99 USD.')
export const currency = z.string().regex(/^[A-Za-z]{3}$/, 'must be a three-letter code').transform((code) => code.toLowerCase()).describe('Three-letter ISO 4217 code.')
export const metadata = z.record(z.string().max(40).regex(/^[^[\]]*$/, 'must not hold square brackets'), z.union([z.string().max(500), z.null()])).describe('Up to 50 key and value pairs of your own. null removes one.')

const time = z.int().min(0).describe('Seconds since 1970.')
/** Stripe pages by the last id that was seen. */
export const paging = {
  limit: z.int().min(1).max(100).optional().describe('Most items in one answer; 10 unless given.'),
  starting_after: id.optional().describe('Id of the last item of the page before.'),
  ending_before: id.optional().describe('Id of the first item of the page after.'),
}
export const created = z.union([time, z.strictObject({ gt: time.optional(), gte: time.optional(), lt: time.optional(), lte: time.optional() })]).optional().describe('When it was made: a moment, or a range.')
