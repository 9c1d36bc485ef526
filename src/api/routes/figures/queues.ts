import { z } from 'zod'
import { defineRoute, timestamp } from '../../route.ts'
import { runStatus } from '../runs/shapes.ts'
import { webhookStatus } from '../webhooks/shapes.ts'
import { tag } from './shapes.ts'

export const getQueues = defineRoute({
  method: 'GET', path: '/api/v1/figures/queues', scope: 'webhooks:read', tag,
  summary: 'Count what is still to be done: deliveries by endpoint, runs of flows, jobs.',
  reply: z.object({
    pending: z.number().describe('Over all endpoints.'), due: z.number().describe('Those of them whose time has come.'),
    webhooks: z.array(z.object({ webhookId: z.uuid(), name: z.string(), status: webhookStatus, pending: z.number(), due: z.number(), oldestDueAt: timestamp }))
      .describe('The longest queue first; endpoints with nothing to get are left out.'),
    runs: z.array(z.object({ status: runStatus, count: z.int(), due: z.int().describe('Those whose time has come, and that no process has taken up yet.') })).nullable()
      .describe('Runs of flows that are not over. Null for who may not read flows.'),
    jobs: z.object({ waiting: z.int(), failed: z.int().describe('With no attempt left.') }).nullable().describe("The hub's own, over all tenants. Null without the scope metrics:read."),
  }),
  async handle({ deliveries, runs, countJobs }, { caller }) {
    const [webhooks, live, jobs] = await Promise.all([deliveries.queues(caller), caller.scopes.has('flows:read') ? runs.queued(caller) : null, caller.scopes.has('metrics:read') ? countJobs() : null])
    return {
      pending: webhooks.reduce((sum, { pending }) => sum + pending, 0), due: webhooks.reduce((sum, { due }) => sum + due, 0), webhooks, runs: live, jobs,
    }
  },
})
