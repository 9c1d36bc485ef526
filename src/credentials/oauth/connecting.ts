/** Stores what was granted: a credential with the connected field, the grant, its tokens, in one transaction. */
import { uuidv7 } from 'uuidv7'
import type { Db } from '../../db/db.ts'
import { HubError } from '../../errors.ts'
import { recordChange } from '../../tenants/audit.ts'
import { sealFields, type CredentialSchema } from '../fields.ts'
import { tellOthers } from '../notices.ts'
import { insertCredential, lockCredential, updateCredential } from '../store.ts'
import type { TenantKeys } from '../tenant-keys.ts'
import { deleteTokens } from '../tokens-store.ts'
import type { Granted } from './exchange.ts'
import { upsertGrant, type EndUser } from './grants-store.ts'
import { putTokens } from './renewing.ts'
import type { OAuthServer } from './server.ts'
import type { Target } from './targets.ts'

export interface Connection {
  tenantId: string
  /** As in the audit log. */
  actor: string
  requestId: string | undefined
  target: Target
  server: OAuthServer
  clientTenantId: string
  endUser: EndUser | null
  granted: Granted
  schema: CredentialSchema
}

/** The credential's id. Throws HubError `not_found` where the one to connect anew is gone. */
export async function storeConnection(keys: TenantKeys, db: Db, connection: Connection): Promise<string> {
  const { tenantId, target, granted } = connection
  const { field } = target
  const id = target.credentialId ?? uuidv7()
  await putMarker(keys, db, connection, id)
  // Those before may be of another account.
  await deleteTokens(db, tenantId, id, [field])
  await upsertGrant(db, tenantId, {
    credentialId: id, field, vendor: target.vendor, server: connection.server, clientTenantId: connection.clientTenantId, scopes: granted.scopes ?? target.scopes, endUser: connection.endUser, detail: granted.detail,
  })
  await putTokens({ keys }, db, { tenantId, credentialId: id }, field, granted)
  await recordChange(db, connection, { action: 'credential.connected', targetType: 'credential', targetId: id, detail: { vendor: target.vendor, connector: target.connector, scopes: granted.scopes ?? target.scopes } })
  await tellOthers(db, tenantId, id)
  return id
}

/** What the connector sees in the field: that it is connected. No secret, and nothing worth masking. */
async function putMarker(keys: TenantKeys, db: Db, { tenantId, target, schema }: Connection, id: string): Promise<void> {
  const sealed = sealFields({ tenantId, id, key: await keys.newest(db, tenantId) }, schema, { [target.field]: { connected: true } })
  if (target.credentialId === null) {
    await insertCredential(db, tenantId, { id, name: target.name, connector: target.connector, fields: sealed, expiresAt: null })
    return
  }
  const locked = await lockCredential(db, tenantId, id)
  if (locked === undefined) throw new HubError('not_found', 'The credential that was to be connected is gone.')
  await updateCredential(db, tenantId, { id, name: locked.name, fields: { ...locked.fields, ...sealed }, expiresAt: locked.expiresAt })
}
