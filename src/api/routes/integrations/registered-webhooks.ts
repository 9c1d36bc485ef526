/**
 * Webhooks that were registered as design D has it: `POST /api/integration/register` with the type `webhook` makes one, and below
 * `/api/integration/:id` they are tested and measured like an integration.
 */
import { z } from 'zod'
import { HubError, isHubError } from '../../../errors.ts'
import { isUuid } from '../../../lib/page.ts'
import { parseInput } from '../../../lib/zod-errors.ts'
import type { Caller, Scope } from '../../../tenants/caller.ts'
import { webhookInput } from '../../../webhooks/outbound/settings.ts'
import { pageOf, type Route, type RouteInput } from '../../route.ts'
import type { Services } from '../../services.ts'
import { delivery, deliverySummary } from '../deliveries/shapes.ts'
import { executionSummary } from '../executions/shapes.ts'
import { readWebhookMetrics, webhookMetrics } from '../webhooks/metrics.ts'
import { toWebhook, webhook } from '../webhooks/shapes.ts'
import { getLogs, getMetrics, testIntegration } from './observe.ts'

export async function registerWebhook({ webhooks }: Services, caller: Caller, { name, config, credentials }: { name: string, config: Record<string, unknown>, credentials?: unknown }): Promise<z.input<typeof webhook>> {
  need(caller, 'webhooks:write', 'Registering a webhook')
  if (credentials !== undefined) throw new HubError('invalid_input', 'A webhook has its secrets in `config`: `secret`, `authentication`, `headers`.', { errors: [{ pointer: '/credentials', detail: 'belongs into config' }] })
  const input = parseInput(webhookInput, { ...config, name }, '/config')
  const { row, secret } = await webhooks.create(caller, input).catch(belowConfig)
  return toWebhook(row, undefined, secret)
}

function belowConfig(error: unknown): never {
  if (!isHubError(error) || error.errors === undefined) throw error
  throw new HubError(error.code, error.message, { errors: error.errors.map(({ pointer, detail }) => ({ pointer: `/config${pointer}`, detail })), cause: error })
}

type Asked = RouteInput<{ id: string }, unknown, unknown>
type Answers = (services: Services, asked: Asked) => Promise<unknown>

/** The route, which answers for a webhook where no integration has the id. */
function orOfWebhook(route: Route, reply: Route['reply'], scope: Scope, answer: Answers): Route {
  return {
    ...route, reply,
    async handle(services, input) {
      const asked = input as Asked
      const { caller, params: { id } } = asked
      const isWebhook = isUuid(id) && caller.scopes.has(scope) && await services.webhooks.find(caller, id).then(() => true, notFound)
      return isWebhook ? answer(services, asked) as ReturnType<Route['handle']> : route.handle(services, input)
    },
  }
}

function notFound(error: unknown): false {
  if (!isHubError(error, 'not_found')) throw error
  return false
}

export const registeredMetrics = orOfWebhook(getMetrics, z.union([getMetrics.reply, webhookMetrics]), 'webhooks:read', (services, { caller, params, query }) => {
  return readWebhookMetrics(services, caller, params.id, { ...query as { from?: string, to?: string }, step: 'hour' })
})

const tested = z.object({
  success: z.boolean(), detail: z.string().describe('What it answered, or what went wrong.'), code: z.string().nullable(), statusCode: z.number().nullable(),
  latencyMs: z.number(), webhook, delivery: delivery.describe('Of the test event.'),
})

const TEST_WAIT_MS = 10_000

/** Sends it a test event. */
export const testRegistered = orOfWebhook(testIntegration, z.union([testIntegration.reply, tested]), 'webhooks:write', async (services, { caller, params }): Promise<z.input<typeof tested>> => {
  const sent = await services.testEvents.send(caller, params.id, {}, TEST_WAIT_MS)
  const { success, lastStatusCode: statusCode, error, attempts } = sent
  const last = attempts.at(-1)
  const row = await services.webhooks.find(caller, params.id)
  return {
    success, statusCode, code: success ? null : last?.error?.type ?? sent.reason, latencyMs: last?.durationMs ?? 0,
    detail: success ? `POST ${row.url} answered ${statusCode}.` : error ?? 'It was not sent yet.',
    webhook: toWebhook(row, (await services.webhookFigures.monitoring(caller.tenantId, [row.id])).get(row.id)), delivery: sent as z.input<typeof delivery>,
  }
})

const statuses = { succeeded: 'delivered', failed: 'failed', refused: 'parked' } as const

/** Its deliveries. */
export const registeredLogs = orOfWebhook(getLogs, pageOf(z.union([executionSummary, deliverySummary])), 'webhooks:read', (services, { caller, params, query }) => {
  const { status, q, limit, cursor } = query as { status?: keyof typeof statuses, q?: string, limit: number, cursor?: string }
  if (q !== undefined) throw new HubError('invalid_request', 'Deliveries of a webhook are not searched for text.', { errors: [{ pointer: '?q', detail: 'is for integrations' }] })
  return services.deliveries.list(caller, { webhookId: params.id, status: status && statuses[status], limit, cursor })
})

function need({ scopes }: Caller, scope: Scope, what: string): void {
  if (!scopes.has(scope)) throw new HubError('forbidden', `${what} needs the scope ${scope}, which the key does not have.`)
}
