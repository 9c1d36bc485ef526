import { z } from 'zod'
import { defineRoute, pageOf, pageQuery } from '../../route.ts'
import * as settings from '../../../integrations/settings.ts'
import { integration, integrationId, toIntegration } from './shapes.ts'

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
  handle: async ({ integrations }, { caller, query }) => {
    const { limit, cursor, q, connector, type, status, tag } = query
    const page = await integrations.list(caller, { q, connector, kind: type, status, tag }, { limit, cursor })
    return { data: page.data.map(toIntegration), nextCursor: page.nextCursor }
  },
})

export const getIntegration = defineRoute({
  method: 'GET', path: '/api/v1/integrations/:id', scope: 'integrations:read', tag: 'Integrations',
  summary: 'Get an integration.',
  params: integrationId, reply: integration,
  handle: async ({ integrations }, { caller, params }) => toIntegration(await integrations.find(caller, params.id)),
})
