import { createRoute, redirect } from '@tanstack/react-router'
import { sessionQuery } from '../../hub/session.ts'
import { lazyPage } from '../../routing/lazy-page.ts'
import { rootRoute } from '../../routing/routes.ts'
import { textSearch } from '../../routing/url.ts'

const signInRoute = createRoute({
  getParentRoute: () => rootRoute, path: 'sign-in',
  validateSearch: textSearch('next'),
  beforeLoad: async ({ context: { queries }, search }) => {
    const session = await queries.ensureQueryData(sessionQuery)
    if (session !== null && (search as { next?: string }).next === undefined) throw redirect({ to: '/' })
  },
  component: lazyPage(() => import('./sign-in-page.tsx'), 'SignInPage'),
})

const linkRoutes = ['welcome', 'invitation', 'password'].map((path) => createRoute({ getParentRoute: () => rootRoute, path, component: lazyPage(() => import('./join-page.tsx'), 'JoinPage') }))

const connectedRoute = createRoute({ getParentRoute: () => rootRoute, path: 'connected', validateSearch: textSearch('attempt', 'problem'), component: lazyPage(() => import('./connected-page.tsx'), 'ConnectedPage') })

export const sessionRoutes = [signInRoute, ...linkRoutes, connectedRoute]
