/** Health and alerts over all integrations. */
import { z } from 'zod'
import { defineRoute, pageOf, pageQuery } from '../../route.ts'
import { alertFiring, healthResult } from './observe.ts'
import { everyIntegration } from './shapes.ts'

const tag = 'Integrations'
const ofIntegration = { integrationId: z.uuid(), integrationName: z.string() }

export const listAllAlerts = defineRoute({
  method: 'GET', path: '/api/v1/alerts', scope: 'integrations:read', tag, summary: 'List firings of the alerts of all integrations, newest first.',
  description: "The alerts themselves are in each integration's `monitoring.alerts`.",
  query: z.strictObject({ ...pageQuery, state: z.enum(['firing', 'resolved']).optional().describe('Only those that go on, or that have ended.') }),
  reply: pageOf(alertFiring.extend(ofIntegration)),
  handle: ({ alerts }, { caller, query }) => alerts.listAll(caller, query),
})

export const listLatestHealth = defineRoute({
  method: 'GET', path: '/api/v1/health-checks', scope: 'integrations:read', tag, summary: 'List what the newest health checks of each integration showed.',
  description: 'In the order of `GET /api/v1/integrations`. Of several checks of one, the one that failed.',
  query: z.strictObject(pageQuery),
  reply: pageOf(z.object({
    ...ofIntegration,
    latest: healthResult.nullable().describe('Null before the first check.'),
    uptime: z.number().nullable().describe('Percent of the checks of the last 24 hours that passed; null without any.'),
  })),
  async handle({ integrations, health }, { caller, query }) {
    const { data, nextCursor } = await integrations.list(caller, everyIntegration, query)
    const latest = await health.latest(caller, data.map(({ id }) => id))
    return {
      data: data.map(({ id, name }) => {
        const found = latest.get(id)
        return { integrationId: id, integrationName: name, latest: found === undefined ? null : { name: found.name, healthy: found.healthy, latencyMs: found.latencyMs, detail: found.detail, at: found.at }, uptime: found?.uptime ?? null }
      }), nextCursor,
    }
  },
})
