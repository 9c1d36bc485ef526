/** An event as the API takes and gives it. */
import { z } from 'zod'

export const tag = 'Events'

const text = z.string().min(1)
const attributes = {
  specversion: z.literal('1.0'), id: text, source: text.describe('URI reference. With the id it says which event this is.'), type: text.describe('For instance `order.paid`.'),
  subject: text.nullish(), time: z.iso.datetime({ offset: true }).nullish(), datacontenttype: text.nullish(), dataschema: text.nullish(),
  data: z.unknown().optional(), data_base64: z.string().optional().describe('Data that is neither JSON nor text.'),
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export const cloudEvent = z.looseObject(attributes).meta({ id: 'CloudEvent' })

const fieldError = z.object({ pointer: z.string(), detail: z.string() })

export const event = z.looseObject({
  ...attributes,
  messageId: z.uuid().describe("The hub's own id, UUIDv7: what is sent as `webhook-id` in all deliveries of the event."),
  receivedAt: z.iso.datetime(),
  webhookSourceId: z.uuid().nullable().describe('The webhook source that took it in.'),
  runId: z.uuid().nullable().describe('The run of a flow that sent it.'),
  schemaErrors: z.array(fieldError).nullable().describe("What its type's schema says against its data, where it was taken all the same."),
  dataRef: z.string().optional().describe('Where an event of more than 64 KiB is to be had with its data, which a list leaves out.'),
}).meta({ id: 'Event', description: "A CloudEvent, extensions and all, and what the hub knows of it in names that no attribute can have." })

export const eventId = z.object({ id: z.string().min(1).max(512).describe("The CloudEvent's id, or the `messageId`.") })
export const typeGlob = z.string().min(1).max(300)
