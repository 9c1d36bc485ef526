import { z } from 'zod'
import { flowIdOf } from '../../../flows/flow-id.ts'
import type { Caller, Scope } from '../../../tenants/caller.ts'
import { defineRoute, timestamp } from '../../route.ts'
import type { Services } from '../../services.ts'
import { tag } from './shapes.ts'

const kinds = ['integration_failing', 'credential_failing', 'webhook_failed', 'alert_firing', 'deliveries_exhausted', 'runs_faulted', 'webhook_paused', 'credential_expiring'] as const

const item = z.object({
  kind: z.enum(kinds),
  id: z.string().describe('Of the integration, the credential, the webhook or the flow that it is about.'),
  name: z.string(),
  detail: z.string().nullable().describe('What is known of the cause.'),
  count: z.int().nullable().describe('Deliveries that were given up within a week, runs that failed within a day; of a webhook that is paused or failed, deliveries that wait for it, counted up to 1,000.'),
  at: timestamp.nullable().describe('Since when, or when last; of a credential, when it ends.'),
  latest: z.uuid().nullable().describe('The last one of those deliveries or runs.'),
}).meta({ id: 'AttentionItem' })
type Item = z.input<typeof item>

export const listAttention = defineRoute({
  method: 'GET', path: '/api/v1/attention', scope: 'integrations:read', tag,
  summary: 'List what needs somebody to see to it, the most urgent first.',
  description: 'At most 20 of each kind, and only of what the caller may read.',
  reply: z.object({ items: z.array(item) }),
  async handle(services, { caller }) {
    const found = (await Promise.all(lookers.filter(({ scope }) => caller.scopes.has(scope)).map(({ look }) => look(services, caller)))).flat()
    return { items: kinds.flatMap((kind) => found.filter((each) => each.kind === kind)) }
  },
})

const MOST = 20
const DAY_MS = 86_400_000
const AHEAD_MS = 14 * DAY_MS
const GIVEN_UP_MS = 7 * DAY_MS

const ago = (ms: number): Date => new Date(Date.now() - ms)

const lookers: { scope: Scope, look(services: Services, caller: Caller): Promise<Item[]> }[] = [
  {
    scope: 'integrations:read',
    look: async ({ integrations }, caller) => (await integrations.failing(caller, MOST)).map(({ id, name, connectionError, updatedAt }) => ({ kind: 'integration_failing', id, name, detail: connectionError, count: null, at: updatedAt, latest: null })),
  },
  {
    scope: 'integrations:read',
    look: async ({ alerts }, caller) => (await alerts.listAll(caller, { state: 'firing', limit: MOST, cursor: undefined })).data
      .map(({ integrationId, integrationName, alert, message, at }) => ({ kind: 'alert_firing', id: integrationId, name: `${integrationName}: ${alert}`, detail: message, count: null, at, latest: null })),
  },
  {
    scope: 'credentials:read',
    look: async ({ credentials }, caller) => (await credentials.ailing(caller, ago(-AHEAD_MS), MOST))
      .map(({ id, name, expiresAt, error }) => ({ kind: error === null ? 'credential_expiring' : 'credential_failing', id, name, detail: error, count: null, at: expiresAt, latest: null })),
  },
  {
    scope: 'webhooks:read',
    look: async ({ webhooks }, caller) => (await webhooks.stopped(caller, MOST))
      .map(({ id, name, status, statusReason, updatedAt, waiting }) => ({ kind: status === 'failed' ? 'webhook_failed' : 'webhook_paused', id, name, detail: statusReason, count: waiting, at: updatedAt, latest: null })),
  },
  {
    scope: 'webhooks:read',
    look: async ({ deliveries }, caller) => (await deliveries.exhausted(caller, ago(GIVEN_UP_MS), MOST))
      .map(({ webhookId, name, count, lastAt, lastId }) => ({ kind: 'deliveries_exhausted', id: webhookId, name, detail: null, count, at: lastAt, latest: lastId })),
  },
  {
    scope: 'flows:read',
    look: async ({ runs }, caller) => (await runs.faulted(caller, ago(DAY_MS), MOST))
      .map(({ namespace, name, count, lastAt, lastId, errorType }) => ({ kind: 'runs_faulted', id: flowIdOf({ namespace, name }), name, detail: errorType, count, at: lastAt, latest: lastId })),
  },
]
