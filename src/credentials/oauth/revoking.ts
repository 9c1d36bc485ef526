/** What is deleted here is given back at the vendor. */
import type { Db } from '../../db/db.ts'
import type { HttpClient } from '../../lib/http/http.ts'
import type { TenantKeys } from '../tenant-keys.ts'
import type { OAuthClients } from './clients.ts'
import { revoke } from './exchange.ts'
import { listGrants } from './grants-store.ts'
import { readTokens } from './renewing.ts'

export interface RevokingDeps {
  http: HttpClient
  keys: TenantKeys
  clients: Pick<OAuthClients, 'open'>
  onError(error: unknown): void
}

/**
 * Reads what there is to revoke, for the rows will be gone; call the answer once they are. A vendor that cannot be reached, or refuses,
 * keeps nobody from deleting: it is told of, and tried no more.
 */
export async function prepareRevocation({ http, keys, clients, onError }: RevokingDeps, db: Db, tenantId: string, credentialId: string): Promise<() => Promise<void>> {
  const work: (() => Promise<void>)[] = []
  for (const { field, server, clientTenantId, vendor } of await listGrants(db, tenantId, [credentialId])) {
    const { revocation } = server
    if (revocation === undefined) continue
    try {
      const [tokens, client] = [await readTokens({ keys }, db, { tenantId, credentialId }, field), await clients.open(clientTenantId, vendor)]
      work.push(() => revoke(http, revocation, { client, tokens }))
    } catch (error) {
      onError(error)
    }
  }
  return async () => { for (const each of work) await each().catch(onError) }
}
