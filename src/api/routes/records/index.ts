/** What is kept of what happened, whatever kind it is of. */
import { z } from 'zod'
import { recordKinds, relations } from '../../../records/records.ts'
import { defineRoute, timestamp, type Route } from '../../route.ts'

const fields = {
  kind: z.enum(recordKinds), id: z.string(), label: z.string().describe("An event's type, a run's flow, an execution's operation, the type of the event that a delivery delivers."),
  status: z.string().nullable().describe('As its kind has them; null of an event.'), at: timestamp.describe('When it came or began; of a delivery, when it was over or is due.'),
}
const kept = z.object({ ...fields, relation: z.enum(relations).describe('How the earlier of the two stands to the later: it `led` to it, was `repeated` by it, was `heard` by it (an event, by a run that listened), or is `told` of by it (by an event of the hub).') }).meta({ id: 'KeptRecord' })

const traceRecord = defineRoute({
  method: 'GET', path: '/api/v1/records/:id', scope: 'integrations:read', tag: 'Records',
  summary: 'Tell what the event, run, execution or delivery of an id is, what led to it and what came of it.',
  description: 'Only what the caller may read is looked at, and told.',
  params: z.object({ id: z.string().min(1).max(512).describe("Its id; of an event, the CloudEvent's or the `messageId`.") }),
  reply: z.object({
    ...fields, before: z.array(kept).describe('What led to it, one to another, the nearest first: the event that a delivery delivers, the run that sent it, the event that the run began with, what it repeats.'),
    heard: z.array(kept).describe('Of a run: events that it listened for and took. At most 50.'),
    after: z.array(kept).describe("What came of it: an event's runs and deliveries; a run's executions, the events that it sent with their deliveries, and runs that it began; repeats of it; events of the hub about it. At most 50 of each kind."),
  }),
  handle: ({ records }, { caller, params }) => records.trace(caller, params.id),
})

export const recordRoutes: Route[] = [traceRecord]
