/** Measured figures over all of a tenant's integrations and webhooks. */
import type { Route } from '../../route.ts'
import { getFigures } from './get.ts'
import { listIntegrationFigures } from './integrations.ts'
import { getOverview } from './overview.ts'

export const figureRoutes: Route[] = [getOverview, getFigures, listIntegrationFigures]
