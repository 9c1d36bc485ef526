import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { tenantRoute } from '../../routing/routes.ts'
import { textSearch } from '../../routing/url.ts'

const listRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'executions',
  validateSearch: textSearch('q', 'status', 'integration', 'operation', 'since', 'sort'),
  component: lazyRouteComponent(() => import('./list-page.tsx'), 'ListPage'),
})

const oneRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'executions/$id',
  component: lazyRouteComponent(() => import('./execution-page.tsx'), 'ExecutionPage'),
})

export const executionsPages = [listRoute, oneRoute] as const
