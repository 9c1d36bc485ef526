/** Where and how a vendor is spoken to. */
import { z } from 'zod'
import { below } from '../below.ts'
import type { AnswerPart, CallHttpRequest, ConnectionContext, OperationCall } from '../connector.ts'
import { readCredentials } from '../credentials.ts'
import { HubError } from '../../errors.ts'
import { parseInput } from '../../lib/zod-errors.ts'
import type { ChatInput, ChatOutput, EmbeddingsInput, EmbeddingsOutput } from './shapes.ts'

const vendors = { openai: 'https://api.openai.com/v1', anthropic: 'https://api.anthropic.com/v1' } as const
/** https://docs.claude.com/en/api/versioning */
const ANTHROPIC_VERSION = '2023-06-01'

const credentials = z.object({ apiKey: z.string().trim().max(1000).regex(/^[\x21-\x7e]+$/, 'must be one word').optional() })
const configuration = z.strictObject({ api: z.enum(['openai', 'anthropic']).default('openai'), model: z.string().max(300).default(''), maxTokens: z.number().int().min(1).default(4096) })

export type Settings = z.output<typeof configuration>
type Place = Pick<ConnectionContext, 'configuration' | 'credentials' | 'endpoint'>
export type Call = Pick<OperationCall, 'configuration' | 'credentials' | 'endpoint' | 'http'>

export type Tell = (part: AnswerPart) => Promise<void>

/** What each vendor's own form is turned into. */
export interface Vendor {
  chat(call: Call, input: ChatInput): Promise<ChatOutput>
  /** Tells pieces of text, and of the tools that it wants called, as they come. */
  streamChat(call: Call, input: ChatInput, tell: Tell): Promise<ChatOutput>
  /** Undefined where there are none. */
  embeddings?(call: Call, input: EmbeddingsInput): Promise<EmbeddingsOutput>
  listModels(call: Call): Promise<{ models: { id: string, name?: string, createdAt?: string }[] }>
}

export function settingsOf({ configuration: given }: Pick<Place, 'configuration'>): Settings {
  return parseInput(configuration, given, '/configuration')
}

export function endpointOf(place: Pick<Place, 'configuration' | 'endpoint'>): URL {
  return new URL(place.endpoint ?? vendors[settingsOf(place).api])
}

/** With the key. `request.url` is a path: `/models`. */
export function authorized(request: CallHttpRequest, place: Place): CallHttpRequest {
  const { apiKey } = readCredentials(credentials, place.credentials)
  const own = settingsOf(place).api === 'anthropic'
    ? { 'anthropic-version': ANTHROPIC_VERSION, ...apiKey !== undefined && { 'x-api-key': apiKey } }
    : { ...apiKey !== undefined && { authorization: `Bearer ${apiKey}` } }
  return { ...request, url: below(endpointOf(place), request.url).href, headers: { ...request.headers, ...own } }
}

export async function ask<Shape extends z.ZodType>(call: Call, shape: Shape, request: CallHttpRequest): Promise<z.output<Shape>> {
  const { data } = await call.http.request(authorized({ ...request, expectJson: true }, call))
  return read(shape, data)
}

/** Answers whole what a server that does not stream answered; undefined once `take` has had each event. */
export async function follow<Shape extends z.ZodType>(call: Call, whole: Shape, { request, take }: { request: CallHttpRequest, take(event: unknown): Promise<void> }): Promise<z.output<Shape> | undefined> {
  const { data, events } = await call.http.stream(authorized({ ...request, expectJson: true, headers: { accept: 'text/event-stream' } }, call))
  if (events === undefined) return read(whole, data)
  for await (const { data: text } of events) {
    if (text === '[DONE]') return undefined
    if (text !== '') await take(parse(text))
  }
  return undefined
}

function parse(text: string): unknown {
  const event = parseOutput(text)
  const { error } = (event ?? {}) as { error?: { message?: unknown, type?: unknown } | null }
  if (event === null) throw new HubError('upstream_invalid_response', 'The AI service sent an event that is no JSON.')
  if (error !== undefined && error !== null) throw new HubError('upstream_unavailable', `The AI service broke off: ${typeof error.message === 'string' ? error.message : String(error.type ?? 'it gives no reason')}`)
  return event
}

/** An answer that ends before its end was said is none. */
export function brokenOff(): HubError {
  return new HubError('upstream_unavailable', 'The AI service ended its answer in the middle.')
}

export function read<Shape extends z.ZodType>(shape: Shape, data: unknown): z.output<Shape> {
  const result = shape.safeParse(data)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw new HubError('upstream_invalid_response', `The AI service answered something else than its documentation says: /${path.join('/')} ${message}.`, { cause: result.error })
}

/** Throws `invalid_input` where neither the call nor the integration names a model. */
export function modelFor(given: string | undefined, { model }: Settings): string {
  const wanted = given ?? model
  if (wanted !== '') return wanted
  throw new HubError('invalid_input', 'Name a model, here or in the integration’s configuration: list_models lists them.', { errors: [{ pointer: '/model', detail: 'is needed: the integration has no model of its own' }], beforeSending: true })
}

/** What a model wrote for arguments. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value as Record<string, unknown> : undefined
  } catch {
    return undefined
  }
}

/** With `outputSchema`: the answer as a value; null for what is no JSON, such as one that was cut off. */
export function parseOutput(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
