/** Endpoints that events are delivered to. */
import type { Route } from '../../route.ts'
import { createWebhook } from './create.ts'
import { deleteWebhook } from './delete.ts'
import { getWebhook } from './get.ts'
import { listWebhooks } from './list.ts'
import { getWebhookMetrics } from './metrics.ts'
import { previewWebhook } from './preview.ts'
import { replaceWebhook } from './replace.ts'
import { rotateWebhookSecret } from './rotate-secret.ts'
import { activateWebhook, pauseWebhook } from './status.ts'
import { updateWebhook } from './update.ts'

export const webhookRoutes: Route[] = [
  createWebhook, listWebhooks, getWebhook, replaceWebhook, updateWebhook, deleteWebhook, rotateWebhookSecret, pauseWebhook, activateWebhook, getWebhookMetrics, previewWebhook,
]
