/** Tells, a while before, that a credential ends. */
import type { Database } from '../db/database.ts'
import { listExpiring, markExpiryTold, type Expiring } from './store.ts'

export interface CredentialExpiry {
  /** Of each credential that ends within two weeks: once for each such end. Answers of how many it told. */
  tell(): Promise<number>
}

export interface CredentialExpiryDeps {
  database: Pick<Database, 'system'>
  /** Resolves once it is sure to be told; told again under the same key, it is not told twice. */
  publish(tenantId: string, event: { type: string, subject: string, data: Record<string, unknown>, once: { scope: string, key: string, windowSeconds: number } }): Promise<void>
  /** Moment in ms; the system's clock unless given. */
  now?: () => number
}

const AHEAD_MS = 14 * 86_400_000
const SLICE = 500
/** Longer than it takes to note that it was told, whatever fails in between. */
const ONCE_SECONDS = 7 * 86_400

export function createCredentialExpiry({ database: { system }, publish, now = Date.now }: CredentialExpiryDeps): CredentialExpiry {
  const tellOf = async (expiring: Expiring): Promise<void> => {
    const { tenantId, id, name, connector, expiresAt } = expiring
    await publish(tenantId, {
      type: 'credential.expiring', subject: id, data: { credentialId: id, credential: name, connector, expiresAt: expiresAt.toISOString() },
      once: { scope: 'hub.credential', key: `${id}:${expiresAt.toISOString()}`, windowSeconds: ONCE_SECONDS },
    })
    await markExpiryTold(system, expiring)
  }
  return {
    async tell() {
      let told = 0
      for (;;) {
        const slice = await listExpiring(system, new Date(now() + AHEAD_MS), SLICE)
        for (const expiring of slice) await tellOf(expiring)
        told += slice.length
        if (slice.length < SLICE) return told
      }
    },
  }
}
