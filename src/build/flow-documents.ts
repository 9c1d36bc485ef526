/** Flows as documents: what stores, checks and compares them. */
import type { Services } from '../api/services.ts'
import type { ConnectorRegistry } from '../catalog/registry.ts'
import type { Config } from '../config.ts'
import { createApply } from '../flows/apply.ts'
import { createDefinitions, type Definitions } from '../flows/definitions.ts'
import { createFlows } from '../flows/flows.ts'
import { createSurroundings, type SurroundingsDeps } from '../flows/surroundings.ts'
import { createNamedIntegrations, type NamedIntegrations } from '../integrations/named.ts'
import type { Jq } from '../lib/jq/jq.ts'
import type { Storage } from './storage.ts'

export interface FlowDocuments {
  definitions: Definitions
  named: NamedIntegrations
  services: Pick<Services, 'flows' | 'flowApply'>
}

export interface FlowDocumentsDeps extends Pick<Services, 'credentials' | 'integrations'>, Pick<SurroundingsDeps, 'findSources'> {
  storage: Pick<Storage, 'database'>
  jq: Jq
  registry: ConnectorRegistry
  /** Told of the tenant whose flows changed; of nobody where that may be any. */
  forgotten(tenantId?: string): void
  config: Pick<Config, 'allowShell' | 'containerCommand' | 'pythonCommand'>
}

export function createFlowDocuments({ storage: { database }, forgotten, jq, registry, config, credentials, integrations, findSources }: FlowDocumentsDeps): FlowDocuments {
  const definitions = createDefinitions({ database, forgotten })
  const named = createNamedIntegrations({ database, credentials, integrations })
  const around = { named, integrations, registry, credentials, definitions, findSources, allows: { shell: config.allowShell, container: config.containerCommand !== undefined, python: config.pythonCommand !== undefined } }
  const deps = { database, jq, definitions, surroundings: (caller: Parameters<typeof createSurroundings>[1]) => createSurroundings(around, caller) }
  return { definitions, named, services: { flows: createFlows(deps), flowApply: createApply(deps) } }
}
