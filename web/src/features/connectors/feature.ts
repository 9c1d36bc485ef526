import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { FileUp, Puzzle, Store } from 'lucide-react'
import type { Feature } from '../../routing/feature.ts'
import { hubRoute, tenantRoute } from '../../routing/routes.ts'
import { textSearch } from '../../routing/url.ts'
import { texts } from './texts.ts'

const listRoute = createRoute({
  getParentRoute: () => hubRoute, path: 'connectors', validateSearch: textSearch('q'), component: lazyRouteComponent(() => import('./connectors-page.tsx'), 'ConnectorsPage'),
})
const marketRoute = createRoute({
  getParentRoute: () => hubRoute, path: 'marketplace', validateSearch: textSearch('q', 'category', 'origin'), component: lazyRouteComponent(() => import('./marketplace-page.tsx'), 'MarketplacePage'),
})
const importRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'connectors/import', component: lazyRouteComponent(() => import('./import-page.tsx'), 'ImportPage') })
const oneRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'connectors/$id', validateSearch: textSearch('part', 'q'), component: lazyRouteComponent(() => import('./connector-page.tsx'), 'ConnectorPage'),
})

export const connectorsTabs = [listRoute] as const
export const marketplaceTabs = [marketRoute] as const
export const connectorsPages = [importRoute, oneRoute] as const

export const connectorsFeature: Feature = {
  tab: { path: 'connectors', label: texts.connectors, icon: Puzzle, needs: 'connectors:read' },
  commands: ({ can }) => (can('connectors:write') ? [{ id: 'import', label: texts.importTitle, icon: FileUp, to: 'connectors/import' }] : []),
  async find({ hub, can }, q, signal) {
    if (!can('connectors:read')) return []
    const { data } = await hub.get('/api/v1/integrations/available', { query: { q, limit: 6 }, signal })
    return data.map(({ connector, name, description }) => ({ id: `connector ${connector}`, label: name, description: description.slice(0, 90), icon: Puzzle, to: `connectors/${encodeURIComponent(connector)}` }))
  },
}

export const marketplaceFeature: Feature = { tab: { path: 'marketplace', label: texts.marketplace, icon: Store, needs: 'connectors:read' } }
