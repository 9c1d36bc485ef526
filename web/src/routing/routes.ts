/** The routes that features hang theirs on. `app/router.tsx` puts the tree together. */
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import { sessionQuery } from '../hub/session.ts'

export interface RouterContext { queries: QueryClient }

export const rootRoute = createRootRouteWithContext<RouterContext>()({ component: Outlet })

/** Everything of one tenant. */
export const tenantRoute = createRoute({
  getParentRoute: () => rootRoute, path: 't/$tenant',
  async beforeLoad({ context: { queries }, location }) {
    const session = await queries.ensureQueryData(sessionQuery)
    if (session === null) throw redirect({ to: '/sign-in', search: { next: location.href } as never })
  },
})

/** The page *Integration Hub*: its children are the tabs, shown below the stat cards. */
export const hubRoute = createRoute({ getParentRoute: () => tenantRoute, id: 'hub' })
