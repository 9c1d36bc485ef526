import { useNavigate, useSearch } from '@tanstack/react-router'

/** Parameters as they stand in the URL: text, and nothing but text. */
export function parseSearch(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query))
}

export function stringifySearch(search: Record<string, unknown>): string {
  const text = new URLSearchParams(Object.entries(search).flatMap(([name, value]) => (value === undefined || value === null || value === '' ? [] : [[name, String(value)]]))).toString()
  return text === '' ? '' : `?${text}`
}

/** For a route's `validateSearch`: takes these parameters, and forgets the rest. */
export function textSearch<Name extends string>(...names: Name[]): (search: Record<string, unknown>) => { [Key in Name]?: string } {
  return (search) => Object.fromEntries(names.flatMap((name) => (typeof search[name] === 'string' && search[name] !== '' ? [[name, search[name]]] : []))) as { [Key in Name]?: string }
}

export type UrlState<Name extends string> = { [Key in Name]?: string | undefined }

/**
 * The query of the URL, where filters and selections live. A change leaves the other parameters as they are; undefined
 * takes one away. `push` makes it a step that the browser's back button undoes.
 */
export function useUrl<Name extends string>(): [UrlState<Name>, (change: UrlState<Name>, options?: { push?: boolean }) => void] {
  const search = useSearch({ strict: false }) as UrlState<Name>
  const navigate = useNavigate()
  return [search, (change, { push = false } = {}) => {
    void navigate({ to: '.', replace: !push, resetScroll: false, search: (before: object) => ({ ...before, ...change }) } as never)
  }]
}
