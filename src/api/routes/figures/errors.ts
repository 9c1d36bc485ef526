import { z } from 'zod'
import { defineRoute, timestamp } from '../../route.ts'
import { range, rangeOf, tag } from './shapes.ts'

export const listErrorGroups = defineRoute({
  method: 'GET', path: '/api/v1/figures/errors', scope: 'executions:read', tag,
  summary: 'Group what did not succeed by its fingerprint, the most frequent first.',
  description: 'Errors of one type, in one operation of one integration, have one fingerprint. A search that takes longer than 3 seconds is refused with `invalid_request`; `from` and `to` narrow it.',
  query: z.strictObject({
    ...range, integrationId: z.uuid().optional().describe('Only of this one.'),
    limit: z.coerce.number().int().min(1).default(50).transform((limit) => Math.min(limit, 200)).describe('At most so many groups, and never more than 200.'),
  }),
  reply: z.object({
    from: timestamp, to: timestamp,
    data: z.array(z.object({
      fingerprint: z.string(), type: z.string().describe('A code of the hub, or what an error mapping made of it.'), operation: z.string(),
      integrationId: z.uuid(), integrationName: z.string().nullable().describe('Null once the integration is deleted.'),
      status: z.enum(['failed', 'refused']), count: z.number(), firstAt: timestamp.describe('Within the time asked for.'), lastAt: timestamp,
      lastExecutionId: z.uuid(), message: z.string().nullable().describe('Of the last one.'),
    })),
  }),
  async handle({ executions }, { caller, query: { integrationId, limit, ...query } }) {
    const time = rangeOf(query)
    const groups = await executions.errorGroups(caller, { ...time, integrationId, limit })
    return { ...time, data: groups.map(({ status, ...group }) => ({ ...group, status: status === 'refused' ? 'refused' as const : 'failed' as const })) }
  },
})
