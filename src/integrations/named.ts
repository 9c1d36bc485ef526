/**
 * Integrations by what people call them: their name or id, or the id of a credential. A credential says which connector it is for; where that
 * needs no configuration, nobody has to make an integration first.
 */
import type { Credentials } from '../credentials/credentials.ts'
import type { Database } from '../db/database.ts'
import { HubError, isHubError } from '../errors.ts'
import { boundedCache } from '../lib/bounded-cache.ts'
import { isUuid } from '../lib/page.ts'
import { systemCaller } from '../tenants/caller.ts'
import type { Integrations } from './integrations.ts'
import { findByCredential, findByName, findIntegration } from './store.ts'

export interface Named {
  /** Undefined where only the credential is there: `forCall` makes an integration of it. */
  integrationId: string | undefined
  connector: string
  credentialId: string | null
}

export interface NamedIntegrations {
  /** Undefined for a name of nobody. Throws HubError `conflict` where two have it. */
  find(tenantId: string, name: string): Promise<Named | undefined>
  /** Id of the integration to run. Throws HubError `not_found`, `conflict`. */
  forCall(tenantId: string, name: string): Promise<string>
  forget(tenantId: string): void
  forgetAll(): void
}

export interface NamedDeps { database: Database, credentials: Pick<Credentials, 'find'>, integrations: Pick<Integrations, 'create'> }

/** How long a change made by another process may go unseen where its notice gets lost. */
const FRESH_MS = 30_000

export function createNamedIntegrations(deps: NamedDeps): NamedIntegrations {
  const known = boundedCache<Named>(20_000, { ttl: FRESH_MS })
  const making = new Map<string, Promise<string>>()
  let generation = 0

  const find = async (tenantId: string, name: string): Promise<Named | undefined> => {
    const key = `${tenantId}:${name}`
    const before = known.get(key)
    if (before !== undefined) return before
    const began = generation
    const found = await lookUp(deps, tenantId, name)
    // What was forgotten while it was read may be from before the change.
    if (found?.integrationId !== undefined && began === generation) known.set(key, found)
    return found
  }
  const forget = (tenantId: string): void => {
    generation += 1
    for (const key of known.keys()) if (key.startsWith(`${tenantId}:`)) known.delete(key)
  }
  return {
    find, forget,
    async forCall(tenantId, name) {
      const found = await find(tenantId, name)
      if (found === undefined) throw new HubError('not_found', `There is no integration named ${name.slice(0, 200)}, and no credential of that id. Connect one of them by that name.`)
      if (found.integrationId !== undefined) return found.integrationId
      const key = `${tenantId}:${name}`
      let running = making.get(key)
      // Another process may make one of its own at the same moment: both work, and from then on everybody takes the older.
      if (running === undefined) making.set(key, running = make(deps, tenantId, found).finally(() => { making.delete(key) }))
      return running
    },
    forgetAll() {
      generation += 1
      known.clear()
    },
  }
}

async function lookUp({ database, credentials }: NamedDeps, tenantId: string, name: string): Promise<Named | undefined> {
  const db = database.tenant(tenantId)
  const [row, second] = await findByName(db, tenantId, name)
  if (second !== undefined) throw new HubError('conflict', `More than one integration is named ${name.slice(0, 200)}: name it by its id.`)
  const own = row ?? (isUuid(name) ? await findIntegration(db, tenantId, name) : undefined)
  if (own !== undefined) return { integrationId: own.id, connector: own.connector, credentialId: own.credentialId }
  try {
    const { id, connector } = await credentials.find(systemCaller(tenantId), name)
    return { integrationId: await findByCredential(db, tenantId, { credentialId: id, connector }), connector, credentialId: id }
  } catch (error) {
    if (isHubError(error, 'not_found')) return undefined
    throw error
  }
}

async function make({ integrations }: NamedDeps, tenantId: string, { connector, credentialId }: Named): Promise<string> {
  const { id } = await integrations.create(systemCaller(tenantId), { name: credentialId!, description: 'Made for a flow that calls by the credential.', connector, credentialId }, { test: false })
  return id
}
