import { z } from 'zod'
import { defineRoute, pageOf, pageQuery, searchedPageOf, timestamp } from '../../route.ts'
import { executionSummary, toExecutionSummary } from '../executions/shapes.ts'
import { integration, integrationId, toIntegration } from './shapes.ts'

const tag = 'Integrations'

export const testIntegration = defineRoute({
  method: 'POST', path: '/api/v1/integrations/:id/test', scope: 'integrations:write', tag,
  summary: 'Test the connection, and store what it showed.',
  params: integrationId, body: z.strictObject({}).optional(),
  reply: z.object({
    success: z.boolean(), detail: z.string().describe('What was tried, or what went wrong.'), code: z.string().nullable(), statusCode: z.number().nullable(),
    latencyMs: z.number(), integration,
  }),
  handle: async ({ integrations }, { caller, params }) => {
    const { row, outcome } = await integrations.test(caller, params.id)
    const { success, detail, code, statusCode, latencyMs } = outcome
    return { success, detail, code, statusCode, latencyMs, integration: toIntegration(row) }
  },
})

export const healthResult = z.object({ name: z.string(), healthy: z.boolean(), latencyMs: z.number(), detail: z.string(), at: timestamp })

export const checkHealth = defineRoute({
  method: 'POST', path: '/api/v1/integrations/:id/health-checks', scope: 'integrations:write', tag, summary: 'Run the health checks now.',
  params: integrationId, body: z.strictObject({}).optional(), reply: z.object({ data: z.array(healthResult) }),
  handle: async ({ health }, { caller, params }) => ({ data: await health.check(caller.tenantId, params.id) }),
})

export const listHealth = defineRoute({
  method: 'GET', path: '/api/v1/integrations/:id/health-checks', scope: 'integrations:read', tag, summary: 'List results of health checks, newest first.',
  params: integrationId, query: z.strictObject(pageQuery), reply: pageOf(healthResult),
  handle: async ({ health, integrations }, { caller, params, query }) => {
    await integrations.find(caller, params.id)
    return health.history(caller, params.id, query)
  },
})

export const alertFiring = z.object({ id: z.uuid(), alert: z.string(), at: timestamp, resolvedAt: timestamp.nullable(), value: z.number(), message: z.string() })

export const listAlerts = defineRoute({
  method: 'GET', path: '/api/v1/integrations/:id/alerts', scope: 'integrations:read', tag, summary: 'List firings of alerts, newest first.',
  params: integrationId, query: z.strictObject(pageQuery),
  reply: pageOf(alertFiring),
  handle: async ({ alerts, integrations }, { caller, params, query }) => {
    await integrations.find(caller, params.id)
    return alerts.list(caller, params.id, query)
  },
})

export const getMetrics = defineRoute({
  method: 'GET', path: '/api/v1/integrations/:id/metrics', scope: 'integrations:read', tag,
  summary: 'Get measured figures: latency, success, throughput, storage.',
  params: integrationId,
  query: z.strictObject({
    from: z.iso.datetime({ offset: true }).optional().describe('Empty: an hour before `to`.'), to: z.iso.datetime({ offset: true }).optional().describe('Empty: now.'),
  }),
  reply: z.object({
    integrationId: z.uuid(), from: timestamp, to: timestamp, calls: z.number(),
    averageLatency: z.number().nullable().describe('ms'), p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable(),
    successRate: z.number().nullable().describe('Percent of the calls that were tried.'), errorRate: z.number().nullable(), throughput: z.number().describe('Calls a minute.'),
    storageBytes: z.number().describe('Kept by executions and large values of this integration.'), circuitBreaker: z.enum(['closed', 'open', 'half-open']),
  }),
  handle: async ({ integrations, figures, breakerState }, { caller, params, query }) => {
    const row = await integrations.find(caller, params.id)
    const to = query.to === undefined ? new Date() : new Date(query.to)
    const from = query.from === undefined ? new Date(to.getTime() - 3_600_000) : new Date(query.from)
    const { calls, averageLatency, p50, p95, p99, successRate, errorRate, throughput } = await figures.performance(caller.tenantId, row.id, { from, to })
    return {
      integrationId: row.id, from, to, calls, averageLatency, p50, p95, p99, successRate, errorRate, throughput,
      storageBytes: await figures.storage(caller.tenantId, row.id), circuitBreaker: breakerState(caller.tenantId, row.id),
    }
  },
})

export const getLogs = defineRoute({
  method: 'GET', path: '/api/v1/integrations/:id/logs', scope: 'executions:read', tag, summary: 'List the executions of an integration, newest first.',
  params: integrationId, query: z.strictObject({ ...pageQuery, status: z.enum(['succeeded', 'failed', 'refused']).optional(), q: z.string().max(200).optional() }),
  reply: searchedPageOf(executionSummary),
  handle: async ({ integrations, executions }, { caller, params, query }) => {
    const { id } = await integrations.find(caller, params.id)
    const { data, ...page } = await executions.list(caller, { integrationId: id, ...query })
    return { data: data.map(toExecutionSummary), ...page }
  },
})
