/** What a tenant has, as far as documents name it. */
import type { ConnectorRegistry } from '../catalog/registry.ts'
import type { Operation } from '../connectors/connector.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { isHubError } from '../errors.ts'
import type { Integrations } from '../integrations/integrations.ts'
import type { NamedIntegrations } from '../integrations/named.ts'
import type { Caller } from '../tenants/caller.ts'
import type { Definitions } from './definitions.ts'
import type { KnownIntegration, Surroundings } from './document/calls.ts'

export interface SurroundingsDeps {
  named: Pick<NamedIntegrations, 'find'>
  integrations: Pick<Integrations, 'find' | 'list'>
  registry: Pick<ConnectorRegistry, 'find'>
  credentials: Pick<Credentials, 'find'>
  definitions: Definitions
  /** Ids of the webhook sources of that name, or the one of that id. */
  findSources(tenantId: string, nameOrId: string): Promise<string[]>
  allows: Surroundings['allows']
}

/** Enough names to find what was mistyped. */
const MOST_NAMES = 200

export function createSurroundings(deps: SurroundingsDeps, caller: Caller): Surroundings {
  const { tenantId } = caller
  const known = new Map<string, Promise<KnownIntegration | 'ambiguous' | undefined>>()
  return {
    integration(name) {
      // A document names the same ones again and again.
      let found = known.get(name)
      if (found === undefined) known.set(name, found = findIntegration(deps, caller, name))
      return found
    },
    async integrationNames() {
      const { data } = await deps.integrations.list(caller, { q: undefined, connector: undefined, kind: undefined, status: undefined, tag: undefined }, { limit: MOST_NAMES })
      return data.map(({ name }) => name)
    },
    hasCredential: async (id) => await orNothing(deps.credentials.find(caller, id)) !== undefined,
    hasSource: async (nameOrId) => (await deps.findSources(tenantId, nameOrId)).length > 0,
    async hasFlow(namespace, name, version) {
      const flow = await deps.definitions.find(tenantId, namespace, name)
      if (flow === undefined || version === undefined || version === 'latest') return flow?.latestVersion !== undefined && flow.latestVersion !== null
      return await deps.definitions.version(tenantId, flow.id, version) !== undefined
    },
    allows: deps.allows,
  }
}

async function findIntegration({ named, integrations, registry }: SurroundingsDeps, caller: Caller, name: string): Promise<KnownIntegration | 'ambiguous' | undefined> {
  try {
    const found = await named.find(caller.tenantId, name)
    if (found === undefined) return undefined
    const connector = await registry.find(caller.tenantId, found.connector)
    const row = found.integrationId === undefined ? undefined : await integrations.find(caller, found.integrationId)
    // What is transformed on its way in is checked after that.
    const isTransformed = row !== undefined && row.dataHandling.requestTransform.length > 0
    return {
      async operation(id) {
        const operation = await orNothing<Operation | undefined>(connector?.operations.find(id) ?? Promise.resolve(undefined))
        return operation && { input: isTransformed ? undefined : operation.input }
      },
      operationIds: async () => (await connector?.operations.list() ?? []).slice(0, MOST_NAMES).map(({ id }) => id),
    }
  } catch (error) {
    if (isHubError(error, 'conflict')) return 'ambiguous'
    throw error
  }
}

/** What is refused for its name or content is as good as not there. */
async function orNothing<Value>(finding: Promise<Value>): Promise<Value | undefined> {
  try {
    return await finding
  } catch (error) {
    if (isHubError(error) && error.status < 500) return undefined
    throw error
  }
}
