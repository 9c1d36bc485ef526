import { z } from 'zod'
import { defineRoute, timestamp } from '../../route.ts'
import { assertFewPoints, counts, range, rangeOf, rates, step, tag } from './shapes.ts'

const performance = z.object({ ...rates, p50: z.number().nullable().describe('ms'), p95: z.number().nullable(), p99: z.number().nullable() })

export const getFigures = defineRoute({
  method: 'GET', path: '/api/v1/figures', scope: 'executions:read', tag,
  summary: 'Get measured figures over all integrations, also over time, and how they were before.',
  query: z.strictObject({
    ...range, step: step.default('hour').describe('Of the points in `series`. Steps begin in UTC; those without runs are left out.'),
    integrationId: z.uuid().optional().describe('Only of this one.'),
  }),
  reply: z.object({
    from: timestamp, to: timestamp, total: performance, before: performance.describe('Of the same length of time before `from`.'),
    series: z.array(z.object({ at: timestamp, ...counts, averageLatency: z.number().nullable(), p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable(), successRate: z.number().nullable() })),
  }),
  async handle({ figures }, { caller, query: { step: each, integrationId, ...query } }) {
    const time = rangeOf(query)
    assertFewPoints(time, each)
    const of = (between: typeof time): ReturnType<typeof figures.totals> => (integrationId === undefined ? figures.totals(caller.tenantId, between) : figures.performance(caller.tenantId, integrationId, between))
    const earlier = { from: new Date(2 * time.from.getTime() - time.to.getTime()), to: time.from }
    const [total, before, series] = await Promise.all([of(time), of(earlier), figures.series(caller.tenantId, { ...time, integrationId, step: each })])
    return { ...time, total, before, series }
  },
})
