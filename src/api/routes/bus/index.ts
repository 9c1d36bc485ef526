import { z } from 'zod'
import { defineRoute, type Route } from '../../route.ts'
import { cloudEvent } from '../events/shapes.ts'
import { streamEvents } from './stream.ts'

const tag = 'Bus'
const topic = z.string().min(1).max(300).describe('The type of the event that is made of it.')
const data = z.unknown().optional().describe('JSON.')
const message = { topic, data, source: z.string().min(1).max(1000).optional().describe('URI reference. Default `/bus`.'), subject: z.string().min(1).max(1000).optional() }
const id = z.string().describe('Of the event.')

const publish = defineRoute({
  method: 'POST', path: '/api/v1/bus/publish', scope: 'events:write', tag, status: 202,
  summary: 'Publish on a topic.',
  description: 'What is published is an event like any other: stored, delivered to webhooks, followed by streams. `integration.module.discovered` (`{ module: { name }, metadata: { openAPI } }` or `metadata.openAPIEndpoint`) registers a connector, and with `metadata.integratable: true` an integration, and answers with `integration.module.registered` or `integration.module.failed`; it needs `connectors:write`. `integration.request.execute` (`{ integrationId, action, params }`) runs an operation; it needs `integrations:run`.',
  body: z.strictObject(message), freeText: ['/data'], reply: z.object({ id }),
  handle: ({ bus }, { caller, body }) => bus.publish(caller, body),
})

const request = defineRoute({
  method: 'POST', path: '/api/v1/bus/request', scope: 'events:write', tag,
  summary: 'Publish on a topic and wait for the reply.',
  description: 'The event of the request has the attributes `correlationid`, `replyto` and `expirytime`. A reply is an event whose `correlationid` is the request\'s id, wherever it comes from but a webhook source; `POST /api/v1/bus/reply` makes one. Without one in time: 504 `reply_timeout`.',
  body: z.strictObject({ ...message, timeout: z.int().min(1).max(120_000).default(30_000).describe('ms') }), freeText: ['/data'],
  reply: z.object({ id, reply: z.unknown().describe("The reply's data."), event: cloudEvent.describe('The reply as an event.') }),
  async handle({ bus }, { caller, body: { timeout, ...body }, request: { signal } }) {
    const { id, reply } = await bus.request(caller, body, { timeoutMs: timeout, signal })
    return { id, reply: reply.data ?? null, event: reply }
  },
})

const reply = defineRoute({
  method: 'POST', path: '/api/v1/bus/reply', scope: 'events:write', tag, status: 202,
  summary: 'Reply to a request.',
  body: z.strictObject({ to: z.string().min(1).max(512).describe("The request's id."), data, source: message.source }), freeText: ['/data'], reply: z.object({ id }),
  handle: ({ bus }, { caller, body }) => bus.reply(caller, body),
})

export const busRoutes: Route[] = [publish, request, reply, streamEvents]
