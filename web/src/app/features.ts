/** The list of features: their tabs in the order in which they stand, and their routes. What the palette finds of them is listed in finders.ts. */
import { agentsPages, agentsTab, agentsTabs } from '../features/agents/feature.ts'
import { connectorsPages, connectorsTab, connectorsTabs, marketplaceTab, marketplaceTabs } from '../features/connectors/feature.ts'
import { executionsPages } from '../features/executions/feature.ts'
import { flowsPages, flowsTab, flowsTabs } from '../features/flows/feature.ts'
import { settingsTab, settingsTabs } from '../features/settings/feature.ts'
import { integrationsPages, integrationsTab, integrationsTabs } from '../features/integrations/feature.ts'
import { monitoringTab, monitoringTabs } from '../features/monitoring/feature.ts'
import { webhooksPages, webhooksTab, webhooksTabs } from '../features/webhooks/feature.ts'
import type { Tenant } from '../hub/session.ts'
import type { Tab } from '../routing/feature.ts'

const tabs: Tab[] = [integrationsTab, connectorsTab, webhooksTab, monitoringTab, marketplaceTab, flowsTab, agentsTab, settingsTab]

/** Those that somebody may see. */
export function tabsOf({ can }: Tenant): Tab[] {
  return tabs.filter(({ needs }) => needs === undefined || can(needs))
}

/** Below the stat cards of the page *Integration Hub*. */
export const tabRoutes = [...integrationsTabs, ...connectorsTabs, ...webhooksTabs, ...monitoringTabs, ...marketplaceTabs, ...flowsTabs, ...agentsTabs, ...settingsTabs]

/** Pages of their own. */
export const pageRoutes = [...integrationsPages, ...connectorsPages, ...executionsPages, ...flowsPages, ...webhooksPages, ...agentsPages]
