/** The list of features: their tabs in the order in which they stand, their routes, and what the palette finds of them. */
import { agentsFeature, agentsTabs } from '../features/agents/feature.ts'
import { connectorsFeature, connectorsPages, connectorsTabs, marketplaceFeature, marketplaceTabs } from '../features/connectors/feature.ts'
import { executionsFeature, executionsPages } from '../features/executions/feature.ts'
import { flowsFeature, flowsPages, flowsTabs } from '../features/flows/feature.ts'
import { settingsFeature, settingsTabs } from '../features/settings/feature.ts'
import { integrationsFeature, integrationsPages, integrationsTabs } from '../features/integrations/feature.ts'
import { monitoringFeature, monitoringTabs } from '../features/monitoring/feature.ts'
import { webhooksFeature, webhooksPages, webhooksTabs } from '../features/webhooks/feature.ts'
import type { Feature } from '../routing/feature.ts'

export const features: Feature[] = [integrationsFeature, connectorsFeature, webhooksFeature, monitoringFeature, marketplaceFeature, executionsFeature, flowsFeature, agentsFeature, settingsFeature]

/** Below the stat cards of the page *Integration Hub*. */
export const tabRoutes = [...integrationsTabs, ...connectorsTabs, ...webhooksTabs, ...monitoringTabs, ...marketplaceTabs, ...flowsTabs, ...agentsTabs, ...settingsTabs]

/** Pages of their own. */
export const pageRoutes = [...integrationsPages, ...connectorsPages, ...executionsPages, ...flowsPages, ...webhooksPages]
