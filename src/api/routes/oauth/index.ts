import type { Route } from '../../route.ts'
import { authorizationRoutes } from './authorizations.ts'
import { oauthClientRoutes } from './clients.ts'
import { connectRoutes } from './connect.ts'

export const oauthRoutes: Route[] = [...oauthClientRoutes, ...authorizationRoutes, ...connectRoutes]
