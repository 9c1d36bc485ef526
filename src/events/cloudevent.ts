/**
 * CloudEvents 1.0.2 over HTTP: structured, in batches, binary.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { HubError, type FieldError } from '../errors.ts'
import { elementTexts } from '../lib/json/elements.ts'
import { parseJson } from '../lib/json/limits.ts'
import { attributeFaults } from './attributes.ts'
import type { AcceptedEvent, CloudEvent } from './event.ts'

/** `json` is the event in structured form; its data stands there as its sender wrote it. */
export interface ReadEvent { event: CloudEvent, json: string }

export type HttpHeaders = Record<string, string | string[] | undefined>

const MAX_BATCH = 10_000
const MAX_FAULTS = 50

/**
 * The events in a request, or undefined where it has none: neither CloudEvents' content type nor `ce-` headers.
 * Throws HubError `malformed_json`, `unsupported_media_type`, or `invalid_request` with pointers: `/2/type` is the type of the third in a
 * batch; of a binary one, pointers are the same, and the details name the header.
 */
export function readCloudEvents(body: Buffer, headers: HttpHeaders): ReadEvent[] | undefined {
  const type = mediaTypeOf(headers)
  if (/^application\/cloudevents(-batch)?\+json$/.test(type)) return readStructured(body)
  if (type.startsWith('application/cloudevents')) {
    throw new HubError('unsupported_media_type', 'CloudEvents are taken as JSON: application/cloudevents+json, application/cloudevents-batch+json, or one in binary mode.')
  }
  return isBinary(headers) ? [readBinary(body, headers)] : undefined
}

/** The same where nothing but CloudEvents is meant to come: JSON of any content type is taken for them. */
export function readPostedEvents(body: Buffer, headers: HttpHeaders): ReadEvent[] {
  const events = readCloudEvents(body, headers)
  if (events !== undefined) return events
  const type = mediaTypeOf(headers)
  if (type !== '' && !isJson(type)) throw new HubError('unsupported_media_type', 'Send CloudEvents as application/cloudevents+json, application/cloudevents-batch+json or application/json, or one in binary mode with `ce-` headers.')
  return readStructured(body)
}

/** The event as structured JSON. `dataText` is the data as JSON text, put in as it is. */
export function structuredJson(envelope: Omit<CloudEvent, 'data'>, dataText: string | undefined): string {
  const text = JSON.stringify(envelope)
  return dataText === undefined ? text : `${text.slice(0, -1)},"data":${dataText}}`
}

const REPEATS_SECONDS = 24 * 3600
/** Longer keys are kept as their hash: they stand in an index. */
const LONGEST_KEY = 200

/** By what a repeat of a CloudEvent is known: its source and its id. */
export function onceOf({ source, id }: Pick<CloudEvent, 'source' | 'id'>): NonNullable<AcceptedEvent['once']> {
  const key = JSON.stringify([source, id])
  return { scope: 'cloudevent', key: key.length <= LONGEST_KEY ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`, windowSeconds: REPEATS_SECONDS }
}

function readStructured(body: Buffer): ReadEvent[] {
  const value = parseJson(body)
  const text = body.toString('utf8').replace(/^\ufeff/, '').trim()
  if (!Array.isArray(value)) return [structured(value, text)]
  if (value.length > MAX_BATCH) throw notEvents([{ pointer: '', detail: `has more than ${MAX_BATCH} events` }])
  const faults: FieldError[] = []
  for (const [at, each] of value.entries()) {
    if (faults.length >= MAX_FAULTS) break
    faults.push(...structuredFaults(each, `/${at}`))
  }
  if (faults.length > 0) throw notEvents(faults)
  const texts = elementTexts(text)
  return value.map((each, at) => ({ event: withoutNulls(each), json: texts[at]! }))
}

function structured(value: unknown, json: string): ReadEvent {
  const faults = structuredFaults(value, '')
  if (faults.length > 0) throw notEvents(faults)
  return { event: withoutNulls(value as CloudEvent), json }
}

function structuredFaults(value: unknown, at: string): FieldError[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ pointer: at, detail: 'must be an object: a CloudEvent' }]
  return attributeFaults(value as Record<string, unknown>, at)
}

/** An attribute that is null is one that is left out; data may be null. */
function withoutNulls(event: CloudEvent): CloudEvent {
  const names = Object.keys(event)
  if (!names.some((name) => event[name] === null && name !== 'data')) return event
  return Object.fromEntries(Object.entries(event).filter(([name, value]) => value !== null || name === 'data')) as CloudEvent
}

function isBinary(headers: HttpHeaders): boolean {
  return headers['ce-specversion'] !== undefined || ['ce-id', 'ce-source', 'ce-type'].every((name) => headers[name] !== undefined)
}

function readBinary(body: Buffer, headers: HttpHeaders): ReadEvent {
  const event: Record<string, unknown> = {}
  const faults: FieldError[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('ce-') || value === undefined) continue
    const attribute = name.slice(3)
    if (attribute === 'data' || attribute === 'data_base64' || attribute === 'datacontenttype') {
      faults.push({ pointer: `/${attribute}`, detail: attribute === 'datacontenttype' ? 'must not come as the header ce-datacontenttype: Content-Type says it' : 'must not come as a header: it is the body' })
      continue
    }
    const decoded = headerText(Array.isArray(value) ? value.join(', ') : value)
    if (decoded === undefined) faults.push({ pointer: `/${attribute}`, detail: `must be percent-encoded UTF-8 (header ${name})` })
    else event[attribute] = decoded
  }
  const type = headers['content-type']
  if (typeof type === 'string' && type.trim() !== '') event['datacontenttype'] = type.trim()
  faults.push(...attributeFaults(event).filter(({ pointer }) => !faults.some((each) => each.pointer === pointer))
    .map(({ pointer, detail }) => ({ pointer, detail: `${detail} (header ${pointer === '/datacontenttype' ? 'content-type' : `ce-${pointer.slice(1)}`})` })))
  if (faults.length > 0) throw notEvents(faults)
  return withBody(event as CloudEvent, body)
}

/** Double quotes around a value and one round of percent-encoding are undone. Undefined for what is no UTF-8 then. */
function headerText(value: string): string | undefined {
  // Node reads headers as Latin-1; whoever sent bytes beyond ASCII unescaped meant UTF-8.
  const raw = Buffer.from(value, 'latin1')
  const text = isUtf8(raw) ? raw.toString('utf8') : value
  const unquoted = text.replace(/"((?:[^"\\]|\\.)*)"/g, (_whole, inner: string) => inner.replace(/\\(.)/g, '$1'))
  try {
    // A percent sign that encodes nothing stands for itself, as older senders wrote it.
    return decodeURIComponent(unquoted.replace(/%(?![0-9A-Fa-f]{2})/g, '%25'))
  } catch {
    return undefined
  }
}

/** JSON stays as it was written, text becomes a string, all else base64. */
function withBody(envelope: CloudEvent, body: Buffer): ReadEvent {
  if (body.length === 0) return { event: envelope, json: JSON.stringify(envelope) }
  const contentType = envelope.datacontenttype
  const type = mediaTypeOf({ 'content-type': contentType })
  const parsed = isJson(type) ? readJson(body) : contentType === undefined ? readUnlabelled(body) : undefined
  if (parsed !== undefined) return { event: { ...envelope, data: parsed.value }, json: structuredJson(envelope, parsed.text) }
  const event = isText(type, contentType ?? '') && isUtf8(body) ? { ...envelope, data: body.toString('utf8') } : { ...envelope, data_base64: body.toString('base64') }
  return { event, json: JSON.stringify(event) }
}

interface Parsed { value: unknown, text: string }

function readJson(body: Buffer): Parsed {
  try {
    return { value: parseJson(body), text: body.toString('utf8').replace(/^\ufeff/, '').trim() }
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    throw new HubError(error.code, error.message, { cause: error, errors: (error.errors ?? []).map(({ pointer, detail }) => ({ pointer: `/data${pointer}`, detail })) })
  }
}

/** Data without a content type is JSON in the structured form. */
function readUnlabelled(body: Buffer): Parsed | undefined {
  try {
    return readJson(body)
  } catch {
    return undefined
  }
}

function mediaTypeOf(headers: HttpHeaders): string {
  return String(headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
}

function isJson(type: string): boolean {
  return /^[^/]+\/(?:[^/]+\+)?json$/.test(type)
}

function isText(type: string, contentType: string): boolean {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType) ?? []
  if (!/^(utf-?8|us-ascii)$/i.test(charset)) return false
  return type.startsWith('text/') || /[/+]xml$/.test(type) || /^application\/(x-www-form-urlencoded|yaml|x-ndjson|graphql|javascript|sql)$/.test(type)
}

function notEvents(errors: FieldError[]): HubError {
  const [first] = errors
  return new HubError('invalid_request', `This is no CloudEvent: ${first!.pointer === '' ? 'it' : first!.pointer} ${first!.detail}.`, { errors: errors.slice(0, MAX_FAULTS) })
}
