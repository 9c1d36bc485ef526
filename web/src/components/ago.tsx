import { useSyncExternalStore } from 'react'
import { formatAgo, formatExact, NONE } from '../lib/format.ts'

// One clock for the page: every relative time moves on together.
const listeners = new Set<() => void>()
let now = Date.now()
setInterval(() => {
  now = Date.now()
  for (const listener of listeners) listener()
}, 10_000)

function useNow(): number {
  return useSyncExternalStore((changed) => {
    listeners.add(changed)
    return () => { listeners.delete(changed) }
  }, () => now)
}

/** How long ago, with the exact time on hover. What is not said to lie ahead is never shown as such: clocks differ. */
export function Ago({ time, none = NONE, mayBeAhead = false }: { time: string | null | undefined, none?: string, mayBeAhead?: boolean }) {
  const at = useNow()
  if (time === null || time === undefined) return <span style={{ color: 'var(--mantine-color-dimmed)' }}>{none}</span>
  return <time dateTime={time} title={formatExact(time)} style={{ whiteSpace: 'nowrap' }}>{formatAgo(time, mayBeAhead ? at : Math.max(at, new Date(time).getTime()))}</time>
}
