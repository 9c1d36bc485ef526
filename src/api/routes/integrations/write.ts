import { z } from 'zod'
import type { IntegrationInput } from '../../../integrations/integrations.ts'
import * as settings from '../../../integrations/settings.ts'
import { HubError, isHubError } from '../../../errors.ts'
import { parseInput } from '../../../lib/zod-errors.ts'
import type { Caller } from '../../../tenants/caller.ts'
import { Answer, defineRoute } from '../../route.ts'
import { webhook } from '../webhooks/shapes.ts'
import { registerWebhook } from './registered-webhooks.ts'
import { integration, integrationId, integrationInput, integrationPatch, toIntegration, writtenBack } from './shapes.ts'

const tag = 'Integrations'

export const createIntegration = defineRoute({
  method: 'POST', path: '/api/v1/integrations', scope: 'integrations:write', tag, creates: true, status: 201,
  summary: 'Connect a service: store a configured instance of a connector.',
  description: 'Tests the connection first, unless `test=false`. A failed test is told in `connectionStatus` and `connectionError`; the integration is stored all the same. A connector of the catalogue is installed on its first use.',
  query: z.strictObject({ test: z.enum(['true', 'false']).default('true').describe('Whether to test the connection.') }),
  body: integrationInput, reply: integration,
  handle: async ({ integrations }, { caller, body, query }) => {
    mayWriteCredentials(caller, body)
    return toIntegration(await integrations.create(caller, body, { test: query.test === 'true' }))
  },
})

export const replaceIntegration = defineRoute({
  method: 'PUT', path: '/api/v1/integrations/:id', scope: 'integrations:write', tag,
  summary: 'Replace an integration.',
  description: 'What is left out falls back to its default; the credential stays unless another is given. What was read may be written back as it is.',
  params: integrationId, body: writtenBack(integrationInput), reply: integration,
  handle: async ({ integrations }, { caller, params, body, request }) => {
    mayWriteCredentials(caller, body)
    return toIntegration(await integrations.replace(caller, params.id, body, { ifMatch: request.ifMatch }))
  },
})

export const patchIntegration = defineRoute({
  method: 'PATCH', path: '/api/v1/integrations/:id', scope: 'integrations:write', tag,
  summary: 'Change some of an integration.',
  description: 'A JSON merge patch (RFC 7396): objects are merged, lists replaced, null puts the default back. `configuration`, `usageQuota` and `accessControl` are replaced whole. What was read may be written back as it is.',
  params: integrationId, body: writtenBack(integrationPatch), reply: integration,
  handle: async ({ integrations }, { caller, params, body, request }) => {
    mayWriteCredentials(caller, body)
    return toIntegration(await integrations.patch(caller, params.id, body as Partial<IntegrationInput>, { ifMatch: request.ifMatch }))
  },
})

export const deleteIntegration = defineRoute({
  method: 'DELETE', path: '/api/v1/integrations/:id', scope: 'integrations:write', tag, status: 204,
  summary: 'Delete an integration.',
  description: 'Its executions stay until their retention ends. The credential that was made with it goes with it, unless another integration uses that one too.',
  conditional: true, params: integrationId, reply: z.undefined(),
  handle: async ({ integrations }, { caller, params, request }) => {
    await integrations.remove(caller, params.id, { ifMatch: request.ifMatch })
    return new Answer({})
  },
})

/** Secrets that come with an integration are stored as a credential. */
function mayWriteCredentials({ scopes }: Caller, { credentials }: { credentials?: unknown }): void {
  if (credentials !== undefined && !scopes.has('credentials:write')) throw new HubError('forbidden', 'Storing credentials needs the scope credentials:write, which the key does not have.')
}

const registration = z.strictObject({
  name: z.string().trim().min(1).max(200).describe('What people call it.'),
  type: z.string().min(1).max(300).describe('`openapi`, `webhook`, or the id of a connector.'),
  config: z.record(z.string(), z.unknown()).default({}).describe('For `openapi`: `openAPISpec` (the document, or its URL), `endpoint` (instead of the document\'s server), `healthCheck`. For `webhook`: `url`, `events`, `secret` and whatever else `POST /api/v1/webhooks` takes; the id works at `/api/v1/webhooks` too. Otherwise the connector\'s configuration.'),
  credentials: z.record(z.string(), z.unknown()).optional(),
})

const openApiConfig = z.strictObject({
  openAPISpec: z.union([z.record(z.string(), z.unknown()), z.string().min(1)]).describe('An OpenAPI document as JSON, as text (JSON or YAML), or the URL of one.'),
  endpoint: settings.address.optional(),
  autoRegister: z.boolean().default(false).describe('Watch the service from now on. Without a `healthCheck` it gets one: every 30 s a GET to its base URL, which only an unreachable host, 401 or 403 fails. With one it changes nothing.'),
  healthCheck: settings.healthCheck.pick({ endpoint: true, interval: true }).optional(),
})

export const registerIntegration = defineRoute({
  method: 'POST', path: '/api/integration/register', scope: 'integrations:write', tag, creates: true, status: 201,
  summary: 'Register a service from its OpenAPI document, or with any connector, or a webhook, in one call.',
  body: registration, freeText: ['/config/openAPISpec'], reply: z.union([integration, webhook]), shownOnce: ['/security/secret'],
  handle: async (services, { caller, body }) => {
    const { name, type, config, credentials } = body
    if (type === 'webhook') return registerWebhook(services, caller, body)
    mayWriteCredentials(caller, body)
    const { integrations, connectors } = services
    const shared = { name, ...credentials && { credentials } }
    if (type !== 'openapi') return toIntegration(await integrations.create(caller, { ...shared, connector: type, configuration: config }, { test: true }).catch(asRegistration))
    if (!caller.scopes.has('connectors:write')) throw new HubError('forbidden', 'Importing a document needs the scope connectors:write, which the key does not have.')
    const { openAPISpec, endpoint, autoRegister, healthCheck = autoRegister ? { interval: 30_000 } : undefined } = parseInput(openApiConfig, config, '/config')
    const imported = await connectors.importNamed(caller, name, openAPISpec)
    return toIntegration(await integrations.create(caller, {
      ...shared, connector: imported.id, ...endpoint && { connection: { endpoint } },
      ...healthCheck && { monitoring: { healthChecks: [settings.healthCheck.parse({ name: 'health', ...healthCheck })] } },
    }, { test: true }))
  },
})

/** Faults are told where this body has what an integration calls otherwise. */
function asRegistration(error: unknown): never {
  if (!isHubError(error) || error.errors === undefined) throw error
  const errors = error.errors.map(({ pointer, detail }) => ({ pointer: pointer.replace(/^\/configuration(?=\/|$)/, '/config').replace(/^\/connector$/, '/type'), detail }))
  throw new HubError(error.code, error.message, { errors, cause: error })
}
