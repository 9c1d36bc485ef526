import type { Route } from '../../route.ts'
import { invitationRoutes, signInLinkRoutes } from './links.ts'
import { sessionRoutes as signingInAndOut } from './sessions.ts'

export const sessionRoutes: Route[] = [...signingInAndOut, ...signInLinkRoutes, ...invitationRoutes]
