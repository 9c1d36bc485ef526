import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from 'react'
import type { CloudEvent } from './client.ts'
import type { Live, LiveState } from './live.ts'

export interface LiveFeed extends Pick<Live, 'state' | 'subscribe'> {
  /** Returns how to stop. */
  onEvent(listener: (event: CloudEvent) => void): () => void
}

export const LiveContext = createContext<LiveFeed | undefined>(undefined)

function useFeed(): LiveFeed {
  const feed = useContext(LiveContext)
  if (feed === undefined) throw new Error('Outside of a tenant.')
  return feed
}

export function useLiveState(): LiveState {
  const { subscribe, state } = useFeed()
  return useSyncExternalStore(subscribe, state)
}

/**
 * Each of the tenant's events as it is committed, without gaps.
 * @public for features that show events as they come
 */
export function useEvents(listener: (event: CloudEvent) => void): void {
  const { onEvent } = useFeed()
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => onEvent((event) => { latest.current(event) }), [onEvent])
}
