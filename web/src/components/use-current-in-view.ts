import { useEffect, useRef, type RefObject } from 'react'

/** For a row of tabs that is wider than the screen: the current one is moved into sight, and nothing else is. `key`: what changes with it. */
export function useCurrentInView(key: string): RefObject<HTMLElement | null> {
  const row = useRef<HTMLElement>(null)
  useEffect(() => {
    const current = row.current?.querySelector<HTMLElement>('[aria-current=page]')
    if (current) row.current!.scrollLeft = current.offsetLeft - (row.current!.clientWidth - current.clientWidth) / 2
  }, [key])
  return row
}
