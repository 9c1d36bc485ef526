/** `call: http`. */
import { z } from 'zod'
import type { Readable } from 'node:stream'
import { encodeBody } from '../../integrations/encode-body.ts'
import { contentTypeOf, isJsonType } from '../../lib/http/content.ts'
import type { HeaderMap } from '../../lib/http/http.ts'
import type { Effect, EffectContext } from '../effect.ts'
import { endpoint, output, readArguments, texts } from './arguments.ts'
import type { CallDeps } from './deps.ts'
import { readAnswer } from './http-answer.ts'
import { readEndpoint } from './resources.ts'
import { send } from './sending.ts'

const query = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.union([z.string(), z.number(), z.boolean()]))]))

const httpArguments = z.object({
  method: z.string().regex(/^[A-Za-z]{1,20}$/, 'is not an HTTP method'),
  endpoint, output,
  headers: texts.default({}),
  query: query.default({}),
  body: z.unknown().optional(),
  redirect: z.boolean().default(false),
})

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

export function createHttpCall(deps: Pick<CallDeps, 'http' | 'blobs' | 'authentication'>): Effect {
  return async (given, context) => {
    const args = readArguments(httpArguments, given, 'call: http')
    const method = args.method.toUpperCase()
    const { url, authentication } = readEndpoint(args.endpoint, context.input)
    const { headers, body } = await bodyOf(deps, args, context)
    if (!safeMethods.has(method)) headers['idempotency-key'] ??= context.idempotencyKey
    const sent = await send(deps, { method, url: withQuery(url, args.query), headers, body, redirect: args.redirect, authentication }, context)
    return readAnswer(deps, sent, args, context)
  }
}

function withQuery(text: string, query: z.output<typeof httpArguments>['query']): string {
  const url = new URL(text)
  for (const [name, value] of Object.entries(query)) for (const each of [value].flat()) if (each !== null) url.searchParams.append(name, String(each))
  return url.href
}

type Encoded = { headers: HeaderMap, body: string | Uint8Array | Readable | undefined }

/** Text is sent as it is; objects by the content type, as JSON unless that says otherwise; a reference's value as a stream. */
async function bodyOf({ blobs }: Pick<CallDeps, 'blobs'>, { body, headers }: z.output<typeof httpArguments>, { tenantId }: EffectContext): Promise<Encoded> {
  if (body === undefined || body === null) return encodeBody({ headers }, {}) as Encoded
  if (typeof body === 'string') return encodeBody({ headers, body }, { 'content-type': 'text/plain; charset=utf-8' }) as Encoded
  const { $blob } = body as { $blob?: { id?: unknown } }
  if (typeof $blob?.id === 'string') {
    const { reference, stream } = await blobs.read(tenantId, $blob.id)
    return encodeBody({ headers, body: stream }, { 'content-type': reference.$blob.contentType, 'content-length': String(reference.$blob.sizeBytes) }) as Encoded
  }
  const type = contentTypeOf({ headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])) })
  if (type === 'application/x-www-form-urlencoded') return encodeBody({ headers, form: formOf(body) }, {}) as Encoded
  if (type !== '' && !isJsonType(type)) return encodeBody({ headers, body: JSON.stringify(body) }, {}) as Encoded
  return encodeBody({ headers, json: body }, {}) as Encoded
}

function formOf(body: object): Record<string, string> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]))
}
