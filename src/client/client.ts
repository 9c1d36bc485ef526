/**
 * The hub's API from TypeScript, over `fetch`: typed by the route table, no dependencies.
 *
 * ```ts
 * const hub = createClient({ baseUrl: 'http://127.0.0.1:8080', apiKey })
 * const { data } = await hub.post('/api/v1/integrations/{id}/run', { path: { id }, body: { operation: 'listPets' } })
 * for await (const execution of hub.all('/api/v1/executions', { query: { status: 'failed' } })) console.log(execution.id)
 * ```
 */
import { ApiError, HubUnreachable } from './errors.ts'
import type { Problem, Routes } from './types.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
/** Paths that take a method. */
export type PathOf<M extends Method> = { [Key in keyof Routes]: Key extends `${M} ${infer Path}` ? Path : never }[keyof Routes]
type RouteOf<M extends Method, Path extends string> = `${M} ${Path}` extends keyof Routes ? Routes[`${M} ${Path}`] : never
type Optional<Value> = Partial<Record<never, never>> extends Value ? true : false

type Part<Route, Name extends 'path' | 'query' | 'body'> = Name extends keyof Route ? Pick<Route, Name> : { [Key in Name]?: undefined }

export type CallOptions<Route> = Part<Route, 'path'> & Part<Route, 'query'> & Part<Route, 'body'> & {
  /** Makes a repeat of a creating call safe. */
  idempotencyKey?: string
  /** The `etag` that was read: refused with `precondition_failed` where somebody else was faster. */
  ifMatch?: string
  /** Of a raw body; an object is sent as JSON. */
  contentType?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Options may be left out where nothing in them is needed. */
type Arguments<Route> = Optional<CallOptions<Route>> extends true ? [options?: CallOptions<Route>] : [options: CallOptions<Route>]
export type Reply<M extends Method, Path extends string> = RouteOf<M, Path> extends { reply: infer Answer } ? Answer : never
type ListPath = { [Path in PathOf<'GET'>]: Reply<'GET', Path> extends { data: unknown[], nextCursor: string | null } ? Path : never }[PathOf<'GET'>]
export type Item<Path extends string> = Reply<'GET', Path> extends { data: (infer Each)[] } ? Each : never

/** All throw ApiError for an answer of 400 or more, HubUnreachable where there is none. */
export interface Client {
  get<Path extends PathOf<'GET'>>(path: Path, ...options: Arguments<RouteOf<'GET', Path>>): Promise<Reply<'GET', Path>>
  post<Path extends PathOf<'POST'>>(path: Path, ...options: Arguments<RouteOf<'POST', Path>>): Promise<Reply<'POST', Path>>
  put<Path extends PathOf<'PUT'>>(path: Path, ...options: Arguments<RouteOf<'PUT', Path>>): Promise<Reply<'PUT', Path>>
  patch<Path extends PathOf<'PATCH'>>(path: Path, ...options: Arguments<RouteOf<'PATCH', Path>>): Promise<Reply<'PATCH', Path>>
  delete<Path extends PathOf<'DELETE'>>(path: Path, ...options: Arguments<RouteOf<'DELETE', Path>>): Promise<Reply<'DELETE', Path>>
  /** Everything that a list has, page by page as it is asked for. */
  all<Path extends ListPath>(path: Path, ...options: Arguments<RouteOf<'GET', Path>>): AsyncGenerator<Item<Path>, void, undefined>
  /** The answer as it came, for what is no JSON. */
  raw(method: string, path: string, options?: RawOptions): Promise<Response>
}

export interface RawOptions {
  path?: object | undefined
  query?: object | undefined
  body?: unknown
  idempotencyKey?: string
  ifMatch?: string
  contentType?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface ClientOptions {
  baseUrl: string
  apiKey?: string
  /** Another `fetch`, for instance one with a proxy. */
  fetch?: typeof fetch
}

export function createClient(options: ClientOptions): Client {
  const raw: Client['raw'] = (method, path, call = {}) => send(options, method, path, call)
  const call = (method: Method) => async (path: string, call?: RawOptions): Promise<unknown> => read(await raw(method, path, call))
  const get = call('GET')
  async function* all(path: string, call: RawOptions = {}): AsyncGenerator<unknown, void, undefined> {
    let cursor: string | null | undefined
    do {
      const page = await get(path, { ...call, query: { ...call.query, ...cursor && { cursor } } }) as { data: unknown[], nextCursor: string | null }
      yield* page.data
      cursor = page.nextCursor
    } while (cursor !== null)
  }
  return { get, post: call('POST'), put: call('PUT'), patch: call('PATCH'), delete: call('DELETE'), all, raw } as unknown as Client
}

async function send({ baseUrl, apiKey, fetch: doFetch = fetch }: ClientOptions, method: string, path: string, call: RawOptions): Promise<Response> {
  const url = addressOf(baseUrl, path, call)
  const headers = new Headers(call.headers)
  if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`)
  if (call.idempotencyKey !== undefined) headers.set('idempotency-key', call.idempotencyKey)
  if (call.ifMatch !== undefined) headers.set('if-match', `"${call.ifMatch}"`)
  const body = bodyOf(call, headers)
  let response: Response
  try {
    response = await doFetch(url, { method, headers, ...body !== undefined && { body, duplex: 'half' }, ...call.signal && { signal: call.signal } } as RequestInit)
  } catch (error) {
    if (call.signal?.aborted) throw error
    throw new HubUnreachable(baseUrl, error)
  }
  if (response.status >= 400) throw await failureOf(response)
  return response
}

function addressOf(baseUrl: string, path: string, { path: names = {}, query = {} }: RawOptions): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String((names as Record<string, unknown>)[name] ?? '')
    // What comes after /proxy/ is a path of its own; elsewhere a slash belongs to the value.
    return name === 'path' ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value)
  })
  const url = new URL(baseUrl.replace(/\/+$/, '') + filled)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value))
  }
  return url.href
}

function bodyOf({ body, contentType }: RawOptions, headers: Headers): NonNullable<RequestInit['body']> | undefined {
  if (body === undefined) return undefined
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body instanceof Blob || body instanceof ReadableStream
  headers.set('content-type', contentType ?? (isRaw ? 'application/octet-stream' : 'application/json'))
  return isRaw ? body as NonNullable<RequestInit['body']> : JSON.stringify(body)
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined
  return isJson(response) ? response.json() : response.text()
}

async function failureOf(response: Response): Promise<ApiError> {
  const problem = isJson(response) ? await response.json().catch(() => undefined) as Partial<Problem> | undefined : undefined
  return new ApiError(response.status, problem, response.headers.get('retry-after'))
}

function isJson(response: Response): boolean {
  return /^application\/([\w.+-]+\+)?json\b/i.test(response.headers.get('content-type') ?? '')
}
