/** An event as Pulsar messages: to which topics it goes, and what stands on them. */
import { createHash } from 'node:crypto'
import { HubError } from '../../errors.ts'
import { matchesAnyGlob } from '../../lib/glob.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import type { FollowedEvent } from '../followers.ts'
import { ORIGIN_ATTRIBUTE } from './incoming.ts'
import type { OutgoingMessage } from './link/producer.ts'
import { readTopic, topicAddress, wholeName, type Topic } from './names.ts'
import type { ProduceRule } from './settings.ts'

export interface Addressed { topic: Topic, message: OutgoingMessage }

export interface OutgoingDeps {
  tenantId: string
  serviceUrl: string
  jq: Pick<Jq, 'first'>
}

/** On what the hub sent: which event it is, by the hub's own id, the same in each repeat. */
const EVENT_PROPERTY = 'interchange_event'
/** Grows along the stream: a receiver may drop what is not above the last one that it saw of a key. */
const SEQUENCE_PROPERTY = 'interchange_sequence'
/** Says that a tenant sent it to this topic, without saying which tenant. */
const SENDER_PROPERTY = 'interchange_sender'

/** What a rule makes of an event; undefined where it does not apply. Throws HubError where its programs fail. */
export async function addressed(deps: OutgoingDeps, rule: ProduceRule, followed: FollowedEvent): Promise<Addressed | undefined> {
  const { event } = followed
  if (!matchesAnyGlob(rule.types, event.type)) return undefined
  const ask = (program: string): Promise<unknown> => deps.jq.first(program, event, { batchKey: deps.tenantId })
  if (rule.filter !== undefined) {
    const kept = await ask(rule.filter)
    if (kept === undefined || kept === null || kept === false) return undefined
  }
  const topic = typeof rule.topic === 'string' ? readTopic(rule.topic)! : namedTopic(await ask(rule.topic.jq))
  if (event[ORIGIN_ATTRIBUTE] === topicAddress(deps.serviceUrl, topic)) return undefined
  const key = rule.key === undefined ? undefined : keyText(await ask(rule.key))
  return { topic, message: messageOf(deps, followed, topic, key) }
}

function namedTopic(value: unknown): Topic {
  const topic = typeof value === 'string' ? readTopic(value) : undefined
  if (topic === undefined) throw new HubError('expression_failed', `The jq program for \`topic\` gave ${value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 100)}, and not the name of a topic.`)
  return topic
}

function keyText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function messageOf({ tenantId }: OutgoingDeps, { id, event, json, sequence }: FollowedEvent, topic: Topic, key: string | undefined): OutgoingMessage {
  const time = event.time === undefined ? Number.NaN : Date.parse(event.time)
  return {
    payload: Buffer.from(json).toString('base64'), key,
    ...!Number.isNaN(time) && time >= 0 && { eventTime: new Date(time).toISOString() },
    properties: {
      'content-type': 'application/cloudevents+json; charset=UTF-8', ce_specversion: '1.0', ce_id: event.id, ce_source: event.source, ce_type: event.type,
      [EVENT_PROPERTY]: id, [SEQUENCE_PROPERTY]: sequence, [SENDER_PROPERTY]: senderOf(tenantId, topic),
    },
  }
}

/** Whether the tenant's own events come back by the topic that they were sent to. */
export function isOwn(properties: Record<string, string>, tenantId: string, topic: Topic): boolean {
  return properties[SENDER_PROPERTY] === senderOf(tenantId, topic)
}

function senderOf(tenantId: string, topic: Topic): string {
  return createHash('sha256').update(`${tenantId} ${wholeName(topic)}`).digest('base64url').slice(0, 22)
}
