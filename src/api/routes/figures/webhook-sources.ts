import { z } from 'zod'
import { defineRoute, moment, pageOf, pageQuery, timestamp } from '../../route.ts'
import { rangeOf, tag } from './shapes.ts'

export const listSourceFigures = defineRoute({
  method: 'GET', path: '/api/v1/figures/webhook-sources', scope: 'webhooks:read', tag,
  summary: 'List how much came to each webhook source, and how much of it was refused.',
  description: 'In the order of `GET /api/v1/webhook-sources`.',
  query: z.strictObject({ ...pageQuery, from: moment.optional().describe('Empty: a day ago.') }),
  reply: pageOf(z.object({
    sourceId: z.uuid(), accepted: z.number().describe('Events that were taken in.'), refused: z.number().describe('Requests that were refused.'),
    lastEventAt: timestamp.nullable().describe('Since `from`.'),
    series: z.array(z.object({ at: timestamp, accepted: z.number(), refused: z.number() })).describe('By the hour, in UTC; hours in which nothing came are left out.'),
  })),
  async handle({ webhookSources, sourceFigures }, { caller, query: { from, ...page } }) {
    const { data, nextCursor } = await webhookSources.list(caller, page)
    return { data: await sourceFigures.since(caller, data.map(({ id }) => id), rangeOf({ from }).from), nextCursor }
  },
})
