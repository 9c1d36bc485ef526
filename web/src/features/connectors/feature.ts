import { createRoute } from '@tanstack/react-router'
import { Puzzle, Store } from 'lucide-react'
import type { Tab } from '../../routing/feature.ts'
import { lazyPage } from '../../routing/lazy-page.ts'
import { hubRoute, tenantRoute } from '../../routing/routes.ts'
import { tabs } from '../../routing/texts.ts'
import { textSearch } from '../../routing/url.ts'

const listRoute = createRoute({
  getParentRoute: () => hubRoute, path: 'connectors', validateSearch: textSearch('q'), component: lazyPage(() => import('./connectors-page.tsx'), 'ConnectorsPage'),
})
const marketRoute = createRoute({
  getParentRoute: () => hubRoute, path: 'marketplace', validateSearch: textSearch('q', 'category', 'origin'), component: lazyPage(() => import('./marketplace-page.tsx'), 'MarketplacePage'),
})
const importRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'connectors/import', component: lazyPage(() => import('./import-page.tsx'), 'ImportPage') })
const oneRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'connectors/$id', validateSearch: textSearch('part', 'q'), component: lazyPage(() => import('./connector-page.tsx'), 'ConnectorPage'),
})

export const connectorsTabs = [listRoute] as const
export const marketplaceTabs = [marketRoute] as const
export const connectorsPages = [importRoute, oneRoute] as const

export const connectorsTab: Tab = { path: 'connectors', label: tabs.connectors, icon: Puzzle, needs: 'connectors:read' }
export const marketplaceTab: Tab = { path: 'marketplace', label: tabs.marketplace, icon: Store, needs: 'connectors:read' }
