/** Definitions of flows, kept in memory for those who run them. */
import type { LRUCache } from 'lru-cache'
import type { Database } from '../db/database.ts'
import { boundedCache } from '../lib/bounded-cache.ts'
import type { FlowDefinition } from './definition.ts'
import { findFlow, findVersion, type FlowFacts } from './definitions-store.ts'
import { presentFlows } from './library/library.ts'

export interface Definitions {
  /** Undefined where there is none, or it is deleted. Predefined ones are there where the tenant has none of the name. */
  find(tenantId: string, namespace: string, name: string): Promise<FlowFacts | undefined>
  /** Of a deleted flow too, since its runs go on. The same object each time, which nobody may change. */
  version(tenantId: string, flowId: string, version: string): Promise<FlowDefinition | undefined>
  /** Something about a flow of the tenant's changed, or a draft. */
  forget(tenantId: string): void
  forgetAll(): void
}

/** A notice with the tenant's id and the flow's, a colon between them. */
export const FLOWS_CHANGED = 'interchange_flows'

/** How long a change made by another process may go unseen where its notice gets lost. */
const FRESH_MS = 30_000

function presentVersion(flowId: string, version: string): FlowDefinition | undefined {
  return [...presentFlows().values()].find((flow) => flow.facts.id === flowId && flow.version === version)?.definition
}

/** `forgotten`: told of the tenant whose flows changed, or of nobody where that may be any. */
export function createDefinitions({ database, forgotten }: { database: Pick<Database, 'tenant'>, forgotten?: (tenantId?: string) => void }): Definitions {
  const flows = boundedCache<{ facts: FlowFacts | undefined }>(20_000, { ttl: FRESH_MS })
  const versions = boundedCache<{ definition: FlowDefinition | undefined }>(2000, { ttl: FRESH_MS })
  let generation = 0
  /** What was forgotten while it was read is not kept: it may be from before the change. */
  const keep = async <Value extends object>(cache: LRUCache<string, Value>, key: string, read: () => Promise<Value>): Promise<Value> => {
    const known = cache.get(key)
    if (known !== undefined) return known
    const began = generation
    const value = await read()
    if (began === generation) cache.set(key, value)
    return value
  }
  const forgetOf = (cache: Pick<LRUCache<string, object>, 'keys' | 'delete'>, tenantId: string): void => {
    for (const key of cache.keys()) if (key.startsWith(tenantId)) cache.delete(key)
  }
  return {
    async find(tenantId, namespace, name) {
      return (await keep(flows, `${tenantId} ${namespace} ${name}`, async () => ({ facts: await findFlow(database.tenant(tenantId), tenantId, { namespace, name }) ?? presentFlows().get(`${namespace}/${name}`)?.facts }))).facts
    },
    async version(tenantId, flowId, version) {
      return (await keep(versions, `${tenantId} ${flowId} ${version}`, async () => ({ definition: await findVersion(database.tenant(tenantId), tenantId, { flowId, version }) ?? presentVersion(flowId, version) }))).definition
    },
    forget(tenantId) {
      generation += 1
      forgetOf(flows, tenantId)
      forgetOf(versions, tenantId)
      forgotten?.(tenantId)
    },
    forgetAll() {
      generation += 1
      flows.clear()
      versions.clear()
      forgotten?.()
    },
  }
}
