import { z } from 'zod'
import { defineRoute, moment, searchedPageOf, pageQuery } from '../../route.ts'
import { executionStatus, executionSummary, toExecutionSummary } from './shapes.ts'

export const listExecutions = defineRoute({
  method: 'GET', path: '/api/v1/executions', scope: 'executions:read', tag: 'Executions',
  summary: 'List executions, newest first.',
  description: 'Without payloads: get a single one for those. A search goes backwards from the newest; what takes longer than two seconds or so is answered with what was found, and `searchedUntil`.',
  query: z.strictObject({
    ...pageQuery,
    integrationId: z.uuid().optional().describe('Of this integration.'),
    status: executionStatus.optional(),
    operation: z.string().min(1).max(300).optional().describe('Of this operation.'),
    runId: z.uuid().optional().describe('Of this run of a flow.'),
    from: moment.optional().describe('That began at this time or later (ISO 8601 with offset).'),
    to: moment.optional().describe('That began before this time.'),
    q: z.string().min(1).max(200).optional().describe('Text anywhere in the record or the name of the operation, in upper or lower case. Values over 64 KiB are not searched.'),
  }),
  reply: searchedPageOf(executionSummary),
  handle: async ({ executions }, { caller, query: { from, to, ...query } }) => {
    const { data, ...page } = await executions.list(caller, { ...query, ...from !== undefined && { from: new Date(from) }, ...to !== undefined && { to: new Date(to) } })
    return { data: data.map(toExecutionSummary), ...page }
  },
})
