import type { Route } from '../../route.ts'
import { invitationRoutes, signInLinkRoutes } from './links.ts'
import { openIdRoutes } from './openid.ts'
import { sessionRoutes as signingInAndOut } from './sessions.ts'

export const sessionRoutes: Route[] = [...signingInAndOut, ...openIdRoutes, ...signInLinkRoutes, ...invitationRoutes]
