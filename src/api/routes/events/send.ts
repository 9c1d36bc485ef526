import { z } from 'zod'
import { readPostedEvents } from '../../../events/cloudevent.ts'
import { defineRoute } from '../../route.ts'
import { cloudEvent, tag } from './shapes.ts'

export const sendEvents = defineRoute({
  method: 'POST', path: '/api/v1/events', scope: 'events:write', tag, status: 202,
  summary: 'Send one event or a batch of them: they are stored, and delivered to the webhooks that want them.',
  description: 'CloudEvents 1.0 over HTTP: structured (`application/cloudevents+json`, `application/cloudevents-batch+json`; `application/json` is taken like them) or binary (`ce-` headers, with the data as the body). All of a batch is checked before any of it is stored. An event whose `source` and `id` came within 24 hours is not taken again, and answered like the first.',
  bodyKind: 'bytes', maxBodyBytes: 'setting', body: z.union([cloudEvent, z.array(cloudEvent)]),
  query: z.strictObject({
    repeats: z.string().min(1).max(512).optional().describe('Id of an event that these are once more: the two are shown as related. Its `messageId`, or the CloudEvent’s.'),
    schemaCheck: z.enum(['reject', 'flag', 'pass']).default('flag').describe("What to do with data that its type's schema refuses: take none of the request, take it with `schemaErrors`, or not look."),
  }),
  reply: z.object({ ids: z.array(z.string()).describe("The CloudEvents' ids, in their order.") }),
  handle: ({ events }, { caller, body, query, request }) => events.send(caller, readPostedEvents((body as unknown as Buffer | undefined) ?? Buffer.alloc(0), request.headers), query),
})
