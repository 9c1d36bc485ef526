import { z } from 'zod'
import { defineRoute, moment, searchedPageOf, pageQuery } from '../../route.ts'
import { event, tag, typeGlob } from './shapes.ts'

export const listEvents = defineRoute({
  method: 'GET', path: '/api/v1/events', scope: 'events:read', tag,
  summary: 'List and search events, newest first.',
  description: 'A page may be short, even empty, and still have a `nextCursor`: a `filter` looks at some thousand events a page. A search goes backwards from the newest; what takes longer than two seconds or so is answered with what was found, and `searchedUntil`.',
  query: z.strictObject({
    ...pageQuery,
    type: typeGlob.optional().describe('Of this type; `*` stands for any run of characters: `order.*`.'),
    source: z.string().min(1).max(1000).optional().describe('Of this source; `*` as in `type`.'),
    subject: z.string().min(1).max(1000).optional().describe('About this; `*` as in `type`.'),
    webhookSourceId: z.uuid().optional().describe('Taken in by this webhook source.'),
    runId: z.uuid().optional().describe('Sent by this run of a flow.'),
    from: moment.optional().describe('Received at this time or later (ISO 8601 with offset).'),
    to: moment.optional().describe('Received before this time.'),
    filter: z.string().min(1).max(4000).optional().describe('A jq program over the event: those for which it comes out true, as in `.data.amount > 100`.'),
    q: z.string().min(1).max(200).optional().describe("Text anywhere in the event's JSON, in upper or lower case. The data of events over 64 KiB is not searched."),
  }),
  reply: searchedPageOf(event),
  handle: ({ events }, { caller, query: { from, to, ...query } }) =>
    events.list(caller, { ...query, ...from !== undefined && { from: new Date(from) }, ...to !== undefined && { to: new Date(to) } }),
})
