/** The areas, each with what it needs of the others. */
import type { Logger } from 'pino'
import type { Services } from '../api/services.ts'
import { createConnectors } from '../catalog/connectors.ts'
import { createCatalogue } from '../catalog/directory/catalogue.ts'
import { createDocumentArchive } from '../catalog/directory/archive.ts'
import { createConnectorRegistry, type ConnectorRegistry } from '../catalog/registry.ts'
import type { Config } from '../config.ts'
import { builtInConnectors } from '../connectors/index.ts'
import { createCredentials } from '../credentials/credentials.ts'
import { openRootKey } from '../credentials/root-key.ts'
import { createExecutions } from '../executions/executions.ts'
import { createFigures } from '../executions/figures.ts'
import { createRetention, type Retention } from '../executions/retention.ts'
import { createAlerts, type Notice } from '../integrations/alerts.ts'
import { createExecute } from '../integrations/execute.ts'
import { createHealth } from '../integrations/health.ts'
import { createIntegrations } from '../integrations/integrations.ts'
import { createLoadedIntegrations, type LoadedIntegrations } from '../integrations/loaded.ts'
import { createAnswerCache } from '../integrations/policies/cache.ts'
import { createProxy } from '../integrations/proxy.ts'
import { createRerun } from '../integrations/rerun.ts'
import { createConnectionTester } from '../integrations/test-connection.ts'
import { createJq } from '../lib/jq/jq.ts'
import type { Metrics } from '../metrics.ts'
import { createAudit } from '../tenants/audit.ts'
import { createKeys } from '../tenants/keys.ts'
import { createMembers } from '../tenants/members.ts'
import { createTenants } from '../tenants/tenants.ts'
import type { Storage } from './storage.ts'

export interface Areas {
  services: Services
  retention: Retention
  /** What is remembered of the database's rows, to be forgotten when another process changes them. */
  caches: {
    forgetIntegration(tenantId: string, id: string): void
    forgetCredential(tenantId: string, id: string): void
    forgetConnector(tenantId: string, id: string): void
    forgetAll(): void
  }
  close(): Promise<void>
}

export interface AreasDeps {
  config: Config
  logger: Logger
  storage: Storage
  metrics: Metrics
  notify(notice: Notice): Promise<void>
}

const ANSWERS_MAX_BYTES = 64 * 1024 * 1024
