/** What suites that walk the route table need to know of each route: how its path is filled, and a body that it takes. */
import { z } from 'zod'
import { proxyMethods, type Route } from '../src/api/route.ts'
import type { Everything } from './everything.ts'
import { serviceDocument } from './api-document.ts'

/** Values of path parameters by what stands before them: `/api/v1/members/:id` is asked with `members`. */
const owned: Record<string, (of: Everything) => Record<string, string>> = {
  '/api/v1/integrations': ({ integration, example }) => ({ id: integration, '*': 'items', version: '1', example }),
  '/api/integration': ({ integration }) => ({ id: integration }),
  '/api/v1/executions': ({ execution }) => ({ id: execution }),
  '/api/v1/records': ({ delivery }) => ({ id: delivery }),
  '/api/v1/blobs': ({ blob }) => ({ id: blob }),
  '/api/v1/connectors': ({ connector }) => ({ id: connector, operation: 'listItems' }),
  '/api/v1/credentials': ({ credential }) => ({ id: credential }),
  '/api/v1/oauth-clients': ({ oauthClient }) => ({ vendor: oauthClient }),
  '/api/v1/connect-sessions': ({ connectSession }) => ({ id: connectSession }),
  '/api/v1/oauth/authorizations': ({ authorization }) => ({ id: authorization }),
  '/api/v1/oauth/device-authorizations': ({ deviceAuthorization }) => ({ id: deviceAuthorization }),
  '/api/v1/members/invitations': ({ invitation }) => ({ id: invitation }),
  '/api/v1/members': ({ member }) => ({ id: member }),
  '/api/v1/keys': ({ key }) => ({ id: key }),
  '/api/v1/events': ({ event }) => ({ id: event }),
  '/api/v1/event-types': ({ eventType }) => ({ type: eventType }),
  '/api/v1/pulsar-bridges': ({ pulsarBridge }) => ({ id: pulsarBridge }),
  '/api/v1/webhook-sources': ({ webhookSource }) => ({ id: webhookSource }),
  '/api/v1/webhooks': ({ webhook }) => ({ id: webhook }),
  '/api/v1/agents': ({ agent }) => ({ id: agent }),
  '/api/v1/agent/tools': ({ mark }) => ({ name: `${mark}__listItems` }),
  '/api/v1/deliveries': ({ delivery }) => ({ id: delivery }),
  '/api/v1/runs': ({ run }) => ({ id: run }),
  '/api/v1/flows': ({ flow }) => ({ flow, version: '1.0.0' }),
}

/** Of nobody: pictures drawn from the name that is asked for, and what senders know by its path alone. */
const ownedByNobody = new Set(['/api/v1/logos/:name', '/api/v1/catalog/services/:id', '/hooks/:path', '/api/v1/flows/library/:id', '/api/v1/flows/library/:id/install'])

/** What has a name that everybody may use in his own tenant is there by being written. */
const madeByWriting = new Set(['PUT /api/v1/oauth-clients/:vendor', 'PUT /api/v1/event-types/:type'])

/** A body that the route takes, where `{}` isn't one. `url`: of an upstream. */
const bodies: Record<string, (of: Everything, url: string) => unknown> = {
  'POST /api/v1/integrations': ({ connector }) => ({ name: 'n', connector }),
  'PUT /api/v1/integrations/:id': ({ connector }) => ({ name: 'n', connector }),
  'POST /api/v1/integrations/:id/examples': () => ({ operation: 'getFile', name: 'walked', input: { id: '1' } }),
  'PUT /api/v1/integrations/:id/examples/:example': () => ({ name: 'walked', input: { id: '1' } }),
  'POST /api/integration/register': ({ connector }) => ({ name: 'n', type: connector, config: {} }),
  'POST /api/v1/connectors': (_of, url) => ({ document: serviceDocument(url, { title: 'walked' }) }),
  'POST /api/v1/connectors/import': (_of, url) => serviceDocument(url, { title: 'walked' }),
  'POST /api/v1/connectors/preview': (_of, url) => serviceDocument(url, { title: 'walked' }),
  'POST /api/v1/connectors/:id/reimport': (_of, url) => serviceDocument(url, { title: 'walked' }),
  'PUT /api/v1/credentials/:id': () => ({ name: 'n', credentials: { oauth: { clientId: 'c', clientSecret: 's' } } }),
  'POST /api/v1/credentials': ({ connector }) => ({ connector, credentials: { oauth: { clientId: 'c', clientSecret: 's' } } }),
  'POST /api/v1/tenants': () => ({ slug: 'walked', name: 'n', owner: { email: 'a@example.com' } }),
  'POST /api/v1/members': () => ({ email: 'walked@example.com', role: 'viewer' }),
  'PUT /api/v1/oauth-clients/:vendor': () => ({ clientId: 'c' }),
  'PUT /api/v1/oauth/return-urls': () => ({ urls: [] }),
  'POST /api/v1/members/invitations': () => ({ email: 'walked-guest@example.com', role: 'viewer' }),
  'POST /api/v1/keys': () => ({ name: 'n', role: 'viewer' }),
  'POST /api/v1/bus/publish': () => ({ topic: 'walked' }),
  'POST /api/v1/bus/request': () => ({ topic: 'walked', timeout: 1 }),
  'POST /api/v1/bus/reply': ({ event }) => ({ to: event }),
  'POST /api/v1/pulsar-bridges': () => ({ name: 'n', serviceUrl: 'ws://127.0.0.1:1' }),
  'PUT /api/v1/pulsar-bridges/:id': () => ({ name: 'n', serviceUrl: 'ws://127.0.0.1:1', status: 'paused' }),
  'POST /api/v1/webhook-sources': () => ({ name: 'n', verification: { scheme: 'none' } }),
  'PUT /api/v1/webhook-sources/:id': () => ({ name: 'n', verification: { scheme: 'none' } }),
  'POST /api/v1/webhooks': (_of, url) => ({ name: 'n', url, events: ['walked'] }),
  'POST /api/v1/webhooks/preview': () => ({ event: { specversion: '1.0', id: 'walked', source: 'walk', type: 'walked' } }),
  'PUT /api/v1/webhooks/:id': (_of, url) => ({ name: 'n', url, events: ['walked'] }),
  'POST /api/v1/flows': () => ({ document: { dsl: '1.0.3', namespace: 'default', name: 'walked', version: '1.0.0' }, do: [{ say: { set: { a: 1 } } }] }),
  'POST /api/v1/flows/replay': () => ({ definition: { document: { dsl: '1.0.3', namespace: 'default', name: 'walked', version: '1.0.0' }, do: [{ say: { set: { a: 1 } } }] }, testCase: { flow: { namespace: 'default', name: 'walked', version: '1.0.0' }, run: { id: '01a22a0c-43f0-7f76-845e-aaca07bbc163', startedAt: '2026-01-01T00:00:00Z' }, input: {}, status: 'completed', output: { a: 1 }, error: null, tasks: [] } }),
  'POST /api/v1/flows/evaluate': () => ({ value: 1 }),
  'POST /api/v1/flows/describe-call': (_of, url) => ({ call: 'openapi', with: { document: { endpoint: url } } }),
  'POST /api/v1/flows/plan': () => ({ files: [{ path: 'walked.yaml', content: '' }] }),
  'POST /api/v1/flows/apply': () => ({ files: [{ path: 'walked.yaml', content: '' }] }),
  'POST /api/v1/agents': ({ integration }) => ({ name: 'walked', model: { integration } }),
  'POST /api/v1/agents/from-integration': ({ integration }) => ({ integrationId: integration, model: { integration } }),
  'PUT /api/v1/agents/:id': ({ integration }) => ({ model: { integration } }),
  'POST /api/v1/agents/:id/runs': () => ({ prompt: 'walk' }),
  'POST /api/v1/webhooks/:id/replay': () => ({ since: '2026-01-01T00:00:00Z' }),
}

export function nameOf({ method, path }: Route): string {
  return `${method} ${path}`
}

export function methodsOf({ method }: Route): readonly string[] {
  return method === 'ANY' ? proxyMethods : [method]
}

/** Throws for a route that nobody said here how to walk. */
export function pathOf(route: Route, of: Everything): string {
  const [before] = /^.*?(?=\/:)/.exec(route.path) ?? []
  if (before === undefined) return route.path
  if (ownedByNobody.has(route.path)) return route.path.replace(/:\w+/, 'name')
  const values = owned[before]?.(of)
  return route.path.replace(/:(\w+)|\*/g, (_whole, name: string | undefined) => {
    const value = values?.[name ?? '*']
    if (value === undefined) throw new Error(`${nameOf(route)} is new: say in test/walk.ts what its parameter ${name ?? '*'} stands for.`)
    return encodeURIComponent(value)
  })
}

export function isOwned(route: Route): boolean {
  return route.path.includes(':') && !ownedByNobody.has(route.path) && !madeByWriting.has(nameOf(route))
}

/** Undefined for routes without one. Throws for a route whose body nobody gave here, or that takes another by now. */
export function bodyOf(route: Route, of: Everything, url: string): unknown {
  if (route.method === 'GET' || route.method === 'DELETE' || route.method === 'ANY') return undefined
  const body = bodies[nameOf(route)]?.(of, url) ?? {}
  const taken = route.bodyKind === 'bytes' || (route.body ?? z.unknown()).safeParse(body).success
  if (!taken) throw new Error(`${nameOf(route)} is new or has changed: give a body that it takes in test/walk.ts.`)
  return body
}
