/** Stripe's REST API (https://docs.stripe.com/api). */
import { z } from 'zod'
import { below } from '../below.ts'
import type { CallHttpRequest, ConnectionContext, OperationCall } from '../connector.ts'
import { readCredentials } from '../credentials.ts'
import { HubError } from '../../errors.ts'
import { parseInput } from '../../lib/zod-errors.ts'
import { encodeForm } from './form.ts'

const STRIPE = 'https://api.stripe.com'

const credentials = z.object({
  apiKey: z.string().trim().max(500).regex(/^[\x21-\x7e]+$/, 'must be one word'),
  webhookSecret: z.string().max(500).optional(),
})
const configuration = z.strictObject({
  apiVersion: z.string().regex(/^(\d{4}-\d{2}-\d{2}(\.[a-z]+)?)?$/, 'must be a date such as 2024-06-20').default(''),
  account: z.string().regex(/^(acct_[A-Za-z0-9]+)?$/, 'must be like acct_…').default(''),
})

type Place = Pick<ConnectionContext, 'configuration' | 'credentials' | 'endpoint'>

export function hostsOf({ endpoint = STRIPE }: Pick<Place, 'endpoint'>): string[] {
  return [new URL(endpoint).host]
}

/** With the key. `request.url` is a path: `/v1/customers`. */
export function authorized(request: CallHttpRequest, place: Place): CallHttpRequest {
  const { apiKey } = readCredentials(credentials, place.credentials)
  const { apiVersion, account } = parseInput(configuration, place.configuration, '/configuration')
  const headers = {
    ...request.headers, authorization: `Bearer ${apiKey}`, ...apiVersion !== '' && { 'stripe-version': apiVersion }, ...account !== '' && { 'stripe-account': account },
  }
  return { ...request, url: below(new URL(place.endpoint ?? STRIPE), request.url).href, headers }
}

type Call = Pick<OperationCall, 'configuration' | 'credentials' | 'endpoint' | 'http' | 'idempotencyKey'>

export async function get(call: Call, path: string, query: Record<string, unknown> = {}): Promise<unknown> {
  const encoded = encodeForm(query)
  return send(call, { method: 'GET', url: encoded === '' ? path : `${path}?${encoded}` })
}

/** The key makes a repeat safe: Stripe answers it with what it answered first, for at least a day. */
export async function post(call: Call, path: string, fields: Record<string, unknown> = {}): Promise<unknown> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...call.idempotencyKey !== undefined && { 'idempotency-key': call.idempotencyKey } }
  return send(call, { method: 'POST', url: path, headers, body: encodeForm(fields) })
}

export async function remove(call: Call, path: string): Promise<unknown> {
  return send(call, { method: 'DELETE', url: path })
}

async function send(call: Call, request: CallHttpRequest): Promise<unknown> {
  const { data } = await call.http.request(authorized({ ...request, expectJson: true }, call))
  return data
}

/** Throws HubError `upstream_invalid_response`. */
export function read<Shape extends z.ZodType>(shape: Shape, data: unknown): z.output<Shape> {
  const result = shape.safeParse(data)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw new HubError('upstream_invalid_response', `Stripe answered something else than its documentation says: /${path.join('/')} ${message}.`, { cause: result.error })
}
