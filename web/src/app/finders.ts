/** What the palette finds, feature by feature. Comes with the palette. */
import { agentsFinder } from '../features/agents/finder.ts'
import { connectorsFinder } from '../features/connectors/finder.ts'
import { executionsFinder } from '../features/executions/finder.ts'
import { flowsFinder } from '../features/flows/finder.ts'
import { integrationsFinder } from '../features/integrations/finder.ts'
import { monitoringFinder } from '../features/monitoring/finder.ts'
import { overviewFinder } from '../features/overview/finder.ts'
import { settingsFinder } from '../features/settings/finder.ts'
import { webhooksFinder } from '../features/webhooks/finder.ts'
import type { Finder } from '../routing/feature.ts'

export const finders: Finder[] = [integrationsFinder, connectorsFinder, webhooksFinder, monitoringFinder, executionsFinder, flowsFinder, agentsFinder, settingsFinder, overviewFinder]
