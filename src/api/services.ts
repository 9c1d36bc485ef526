/** Everything that routes may call. `build.ts` makes it. */
import type { Audit } from '../tenants/audit.ts'
import type { Keys } from '../tenants/keys.ts'
import type { Members } from '../tenants/members.ts'
import type { Tenants } from '../tenants/tenants.ts'

export interface Services {
  tenants: Tenants
  members: Members
  keys: Keys
  audit: Audit
  /** For /readyz: throws, or answers what is not ready yet. */
  ready(): Promise<string[]>
  /** Prometheus text. */
  metrics(): Promise<{ contentType: string, text: string }>
}
