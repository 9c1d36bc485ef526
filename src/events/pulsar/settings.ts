/** A bridge's settings: shapes, defaults and, as descriptions, their documentation. */
import { z } from 'zod'
import { isName, readTopic, serviceUrlFault } from './names.ts'

const jq = z.string().min(1).max(20_000)
const eventText = z.string().min(1).max(1000)
const topicTakes = 'is not a topic such as `orders`, `tenant/namespace/orders` or `persistent://tenant/namespace/orders`, of letters, digits and -_=:.'
const topicName = z.string().max(700).refine((text) => readTopic(text) !== undefined, topicTakes)
const fixedOr = <Fixed extends z.ZodType>(fixed: Fixed, over: string): z.ZodUnion<[Fixed, z.ZodObject<{ jq: z.ZodString }, z.core.$strict>]> =>
  z.union([fixed, z.strictObject({ jq: jq.describe(`A jq program over ${over} that gives it.`) })])

const MESSAGE = 'the message `{ topic, key, properties, publishTime, messageId, redeliveryCount, data }`'

export const consumeRule = z.strictObject({
  topic: topicName.describe('Topic that is read. Without a tenant and namespace it is in `public/default`.'),
  subscription: z.string().refine(isName, 'takes 1 to 200 letters, digits and -_=:.').default('interchange').describe('Name of the subscription, of the type Shared. It keeps its place in the topic while the bridge is away.'),
  initialPosition: z.enum(['latest', 'earliest']).default('latest').describe('Where a subscription begins that did not exist before.'),
  type: fixedOr(eventText, MESSAGE).optional().describe("The events' type. Left out: a CloudEvent's own, of other messages `pulsar.message`."),
  source: fixedOr(eventText, MESSAGE).optional().describe("The events' source. Left out: a CloudEvent's own, of other messages the topic's whole name."),
  subject: fixedOr(eventText, MESSAGE).optional().describe("The events' subject. Left out: a CloudEvent's own, of other messages their key."),
  maxRedeliveries: z.number().int().min(0).max(100).default(3).describe('How often a message that cannot be made an event is handed back to the broker, before it goes to the dead letter topic.'),
  redeliveryDelay: z.number().int().min(100).max(3_600_000).default(10_000).describe('How long the broker keeps a message that was handed back, in ms.'),
  deadLetterTopic: topicName.optional().describe("Where messages go that could not be made events. Left out: the topic's name with `-<subscription>-DLQ` behind it, as Pulsar has it."),
  receiverQueueSize: z.number().int().min(1).max(1000).default(100).describe('How many messages the broker sends ahead of their acknowledgement.'),
})

export const produceRule = z.strictObject({
  types: z.array(z.string().min(1).max(300)).min(1).max(100).describe('Globs of the types of events that are sent. `*` matches any run of characters.'),
  filter: jq.optional().describe('A jq condition on the CloudEvent: only events for which it gives neither null nor false are sent.'),
  topic: fixedOr(topicName, 'the CloudEvent').describe('Topic that events are sent to. Without a tenant and namespace it is in `public/default`.'),
  key: jq.optional().describe("A jq program over the CloudEvent that gives the message's key. Events with the same key keep their order."),
})

const tls = z.strictObject({
  ca: z.string().min(1).max(100_000).regex(/-----BEGIN CERTIFICATE-----/, 'is not a certificate in PEM form').optional().describe('Certificates (PEM) of the authorities that vouch for the broker, instead of the well-known ones.'),
})

/** Each without its default, for a change that leaves out what stays. */
export const bridgeFields = {
  serviceUrl: z.string().max(2000).superRefine((text, context) => {
    const fault = serviceUrlFault(text)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  }).describe("Address of the broker's or proxy's WebSocket API, for instance `wss://pulsar.example.com:8443`.").meta({ examples: ['wss://pulsar.example.com:8443'] }),
  tls,
  consume: z.array(consumeRule).max(50).describe('Topics whose messages become events.'),
  produce: z.array(produceRule).max(50).describe('Events that become messages.'),
}

export const bridgeSettings = z.strictObject({ ...bridgeFields, tls: tls.prefault({}), consume: bridgeFields.consume.default([]), produce: bridgeFields.produce.default([]) })

export const bridgeStatus = z.enum(['active', 'paused'])

/** A value is a secret, or `{ "$env": "NAME" }`; null takes it away. */
export const authentication = z.strictObject({
  token: z.union([z.string().min(1).max(20_000).regex(/^[\x21-\x7e]+$/, 'holds what no header can carry'), z.strictObject({ $env: z.string().max(200) })]).nullable().optional()
    .describe("Token that is sent as `Authorization: Bearer`, or `{ \"$env\": \"NAME\" }` for an environment variable that the hub's operator allows. Stored encrypted and never given back; null removes it."),
})

export type BridgeSettings = z.output<typeof bridgeSettings>
export type ConsumeRule = z.output<typeof consumeRule>
export type ProduceRule = z.output<typeof produceRule>
export type BridgeStatus = z.output<typeof bridgeStatus>
export type Authentication = z.output<typeof authentication>
