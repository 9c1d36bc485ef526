/** What to connect: a field of a connector, at which vendor, and where that is asked. */
import type { Db } from '../../db/db.ts'
import type { CredentialField } from '../../connectors/connector.ts'
import { HubError } from '../../errors.ts'
import { readBody } from '../../lib/http/body.ts'
import type { HttpClient } from '../../lib/http/http.ts'
import { isWebUrl } from '../../lib/web-url.ts'
import { findCredential } from '../store.ts'
import type { CredentialSchema } from '../fields.ts'
import { clientMissing, type OAuthClients } from './clients.ts'
import type { ClientEndpoints, ClientRow } from './clients-store.ts'
import { listGrants } from './grants-store.ts'
import { standard, standardRevocation, type OAuthServer } from './server.ts'
import { filledIn, findVendor, vendorOfAddress, type Vendor } from './vendors.ts'

export interface Wanted {
  vendor?: string | undefined
  connector?: string | undefined
  /** Of the connector's `credentialSchema`; where there is one that can be connected, that one. */
  field?: string | undefined
  /** One that is there, to be connected anew: with more scopes, or because it ended. */
  credentialId?: string | undefined
  /** Of the credential. */
  name?: string | undefined
  scopes?: string[] | undefined
}

export interface Target { vendor: string, connector: string, field: string, credentialId: string | null, name: string, scopes: string[] }

export interface Resolved { target: Target, server: OAuthServer, client: ClientRow, vendor: Vendor | undefined }

export interface TargetsDeps {
  http: HttpClient
  clients: OAuthClients
  schemaOf(tenantId: string, connector: string): Promise<CredentialSchema | undefined>
}

/** Any vendor's account serves a connector that speaks plain HTTP. */
const ANY_CONNECTOR = 'http'

/** Throws HubError `invalid_input` with pointers, `not_found` for a credential that is not there, `oauth_client_missing`. */
export async function resolveTarget(deps: TargetsDeps, db: Db, tenantId: string, wanted: Wanted): Promise<Resolved> {
  const known = wanted.credentialId === undefined ? undefined : await findCredential(db, tenantId, wanted.credentialId)
  if (wanted.credentialId !== undefined && known === undefined) throw new HubError('not_found', 'There is no such credential.')
  const connector = known?.connector ?? wanted.connector ?? ANY_CONNECTOR
  const schema = await deps.schemaOf(tenantId, connector)
  if (schema === undefined) throw refused('/connector', 'is not a connector')
  const grants = known === undefined ? [] : await listGrants(db, tenantId, [known.id])
  const field = chooseField(schema, wanted.field ?? (grants.length === 1 ? grants[0]!.field : undefined))
  const before = grants.find((grant) => grant.field === field)
  const options = schema[field]!.oauth!
  const vendorId = wanted.vendor ?? before?.vendor
  const candidates = vendorId === undefined ? [vendorOfAddress(options.authorizationUrl)?.id, connector].filter((each) => each !== undefined) : [vendorId]
  if (vendorId === undefined && connector === ANY_CONNECTOR) throw refused('/vendor', 'is needed where the connector is for any vendor')
  const client = await deps.clients.choose(tenantId, candidates)
  if (client === undefined) throw clientMissing(candidates[0]!)
  const vendor = findVendor(client.vendor)
  const server = vendor === undefined ? await serverOf(deps.http, options, client) : filled(vendor, client)
  const scopes = new Set([...wanted.scopes ?? client.settings.scopes ?? vendor?.defaultScopes ?? [], ...vendor?.alwaysScopes ?? [], ...before?.scopes ?? []])
  return { server, client, vendor, target: { vendor: client.vendor, connector, field, credentialId: known?.id ?? null, name: wanted.name ?? known?.name ?? server.name, scopes: [...scopes] } }
}

function refused(pointer: string, detail: string): HubError {
  return new HubError('invalid_input', `${pointer}: ${detail}.`, { errors: [{ pointer, detail }] })
}

function chooseField(schema: CredentialSchema, wanted: string | undefined): string {
  const fields = connectableFields(schema).map(([name]) => name)
  if (wanted !== undefined) {
    if (fields.includes(wanted)) return wanted
    throw refused('/field', `cannot be connected; the connector has ${fields.join(', ') || 'none that can'}`)
  }
  if (fields.length === 1) return fields[0]!
  throw fields.length === 0 ? refused('/connector', 'has no field for which an account could be connected') : refused('/field', `is needed: the connector has ${fields.join(', ')}`)
}

export function connectableFields(schema: CredentialSchema): [string, CredentialField][] {
  return Object.entries(schema).filter(([, field]) => field.oauth !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** How a vendor lets its users be asked: sent there by a browser, or by a code that they type in. */
export interface Ways { browser: boolean, device: boolean }

/** What is discovered from an issuer is not known yet: a browser is what all have. */
export function waysOf({ authorizationUrl, deviceAuthorizationUrl, issuer, openIdConnectUrl }: ClientEndpoints & Pick<NonNullable<CredentialField['oauth']>, 'openIdConnectUrl'>): Ways {
  return { browser: authorizationUrl !== undefined || issuer !== undefined || openIdConnectUrl !== undefined, device: deviceAuthorizationUrl !== undefined }
}

/** A vendor that comes along, its addresses filled with what the client's owner said. */
function filled(vendor: Vendor, { settings }: ClientRow): OAuthServer {
  const { server } = vendor
  const fill = (url: string): string => filledIn(vendor, url, settings.parameters)
  return {
    ...server, tokenUrl: fill(server.tokenUrl),
    ...server.authorizationUrl !== undefined && { authorizationUrl: fill(server.authorizationUrl) },
    ...server.deviceAuthorizationUrl !== undefined && { deviceAuthorizationUrl: fill(server.deviceAuthorizationUrl) },
    ...server.revocation !== undefined && { revocation: { ...server.revocation, url: fill(server.revocation.url) } },
  }
}

/** From the client's own words, what it names discovered, or the document's. */
async function serverOf(http: HttpClient, options: NonNullable<CredentialField['oauth']>, { vendor, settings: { endpoints = {} } }: ClientRow): Promise<OAuthServer> {
  const discovered = endpoints.issuer !== undefined ? await discover(http, issuerDocuments(endpoints.issuer), endpoints.issuer)
    : options.openIdConnectUrl !== undefined && endpoints.tokenUrl === undefined ? await discover(http, [options.openIdConnectUrl], undefined) : {}
  const { issuer, revocationUrl, tokenUrl, ...urls } = { ...absolute(options), ...discovered, ...withoutEmpty(endpoints) }
  if (tokenUrl === undefined) throw new HubError('invalid_input', `Nothing says where ${vendor} gives tokens: set endpoints.tokenUrl or endpoints.issuer of its client.`)
  return { ...standard, name: vendor, tokenUrl, ...urls, ...issuer !== undefined && { issuer }, ...revocationUrl !== undefined && { revocation: standardRevocation(revocationUrl) } }
}

function absolute({ authorizationUrl, tokenUrl, deviceAuthorizationUrl }: NonNullable<CredentialField['oauth']>): ClientEndpoints {
  return withoutEmpty(Object.fromEntries(Object.entries({ authorizationUrl, tokenUrl, deviceAuthorizationUrl }).filter(([, url]) => isWebUrl(url))))
}

function withoutEmpty(endpoints: ClientEndpoints): ClientEndpoints {
  return Object.fromEntries(Object.entries(endpoints).filter(([, url]) => url !== undefined))
}

/** OpenID Connect Discovery 1.0 §4, RFC 8414 §3. */
function issuerDocuments(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  return [`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`]
}

async function discover(http: HttpClient, urls: string[], issuer: string | undefined): Promise<ClientEndpoints> {
  for (const url of urls) {
    const response = await http.request({ method: 'GET', url, headers: { accept: 'application/json' }, timeoutMs: 8000 })
    const body = (await readBody(response, { maxBytes: 256 * 1024 })).toString('utf8')
    if (response.status === 200) return endpointsIn(body, url, issuer)
  }
  throw new HubError('upstream_invalid_response', `The authorization server does not describe itself at ${urls.join(' or ')}.`)
}

function endpointsIn(body: string, url: string, issuer: string | undefined): ClientEndpoints {
  let found: Record<string, unknown> = {}
  try { found = JSON.parse(body) as Record<string, unknown> } catch { /* It describes nothing. */ }
  if (issuer !== undefined && found['issuer'] !== issuer) throw new HubError('upstream_invalid_response', `${url} describes another issuer.`)
  const text = (name: string): string | undefined => (isWebUrl(found[name]) ? found[name] : undefined)
  return withoutEmpty({ issuer: text('issuer'), authorizationUrl: text('authorization_endpoint'), tokenUrl: text('token_endpoint'), revocationUrl: text('revocation_endpoint'), deviceAuthorizationUrl: text('device_authorization_endpoint') })
}
