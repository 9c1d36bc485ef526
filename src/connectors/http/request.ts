/** The operations: one request each, by any method or by a fixed one. */
import { z } from 'zod'
import type { OperationCall } from '../connector.ts'
import { defineOperation, type DefinedOperation } from '../define.ts'
import { HubError } from '../../errors.ts'
import { authenticate, type Outgoing } from './authenticate.ts'
import { targetOf } from './target.ts'

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is not a header name')
// A line break would begin another header.
const headerValue = z.string().max(16_384).regex(/^[^\r\n\0]*$/, 'holds a line break')
const scalar = z.union([z.string(), z.number(), z.boolean()])

const place = {
  url: z.string().max(16_384).default('').describe('A path below the base URL, or an absolute URL on one of the integration\'s hosts.'),
  query: z.record(z.string(), z.union([scalar, z.array(scalar), z.null()])).optional().describe('Query parameters; a list repeats its parameter.'),
  headers: z.record(headerName, headerValue).optional().describe('Request headers.'),
}
const content = {
  json: z.unknown().optional().describe('Body, sent as JSON.'),
  form: z.record(z.string(), scalar).optional().describe('Body, sent as application/x-www-form-urlencoded.'),
  text: z.string().optional().describe('Body, sent as text/plain unless a content-type header says otherwise.'),
  base64: z.base64().optional().describe('Body in base64, sent as the bytes that it stands for.'),
}

type Content = { [Name in keyof typeof content]?: unknown }
type Input = { url: string, query?: Parameters<typeof targetOf>[2], headers?: Record<string, string> } & Content

const oneBody = (input: Content): boolean => bodiesOf(input).length < 2
const oneBodyFault = { message: 'takes one of json, form, text and base64', path: ['json'] }
const output = z.object({
  status: z.number().int(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  data: z.unknown().describe('JSON parsed, text as a string, anything else as a reference to a stored value.'),
})

const idempotentMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const

const request = defineOperation({
  id: 'request',
  summary: 'Send a request by any method.',
  retrySafe: ({ method, headers }) => isRetrySafe(method, headers),
  readOnly: ({ method }) => method === 'GET' || method === 'HEAD',
  input: z.strictObject({ method: z.enum(methods).describe('HTTP method.'), ...place, ...content }).refine(oneBody, oneBodyFault),
  output,
  example: { method: 'GET', url: '/users', query: { page: 2 } },
  run: (call) => send(call.input.method, call),
})

function reading(method: 'GET' | 'DELETE', summary: string, example: { url: string }): DefinedOperation {
  return defineOperation({
    id: method.toLowerCase(), summary, retrySafe: true, readOnly: method === 'GET', input: z.strictObject(place), output, example, run: (call) => send(method, call),
  })
}

function writing(method: 'POST' | 'PUT' | 'PATCH', summary: string, example: { url: string, json: unknown }): DefinedOperation {
  return defineOperation({
    id: method.toLowerCase(), summary, retrySafe: ({ headers }) => isRetrySafe(method, headers),
    input: z.strictObject({ ...place, ...content }).refine(oneBody, oneBodyFault), output, example, run: (call) => send(method, call),
  })
}

export const operations: DefinedOperation[] = [
  request,
  reading('GET', 'Read a resource.', { url: '/users/17' }),
  writing('POST', 'Create something, or run an action.', { url: '/users', json: { name: 'Ada' } }),
  writing('PUT', 'Put a resource in a place, replacing what is there.', { url: '/users/17', json: { name: 'Ada' } }),
  writing('PATCH', 'Change parts of a resource.', { url: '/users/17', json: { name: 'Ada' } }),
  reading('DELETE', 'Delete a resource.', { url: '/users/17' }),
]

/** By RFC 9110, or because the caller's own idempotency key goes along. */
function isRetrySafe(method: string, headers: Record<string, string> = {}): boolean {
  return idempotentMethods.has(method) || Object.keys(headers).some((name) => name.toLowerCase() === 'idempotency-key')
}

async function send(method: string, call: OperationCall<Input>): Promise<z.input<typeof output>> {
  const { input, http, idempotencyKey } = call
  const headers: Outgoing['headers'] = Object.fromEntries(Object.entries(input.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  const body = encode(input, headers)
  if ((method === 'GET' || method === 'HEAD') && body !== undefined) throw new HubError('invalid_input', `A ${method} request has no body.`, { errors: [{ pointer: `/${bodiesOf(input)[0]}`, detail: `does not go with ${method}` }] })
  if (idempotencyKey !== undefined && !idempotentMethods.has(method)) headers['idempotency-key'] ??= idempotencyKey
  const ready = await authenticate({ method, url: targetOf(call, input.url, input.query), headers, body }, call)
  return http.request({ method, url: ready.url.href, headers: ready.headers, ...ready.body !== undefined && { body: ready.body } })
}

function encode({ json, form, text, base64 }: Content, headers: Outgoing['headers']): Outgoing['body'] {
  if (json !== undefined) {
    headers['content-type'] ??= 'application/json'
    return JSON.stringify(json)
  }
  if (form !== undefined) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded'
    return new URLSearchParams(Object.entries(form as Record<string, unknown>).map(([name, value]): [string, string] => [name, String(value)])).toString()
  }
  if (text !== undefined) {
    headers['content-type'] ??= 'text/plain; charset=utf-8'
    return text as string
  }
  if (base64 === undefined) return undefined
  headers['content-type'] ??= 'application/octet-stream'
  return Buffer.from(base64 as string, 'base64')
}

function bodiesOf(input: Content): string[] {
  return (Object.keys(content) as (keyof Content)[]).filter((name) => input[name] !== undefined)
}
