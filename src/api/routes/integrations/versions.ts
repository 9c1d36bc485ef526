/** What an integration was set to, change by change. */
import { z } from 'zod'
import * as settings from '../../../integrations/settings.ts'
import { defineRoute, pageOf, pageQuery, timestamp } from '../../route.ts'
import { integration, integrationId, toIntegration } from './shapes.ts'

const tag = 'Integrations'
const params = integrationId.extend({ version: z.string().regex(/^\d{1,9}$/, 'is a number').transform(Number) })

const summary = z.object({
  version: z.number().int(), at: timestamp, actor: z.string().describe('`member:<id>`, `key:<id>` or `system`.'),
  changed: z.array(z.string()).describe('Settings that differ from the version before.'), restoredFrom: z.number().int().nullable().describe('The version that this one set it back to.'),
}).meta({ id: 'IntegrationVersion' })

export const listIntegrationVersions = defineRoute({
  method: 'GET', path: '/api/v1/integrations/:id/versions', scope: 'integrations:read', tag, summary: 'List what an integration was set to after each change, newest first.',
  description: 'The newest is what it is set to. 200 are kept.',
  params: integrationId, query: z.strictObject(pageQuery), reply: pageOf(summary),
  handle: ({ integrations }, { caller, params: { id }, query }) => integrations.versions(caller, id, query),
})

export const getIntegrationVersion = defineRoute({
  method: 'GET', path: '/api/v1/integrations/:id/versions/:version', scope: 'integrations:read', tag, summary: 'Get a version of an integration with its settings.',
  params,
  reply: summary.extend({
    settings: z.object({
      name: z.string(), description: z.string(), connector: z.string(), type: settings.kind, configuration: z.record(z.string(), z.unknown()), connection: z.record(z.string(), z.unknown()), dataHandling: z.record(z.string(), z.unknown()),
      monitoring: z.record(z.string(), z.unknown()), usage: z.record(z.string(), z.unknown()), metadata: z.object({ version: z.string(), status: settings.status, tags: z.array(z.string()) }), credentialId: z.string().nullable(),
    }).describe('As they were; no secrets are among them.'),
  }),
  handle: ({ integrations }, { caller, params: { id, version } }) => integrations.version(caller, id, version),
})

export const restoreIntegrationVersion = defineRoute({
  method: 'POST', path: '/api/v1/integrations/:id/versions/:version/restore', scope: 'integrations:write', tag, summary: 'Set an integration to what it was.',
  description: 'A change like any other: it makes a new version. The credential stays the one that it has.',
  params, body: z.strictObject({}).optional(), reply: integration,
  handle: async ({ integrations }, { caller, params: { id, version }, request }) => toIntegration(await integrations.restore(caller, id, version, { ifMatch: request.ifMatch })),
})
