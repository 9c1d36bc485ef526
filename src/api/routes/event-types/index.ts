import { z } from 'zod'
import { exampleOf } from '../../../catalog/example.ts'
import { Answer, defineRoute, pageOf, pageQuery, timestamp, type Route } from '../../route.ts'

const tag = 'Event types'
const schema = z.record(z.string(), z.unknown())
const typeParam = z.object({ type: z.string().regex(/^[^\u0000-\u001f\u007f-\u009f]{1,300}$/).describe('The type, as events have it.') })
const origin = z.enum(['tenant', 'connector'])

const eventType = z.object({
  type: z.string(), description: z.string(), schema: schema.nullable().describe("JSON Schema (2020-12) of the events' data."),
  origin: origin.describe('Whether it was registered here, or is declared by a connector.'),
  connector: z.string().nullable(), createdAt: timestamp.nullable(), updatedAt: timestamp.nullable(),
}).meta({ id: 'EventType' })

const listEventTypes = defineRoute({
  method: 'GET', path: '/api/v1/event-types', scope: 'events:read', tag,
  summary: 'List the types of events that are registered or declared by connectors.',
  query: z.strictObject({ ...pageQuery, q: z.string().min(1).max(200).optional().describe('Text in the type or its description, in upper or lower case.'), origin: origin.optional().describe('Only those that were registered here, or that connectors declare.') }),
  reply: pageOf(eventType),
  handle: ({ eventTypes }, { caller, query: { q, origin: from, ...page } }) => eventTypes.list(caller, { q, origin: from }, page),
})

const getEventType = defineRoute({
  method: 'GET', path: '/api/v1/event-types/:type', scope: 'events:read', tag,
  summary: 'Get a type of events with its schema and an example.',
  params: typeParam, reply: eventType.extend({ example: z.unknown().describe('Data that fits the schema, made of its own examples where it has any; null without a schema.') }),
  async handle({ eventTypes }, { caller, params }) {
    const found = await eventTypes.find(caller, params.type)
    return { ...found, example: found.schema === null ? null : exampleOf(found.schema) }
  },
})

const putEventType = defineRoute({
  method: 'PUT', path: '/api/v1/event-types/:type', scope: 'events:write', tag,
  summary: 'Register a type of events, or replace what is registered.',
  description: "Answers 201 where it is new. In the place of a connector's declaration it stands before that. From then on, data is checked against the schema: as each webhook source says, and as `schemaCheck` says for events that are posted.",
  params: typeParam,
  body: z.strictObject({ description: z.string().max(2000).optional(), schema: schema.nullish().describe("JSON Schema (2020-12) of the events' data.") }),
  reply: eventType,
  async handle({ eventTypes }, { caller, params, body }) {
    const { eventType: put, isNew } = await eventTypes.put(caller, params.type, body)
    return new Answer({ status: isNew ? 201 : 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(put) })
  },
})

const deleteEventType = defineRoute({
  method: 'DELETE', path: '/api/v1/event-types/:type', scope: 'events:write', tag, status: 204,
  summary: 'Remove a type that is registered.',
  description: 'Events of the type come and go as before; their data is not checked any more.',
  params: typeParam, reply: z.undefined(),
  async handle({ eventTypes }, { caller, params }) {
    await eventTypes.remove(caller, params.type)
    return new Answer({})
  },
})

export const eventTypeRoutes: Route[] = [listEventTypes, getEventType, putEventType, deleteEventType]
