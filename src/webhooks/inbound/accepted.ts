/** From a verified request to events. */
import { createHash } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { onceOf, structuredJson, type ReadEvent } from '../../events/cloudevent.ts'
import type { AcceptedEvent, CloudEvent } from '../../events/event.ts'
import { HubError } from '../../errors.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import type { Content } from './content/content.ts'
import type { LoadedSource } from './loaded.ts'
import { headerOf, textOf, type IncomingRequest } from './schemes/scheme.ts'
import type { Dedupe, Taken } from './settings.ts'

/** What a source's settings look at. */
interface Looked { jq: Jq, source: LoadedSource, request: IncomingRequest, data: unknown }

const DEFAULT_TYPE = 'webhook.received'
const TYPE_MAX = 300
const SUBJECT_MAX = 1000
/** Longer keys are kept as their hash: they stand in an index. */
const KEY_MAX = 200

/** The whole request as one event. Throws HubError `invalid_request` where one of the source's programs fails on it. */
export async function eventOf(jq: Jq, source: LoadedSource, request: IncomingRequest, { data, json, base64, contentType }: Content): Promise<AcceptedEvent> {
  const { tenantId, id: sourceId, settings } = source
  const looked = { jq, source, request, data }
  const id = uuidv7()
  const type = usable(settings.eventType === null ? ownType(looked) : await taken(looked, settings.eventType), TYPE_MAX) ?? DEFAULT_TYPE
  const subject = settings.subject === null ? undefined : usable(await taken(looked, settings.subject), SUBJECT_MAX)
  const event: CloudEvent = { specversion: '1.0', id, source: settings.eventSource ?? `/hooks/${sourceId}`, type, time: new Date().toISOString() }
  if (subject !== undefined) event.subject = subject
  if (contentType !== undefined) event.datacontenttype = contentType
  if (base64 !== undefined) event.data_base64 = base64
  // As the sender wrote it: parsed and written anew, numbers would lose digits, and it would cost as much as all the rest.
  const text = structuredJson(event, json)
  if (data !== undefined) event.data = data
  const key = settings.dedupe === null ? undefined : await keyOf(looked, settings.dedupe)
  return {
    tenantId, id, event, json: text, sizeBytes: Buffer.byteLength(text), webhookSourceId: sourceId,
    ...key !== undefined && { once: { scope: `webhook-source.${sourceId}`, key: bounded(key), windowSeconds: settings.dedupe!.windowSeconds } },
  }
}

/** An event that its sender made. Its source and id say which it is, among what comes here: nobody can take the place of another's event elsewhere. */
export function cloudEventOf({ tenantId, id: webhookSourceId }: LoadedSource, { event, json }: ReadEvent): AcceptedEvent {
  const once = { ...onceOf(event), scope: `webhook-source.${webhookSourceId}.cloudevent` }
  return { tenantId, id: uuidv7(), event, json, sizeBytes: Buffer.byteLength(json), webhookSourceId, once }
}

function ownType({ source: { scheme }, request, data }: Looked): string | undefined {
  return scheme.eventType === undefined ? textOf(data, 'type') : scheme.eventType(request, data)
}

async function taken(looked: Looked, from: Taken): Promise<string | undefined> {
  if (typeof from === 'string') return from
  if ('header' in from) return headerOf(looked.request, from.header.toLowerCase())
  return evaluated(looked, from.expression)
}

async function keyOf(looked: Looked, { header, expression }: Dedupe): Promise<string | undefined> {
  const { source: { scheme }, request, data } = looked
  if (header !== undefined) return headerOf(request, header.toLowerCase()) || undefined
  return expression === undefined ? scheme.eventId?.(request, data) : evaluated(looked, expression)
}

async function evaluated({ jq, source: { tenantId }, request, data }: Looked, program: string): Promise<string | undefined> {
  const variables = { headers: request.headers, query: Object.fromEntries(request.query()) }
  const value = await jq.first(program, data ?? null, { batchKey: tenantId, variables }).catch((error: unknown) => {
    if (!(error instanceof HubError) || error.code !== 'expression_failed') throw error
    throw new HubError('invalid_request', `A program of the webhook source fails on this body: ${error.message}`, { cause: error })
  })
  if (value === undefined || value === null || value === false) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Undefined for what is too long, or no text that can be kept. */
function usable(text: string | undefined, most: number): string | undefined {
  return text === undefined || text === '' || text.length > most || !isStorable(text) ? undefined : text
}

function bounded(key: string): string {
  return key.length <= KEY_MAX && isStorable(key) ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
