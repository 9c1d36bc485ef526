/** Where a request goes. The credential goes along, so that nothing in a path or URL may lead elsewhere. */
import { below } from '../below.ts'
import type { ConnectionContext } from '../connector.ts'
import { HubError } from '../../errors.ts'
import { withQuery } from './query.ts'
import { configuration, readConfiguration } from './settings.ts'

type Place = Pick<ConnectionContext, 'configuration' | 'endpoint'>

/** The integration's endpoint, else the configured base URL. Throws HubError `invalid_input` where there is none. */
function baseOf(place: Place): URL {
  const base = place.endpoint ?? readConfiguration(place).baseUrl
  if (base === undefined) {
    throw new HubError('invalid_input', 'The integration has no address: set `connection.endpoint` or the base URL.', { errors: [{ pointer: '/configuration/baseUrl', detail: 'is needed' }], beforeSending: true })
  }
  return new URL(base)
}

/** Lower-case `host` or `host:port`. */
export function hostsOf(place: Place): string[] {
  const read = configuration.safeParse(place.configuration)
  // What cannot be read leads nowhere; a call says why.
  const { hosts, baseUrl } = read.success ? read.data : { hosts: [], baseUrl: undefined }
  const base = place.endpoint ?? baseUrl
  return [...base === undefined ? [] : [new URL(base).host], ...hosts.map((host) => host.toLowerCase())]
}

export type Query = Record<string, string | number | boolean | null | (string | number | boolean)[] | undefined>

/** A path below the base URL, or an absolute URL on one of the integration's hosts. Throws HubError `address_refused` before anything is sent. */
export function targetOf(place: Place, given: string, query: Query = {}): URL {
  const base = baseOf(place)
  const url = /^[a-z][a-z0-9+.-]*:/i.test(given) ? absolute(place, base, given) : below(base, given)
  return withQuery(url, Object.entries(query).flatMap(([name, value]) => [value].flat().filter((each) => each !== undefined && each !== null).map((each): [string, string] => [name, String(each)])))
}

function absolute(place: Place, base: URL, given: string): URL {
  const url = URL.parse(given)
  if (url === null || !/^https?:$/.test(url.protocol)) throw refused('The URL is not one of http or https.')
  if (url.username !== '' || url.password !== '') throw refused('The URL holds a user name or password: credentials belong to the integration.')
  const isOwn = url.host === base.host || readConfiguration(place).hosts.some((host) => host.toLowerCase() === url.host)
  if (!isOwn) throw refused(`${url.host} is not a host of this integration. Its further hosts are part of its configuration.`)
  if (base.protocol === 'https:' && url.protocol === 'http:') throw refused('The integration speaks https: its credential must not go over plain http.')
  return url
}

function refused(message: string): HubError {
  return new HubError('address_refused', message, { beforeSending: true, errors: [{ pointer: '/url', detail: message }] })
}
