/** Adds an integration's credential to a finished request. */
import type { ConnectionContext } from '../connector.ts'
import { HubError } from '../../errors.ts'
import { signAws } from '../../lib/aws-sigv4.ts'
import { withoutQuery, withQuery } from './query.ts'
import { authenticationOf, readConfiguration, readCredentials, type AuthenticationSettings, type Credentials } from './settings.ts'

export interface Outgoing {
  method: string
  url: URL
  /** Names in lower case. */
  headers: Record<string, string | string[]>
  body: string | Uint8Array | NodeJS.ReadableStream | undefined
}

type Kind = NonNullable<AuthenticationSettings['kind']>
type Apply = (request: Outgoing, credentials: Credentials, settings: AuthenticationSettings, context: ConnectionContext) => Outgoing | Promise<Outgoing>

/** Throws HubError `credential_missing` before anything is sent. */
export async function authenticate(request: Outgoing, context: ConnectionContext): Promise<Outgoing> {
  const credentials = readCredentials(context)
  const settings = authenticationOf(readConfiguration(context), credentials)
  const { headerName, headerValue } = credentials
  if (headerName !== undefined && headerValue === undefined) throw missing('headerValue')
  const headers = headerName === undefined ? request.headers : { ...request.headers, [headerName.toLowerCase()]: headerValue! }
  return kinds[settings.kind ?? kindOf(credentials)]({ ...request, headers }, credentials, settings, context)
}

/** What is filled in says which kind is meant; two kinds at once need a word about it. */
function kindOf(credentials: Credentials): Kind {
  const filled: [Kind, unknown][] = [
    ['apiKey', credentials.apiKey], ['basic', credentials.username], ['bearer', credentials.token], ['oauth2', credentials.oauth], ['oauth2ClientCredentials', credentials.clientId], ['awsSigV4', credentials.accessKeyId],
  ]
  const found = filled.filter(([, value]) => value !== undefined).map(([kind]) => kind)
  if (found.length < 2) return found[0] ?? 'none'
  throw new HubError('invalid_input', `The credential fits ${found.join(' and ')}: its field kind must say which one to use.`, {
    errors: [{ pointer: '/credentials/kind', detail: 'is needed where credentials of several kinds are filled in' }], beforeSending: true,
  })
}

const kinds: Record<Kind, Apply> = {
  none: (request) => request,
  apiKey(request, credentials, { place, name, prefix }) {
    const key = `${prefix}${need(credentials, 'apiKey')}`
    if (place === 'header') return withHeader(request, name, key)
    if (place === 'cookie') return withHeader(request, 'cookie', [...[request.headers['cookie'] ?? []].flat(), `${name}=${encodeURIComponent(key)}`].join('; '))
    return { ...request, url: withQuery(withoutQuery(request.url, name), [[name, key]]) }
  },
  basic(request, credentials) {
    const pair = `${need(credentials, 'username')}:${credentials.password ?? ''}`
    return withHeader(request, 'authorization', `Basic ${Buffer.from(pair).toString('base64')}`)
  },
  bearer: (request, credentials) => withHeader(request, 'authorization', `Bearer ${need(credentials, 'token')}`),
  async oauth2(request, credentials, _settings, context) {
    if (credentials.oauth === undefined) throw missing('oauth')
    return withHeader(request, 'authorization', `Bearer ${await context.tokens.get({ grant: 'oauth', signal: context.signal })}`)
  },
  async oauth2ClientCredentials(request, credentials, { tokenUrl, scope }, context) {
    if (tokenUrl === undefined) {
      throw new HubError('credential_missing', 'The credential has no token URL.', { errors: [{ pointer: '/credentials/tokenUrl', detail: 'is needed' }], beforeSending: true })
    }
    const client = { clientId: need(credentials, 'clientId'), clientSecret: need(credentials, 'clientSecret') }
    const token = await context.tokens.get({ tokenUrl, ...client, scopes: scope.split(/\s+/).filter((each) => each !== ''), signal: context.signal })
    return withHeader(request, 'authorization', `Bearer ${token}`)
  },
  awsSigV4: sign,
}

async function sign(request: Outgoing, credentials: Credentials, { region, service }: AuthenticationSettings): Promise<Outgoing> {
  const keys = { accessKeyId: need(credentials, 'accessKeyId'), secretAccessKey: need(credentials, 'secretAccessKey'), sessionToken: credentials.sessionToken }
  const place = { ...region !== '' && { region }, ...service !== '' && { service } }
  const { url, headers, body } = await signAws({ ...request, url: request.url.href }, keys, place)
  return { ...request, url: new URL(url), headers, body }
}

function need(credentials: Credentials, field: Exclude<keyof Credentials, 'headerName' | 'headerValue' | 'oauth'>): string {
  const value = credentials[field]
  if (value === undefined) throw missing(field)
  return value
}

function missing(field: keyof Credentials): HubError {
  return new HubError('credential_missing', `The credential's field ${field} is empty.`, { errors: [{ pointer: `/credentials/${field}`, detail: 'is needed' }], beforeSending: true })
}

function withHeader(request: Outgoing, name: string, value: string): Outgoing {
  return { ...request, headers: { ...request.headers, [name.toLowerCase()]: value } }
}
