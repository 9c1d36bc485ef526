import { createRoute } from '@tanstack/react-router'
import { Webhook } from 'lucide-react'
import type { Tab } from '../../routing/feature.ts'
import { lazyPage } from '../../routing/lazy-page.ts'
import { hubRoute, tenantRoute } from '../../routing/routes.ts'
import { tabs } from '../../routing/texts.ts'
import { textSearch } from '../../routing/url.ts'

const tabRoute = createRoute({
  getParentRoute: () => hubRoute, path: 'webhooks', validateSearch: textSearch('part', 'q', 'status', 'type', 'since', 'filter', 'webhook', 'sort', 'test', 'held', 'origin', 'publish'),
  component: lazyPage(() => import('./webhooks-page.tsx'), 'WebhooksPage'),
})
const newRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'webhooks/new', validateSearch: textSearch('kind', 'scheme'), component: lazyPage(() => import('./new-page.tsx'), 'NewPage') })
const endpointRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'webhooks/endpoints/$id', validateSearch: textSearch('part', 'q', 'status', 'type', 'since', 'sort', 'range'),
  component: lazyPage(() => import('./endpoint/endpoint-page.tsx'), 'EndpointPage'),
})
const sourceRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'webhooks/sources/$id', validateSearch: textSearch('part', 'q', 'type', 'since', 'filter', 'sort', 'request'),
  component: lazyPage(() => import('./source/source-page.tsx'), 'SourcePage'),
})
const typeRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'webhooks/types/$type', validateSearch: textSearch('publish'), component: lazyPage(() => import('./types/type-page.tsx'), 'TypePage') })
const eventRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'events/$id', component: lazyPage(() => import('./event-page.tsx'), 'EventPage') })
const deliveryRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'deliveries/$id', component: lazyPage(() => import('./delivery-page.tsx'), 'DeliveryPage') })

export const webhooksTabs = [tabRoute] as const
export const webhooksPages = [newRoute, endpointRoute, sourceRoute, typeRoute, eventRoute, deliveryRoute] as const

export const webhooksTab: Tab = { path: 'webhooks', label: tabs.webhooks, icon: Webhook, needs: 'webhooks:read' }
