import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { openLive, type Live } from '../hub/live.ts'
import { LiveContext, type LiveFeed } from '../hub/live-context.ts'
import type { CloudEvent } from '../hub/client.ts'
import { useTenant } from '../hub/session.ts'
import { stale } from '../hub/stale.ts'
import { pathsOf, pathsOfEvent } from './live-paths.ts'
import { createRefresh } from './refresh.ts'

/** Has what changed read again, and hands events on. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  const { slug } = useTenant()
  const [feed, setFeed] = useState<LiveFeed>(quiet)
  useEffect(() => {
    const listeners = new Set<(event: CloudEvent) => void>()
    const refresh = createRefresh((path) => stale(queries, slug, [path]))
    const live: Live = openLive({
      tenant: slug,
      onNotice: (topics) => { refresh(pathsOf(topics)) },
      onEvent(event) {
        refresh(pathsOfEvent(event.type))
        for (const listener of listeners) listener(event)
      },
      onReturn: () => { void stale(queries, slug) },
    })
    setFeed({
      ...live,
      onEvent(listener) {
        listeners.add(listener)
        return () => { listeners.delete(listener) }
      },
    })
    return () => { live.close() }
  }, [queries, slug])
  return <LiveContext value={feed}>{children}</LiveContext>
}

/** Before the first effect. */
const quiet: LiveFeed = { state: () => 'connecting', subscribe: () => () => undefined, onEvent: () => () => undefined }
