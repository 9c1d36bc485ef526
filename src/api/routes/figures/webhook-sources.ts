import { z } from 'zod'
import { defineRoute, moment, pageOf, pageQuery, timestamp } from '../../route.ts'
import { rangeOf, tag } from './shapes.ts'

export const listSourceFigures = defineRoute({
  method: 'GET', path: '/api/v1/figures/webhook-sources', scope: 'webhooks:read', tag,
  summary: 'List how much came to each webhook source, and how much of it was refused.',
  description: 'In the order of `GET /api/v1/webhook-sources`. A count that takes longer than 3 seconds is refused with `invalid_request`; a later `from` makes it quicker.',
  query: z.strictObject({ ...pageQuery, from: moment.optional().describe('Empty: a day ago.') }),
  reply: pageOf(z.object({
    sourceId: z.uuid(), accepted: z.number().describe('Events that were taken in.'), refused: z.number().describe('Requests that were refused, of the newest 500 that are kept.'),
    lastEventAt: timestamp.nullable().describe('Since `from`.'),
  })),
  async handle({ webhookSources, sourceFigures }, { caller, query: { from, ...page } }) {
    const { data, nextCursor } = await webhookSources.list(caller, page)
    return { data: await sourceFigures.since(caller, data.map(({ id }) => id), rangeOf({ from }).from), nextCursor }
  },
})
