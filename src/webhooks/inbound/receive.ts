/** A request at a source's URL: verified on its raw bytes, read, stored with all that follows from it, and only then answered. */
import { readCloudEvents, type ReadEvent } from '../../events/cloudevent.ts'
import { within } from '../../events/depth.ts'
import type { AcceptedEvent, Accepted, Inbox } from '../../events/event.ts'
import { HubError, isHubError, type FieldError } from '../../errors.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { DEPTH_HEADER, readDepth } from '../../tenants/depth.ts'
import { cloudEventOf, eventOf } from './accepted.ts'
import { readContent } from './content/content.ts'
import { undoCodings } from './content/encoding.ts'
import { shakeHands } from './handshake.ts'
import type { LoadedSource, LoadedSources } from './loaded.ts'
import type { SourceFigures } from './figures.ts'
import type { HookRequests } from './requests.ts'
import { headerOf, type IncomingRequest } from './schemes/scheme.ts'

export interface HookRequest extends Omit<IncomingRequest, 'query' | 'publicUrl'> {
  /** The last part of the URL. */
  path: string
}

export interface HookAnswer { status: number, headers: Record<string, string>, body: string }

export interface Hooks {
  /**
   * Throws HubError `not_found`, `verification_failed`, `webhook_source_paused`, `method_not_allowed`, `body_too_large`, `malformed_json`,
   * `invalid_request`, `unsupported_media_type`, `invalid_input` (its type's schema refuses it), `database_unavailable`.
   */
  receive(request: HookRequest): Promise<HookAnswer>
}

/** What is registered for types of events. */
export interface SchemaValidator {
  /** Undefined where the data fits, or nothing is registered for the type. */
  validate(tenantId: string, type: string, data: unknown): Promise<FieldError[] | undefined>
}

export interface HooksDeps {
  sources: LoadedSources
  requests: HookRequests
  figures: Pick<SourceFigures, 'record'>
  inbox: Inbox
  schemas: SchemaValidator
  jq: Jq
  /** Undefined where nothing but the source answers for the event. */
  answerFor(tenantId: string, eventId: string): Promise<HookAnswer> | undefined
  /** For instance `https://hub.example.com`, without a slash at the end. */
  publicUrl(): string
  /** Of a body once it is decompressed. */
  maxBodyBytes: number
}

const RETRY_PAUSED_SECONDS = 60
const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' }
/** What a sender or a tenant wrote is shown under the dashboard's address: it must do nothing there. */
const INERT = { 'content-security-policy': "default-src 'none'; sandbox", 'x-content-type-options': 'nosniff' }

export function createHooks(deps: HooksDeps): Hooks {
  return {
    async receive(asked) {
      const found = deps.sources.find(asked.path)
      // Mostly known already: then nothing is waited for.
      const source = found instanceof Promise ? await found : found
      if (source === undefined) throw new HubError('not_found', 'There is no such webhook source.')
      const request = incoming(deps, asked)
      const { inspect } = source.settings
      try {
        const { answer, eventId, accepted } = await take(deps, source, request)
        if (accepted > 0) deps.figures.record(source, { accepted })
        if (inspect) await deps.requests.record(source, { request, status: answer.status, reason: null, eventId })
        return answer
      } catch (error) {
        if (isHubError(error) && error.status < 500) {
          deps.figures.record(source, { refused: 1 })
          await deps.requests.record(source, { request, status: error.status, reason: source.mask.mask(error.message).slice(0, 1000), eventId: null })
        }
        throw error
      }
    },
  }
}

function incoming({ publicUrl }: HooksDeps, { path: _path, ...request }: HookRequest): IncomingRequest {
  let query: URLSearchParams | undefined
  return {
    ...request,
    query: () => query ??= new URLSearchParams(request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : ''),
    publicUrl: () => publicUrl() + request.url,
  }
}

/** `accepted`: how many events of it were taken in. */
interface Taken { answer: HookAnswer, eventId: string | null, accepted: number }

async function take(deps: HooksDeps, source: LoadedSource, request: IncomingRequest): Promise<Taken> {
  const { settings, status } = source
  if (status === 'paused') throw new HubError('webhook_source_paused', 'This webhook source is paused.', { retryAfterSeconds: RETRY_PAUSED_SECONDS })
  assertAddress(source, request.ip)
  const echo = shakeHands(source, request)
  if (echo === 'refused') throw refusal(source, 'The handshake is not the one that was agreed upon.')
  if (echo !== undefined) return { answer: { ...echo, headers: { ...echo.headers, ...INERT } }, eventId: null, accepted: 0 }
  if (!settings.inspect && !(settings.methods as readonly string[]).includes(request.method)) {
    const taken = settings.methods.join(', ')
    throw new HubError('method_not_allowed', `This webhook source takes ${taken}.`, { headers: { allow: taken } })
  }
  const now = Date.now()
  const verdict = source.scheme.verify(request, settings.verification, source.keys(now), now)
  if (!verdict.ok) throw refusal(source, verdict.reason)
  const body = await undoCodings(request.rawBody, headerOf(request, 'content-encoding'), deps.maxBodyBytes)
  return takeBody(deps, source, request, body)
}

async function takeBody(deps: HooksDeps, source: LoadedSource, request: IncomingRequest, body: Buffer): Promise<Taken> {
  const { settings: { inspect }, scheme } = source
  const depth = readDepth(headerOf(request, DEPTH_HEADER))
  const events = cloudEventsOf(request, body, inspect)
  if (events !== undefined) return store(deps, source, events.map((event) => cloudEventOf(source, within(event, depth))))
  const content = await readContent(body, request.headers['content-type'] as string | undefined, { lenient: inspect })
  const challenge = scheme.challenge?.(request, content.data)
  if (challenge !== undefined) return { answer: { status: challenge.status, headers: { 'content-type': challenge.contentType, ...INERT }, body: challenge.body }, eventId: null, accepted: 0 }
  return store(deps, source, [withDepth(await eventOf(deps.jq, source, request, content), depth)])
}

function withDepth(event: AcceptedEvent, depth: number): AcceptedEvent {
  const deeper = within(event, depth)
  return deeper === event ? event : { ...deeper, sizeBytes: Buffer.byteLength(deeper.json) }
}

function cloudEventsOf(request: IncomingRequest, body: Buffer, lenient: boolean): ReadEvent[] | undefined {
  try {
    return readCloudEvents(body, request.headers)
  } catch (error) {
    if (lenient && isHubError(error)) return undefined
    throw error
  }
}

async function store({ inbox, schemas, answerFor }: HooksDeps, source: LoadedSource, events: AcceptedEvent[]): Promise<Taken> {
  const { tenantId, settings: { schemaCheck } } = source
  // All of a batch, or none, as far as that can be known before.
  if (schemaCheck !== 'pass') for (const event of events) await checkSchema(schemas, tenantId, schemaCheck, event)
  const accepted = events.length === 1 ? [await inbox.accept(events[0]!)] : await Promise.all(events.map((event) => inbox.accept(event)))
  const eventId = accepted[0]?.id
  const answer = eventId === undefined ? undefined : await answerFor(tenantId, eventId)
  return { answer: answer === undefined ? answerOf(source, events, accepted) : { ...answer, headers: { ...answer.headers, ...INERT } }, eventId: eventId ?? null, accepted: accepted.filter(({ repeated }) => !repeated).length }
}

async function checkSchema(schemas: SchemaValidator, tenantId: string, check: 'flag' | 'reject', accepted: AcceptedEvent): Promise<void> {
  const { type, data } = accepted.event
  const errors = await schemas.validate(tenantId, type, data)
  if (errors === undefined || errors.length === 0) return
  if (check === 'flag') accepted.schemaErrors = errors
  else throw new HubError('invalid_input', `The data does not fit the schema of ${type}: ${errors[0]!.pointer || 'it'} ${errors[0]!.detail}`, { errors })
}

function answerOf({ settings: { response } }: LoadedSource, events: AcceptedEvent[], accepted: Accepted[]): HookAnswer {
  if (response !== null) return { status: response.status, headers: { 'content-type': 'text/plain; charset=utf-8', ...lowerCased(response.headers), ...INERT }, body: response.body }
  const [first] = accepted
  const body = accepted.length === 1
    ? first!.repeated ? { repeated: true } : { id: events[0]!.event.id }
    : { ids: events.map(({ event }) => event.id), repeated: accepted.filter(({ repeated }) => repeated).length }
  return { status: 202, headers: JSON_HEADERS, body: JSON.stringify(body) }
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function assertAddress(source: LoadedSource, address: string): void {
  if (source.isAllowed !== undefined && !source.isAllowed(address)) throw refusal(source, 'Requests from this address are not taken.')
}

function refusal({ scheme }: LoadedSource, reason: string): HubError {
  return new HubError('verification_failed', reason, scheme.authenticate === undefined ? {} : { headers: { 'www-authenticate': scheme.authenticate } })
}
