import type { Route } from '../../route.ts'
import { checkHealth, getLogs, getMetrics, listAlerts, listHealth, testIntegration } from './observe.ts'
import { getIntegration, listIntegrations } from './read.ts'
import { proxyIntegration, rerunExecution, runIntegration } from './run.ts'
import { createIntegration, deleteIntegration, patchIntegration, registerIntegration, replaceIntegration } from './write.ts'

/** Design D's paths, answered by the same handlers. */
function alias(route: Route, path: string): Route {
  return { ...route, path }
}

export const integrationRoutes: Route[] = [
  createIntegration, listIntegrations, getIntegration, replaceIntegration, patchIntegration, deleteIntegration,
  runIntegration, proxyIntegration, rerunExecution,
  testIntegration, checkHealth, listHealth, listAlerts, getMetrics, getLogs,
  registerIntegration,
  alias(getMetrics, '/api/integration/:id/metrics'), alias(testIntegration, '/api/integration/:id/test'), alias(getLogs, '/api/integration/:id/logs'),
]
