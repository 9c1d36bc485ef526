import { z } from 'zod'
import { defineRoute, timestamp } from '../../route.ts'
import { rangeOf, tag } from './shapes.ts'

export const getOverview = defineRoute({
  method: 'GET', path: '/api/v1/overview', scope: 'integrations:read', tag,
  summary: 'Count what there is, and how much of it works.',
  reply: z.object({
    integrations: z.object({
      total: z.number(), active: z.number().describe('Those that may be run.'), failing: z.number().describe('Those of them whose connection is in error.'),
      history: z.array(z.object({ at: timestamp, count: z.number() })).describe("How many of today's active ones there were on each of the last 14 days."),
    }),
    webhooks: z.object({
      total: z.number(), active: z.number(), failed: z.number(),
      series: z.array(z.object({ at: timestamp, delivered: z.number(), failed: z.number() })).describe('Deliveries that were over in each of the last 24 hours; hours without any are left out.'),
    }).nullable().describe('Null for who may not read webhooks.'),
  }),
  async handle({ integrations, webhooks, webhookFigures }, { caller }) {
    const readWebhooks = async () => {
      const [counted, series] = await Promise.all([webhooks.count(caller), webhookFigures.series(caller.tenantId, { ...rangeOf({}), step: 'hour' })])
      return { ...counted, series: series.map(({ at, delivered, failed }) => ({ at, delivered, failed })) }
    }
    const [counted, ofWebhooks] = await Promise.all([integrations.count(caller), caller.scopes.has('webhooks:read') ? readWebhooks() : null])
    return { integrations: counted, webhooks: ofWebhooks }
  },
})
