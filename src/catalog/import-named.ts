/** Registration of a service by a name of its own, with its document: design D's way, which knows no connector ids. */
import { isHubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import { sha256Of } from './documents.ts'
import { connectorIdOf } from './ids.ts'
import { prepare, storeConnector, type ImportDeps } from './importing.ts'
import type { DocumentSource } from './source.ts'
import { findConnector, type ConnectorRow } from './store.ts'

const MOST_TRIES = 100

export async function importNamed(deps: ImportDeps, caller: Caller, name: string, document: string | Record<string, unknown>): Promise<ConnectorRow> {
  const prepared = await prepare(deps, sourceOf(document))
  const sha256 = await sha256Of(prepared.document.normalised)
  const base = connectorIdOf(name) || `api-${sha256.slice(0, 8)}`
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`
    const existing = await findConnector(deps.database.tenant(caller.tenantId), caller.tenantId, id)
    if (existing?.documentSha256 === sha256) return existing
    if (existing !== undefined || deps.builtIn.has(id)) continue
    try {
      return await storeConnector(deps, caller, { ...prepared, id, name })
    } catch (error) {
      // Taken meanwhile: the next number.
      if (!isHubError(error, 'conflict') || number >= MOST_TRIES) throw error
    }
  }
}

function sourceOf(document: string | Record<string, unknown>): DocumentSource {
  return typeof document === 'string' && /^https?:\/\/\S+$/i.test(document.trim()) ? { url: document.trim() } : { document }
}
