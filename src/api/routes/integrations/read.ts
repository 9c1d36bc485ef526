import { z } from 'zod'
import { defineRoute, pageOf, pageQuery } from '../../route.ts'
import * as settings from '../../../integrations/settings.ts'
import { integration, integrationId, lastHour, toIntegration } from './shapes.ts'

export const listIntegrations = defineRoute({
  method: 'GET', path: '/api/v1/integrations', scope: 'integrations:read', tag: 'Integrations',
  summary: 'List integrations, newest first.',
  query: z.strictObject({
    ...pageQuery,
    q: z.string().max(200).optional().describe('Text in name, description, connector or tags.'),
    connector: z.string().max(300).optional(),
    type: settings.kind.optional(),
    status: settings.status.optional().describe('`metadata.status`.'),
    tag: z.string().max(100).optional(),
  }),
  reply: pageOf(integration),
  handle: async ({ integrations, figures }, { caller, query }) => {
    const { limit, cursor, q, connector, type, status, tag } = query
    const page = await integrations.list(caller, { q, connector, kind: type, status, tag }, { limit, cursor })
    const measured = await figures.rates(caller.tenantId, page.data.map(({ id }) => id), lastHour())
    return { data: page.data.map((row) => toIntegration(row, measured.get(row.id))), nextCursor: page.nextCursor }
  },
})

export const getIntegration = defineRoute({
  method: 'GET', path: '/api/v1/integrations/:id', scope: 'integrations:read', tag: 'Integrations',
  summary: 'Get an integration.',
  params: integrationId, reply: integration,
  handle: async ({ integrations, figures }, { caller, params }) => {
    const row = await integrations.find(caller, params.id)
    return toIntegration(row, (await figures.rates(caller.tenantId, [row.id], lastHour())).get(row.id))
  },
})
