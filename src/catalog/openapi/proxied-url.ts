import { HubError } from '../../errors.ts'

/**
 * The address of a request that is passed through: a path below `baseUrl`, or an absolute address on one of the
 * integration's own hosts. Nothing in a path can lead to another host or above the base. Throws HubError `address_refused`.
 */
export function proxiedUrl(baseUrl: string, url: string, hosts: string[]): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) return absoluteUrl(baseUrl, url, hosts)
  // A slash of our own: `@host` would otherwise turn the base into a user name.
  const full = `${baseUrl}/${url.replace(/^\//, '')}`
  const [base, target] = [new URL(baseUrl), URL.canParse(full) ? new URL(full) : undefined]
  const root = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`
  if (target === undefined || target.origin !== base.origin || !`${target.pathname}/`.startsWith(root)) {
    throw new HubError('address_refused', 'The path leads out of the integration\'s address.', { beforeSending: true })
  }
  return full
}

function absoluteUrl(baseUrl: string, url: string, hosts: string[]): string {
  const [base, target] = [new URL(baseUrl), URL.parse(url)]
  // Not even on its own host does a credential go unencrypted where it went encrypted.
  const isOwn = target !== null && target.protocol === base.protocol && target.username === '' && target.password === ''
    && (target.host === base.host || hosts.includes(target.host))
  if (!isOwn) throw new HubError('address_refused', 'The address is not one of the integration\'s own.', { beforeSending: true })
  return url
}
