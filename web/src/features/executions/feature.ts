import { createRoute } from '@tanstack/react-router'
import { lazyPage } from '../../routing/lazy-page.ts'
import { tenantRoute } from '../../routing/routes.ts'
import { textSearch } from '../../routing/url.ts'

const listRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'executions',
  validateSearch: textSearch('q', 'status', 'integration', 'operation', 'since', 'sort'),
  component: lazyPage(() => import('./list-page.tsx'), 'ListPage'),
})

const oneRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'executions/$id',
  component: lazyPage(() => import('./execution-page.tsx'), 'ExecutionPage'),
})

export const executionsPages = [listRoute, oneRoute] as const
