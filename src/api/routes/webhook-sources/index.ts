/** Webhook sources: where others post to us. */
import type { Route } from '../../route.ts'
import { createWebhookSource } from './create.ts'
import { deleteWebhookSource } from './delete.ts'
import { getWebhookSource } from './get.ts'
import { listWebhookSources } from './list.ts'
import { listHookRequests } from './requests.ts'
import { rotateSourceSecret } from './rotate-secret.ts'
import { activateWebhookSource, pauseWebhookSource } from './status.ts'
import { patchWebhookSource, replaceWebhookSource } from './update.ts'

export const webhookSourceRoutes: Route[] = [
  createWebhookSource, listWebhookSources, getWebhookSource, replaceWebhookSource, patchWebhookSource, deleteWebhookSource,
  rotateSourceSecret, pauseWebhookSource, activateWebhookSource, listHookRequests,
]
