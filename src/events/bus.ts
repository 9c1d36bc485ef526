/**
 * The bus: events by another name. A topic is an event's type; what is published is stored, delivered and followed like any event.
 * A request is an event that expects a reply: another event whose `correlationid` is the request's id
 * (https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/correlation.md), whichever process it comes to.
 */
import { uuidv7 } from 'uuidv7'
import { HubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import { attributeFaults } from './attributes.ts'
import { structuredJson } from './cloudevent.ts'
import type { CloudEvent } from './event.ts'
import type { Events } from './events.ts'
import type { Feed, FeedRow, Position } from './feed.ts'
import type { Publishing } from './publishing.ts'
import type { Replies } from './replies.ts'

export interface BusMessage {
  topic: string
  /** JSON. */
  data?: unknown
  /** Default `/bus`. */
  source?: string | undefined
  subject?: string | undefined
}

export interface Bus {
  /** Resolves once it is committed. Throws what Publishing throws, and `invalid_request` for what no event can have. */
  publish(caller: Caller, message: BusMessage): Promise<{ id: string }>
  /** Throws `reply_timeout` where nobody replies in time; a reply that comes later is an event all the same. */
  request(caller: Caller, message: BusMessage, options: { timeoutMs: number, signal?: AbortSignal | undefined }): Promise<{ id: string, reply: CloudEvent }>
  /** Answers a request. Throws `not_found`, or `conflict` where the event expects no reply. */
  reply(caller: Caller, input: { to: string, data?: unknown, source?: string | undefined }): Promise<{ id: string }>
  /**
   * Each process that subscribed gets all of them, in the order of their commits, one after the other. Resolves when none that is published from then
   * on can be missed. What is to be handled once over all processes is a follower's or a command's.
   */
  subscribe(tenantId: string, options: { types: string[], after?: Position | undefined }, handler: (row: FeedRow) => void | Promise<void>): Promise<{ stop(): Promise<void> }>
}

export interface BusDeps {
  publishing: Pick<Publishing, 'publish'>
  events: Pick<Events, 'find'>
  feed: Feed
  replies: Replies
  onError(error: unknown): void
}

export function createBus({ publishing, events, feed, replies, onError }: BusDeps): Bus {
  const send = async (caller: Caller, message: BusMessage, attributes: Record<string, string> = {}, id = uuidv7()): Promise<{ id: string }> => {
    const { data, ...envelope } = toEvent(id, message, attributes)
    await publishing.publish(caller, [{ event: { ...envelope, ...data !== undefined && { data } } as CloudEvent, json: structuredJson(envelope as CloudEvent, data === undefined ? undefined : JSON.stringify(data)), messageId: id }], { schemaCheck: 'flag', at: () => '' })
      .catch((error: unknown) => { throw withTopic(error) })
    return { id }
  }
  return {
    publish: (caller, message) => send(caller, message),

    async request(caller, message, { timeoutMs, signal }) {
      const id = uuidv7()
      const expected = await replies.expect(caller.tenantId, id, { timeoutMs, signal })
      try {
        await send(caller, message, { correlationid: id, replyto: replyType(message.topic), expirytime: new Date(Date.now() + timeoutMs).toISOString() }, id)
        return { id, reply: await expected.reply }
      } finally {
        expected.cancel()
      }
    },

    async reply(caller, { to, data, source }) {
      const request = await events.find(caller, to)
      if (request['correlationid'] !== request.id) throw new HubError('conflict', 'This event expects no reply.', { errors: [{ pointer: '/to', detail: 'is no request' }] })
      return send(caller, { topic: replyType(request.type), data: data ?? null, source, subject: request.subject }, { correlationid: request.id, causationid: request.id })
    },

    async subscribe(tenantId, { types, after }, handler) {
      const controller = new AbortController()
      const start = after ?? await feed.now(tenantId)
      const running = (async () => {
        for await (const rows of feed.follow(tenantId, { types, after: start }, controller.signal)) {
          for (const row of rows) {
            if (controller.signal.aborted) return
            try { await handler(row) } catch (error) { onError(error) }
          }
        }
      })()
      return { stop: () => { controller.abort(); return running } }
    },
  }
}

export function replyType(topic: string): string {
  return `${topic}.reply`
}

function toEvent(id: string, { topic, data, source = '/bus', subject }: BusMessage, attributes: Record<string, string>): CloudEvent {
  const event = {
    specversion: '1.0' as const, id, source, type: topic, ...subject !== undefined && { subject }, time: new Date().toISOString(),
    ...data !== undefined && { datacontenttype: 'application/json' }, ...attributes, data,
  }
  const faults = attributeFaults(event)
  if (faults.length > 0) throw withTopic(new HubError('invalid_request', `No event can be made of this: ${topicPointer(faults[0]!.pointer)} ${faults[0]!.detail}.`, { errors: faults }))
  return event
}

/** What points at the event's type means the topic. */
function withTopic(error: unknown): unknown {
  if (!(error instanceof HubError) || error.errors === undefined) return error
  return new HubError(error.code, error.message, { cause: error, ...error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }, errors: error.errors.map(({ pointer, detail }) => ({ pointer: topicPointer(pointer), detail })) })
}

function topicPointer(pointer: string): string {
  return pointer === '/type' ? '/topic' : pointer
}
