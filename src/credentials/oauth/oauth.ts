/** Connecting accounts by OAuth 2.1, as routes see it. */
import { ownPath } from '../../lib/own-path.ts'
import { HubError } from '../../errors.ts'
import type { Page, PageRequest } from '../../lib/page.ts'
import type { Caller } from '../../tenants/caller.ts'
import { expireAuthorizations, findProgress, finishCode, pollDevice, startCode, startDevice, type DeviceStarted, type Progress, type Returned, type Started } from './authorizations.ts'
import type { OAuthClients } from './clients.ts'
import {
  createConnectSession, deleteSession, enterConnectSession, findSession, getReturnUrls, listSessions, readConnectPage, returnAfter, setReturnUrls, type ConnectInput, type ConnectPage, type ConnectSession, type ShownConnectSession,
} from './connect-sessions.ts'
import type { OAuthDeps } from './deps.ts'
import { deleteOldConnectSessions } from './sessions-store.ts'
import { connectableFields, waysOf, type Wanted, type Ways } from './targets.ts'
import { vendorOfAddress, vendors, type Vendor } from './vendors.ts'

/** A field of a connector for which an account can be connected. */
export interface Connectable {
  field: string
  label: string
  vendor: string | null
  scopes: Record<string, string>
  clientSet: boolean
  /** As far as it is known before the vendor is asked; null where any vendor's account serves. */
  ways: Ways | null
}

/** Those that start something throw HubError `invalid_input` with pointers, `not_found`, `oauth_client_missing`. */
export interface OAuth {
  clients: OAuthClients
  vendors(): Vendor[]
  /** Throws HubError `not_found` for a connector that is not there. */
  connectable(caller: Caller, connector: string): Promise<Connectable[]>
  /** Bound to the caller's session; for a caller without one by way of a page of the hub, whose browser it is bound to. */
  start(caller: Caller, wanted: Wanted & { returnTo?: string | undefined }): Promise<Started>
  startDevice(caller: Caller, wanted: Wanted): Promise<DeviceStarted>
  progress(caller: Caller, id: string): Promise<Progress>
  pollDevice(caller: Caller, id: string): Promise<Progress>
  /** A browser came back from a vendor. Throws HubError `oauth_state_invalid`. */
  finish(returned: Returned): Promise<{ location: string | null, problem: string | null }>
  connect: {
    create(caller: Caller, input: ConnectInput): Promise<ConnectSession>
    list(caller: Caller, page: PageRequest & { endUserId?: string | undefined }): Promise<Page<ShownConnectSession>>
    find(caller: Caller, id: string): Promise<ShownConnectSession>
    remove(caller: Caller, id: string): Promise<void>
    page(token: string): Promise<ConnectPage>
    enter(token: string, browser: string): Promise<Started>
    returnUrls(caller: Caller): Promise<string[]>
    setReturnUrls(caller: Caller, urls: string[]): Promise<string[]>
  }
  expire(): Promise<void>
}

export function createOAuth(deps: OAuthDeps): OAuth {
  return {
    clients: deps.clients,
    vendors: () => vendors,
    connectable: (caller, connector) => connectable(deps, caller, connector),
    start: (caller, wanted) => start(deps, caller, wanted),
    startDevice: (caller, wanted) => startDevice(deps, caller, wanted),
    progress: (caller, id) => findProgress(deps, caller, id),
    pollDevice: (caller, id) => pollDevice(deps, caller, id),
    async finish(returned) {
      const finished = await finishCode(deps, returned)
      return { location: await returnAfter(deps, finished), problem: finished.problem }
    },
    connect: {
      create: (caller, input) => createConnectSession(deps, caller, input),
      list: (caller, page) => listSessions(deps, caller, page),
      find: (caller, id) => findSession(deps, caller, id),
      remove: (caller, id) => deleteSession(deps, caller, id),
      page: (token) => readConnectPage(deps, token),
      enter: (token, browser) => enterConnectSession(deps, token, browser),
      returnUrls: (caller) => getReturnUrls(deps, caller),
      setReturnUrls: (caller, urls) => setReturnUrls(deps, caller, urls),
    },
    async expire() {
      await expireAuthorizations(deps)
      await deleteOldConnectSessions(deps.database.system)
    },
  }
}

async function connectable({ schemaOf, clients }: OAuthDeps, { tenantId }: Caller, connector: string): Promise<Connectable[]> {
  const schema = await schemaOf(tenantId, connector)
  if (schema === undefined) throw new HubError('not_found', 'There is no such connector.')
  return Promise.all(connectableFields(schema).map(async ([field, { label, oauth = {} }]) => {
    const vendor = vendorOfAddress(oauth.authorizationUrl)
    const client = await clients.choose(tenantId, [...vendor === undefined ? [] : [vendor.id], connector])
    const any = Object.keys(oauth).length === 0
    return {
      field, label, vendor: any ? null : client?.vendor ?? vendor?.id ?? connector, scopes: vendor?.scopes ?? oauth.scopes ?? {}, clientSet: client !== undefined,
      ways: any ? null : vendor === undefined ? waysOf({ ...oauth, ...client?.settings.endpoints }) : waysOf(vendor.server),
    }
  }))
}

async function start(deps: OAuthDeps, caller: Caller, { returnTo, ...wanted }: Wanted & { returnTo?: string | undefined }): Promise<Started> {
  const own = returnTo === undefined ? null : ownPath(returnTo)
  if (own === undefined) throw new HubError('invalid_input', '/returnTo: must be a path of the hub.', { errors: [{ pointer: '/returnTo', detail: 'must be a path of the hub, such as /integrations' }] })
  if (caller.sessionId === undefined && own !== null) throw new HubError('invalid_input', '/returnTo: is for browsers that are signed in; a connect session has a returnUrl.', { errors: [{ pointer: '/returnTo', detail: 'is for browsers that are signed in; a connect session has a returnUrl' }] })
  if (caller.sessionId === undefined) return createConnectSession(deps, caller, wanted)
  return startCode(deps, caller.tenantId, wanted, { bound: { sessionId: caller.sessionId }, actor: caller.actor, endUser: null, connectSessionId: null, returnTo: own })
}
