/** Deliveries, and what sends events to endpoints once more. */
import type { Route } from '../../route.ts'
import { getDelivery } from './get.ts'
import { listDeliveries } from './list.ts'
import { redriveWebhook } from './redrive.ts'
import { replayWebhook } from './replay.ts'
import { retryDelivery } from './retry.ts'
import { testWebhook } from './test.ts'

export const deliveryRoutes: Route[] = [listDeliveries, getDelivery, retryDelivery, testWebhook, replayWebhook, redriveWebhook]
