/** One route's way from Fastify's request to its answer. */
import { createHmac } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { HubError } from '../errors.ts'
import type { Caller, Scope } from '../tenants/caller.ts'
import { DEPTH_HEADER, readDepth } from '../tenants/depth.ts'
import { assertNoForeignPage, assertScope, authenticate, bearerOf, sessionToken, stillAllowed, type Asking } from './authenticate.ts'
import type { Idempotency, StoredAnswer } from './idempotency.ts'
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
    caller, request: factsOf(request, reply, (scope) => stillAllowed(services, askingOf(route, request), scope)),
  }
  const work = (): Promise<unknown> => route.handle(services, input as Parameters<Route['handle']>[1])
  const key = input.request.idempotencyKey
  if (!route.creates || key === undefined) return send(reply, formOf(route, await work()))
  let first: Form | undefined
  const kept = await idempotency.once(caller.tenantId, key, identity(request), async () => {
    const result = await work()
    if (route.shownOnce !== undefined) first = formOf(route, result)
    return storableForm(route, route.shownOnce === undefined ? result : withoutSecrets(result, route.shownOnce))
  })
  if (kept.replayed) void reply.header('idempotency-replayed', 'true')
  return send(reply, first ?? kept)
}

const nobody: Caller = { tenantId: '', actor: 'nobody', keyId: undefined, role: 'viewer', scopes: new Set(), requestId: undefined }

async function authorize(route: Route, request: FastifyRequest, services: Services): Promise<Caller> {
  const { authorization = '' } = request.headers
  if (route.scope === 'session') {
    if (route.method !== 'GET') assertNoForeignPage(request.headers, services.publicUrl())
    return nobody
  }
  // A public route is asked with a key, or without: one that is wrong must not pass for none.
  const scope = route.scope === 'public' && /^Bearer /i.test(authorization) ? route.keyScope ?? 'public' : route.scope
  if (scope === 'public') return nobody
  const caller = await authenticate(services, askingOf(route, request))
  assertScope(caller, scope)
  const depth = readDepth(request.headers[DEPTH_HEADER])
  return depth === 0 ? caller : { ...caller, depth }
}

const tenants = new WeakMap<FastifyRequest, string | undefined>()

/** The tenant goes out of the query, which is the route's: what its shape does not name is refused. */
function askingOf(route: Route, request: FastifyRequest): Asking {
  const { method, headers, id } = request
  if (route.method === 'GET' && headers.authorization === undefined && !tenants.has(request)) {
    const query = request.query as { tenant?: unknown }
    tenants.set(request, typeof query.tenant === 'string' ? query.tenant : undefined)
    delete query.tenant
  }
  return { method, headers, tenant: tenants.get(request), requestId: String(id) }
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

function factsOf(request: FastifyRequest, reply: FastifyReply, stillAllowed: (scope: Scope) => Promise<boolean>): RequestFacts {
  const { headers } = request
  let controller: AbortController | undefined
  return {
    id: String(request.id), ip: request.ip, method: request.method, url: request.raw.url ?? '', headers, stillAllowed,
    sourceComponent: firstOf(headers['x-source-component'])?.slice(0, 200),
    idempotencyKey: firstOf(headers['idempotency-key']),
    // Read on demand: a proxied request may send what only the service understands.
    get ifMatch() { return readIfMatch(headers['if-match']) },
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

/** One that cannot be read must not pass for none: the change would overwrite what it was to protect. */
function readIfMatch(header: string | undefined): string | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  const [, etag] = /^\s*(?:W\/)?"([^"]*)"\s*$/.exec(header) ?? []
  if (etag === undefined) throw new HubError('invalid_request', 'If-Match takes the `etag` that was read, in double quotes: If-Match: "1".')
  return etag
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

function identity({ method, url, body, headers }: FastifyRequest): string {
  // Keyed by what the database does not have: a plain hash of a body with a weak password would tell it.
  const content = createHmac('sha256', bearerOf(headers.authorization) ?? sessionToken(headers) ?? '').update(Buffer.isBuffer(body) ? body : JSON.stringify(body ?? null)).digest('hex')
  return `${method} ${url}\n${content}`
}

type Form = Pick<StoredAnswer, 'status' | 'headers'> & { body: Answer['body'] }

/** What a route gave, as it goes out. */
function formOf(route: Route, result: unknown): Form {
  if (result instanceof Answer) return { status: result.status ?? route.status ?? 200, headers: result.headers, body: result.body }
  const status = route.status ?? 200
  if (result === undefined) return { status, headers: {}, body: undefined }
  const { etag } = result as { etag?: unknown }
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...typeof etag === 'string' && { etag: `"${etag}"` } }, body: JSON.stringify(result) }
}

/** An answer is kept in the open: a secret that it shows must not be. */
function withoutSecrets(result: unknown, pointers: string[]): unknown {
  const copy = structuredClone(result)
  for (const pointer of pointers) {
    const names = pointer.slice(1).split('/')
    const last = names.pop()!
    const place = names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], copy) as Record<string, unknown> | undefined
    if (place?.[last] !== undefined) place[last] = '…'
  }
  return copy
}

function storableForm(route: Route, result: unknown): StoredAnswer {
  const { body = '', ...form } = formOf(route, result)
  if (typeof body !== 'string') throw new Error(`${route.method} ${route.path} creates, but its answer is no text that can be kept for a repeat.`)
  return { ...form, body }
}

function send(reply: FastifyReply, { status, headers, body }: Form): FastifyReply {
  return reply.code(status).headers(headers).send(body)
}
