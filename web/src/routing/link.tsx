import { Link, useNavigate, useRouter } from '@tanstack/react-router'
import type { ComponentProps, MouseEvent } from 'react'
import { parseSearch } from './url.ts'

export interface RouteLinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  /** Path with its query, as `usePath` makes it. */
  to: string
  /** Current only where its query is the page's, too. */
  isExact?: boolean
}

/** A link within the dashboard; also what Mantine's components take as `component`. */
export function RouteLink({ to, isExact = false, ...rest }: RouteLinkProps) {
  const { pathname, search } = partsOf(to)
  return <Link to={pathname as never} search={search as never} {...isExact && { activeOptions: { exact: true } }} {...rest as object} />
}

/** A link that does not ask whether it is the current one, which costs much where there is one in each row. */
export function RowLink({ to, ...rest }: Pick<RouteLinkProps, 'to'> & ComponentProps<'a'>) {
  const go = useGo()
  const router = useRouter()
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    go(to)
  }
  const preload = (): void => {
    const { pathname, search } = partsOf(to)
    router.preloadRoute({ to: pathname, search } as never).catch(() => undefined)
  }
  return <a href={to} onClick={follow} onPointerEnter={preload} onFocus={preload} {...rest} />
}

export function useGo(): (to: string, options?: { replace?: boolean }) => void {
  const navigate = useNavigate()
  return (to, { replace = false } = {}) => {
    const { pathname, search } = partsOf(to)
    void navigate({ to: pathname as never, search: search as never, replace })
  }
}

function partsOf(to: string): { pathname: string, search: Record<string, string> } {
  const [pathname = '', query = ''] = to.split('?', 2)
  return { pathname, search: parseSearch(query) }
}
