/** Where everything is, below `/t/<tenant>/`. The one place that knows; `routes` of the features say the same. */
import { useTenant } from '../hub/session.ts'

type Query = Record<string, string | undefined>

export function pathTo(tenant: string, path: string, query: Query = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)).toString()
  return `/t/${encodeURIComponent(tenant)}/${path}${search === '' ? '' : `?${search}`}`
}

/** `path` is below the tenant, its ids encoded: `path('executions', { status: 'failed' })`. */
export function usePath(): (path: string, query?: Query) => string {
  const { slug } = useTenant()
  return (path, query) => pathTo(slug, path, query)
}
