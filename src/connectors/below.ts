/** Addresses below a base URL. The credential goes along, so that no path may lead elsewhere. */
import { HubError } from '../errors.ts'

/**
 * The path (with its query) is put behind the base URL's own as text. Throws HubError `address_refused`, before anything is sent,
 * for what would climb out of it or name another host.
 */
export function below(base: URL, path: string): URL {
  const folder = base.pathname.replace(/\/+$/, '')
  const [bare = '', ...search] = path.split('?')
  const url = new URL(base.href)
  if (/[\\\0-\x20\x7f]/.test(bare) || bare.startsWith('//')) throw refused('The path is not a plain path below the base URL.')
  if (bare !== '') url.pathname = `${folder}/${bare.replace(/^\//, '')}`
  if (path.includes('?')) url.search = [base.search.slice(1), search.join('?').split('#')[0]].filter((part) => part !== '').join('&')
  url.hash = ''
  const climbs = folder !== '' && url.pathname !== base.pathname && !url.pathname.startsWith(`${folder}/`)
  if (url.origin !== base.origin || climbs) throw refused('The path leads out of the base URL.')
  return url
}

function refused(message: string): HubError {
  return new HubError('address_refused', message, { beforeSending: true, errors: [{ pointer: '/url', detail: message }] })
}
