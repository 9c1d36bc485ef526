/** Measured figures over all of a tenant's integrations and webhooks. */
import type { Route } from '../../route.ts'
import { listAttention } from './attention.ts'
import { listErrorGroups } from './errors.ts'
import { getFigures } from './get.ts'
import { listIntegrationFigures } from './integrations.ts'
import { listLimits } from './limits.ts'
import { getOverview } from './overview.ts'
import { getQueues } from './queues.ts'
import { getStorage } from './storage.ts'
import { listSourceFigures } from './webhook-sources.ts'
import { listWebhookFigures } from './webhooks.ts'

export const figureRoutes: Route[] = [getOverview, listAttention, getFigures, listIntegrationFigures, listErrorGroups, listLimits, getStorage, getQueues, listWebhookFigures, listSourceFigures]
