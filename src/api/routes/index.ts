/** The route table: everything that the API answers, in the order in which its reference lists it. */
import type { Route } from '../route.ts'
import { agentRoutes } from './agents/index.ts'
import { blobRoutes } from './blobs/index.ts'
import { busRoutes } from './bus/index.ts'
import { connectorRoutes } from './connectors/index.ts'
import { credentialRoutes } from './credentials/index.ts'
import { deliveryRoutes } from './deliveries/index.ts'
import { eventTypeRoutes } from './event-types/index.ts'
import { eventRoutes } from './events/index.ts'
import { executionRoutes } from './executions/index.ts'
import { figureRoutes } from './figures/index.ts'
import { flowRoutes } from './flows/index.ts'
import { hookRoutes } from './hooks/index.ts'
import { integrationRoutes } from './integrations/index.ts'
import { metaRoutes } from './meta/index.ts'
import { oauthRoutes } from './oauth/index.ts'
import { openApiRoutes } from './meta/openapi.ts'
import { pulsarRoutes } from './pulsar/index.ts'
import { recordRoutes } from './records/index.ts'
import { runRoutes } from './runs/index.ts'
import { sessionRoutes } from './session/index.ts'
import { tenantRoutes } from './tenants/index.ts'
import { webhookSourceRoutes } from './webhook-sources/index.ts'
import { webhookRoutes } from './webhooks/index.ts'

export const routes: Route[] = [
  ...integrationRoutes, ...executionRoutes, ...recordRoutes, ...figureRoutes, ...blobRoutes, ...connectorRoutes, ...credentialRoutes, ...oauthRoutes, ...eventRoutes, ...eventTypeRoutes, ...busRoutes, ...pulsarRoutes, ...webhookSourceRoutes, ...hookRoutes, ...webhookRoutes, ...deliveryRoutes, ...flowRoutes, ...runRoutes, ...agentRoutes, ...sessionRoutes, ...tenantRoutes, ...metaRoutes,
]
routes.push(...openApiRoutes(() => routes))
