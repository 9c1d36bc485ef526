import { z } from 'zod'
import { defineRoute, pageOf, pageQuery, timestamp } from '../../route.ts'
import { everyIntegration } from '../integrations/shapes.ts'
import { tag } from './shapes.ts'

export const listLimits = defineRoute({
  method: 'GET', path: '/api/v1/figures/limits', scope: 'integrations:read', tag,
  summary: 'List how much of its rate limit and its quota each integration has used.',
  description: 'In the order of `GET /api/v1/integrations`.',
  query: z.strictObject(pageQuery),
  reply: pageOf(z.object({
    integrationId: z.uuid(), integrationName: z.string(),
    rate: z.object({ limit: z.number().describe('Calls a minute.'), used: z.number().describe('Now. As the process that answers counts them: of several, each has the limit for itself.') }),
    quota: z.object({ limit: z.number(), period: z.enum(['hour', 'day', 'month']), used: z.number(), resetsAt: timestamp }).nullable().describe('Null where it is unlimited.'),
    heldSeconds: z.number().describe('How long the service wishes not to be called; 0 where it may be.'),
    circuitBreaker: z.enum(['closed', 'open', 'half-open']),
  })),
  async handle({ integrations, readLimits, breakerState }, { caller, query }) {
    const { data, nextCursor } = await integrations.list(caller, everyIntegration, query)
    const limits = await readLimits(caller.tenantId, data)
    return { data: data.map(({ id, name }) => ({ integrationId: id, integrationName: name, ...limits.get(id)!, circuitBreaker: breakerState(caller.tenantId, id) })), nextCursor }
  },
})
