import { z } from 'zod'
import { defineRoute, pageOf, pageQuery, timestamp } from '../../route.ts'
import { executionStatus } from '../executions/shapes.ts'
import { everyIntegration } from '../integrations/shapes.ts'
import { range, rangeOf, rates, tag } from './shapes.ts'

const none = { calls: 0, succeeded: 0, failed: 0, refused: 0, averageLatency: null, successRate: null, errorRate: null, throughput: 0 }

const PARTS = 24
const still = Array.from({ length: PARTS }, () => 0)

export const listIntegrationFigures = defineRoute({
  method: 'GET', path: '/api/v1/figures/integrations', scope: 'executions:read', tag,
  summary: 'List the measured figures of each integration, and when it last ran.',
  description: 'In the order of `GET /api/v1/integrations`.',
  query: z.strictObject({ ...pageQuery, ...range }),
  reply: pageOf(z.object({
    integrationId: z.uuid(), ...rates, trend: z.array(z.number()).describe('Calls in each of 24 equal parts of the time, oldest first.'), circuitBreaker: z.enum(['closed', 'open', 'half-open']),
    lastRun: z.object({ id: z.uuid(), status: executionStatus, startedAt: timestamp }).nullable().describe('Of all times.'),
  })),
  async handle({ integrations, figures, executions, breakerState }, { caller, query: { limit, cursor, ...query } }) {
    const page = await integrations.list(caller, everyIntegration, { limit, cursor })
    const ids = page.data.map(({ id }) => id)
    const time = rangeOf(query)
    const [measured, trends, last] = await Promise.all([figures.rates(caller.tenantId, ids, time), figures.trends(caller.tenantId, ids, time, PARTS), executions.lastRuns(caller, ids)])
    const toRow = (id: string) => {
      const run = last.get(id)
      return { integrationId: id, ...measured.get(id) ?? none, trend: trends.get(id) ?? still, circuitBreaker: breakerState(caller.tenantId, id), lastRun: run === undefined ? null : { id: run.id, status: run.status, startedAt: run.startedAt } }
    }
    return { data: ids.map(toRow), nextCursor: page.nextCursor }
  },
})
