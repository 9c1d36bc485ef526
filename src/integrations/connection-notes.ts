/** What runs show of connections, written behind them: a run waits for no note. */
import type { Database } from '../db/database.ts'
import type { HubError } from '../errors.ts'
import { announceConnection, type Announce } from './announce.ts'
import type { Loaded, LoadedIntegrations } from './loaded.ts'
import { updateConnectionStatus } from './store.ts'

export function connectionNotes({ database, loaded, announce, onError }: { database: Database, loaded: LoadedIntegrations, announce: Announce, onError(error: unknown): void }): (of: Loaded, error: HubError | undefined) => void {
  const writing = new Set<string>()
  return ({ row, credential }, error) => {
    const { tenantId, id } = row
    // Many calls see the same at once; one note is enough.
    if (writing.has(id)) return
    writing.add(id)
    const message = error === undefined ? null : credential?.mask.mask(error.message) ?? error.message
    updateConnectionStatus(database.tenant(tenantId), tenantId, id, { connectionStatus: error === undefined ? 'active' : 'error', connectionError: message })
      .then((updated) => {
        loaded.forget(tenantId, id)
        if (updated !== undefined) announceConnection(announce, row, { before: updated.before, error: message })
      }).catch(onError)
      .finally(() => { writing.delete(id) })
  }
}
