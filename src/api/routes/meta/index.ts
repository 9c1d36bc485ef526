/** Health and figures of the hub itself. */
import { z } from 'zod'
import { Answer, defineRoute, type Route } from '../../route.ts'
import { about } from './about.ts'

const healthz = defineRoute({
  method: 'GET', path: '/healthz', scope: 'public', tag: 'Operations',
  summary: 'Say that the process answers.',
  reply: z.object({ status: z.literal('ok') }),
  handle: async () => ({ status: 'ok' as const }),
})

const readyz = defineRoute({
  method: 'GET', path: '/readyz', scope: 'public', tag: 'Operations',
  summary: 'Say whether the hub can do its work: database, migrations, catalogue.',
  description: '503 with what is missing while it cannot.',
  reply: z.object({ status: z.enum(['ready', 'waiting']), waitingFor: z.array(z.string()) }),
  handle: async ({ ready }) => {
    const waitingFor = await ready()
    const body = JSON.stringify({ status: waitingFor.length === 0 ? 'ready' : 'waiting', waitingFor })
    return new Answer({ status: waitingFor.length === 0 ? 200 : 503, headers: { 'content-type': 'application/json; charset=utf-8' }, body })
  },
})

const metrics = defineRoute({
  method: 'GET', path: '/metrics', scope: 'public', tag: 'Operations',
  summary: 'Give the figures of the hub for Prometheus.',
  description: "Without a key: the figures of the process. With one of the operator's tenant: those of all tenants' integrations too.",
  keyScope: 'metrics:read',
  reply: z.string(),
  handle: async ({ metrics: read }, { caller }) => {
    const { contentType, text } = await read({ integrations: caller.scopes.has('metrics:read') })
    return new Answer({ headers: { 'content-type': contentType }, body: text })
  },
})

export const metaRoutes: Route[] = [about, healthz, readyz, metrics]
