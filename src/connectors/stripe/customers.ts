import { z } from 'zod'
import { defineOperation, type DefinedOperation } from '../define.ts'
import { get, post, read, remove } from './api.ts'
import { created, customer, customerId, deletedCustomer, listOf, metadata, paging } from './shapes.ts'

const address = z.strictObject({
  line1: z.string().optional(), line2: z.string().optional(), city: z.string().optional(), state: z.string().optional(), postal_code: z.string().optional(),
  country: z.string().length(2).optional().describe('Two-letter ISO 3166 code.'),
})
const fields = {
  email: z.email().max(512).optional(),
  name: z.string().max(256).optional(),
  phone: z.string().max(20).optional(),
  description: z.string().max(350).optional(),
  address: address.optional(),
  metadata: metadata.optional(),
}

export const customerOperations: DefinedOperation[] = [
  defineOperation({
    id: 'create_customer', summary: 'Create a customer.', tags: ['customers'],
    retrySafe: true, // protected by the idempotency key
    input: z.strictObject(fields), output: customer, example: { email: 'ada@example.com', name: 'Ada Lovelace', metadata: { crm: '17' } },
    run: async ({ input, ...call }) => read(customer, await post(call, '/v1/customers', input)),
  }),
  defineOperation({
    id: 'retrieve_customer', summary: 'Read a customer.', tags: ['customers'], retrySafe: true, readOnly: true,
    input: z.strictObject({ customer: customerId }), output: z.union([customer, deletedCustomer]), example: { customer: 'cus_NffrFeUfNV2Hib' },
    run: async ({ input, ...call }) => read(z.union([deletedCustomer, customer]), await get(call, `/v1/customers/${input.customer}`)),
  }),
  defineOperation({
    id: 'update_customer', summary: 'Change a customer. Fields that are left out stay as they are.', tags: ['customers'], retrySafe: true,
    input: z.strictObject({ customer: customerId, ...fields }), output: customer, example: { customer: 'cus_NffrFeUfNV2Hib', metadata: { crm: '18' } },
    run: async ({ input: { customer: id, ...changes }, ...call }) => read(customer, await post(call, `/v1/customers/${id}`, changes)),
  }),
  defineOperation({
    id: 'delete_customer', summary: 'Delete a customer for good. Subscriptions end at once.', tags: ['customers'], retrySafe: true,
    input: z.strictObject({ customer: customerId }), output: deletedCustomer, example: { customer: 'cus_NffrFeUfNV2Hib' },
    run: async ({ input, ...call }) => read(deletedCustomer, await remove(call, `/v1/customers/${input.customer}`)),
  }),
  defineOperation({
    id: 'list_customers', summary: 'List customers, the newest first.', tags: ['customers'], retrySafe: true, readOnly: true,
    input: z.strictObject({ email: z.string().max(512).optional().describe('Exactly this address, in the same case.'), created, ...paging }),
    output: listOf(customer), example: { email: 'ada@example.com', limit: 10 },
    run: async ({ input, ...call }) => read(listOf(customer), await get(call, '/v1/customers', input)),
  }),
]
