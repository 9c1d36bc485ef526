/** The clients that vendors know a tenant by: given once, by its administrator, or by the operator for all. */
import type { Database } from '../../db/database.ts'
import { HubError } from '../../errors.ts'
import { recordChange } from '../../tenants/audit.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { OwnSecrets } from '../own.ts'
import { deleteClient, findClient, listClients, listSharedClients, upsertClient, type ClientRow, type ClientSettings } from './clients-store.ts'
import type { Client } from './exchange.ts'
import { findVendor } from './vendors.ts'

export type { ClientRow }

export interface ClientInput extends ClientSettings {
  clientId: string
  /** Left out: it stays, or the client is a public one. */
  clientSecret?: string | undefined
  shared?: boolean | undefined
}

export interface OAuthClients {
  /** Throws HubError `forbidden` for `shared` by anybody but the operator, `invalid_input` for parameters that the vendor does not have. */
  put(caller: Caller, vendor: string, input: ClientInput): Promise<ClientRow>
  /** The tenant's own, and those of the operator that it may use. */
  list(caller: Caller): Promise<ClientRow[]>
  find(caller: Caller, vendor: string): Promise<ClientRow>
  remove(caller: Caller, vendor: string): Promise<void>
  /** The one that connects: the tenant's own before the operator's. */
  choose(tenantId: string, vendors: string[]): Promise<ClientRow | undefined>
  /** With its secret. `tenantId`: whose row it is. Throws HubError `oauth_client_missing`. */
  open(tenantId: string, vendor: string): Promise<Client>
}

export interface OAuthClientsDeps { database: Database, own(): OwnSecrets }

const ownerOf = (vendor: string): string => `oauth-client.${vendor}`

export function createOAuthClients({ database, own }: OAuthClientsDeps): OAuthClients {
  const choose: OAuthClients['choose'] = async (tenantId, vendors) => {
    const [owned, shared] = [await listClients(database.tenant(tenantId), tenantId), await listSharedClients(database.system)]
    for (const rows of [owned, shared]) {
      for (const vendor of vendors) {
        const found = rows.find((row) => row.vendor === vendor)
        if (found !== undefined) return found
      }
    }
    return undefined
  }
  return {
    async put(caller, vendor, { clientId, clientSecret, shared = false, ...settings }) {
      const { tenantId } = caller
      if (shared && !caller.scopes.has('tenants:admin')) throw new HubError('forbidden', "Only an owner of the operator's tenant shares a client with all tenants.", { errors: [{ pointer: '/shared', detail: 'needs the scope tenants:admin' }] })
      checkParameters(vendor, settings)
      const row = await database.tenant(tenantId).transaction(async (db) => {
        const before = await findClient(db, tenantId, vendor)
        const stays = clientSecret === undefined && before?.hasSecret === true && before.clientId === clientId
        const put = await upsertClient(db, { tenantId, vendor, clientId, hasSecret: clientSecret !== undefined || stays, settings, shared })
        if (clientSecret !== undefined) await own().keep(db, tenantId, ownerOf(vendor), { clientSecret })
        else if (!stays) await own().remove(db, tenantId, ownerOf(vendor))
        await recordChange(db, caller, { action: 'oauth_client.set', targetType: 'oauth_client', targetId: vendor, detail: { clientId, shared } })
        return put
      })
      own().forget(tenantId, ownerOf(vendor))
      return row
    },
    async list({ tenantId }) {
      const owned = await listClients(database.tenant(tenantId), tenantId)
      const shared = (await listSharedClients(database.system)).filter((row) => row.tenantId !== tenantId && !owned.some(({ vendor }) => vendor === row.vendor))
      return [...owned, ...shared].sort((a, b) => (a.vendor < b.vendor ? -1 : 1))
    },
    find: async ({ tenantId }, vendor) => await findClient(database.tenant(tenantId), tenantId, vendor) ?? none(),
    async remove(caller, vendor) {
      await database.tenant(caller.tenantId).transaction(async (db) => {
        if (!await deleteClient(db, caller.tenantId, vendor)) none()
        await own().remove(db, caller.tenantId, ownerOf(vendor))
        await recordChange(db, caller, { action: 'oauth_client.removed', targetType: 'oauth_client', targetId: vendor })
      })
      own().forget(caller.tenantId, ownerOf(vendor))
    },
    choose,
    async open(tenantId, vendor) {
      const row = await findClient(database.tenant(tenantId), tenantId, vendor)
      if (row === undefined) throw clientMissing(vendor)
      const secret = row.hasSecret ? (await own().open(tenantId, ownerOf(vendor))).values['clientSecret'] as string : undefined
      return { id: row.clientId, secret }
    },
  }
}

function none(): never {
  throw new HubError('not_found', 'There is no client for this vendor.')
}

export function clientMissing(vendor: string): HubError {
  return new HubError('oauth_client_missing', `Register a client at ${findVendor(vendor)?.server.name ?? vendor} first, and give its id and secret: PUT /api/v1/oauth-clients/${encodeURIComponent(vendor)}.`, { beforeSending: true })
}

function checkParameters(vendor: string, { parameters = {} }: ClientSettings): void {
  const known = findVendor(vendor)?.parameters ?? {}
  for (const [name, value] of Object.entries(parameters)) {
    const pointer = `/parameters/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!Object.hasOwn(known, name)) throw new HubError('invalid_input', `${pointer}: is no parameter of this vendor.`, { errors: [{ pointer, detail: `is none of ${Object.keys(known).join(', ') || 'its parameters: it has none'}` }] })
    if (!new RegExp(known[name]!.pattern).test(value)) throw new HubError('invalid_input', `${pointer}: does not fit.`, { errors: [{ pointer, detail: `must match ${known[name]!.pattern}` }] })
  }
}
