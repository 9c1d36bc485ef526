import type { Route } from '../../route.ts'
import { createExample, deleteExample, getExample, listExamples, replaceExample } from './examples.ts'
import { checkHealth, getLogs, getMetrics, listAlerts, listHealth, testIntegration } from './observe.ts'
import { listAllAlerts, listLatestHealth } from './observe-all.ts'
import { getIntegration, listIntegrations } from './read.ts'
import { registeredLogs, registeredMetrics, testRegistered } from './registered-webhooks.ts'
import { proxyIntegration, rerunExecution, runIntegration } from './run.ts'
import { getIntegrationVersion, listIntegrationVersions, restoreIntegrationVersion } from './versions.ts'
import { createIntegration, deleteIntegration, patchIntegration, registerIntegration, replaceIntegration } from './write.ts'

/** Design D's paths, answered by the same handlers. */
function alias(route: Route, path: string): Route {
  return { ...route, path }
}

export const integrationRoutes: Route[] = [
  createIntegration, listIntegrations, getIntegration, replaceIntegration, patchIntegration, deleteIntegration,
  runIntegration, proxyIntegration, rerunExecution,
  testIntegration, checkHealth, listHealth, listAlerts, getMetrics, getLogs, listAllAlerts, listLatestHealth,
  listIntegrationVersions, getIntegrationVersion, restoreIntegrationVersion, listExamples, createExample, getExample, replaceExample, deleteExample,
  registerIntegration,
  alias(registeredMetrics, '/api/integration/:id/metrics'), alias(testRegistered, '/api/integration/:id/test'), alias(registeredLogs, '/api/integration/:id/logs'),
]
