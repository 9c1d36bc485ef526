/** One attempt to deliver: filters, transformations, signature, request. What came of it is decided in `outcome.ts`. */
import type { CloudEvent } from '../../../events/event.ts'
import { HubError, isHubError } from '../../../errors.ts'
import { readBody } from '../../../lib/http/body.ts'
import type { HeaderMap, HttpClient, HttpResponse } from '../../../lib/http/http.ts'
import { isTrue, type Jq } from '../../../lib/jq/jq.ts'
import type { Webhook } from '../webhook.ts'
import type { Item, Shipment } from './item.ts'

export interface AttemptDeps {
  http: HttpClient
  jq: Jq
  /** The text of an event that lies in a blob. Throws `not_found`. */
  readBlob(tenantId: string, id: string): Promise<string>
}

/** What became of one delivery before anything was sent. */
export type Shaped = { kind: 'wanted', body: string } | { kind: 'unwanted' } | { kind: 'parked', reason: string }

export interface Sent {
  startedAt: Date
  durationMs: number
  headers: HeaderMap
  sizeBytes: number
  /** Where it is another than the event alone: transformed, or a batch. */
  body: string | undefined
  response: { status: number, headers: HeaderMap, body: string } | undefined
  error: HubError | undefined
}

const UNAUTHORIZED = 401
/** Longest part of an answer's body that is kept. */
const KEPT_BODY_CHARACTERS = 4096
/** An answer longer than this is not read. */
const MAX_BODY_BYTES = 64 * 1024

/** Whether the endpoint wants the event, and what is sent of it. A program that fails is a reason to park: a repeat would fail alike. */
export async function shape({ jq, readBlob }: Pick<AttemptDeps, 'jq' | 'readBlob'>, { tenantId, filters, transformations }: Pick<Webhook, 'tenantId' | 'filters' | 'transformations'>, item: Pick<Item, 'text' | 'blobId' | 'event'>): Promise<Shaped> {
  let text = item.text
  try {
    text ??= item.blobId === null ? undefined : await readBlob(tenantId, item.blobId)
  } catch (error) {
    if (!isHubError(error, 'not_found')) throw error
  }
  if (text === undefined) return { kind: 'parked', reason: 'event_gone' }
  if (filters.length === 0 && transformations.length === 0) return { kind: 'wanted', body: text }
  const event = item.event ?? JSON.parse(text) as CloudEvent
  const options = { batchKey: tenantId }
  for (const [index, filter] of filters.entries()) {
    try {
      const verdict = await jq.first(filter, event, options)
      if (!isTrue(verdict)) return { kind: 'unwanted' }
    } catch (error) {
      return parked(`filter_failed: filters[${index}]`, error)
    }
  }
  if (transformations.length === 0) return { kind: 'wanted', body: text }
  let value: unknown = event
  for (const [index, transformation] of transformations.entries()) {
    try {
      value = await jq.first(transformation, value, options)
      if (value === undefined) return { kind: 'unwanted' }
    } catch (error) {
      return parked(`transformation_failed: transformations[${index}]`, error)
    }
  }
  return { kind: 'wanted', body: JSON.stringify(value) }
}

function parked(what: string, error: unknown): Shaped {
  // The hub ends, or too much waits: nothing is wrong with the program.
  if (!isHubError(error) || error.code === 'shutting_down' || error.code === 'rate_limited') throw error
  return { kind: 'parked', reason: `${what}: ${error.message}`.slice(0, 1000) }
}

/** Never throws: what went wrong is part of what is answered. */
export async function send({ http }: AttemptDeps, webhook: Webhook, { batchId, items }: Shipment, bodies: string[]): Promise<Sent> {
  const body = batchId === null ? bodies[0]! : `[${bodies.join(',')}]`
  const startedAt = new Date()
  const start = performance.now()
  let headers: HeaderMap = {}
  let response: Sent['response']
  let error: HubError | undefined
  try {
    headers = await webhook.headersFor({ messageId: batchId ?? items[0]!.row.eventId, body, contentType: contentTypeOf(webhook, batchId), now: startedAt })
    const answer = await http.request({ method: 'POST', url: webhook.url, headers, body, timeoutMs: webhook.timeoutMs, maxRedirects: 0, onlyAddresses: webhook.allowedAddresses })
    response = { status: answer.status, headers: answer.headers, body: await bodyOf(answer) }
    if (answer.status === UNAUTHORIZED) await webhook.refused?.(headers).catch(() => undefined)
  } catch (thrown) {
    error = thrown instanceof HubError ? thrown : new HubError('internal', 'The hub failed while it delivered.', { cause: thrown })
  }
  return { startedAt, durationMs: Math.round((performance.now() - start) * 10) / 10, headers, sizeBytes: Buffer.byteLength(body), body: webhook.transformations.length > 0 || batchId !== null ? body : undefined, response, error }
}

function contentTypeOf({ transformations }: Webhook, batchId: string | null): string {
  if (transformations.length > 0) return 'application/json'
  return batchId === null ? 'application/cloudevents+json' : 'application/cloudevents-batch+json'
}

/** The status has decided already: a body that is too long or breaks off is left. */
async function bodyOf(answer: HttpResponse): Promise<string> {
  try {
    const body = await readBody(answer, { maxBytes: MAX_BODY_BYTES })
    return body.length === 0 ? '' : body.toString('utf8').slice(0, KEPT_BODY_CHARACTERS).replaceAll('\0', '\uFFFD')
  } catch {
    return ''
  }
}
