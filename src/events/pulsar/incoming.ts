/** A Pulsar message as an event on its way into the store. */
import { uuidv7 } from 'uuidv7'
import { HubError } from '../../errors.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { attributeFaults } from '../attributes.ts'
import { structuredJson } from '../cloudevent.ts'
import type { AcceptedEvent, CloudEvent } from '../event.ts'
import type { IncomingMessage } from './link/consumer.ts'
import { readContent, type Content, type Data } from './message.ts'
import { readTopic, topicAddress, wholeName } from './names.ts'
import type { ConsumeRule } from './settings.ts'

export interface IncomingDeps {
  tenantId: string
  bridgeId: string
  serviceUrl: string
  rule: ConsumeRule
  jq: Pick<Jq, 'first'>
  /** What the type's schema says against the event's data, and by what a CloudEvent is known again. */
  check(tenantId: string, event: CloudEvent): Promise<Pick<AcceptedEvent, 'once' | 'schemaErrors'>>
}

/** Says where an event came from: what came from a topic is not sent back to it. */
export const ORIGIN_ATTRIBUTE = 'pulsartopic'

const DEFAULT_TYPE = 'pulsar.message'
/** A message may come again when its acknowledgement was lost; nobody waits longer for a broker to come back. */
const REPEATS_SECONDS = 24 * 3600

/** Throws HubError for a message that cannot be made an event. */
export async function eventOf(deps: IncomingDeps, message: IncomingMessage): Promise<AcceptedEvent> {
  const { tenantId, bridgeId, serviceUrl, rule } = deps
  const topic = readTopic(rule.topic)!
  const content = readContent(message)
  const given = await attributesByRule(deps, message, content)
  const origin = { ...given, [ORIGIN_ATTRIBUTE]: topicAddress(serviceUrl, topic) }
  const { event, json } = content.kind === 'structured' ? withAttributes(content, origin) : assembled(content, message, wholeName(topic), origin)
  const [fault] = attributeFaults(event)
  if (fault !== undefined) throw new HubError('invalid_input', `This is no CloudEvent: ${fault.pointer === '' ? 'it' : fault.pointer} ${fault.detail}.`)
  const { once, schemaErrors } = await deps.check(tenantId, event)
  return {
    tenantId, id: uuidv7(), event, json, sizeBytes: Buffer.byteLength(json), schemaErrors,
    // A CloudEvent is known by its own id, whatever way it came; another message by Pulsar's.
    once: content.kind === 'plain' ? { scope: `pulsar.${bridgeId} ${wholeName(topic)}`, key: message.messageId, windowSeconds: REPEATS_SECONDS } : once,
  }
}

async function attributesByRule({ tenantId, rule, jq }: IncomingDeps, message: IncomingMessage, content: Content): Promise<Record<string, string>> {
  const { payload: _payload, key = null, publishTime = null, eventTime: _eventTime, ...facts } = message
  const wanted = Object.entries({ type: rule.type, source: rule.source, subject: rule.subject }).filter(([, setting]) => setting !== undefined)
  const view = { topic: wholeName(readTopic(rule.topic)!), key, publishTime, ...facts, data: dataOf(content) }
  return Object.fromEntries(await Promise.all(wanted.map(async ([name, setting]): Promise<[string, string]> => {
    if (typeof setting === 'string') return [name, setting]
    const value = await jq.first(setting!.jq, view, { batchKey: tenantId })
    if (typeof value === 'string' && value !== '') return [name, value]
    throw new HubError('expression_failed', `The jq program for \`${name}\` gave ${value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 100)}, and not a text.`)
  })))
}

function dataOf(content: Content): unknown {
  if (content.kind === 'structured') return content.event['data'] ?? null
  return content.data.kind === 'json' || content.data.kind === 'text' ? content.data.value : null
}

/** The sender's own text wherever it can stay: what JSON says in more digits than a double has is not lost. */
function withAttributes({ event, text }: Extract<Content, { kind: 'structured' }>, attributes: Record<string, string>): { event: CloudEvent, json: string } {
  // An attribute that is null is one that is left out; data may be null.
  const merged = { ...Object.fromEntries(Object.entries(event).filter(([name, value]) => value !== null || name === 'data')), ...attributes } as CloudEvent
  const isNew = Object.keys(attributes).every((name) => !Object.hasOwn(event, name))
  return { event: merged, json: isNew && Object.keys(event).length > 0 ? `${JSON.stringify(attributes).slice(0, -1)},${text.slice(text.indexOf('{') + 1)}` : JSON.stringify(merged) }
}

function assembled(content: Exclude<Content, { kind: 'structured' }>, message: IncomingMessage, source: string, attributes: Record<string, string>): { event: CloudEvent, json: string } {
  const { data } = content
  const own = content.kind === 'binary'
    ? content.attributes
    : { id: message.messageId, source, type: DEFAULT_TYPE, ...message.key !== undefined && message.key !== '' && { subject: message.key }, ...message.publishTime !== undefined && { time: message.publishTime } }
  const contentType = contentTypeOf(content.contentType, data)
  const envelope = { specversion: '1.0' as const, ...own, ...attributes, ...contentType !== undefined && { datacontenttype: contentType } } as CloudEvent
  switch (data.kind) {
    case 'none': return { event: envelope, json: JSON.stringify(envelope) }
    case 'json': return { event: { ...envelope, data: data.value }, json: structuredJson(envelope, data.text) }
    case 'text': return whole({ ...envelope, data: data.value })
    case 'binary': return whole({ ...envelope, data_base64: data.base64 })
  }
}

function whole(event: CloudEvent): { event: CloudEvent, json: string } {
  return { event, json: JSON.stringify(event) }
}

function contentTypeOf(given: string, data: Data): string | undefined {
  // What says that it is JSON and is not, is text.
  if (given !== '' && !(data.kind === 'text' && /[/+]json\b/i.test(given))) return given
  return { none: undefined, json: 'application/json', text: 'text/plain', binary: 'application/octet-stream' }[data.kind]
}
