/** Sends one HTTP request of a task: authenticated, guarded, within the task's time. */
import { mergeHeaders } from '../../lib/http/headers.ts'
import type { HeaderMap, HttpClient, HttpRequest, HttpResponse } from '../../lib/http/http.ts'
import { DEPTH_HEADER, depthHeader } from '../../tenants/depth.ts'
import type { EffectContext, ResolvedAuthentication } from '../effect.ts'
import { digestAnswer } from './authentication/digest.ts'
import type { CallDeps } from './deps.ts'
import { discard } from './reading.ts'

/** Tasks have their own timeouts; this is for those that set none. */
export const REQUEST_TIMEOUT_MS = 60_000
const MAX_REDIRECTS = 5

export interface TaskRequest extends Pick<HttpRequest, 'method' | 'url' | 'body' | 'timeoutMs'> {
  headers: HeaderMap
  /** Follow redirects of GET and HEAD; otherwise the 3xx is the answer. */
  redirect: boolean
  /** A policy with its expressions evaluated, or `{ use: <name> }`. */
  authentication: Record<string, unknown> | undefined
}

export interface Sent { response: HttpResponse, request: { method: string, uri: string, headers: HeaderMap } }

type SendingDeps = Pick<CallDeps, 'http' | 'authentication'>

/** What a redirect to another host may keep; every other header may be a credential of its own. */
const plainHeaders = new Set(['accept', 'accept-language', 'accept-encoding', 'cache-control', 'content-language', 'content-type', 'idempotency-key', 'if-modified-since', 'if-none-match', 'range', 'user-agent', DEPTH_HEADER])

export async function send(deps: SendingDeps, request: TaskRequest, context: EffectContext): Promise<Sent> {
  const { authentication } = request
  const resolved = authentication === undefined ? undefined : await deps.authentication.resolveEvaluated(authentication, context)
  const first = await attempt(deps.http, request, context, resolved)
  if (first.response.status !== 401 || resolved === undefined || !isRepeatable(request)) return first
  return await again(deps, { request, first, resolved }, context) ?? first
}

interface Refused { request: TaskRequest, first: Sent, resolved: ResolvedAuthentication }

/** Answers a challenge, or gets another token where ours was revoked: once, for the service took nothing. */
async function again({ http, authentication }: SendingDeps, { request, first, resolved }: Refused, context: EffectContext): Promise<Sent | undefined> {
  if (resolved.scheme === 'Digest') {
    const parameter = digestAnswer(resolved.policy, { challenge: first.response.headers['www-authenticate'], method: request.method, url: first.response.url, body: request.body })
    if (parameter === undefined || new URL(first.response.url).origin !== new URL(request.url).origin) return undefined
    discard(first.response)
    return attempt(http, { ...request, url: first.response.url }, context, { ...resolved, parameter })
  }
  if (!authentication.forget(context.tenantId, resolved)) return undefined
  discard(first.response)
  return attempt(http, request, context, await authentication.resolveEvaluated(request.authentication!, context))
}

async function attempt(http: HttpClient, { method, url, headers, body, redirect, timeoutMs = REQUEST_TIMEOUT_MS }: TaskRequest, { signal, caller }: EffectContext, resolved: ResolvedAuthentication | undefined): Promise<Sent> {
  const authorized = mergeHeaders(headers, { ...depthHeader(caller), ...authorizationOf(resolved) })
  const secretHeaders = Object.keys(authorized).filter((name) => !plainHeaders.has(name))
  const response = await http.request({ method, url, headers: { ...authorized }, ...body !== undefined && { body }, signal, timeoutMs, maxRedirects: redirect ? MAX_REDIRECTS : 0, secretHeaders })
  return { response, request: { method: method.toLowerCase(), uri: response.url, headers } }
}

function authorizationOf(resolved: ResolvedAuthentication | undefined): HeaderMap | undefined {
  return resolved === undefined || resolved.parameter === '' ? undefined : { authorization: `${resolved.scheme} ${resolved.parameter}` }
}

function isRepeatable({ body }: TaskRequest): boolean {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array
}
