import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { Plus, Webhook } from 'lucide-react'
import type { Feature } from '../../routing/feature.ts'
import { hubRoute, tenantRoute } from '../../routing/routes.ts'
import { textSearch } from '../../routing/url.ts'
import { texts } from './texts.ts'

const tabRoute = createRoute({
  getParentRoute: () => hubRoute, path: 'webhooks', validateSearch: textSearch('part', 'q', 'status', 'type', 'since', 'filter', 'webhook', 'sort', 'test'),
  component: lazyRouteComponent(() => import('./webhooks-page.tsx'), 'WebhooksPage'),
})
const newRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'webhooks/new', validateSearch: textSearch('kind', 'scheme'), component: lazyRouteComponent(() => import('./new-page.tsx'), 'NewPage') })
const endpointRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'webhooks/endpoints/$id', validateSearch: textSearch('part', 'q', 'status', 'type', 'since', 'sort', 'range'),
  component: lazyRouteComponent(() => import('./endpoint/endpoint-page.tsx'), 'EndpointPage'),
})
const sourceRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'webhooks/sources/$id', validateSearch: textSearch('part', 'q', 'type', 'since', 'filter', 'sort', 'request'),
  component: lazyRouteComponent(() => import('./source/source-page.tsx'), 'SourcePage'),
})
const eventRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'events/$id', component: lazyRouteComponent(() => import('./event-page.tsx'), 'EventPage') })
const deliveryRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'deliveries/$id', component: lazyRouteComponent(() => import('./delivery-page.tsx'), 'DeliveryPage') })

export const webhooksTabs = [tabRoute] as const
export const webhooksPages = [newRoute, endpointRoute, sourceRoute, eventRoute, deliveryRoute] as const

export const webhooksFeature: Feature = {
  tab: { path: 'webhooks', label: texts.tab, icon: Webhook, needs: 'webhooks:read' },
  commands: ({ can }) => [
    ...can('webhooks:write') ? [{ id: 'create webhook', label: texts.create, icon: Plus, to: 'webhooks/new' }] : [],
    ...can('webhooks:read') ? (['sources', 'events', 'deliveries', 'live'] as const).map((part) => ({ id: `webhooks ${part}`, label: `${texts.tab}: ${texts.parts[part]}`, icon: Webhook, to: `webhooks?part=${part}` })) : [],
  ],
  async find({ hub, can }, q, signal) {
    if (!can('webhooks:read')) return []
    const [endpoints, sources] = await Promise.all([hub.get('/api/v1/webhooks', { query: { q, limit: 4 }, signal }), hub.get('/api/v1/webhook-sources', { query: { q, limit: 4 }, signal })])
    return [
      ...endpoints.data.map(({ id, name, url }) => ({ id, label: name, description: url, icon: Webhook, to: `webhooks/endpoints/${id}` })),
      ...sources.data.map(({ id, name, verification: { scheme } }) => ({ id, label: name, description: scheme, icon: Webhook, to: `webhooks/sources/${id}` })),
    ]
  },
}
