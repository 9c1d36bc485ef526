/** One route's way from Fastify's request to its answer. */
import { createHmac } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { HubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import type { Idempotency } from './idempotency.ts'
import { fieldErrors } from '../lib/zod-errors.ts'
import { invalidRequest, type Where } from './problem.ts'
import { Answer, type RequestFacts, type Route } from './route.ts'
import type { Services } from './services.ts'
import { storableFaults } from './storable.ts'

export interface HandlerContext {
  services: Services
  idempotency: Idempotency
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

export interface RouteHooks {
  /** Looks at the key before a byte of the body is read: nobody unknown may make the hub take in a document. */
  onRequest(request: FastifyRequest): Promise<void>
  handler: Handler
}

export function createHandler(route: Route, context: HandlerContext): RouteHooks {
  const callers = new WeakMap<FastifyRequest, Caller>()
  return {
    onRequest: async (request) => { callers.set(request, await authorize(route, request, context.services)) },
    handler: (request, reply) => answer(route, context, { request, reply, caller: callers.get(request)! }),
  }
}

interface Asked { request: FastifyRequest, reply: FastifyReply, caller: Caller }

async function answer(route: Route, { services, idempotency }: HandlerContext, { request, reply, caller }: Asked): Promise<FastifyReply> {
  void reply.header('x-request-id', String(request.id))
  const input = {
    params: read(route.params, request.params, 'params'),
    query: read(route.query ?? emptyQuery, request.query, 'query'),
    body: route.bodyKind === undefined || route.bodyKind === 'json' ? read(route.body, request.body, 'body', route.freeText) : request.body,
    caller, request: factsOf(request, reply),
  }
  const work = (): Promise<unknown> => route.handle(services, input as Parameters<Route['handle']>[1])
  const key = input.request.idempotencyKey
  if (!route.creates || key === undefined) return send(reply, route, await work())
  const kept = await idempotency.once(caller.tenantId, key, identity(request), async () => {
    const result = await work()
    return { status: route.status ?? 200, body: JSON.stringify(result) }
  })
  if (kept.replayed) void reply.header('idempotency-replayed', 'true')
  return reply.code(kept.status).header('content-type', 'application/json; charset=utf-8').send(kept.body)
}

const nobody: Caller = { tenantId: '', actor: 'nobody', keyId: undefined, role: 'viewer', scopes: new Set(), requestId: undefined }

async function authorize(route: Route, request: FastifyRequest, { keys }: Services): Promise<Caller> {
  if (route.scope === 'public') return nobody
  const [, key] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '') ?? []
  const caller = key === undefined ? undefined : await keys.authenticate(key, String(request.id))
  if (caller === undefined) {
    throw new HubError('unauthorized', key === undefined ? 'Send `Authorization: Bearer <API key>`.' : 'This API key is unknown, expired or revoked.')
  }
  if (!caller.scopes.has(route.scope)) throw new HubError('forbidden', `This needs the scope ${route.scope}, which the key does not have.`)
  return caller
}

const emptyQuery = { safeParse: (): { success: true, data: object } => ({ success: true, data: {} }) } as unknown as z.ZodType

function read(schema: z.ZodType | undefined, value: unknown, where: Where, freeText?: string[]): unknown {
  if (schema === undefined) return value
  const result = schema.safeParse(where === 'body' ? value ?? {} : value)
  // An id of another shape is an id that isn't there.
  if (!result.success && where === 'params') throw new HubError('not_found', 'There is no such thing here.')
  if (!result.success) throw invalidRequest(fieldErrors(result.error), where)
  const faults = storableFaults(value, freeText)
  if (faults.length > 0 && where === 'params') throw new HubError('not_found', 'There is no such thing here.')
  if (faults.length > 0) throw invalidRequest(faults, where)
  return result.data
}

function factsOf(request: FastifyRequest, reply: FastifyReply): RequestFacts {
  const { headers } = request
  const [, etag] = /^(?:W\/)?"([^"]*)"$/.exec(headers['if-match'] ?? '') ?? []
  let controller: AbortController | undefined
  return {
    id: String(request.id), ip: request.ip, method: request.method, url: request.raw.url ?? '', headers,
    sourceComponent: firstOf(headers['x-source-component'])?.slice(0, 200),
    idempotencyKey: firstOf(headers['idempotency-key']),
    ifMatch: etag,
    // Made on demand: most routes never look, and a listener a request costs.
    get signal() {
      if (controller === undefined) {
        const made = new AbortController()
        reply.raw.once('close', () => { if (!reply.raw.writableFinished) made.abort() })
        controller = made
      }
      return controller.signal
    },
  }
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

function identity({ method, url, body, headers }: FastifyRequest): string {
  // Keyed by what the database does not have: a plain hash of a body with a weak password would tell it.
  const content = createHmac('sha256', headers.authorization ?? '').update(Buffer.isBuffer(body) ? body : JSON.stringify(body ?? null)).digest('hex')
  return `${method} ${url}\n${content}`
}

function send(reply: FastifyReply, route: Route, result: unknown): FastifyReply {
  if (result instanceof Answer) {
    return reply.code(result.status ?? route.status ?? 200).headers(result.headers).send(result.body)
  }
  void reply.code(route.status ?? 200)
  if (result === undefined) return reply.send()
  const etag = (result as { etag?: unknown }).etag
  if (typeof etag === 'string') void reply.header('etag', `"${etag}"`)
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(result))
}
