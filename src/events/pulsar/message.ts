/** What a Pulsar message holds: a CloudEvent, structured or binary, or something else. */
import { isUtf8 } from 'node:buffer'
import { HubError } from '../../errors.ts'
import { parseJson } from '../../lib/json/limits.ts'
import type { IncomingMessage } from './link/consumer.ts'

/** A payload as an event carries it. Of JSON the text stays as its sender wrote it. */
export type Data =
  | { kind: 'none' }
  | { kind: 'json', value: unknown, text: string }
  | { kind: 'text', value: string }
  | { kind: 'binary', base64: string }

export type Content =
  /** The payload is the whole event. */
  | { kind: 'structured', event: Record<string, unknown>, text: string }
  /** The properties are the event's attributes, the payload is its data. */
  | { kind: 'binary', attributes: Record<string, string>, data: Data, contentType: string }
  | { kind: 'plain', data: Data, contentType: string }

/** Of the bindings for Kafka, HTTP and AMQP: what goes through Pulsar by way of a connector or a proxy still has these. */
const attributePrefix = /^(?:ce_|ce-|cloudevents:|cloudevents_)([a-z0-9]+)$/i

/** Throws HubError for a message that says that it is a CloudEvent and is none. */
export function readContent(message: IncomingMessage): Content {
  const contentType = propertyNamed(message, 'content-type') ?? ''
  const bytes = Buffer.from(message.payload, 'base64')
  if (/^application\/cloudevents-batch/i.test(contentType)) throw new HubError('invalid_input', 'A batch of CloudEvents in one message is not taken: send each in a message of its own.')
  if (/^application\/cloudevents/i.test(contentType)) return structured(bytes, contentType)
  const attributes = attributesOf(message)
  if (attributes['id'] !== undefined && attributes['type'] !== undefined && attributes['source'] !== undefined) {
    return { kind: 'binary', attributes, data: readData(bytes, contentType), contentType }
  }
  const data = readData(bytes, contentType)
  if (contentType === '' && data.kind === 'json' && looksLikeCloudEvent(data.value)) return { kind: 'structured', event: data.value, text: data.text }
  return { kind: 'plain', data, contentType }
}

function structured(bytes: Buffer, contentType: string): Content {
  if (!/^application\/cloudevents(\+json)?\s*(;|$)/i.test(contentType)) throw new HubError('unsupported_media_type', `A CloudEvent as ${contentType.slice(0, 100)} is not taken: send JSON.`)
  const event = parseJson(bytes)
  if (typeof event !== 'object' || event === null || Array.isArray(event)) throw new HubError('invalid_input', 'A CloudEvent is a JSON object.')
  return { kind: 'structured', event: event as Record<string, unknown>, text: textOf(bytes) }
}

function looksLikeCloudEvent(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  return ['specversion', 'id', 'source', 'type'].every((name) => typeof (value as Record<string, unknown>)[name] === 'string')
}

function attributesOf({ properties }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).flatMap(([name, value]) => {
    const [, attribute] = attributePrefix.exec(name) ?? []
    // The data is the payload's alone.
    return attribute === undefined || attribute.toLowerCase() === 'data' ? [] : [[attribute.toLowerCase(), value]]
  }))
}

function propertyNamed({ properties }: IncomingMessage, name: string): string | undefined {
  return Object.entries(properties).find(([each]) => each.toLowerCase() === name)?.[1]
}

/** JSON where it is said or nothing is said and it is; text where it can be; else bytes. */
function readData(bytes: Buffer, contentType: string): Data {
  if (bytes.length === 0) return { kind: 'none' }
  if (!isUtf8(bytes)) return { kind: 'binary', base64: bytes.toString('base64') }
  if (contentType === '' || /[/+]json\b/i.test(contentType)) {
    try {
      return { kind: 'json', value: parseJson(bytes), text: textOf(bytes) }
    } catch { /* Text, then. */ }
  }
  return { kind: 'text', value: textOf(bytes) }
}

/** Without the byte order mark that JSON may have in front, but must not have within. */
function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFEFF/, '').trim()
}
