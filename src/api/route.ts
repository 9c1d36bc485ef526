/** What a route is. The table of all of them is `routes/index.ts`; server, OpenAPI document and typed client are made from it. */
import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { Caller, Scope } from '../tenants/caller.ts'
import type { Services } from './services.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export const proxyMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

export interface RequestFacts {
  id: string
  ip: string
  method: string
  /** As it came: path and query, undecoded. */
  url: string
  headers: Record<string, string | string[] | undefined>
  /** Design B's `sourceComponent`: the caller's `X-Source-Component`. */
  sourceComponent: string | undefined
  idempotencyKey: string | undefined
  /** Quoted value of `If-Match`, unquoted; undefined where the header is missing or `*`. Throws HubError `invalid_request` for anything else. */
  ifMatch: string | undefined
  /** Whether whoever asked still is who he was, and may: for answers that go on. */
  stillAllowed(scope: Scope): Promise<boolean>
  /** Aborted when the client goes away. */
  signal: AbortSignal
}

export interface RouteInput<Params, Query, Body> {
  params: Params
  query: Query
  body: Body
  caller: Caller
  request: RequestFacts
}

/** An answer that is more than JSON with the route's status. */
export class Answer {
  readonly body: string | Buffer | Readable | undefined
  readonly status: number | undefined
  readonly headers: Record<string, string | string[]>
  constructor({ body, status, headers = {} }: { body?: string | Buffer | Readable, status?: number, headers?: Record<string, string | string[]> }) {
    this.body = body
    this.status = status
    this.headers = headers
  }
}

export type BodyKind = 'json' | 'bytes' | 'stream'

export interface RouteDefinition<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, Reply extends z.ZodType> {
  /** `ANY` answers every method that a proxy passes on. */
  method: Method | 'ANY'
  /** In Fastify's form: `/api/v1/executions/:id`. */
  path: string
  /** `public` asks for no key. `session` asks for none either, and looks at the cookie itself: signing in and out, from the hub's own pages. */
  scope: Scope | 'public' | 'session'
  /** Of a public route that tells more to whoever sends a key: what the key needs. */
  keyScope?: Scope
  tag: string
  /** One sentence, in the imperative. */
  summary: string
  description?: string
  params?: Params
  query?: Query
  body?: Body
  /** JSON Pointers of what in the body may hold any text, since it is not stored as it is. Elsewhere NUL and lone surrogates are refused. */
  freeText?: string[]
  /** `bytes`: the body arrives as a Buffer, up to `maxBodyBytes`, or what INTERCHANGE_MAX_BODY_BYTES says. `stream`: as a stream, without a bound. */
  bodyKind?: BodyKind
  maxBodyBytes?: number | 'setting'
  reply: Reply
  /** Of success. */
  status?: number
  /** Honours `Idempotency-Key`: the same key and request answer the first result again. */
  creates?: boolean
  /** Honours `If-Match`, though its answer has no `etag`. */
  conditional?: boolean
  /** JSON Pointers of what in the answer is not kept for such a repeat, which has `…` there. */
  shownOnce?: string[]
  handle(services: Services, input: RouteInput<z.output<Params>, z.output<Query>, z.output<Body>>): Promise<z.input<Reply> | Answer>
}

// The table holds routes of many shapes; each handler is checked against its own schemas by defineRoute.
export type Route = RouteDefinition<z.ZodType, z.ZodType, z.ZodType, z.ZodType>

export function defineRoute<Params extends z.ZodType = z.ZodNever, Query extends z.ZodType = z.ZodNever, Body extends z.ZodType = z.ZodNever, Reply extends z.ZodType = z.ZodType>(
  route: RouteDefinition<Params, Query, Body, Reply>,
): Route {
  return route as unknown as Route
}

const MOST_IN_PAGE = 500
// Beyond it, it is cut, not refused.
const limitOf = (byDefault: number): z.ZodType<number> => z.coerce.number().int().min(1).default(byDefault).transform((value) => Math.min(value, MOST_IN_PAGE)).describe(`How many to answer at most. More than ${MOST_IN_PAGE} is taken as ${MOST_IN_PAGE}.`)

export const pageQuery = {
  limit: limitOf(50),
  cursor: z.string().max(2000).optional().describe('`nextCursor` of the page before.'),
}

/** Of lists that are mostly read whole. */
export const wholeListQuery = { ...pageQuery, limit: limitOf(MOST_IN_PAGE) }

/** Of lists whose texts can be searched. */
export const searchQuery = { ...pageQuery, q: z.string().max(200).optional().describe('Text to look for, in any letter case.') }

export function pageOf<Item extends z.ZodType>(item: Item): z.ZodObject<{ data: z.ZodArray<Item>, nextCursor: z.ZodNullable<z.ZodString> }> {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable().describe('Give it back as `cursor` for the next page; null at the end.') })
}

/** Of a list that is searched backwards. */
export function searchedPageOf<Item extends z.ZodType>(item: Item) {
  return pageOf(item).extend({ searchedUntil: timestamp.nullable().describe('How far back was looked where that took too long for a full page: all that is newer was. The page may be short or empty then; `nextCursor` goes on there. Null where the page is full, and at the end.') })
}

/** A time that a caller gives. */
export const moment = z.iso.datetime({ offset: true })

export const timestamp = z.date().meta({ id: 'Timestamp', type: 'string', format: 'date-time' })
