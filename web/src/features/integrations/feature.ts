import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { Link2, Plus } from 'lucide-react'
import type { Feature } from '../../routing/feature.ts'
import { hubRoute, tenantRoute } from '../../routing/routes.ts'
import { textSearch } from '../../routing/url.ts'
import { texts } from './texts.ts'

const listRoute = createRoute({
  getParentRoute: () => hubRoute, path: 'integrations',
  validateSearch: textSearch('q', 'status', 'health', 'sort'),
  component: lazyRouteComponent(() => import('./list-page.tsx'), 'ListPage'),
})

const newRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'integrations/new',
  validateSearch: textSearch('connector', 'q', 'category'),
  component: lazyRouteComponent(() => import('./wizard/wizard-page.tsx'), 'WizardPage'),
})

const oneRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'integrations/$id',
  validateSearch: textSearch('part', 'range', 'operation', 'ops', 'q', 'status', 'since', 'sort'),
  component: lazyRouteComponent(() => import('./integration-page.tsx'), 'IntegrationPage'),
})

export const integrationsTabs = [listRoute] as const
export const integrationsPages = [newRoute, oneRoute] as const

export const integrationsFeature: Feature = {
  tab: { path: 'integrations', label: texts.tab, icon: Link2, needs: 'integrations:read' },
  async find({ hub, can }, q, signal) {
    if (!can('integrations:read')) return []
    const { data } = await hub.get('/api/v1/integrations', { query: { q, limit: 6 }, signal })
    return data.map(({ id, name, connector }) => ({ id, label: name, description: connector, icon: Link2, to: `integrations/${id}` }))
  },
  commands: ({ can }) => (can('integrations:write') ? [{ id: 'add integration', label: texts.add, icon: Plus, to: 'integrations/new' }] : []),
}
