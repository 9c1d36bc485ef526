/**
 * Secrets of the hub's own things: a webhook source's, an endpoint's. They are credentials like all others, encrypted, rotated and masked;
 * but their ids begin with a dot, which no caller can write, so that they are reached through their owner alone.
 */
import type { Db } from '../db/db.ts'
import { sealFields, type FieldValues } from './fields.ts'
import type { OpenCredential } from './open-credential.ts'
import { deleteCredential, upsertCredential } from './store.ts'
import { tellOthers } from './notices.ts'
import type { TenantKeys } from './tenant-keys.ts'

export interface OwnSecrets {
  /** Replaces what is kept for `owner` (for instance `webhook.<id>`), in the caller's transaction. Call `forget` once that is committed. All values are secrets. */
  keep(db: Db, tenantId: string, owner: string, values: FieldValues): Promise<void>
  /** Throws HubError `credential_missing`, `credential_unreadable`. */
  open(tenantId: string, owner: string): Promise<OpenCredential>
  /** The same past what is remembered, for a change that builds on it. */
  openFresh(tenantId: string, owner: string): Promise<OpenCredential>
  remove(db: Db, tenantId: string, owner: string): Promise<void>
  forget(tenantId: string, owner: string): void
}

export interface OwnSecretsDeps {
  keys: TenantKeys
  open(tenantId: string, id: string): Promise<OpenCredential>
  openFresh(tenantId: string, id: string): Promise<OpenCredential>
  changed(tenantId: string, id: string): void
}

export function createOwnSecrets({ keys, open, openFresh, changed }: OwnSecretsDeps): OwnSecrets {
  return {
    async keep(db, tenantId, owner, values) {
      const id = idOf(owner)
      const fields = sealFields({ tenantId, id, key: await keys.newest(db, tenantId) }, {}, values)
      await upsertCredential(db, tenantId, { id, name: owner, connector: 'interchange', fields })
      await tellOthers(db, tenantId, id)
    },
    open: (tenantId, owner) => open(tenantId, idOf(owner)),
    openFresh: (tenantId, owner) => openFresh(tenantId, idOf(owner)),
    async remove(db, tenantId, owner) {
      await deleteCredential(db, tenantId, idOf(owner))
      await tellOthers(db, tenantId, idOf(owner))
    },
    forget: (tenantId, owner) => { changed(tenantId, idOf(owner)) },
  }
}

/** Whether it is the id of such a secret, which no integration uses. */
export function isOwnSecret(credentialId: string): boolean {
  return credentialId.startsWith('.')
}

function idOf(owner: string): string {
  return `.${owner}`
}
