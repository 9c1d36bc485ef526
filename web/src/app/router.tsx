/** Puts the tree of routes together: what each feature gives, below what it asked for. */
import { createRoute, createRouter, redirect, type AnyRoute } from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import { sessionRoutes } from '../features/session/routes.tsx'
import { sessionQuery } from '../hub/session.ts'
import { pathTo } from '../routing/paths.ts'
import { hubRoute, rootRoute, tenantRoute } from '../routing/routes.ts'
import { parseSearch, stringifySearch } from '../routing/url.ts'
import { pageRoutes, tabRoutes } from './features.ts'
import { HubPage } from './hub-page.tsx'
import { Broken, Missing, NoTenants } from './missing.tsx'
import { TenantLayout } from './tenant-layout.tsx'

const homeRoute = createRoute({
  getParentRoute: () => rootRoute, path: '/',
  async beforeLoad({ context: { queries } }) {
    const session = await queries.ensureQueryData(sessionQuery)
    if (session === null) throw redirect({ to: '/sign-in' })
    const [first] = session.tenants
    if (first !== undefined) throw redirect({ href: pathTo(first.slug, 'integrations') })
  },
  component: NoTenants,
})

tenantRoute.update({ component: TenantLayout })
hubRoute.update({ component: HubPage })

const tenantHomeRoute = createRoute({
  getParentRoute: () => tenantRoute, path: '/',
  beforeLoad: ({ params }) => { throw redirect({ href: pathTo((params as { tenant: string }).tenant, 'integrations') }) },
})

const tree = rootRoute.addChildren([
  homeRoute, ...sessionRoutes,
  tenantRoute.addChildren([tenantHomeRoute, hubRoute.addChildren(tabRoutes as AnyRoute[]), ...pageRoutes]),
])

export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree, context: { queries }, defaultPreload: 'intent', defaultPreloadStaleTime: 0, scrollRestoration: true,
    parseSearch: (text) => parseSearch(text.replace(/^\?/, '')), stringifySearch,
    defaultNotFoundComponent: Missing, defaultErrorComponent: Broken,
  })
}
