/** Whether the first-run guide shows: until a call went through, unless it was put away; and again for who asks for it. */
import { useEffect, useState } from 'react'
import { useGet, useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { useUrl } from '../../routing/url.ts'

export interface GuideState {
  /** `unknown` until the hub said what there is: whatever shows before would be pushed down by it. */
  state: 'unknown' | 'shown' | 'hidden'
  /** What is done of it. */
  hasConnected: boolean
  hasCalled: boolean
  putAway(): void
}

const keyOf = (tenantId: string): string => `interchange.guide.${tenantId}`

export function useGuide(): GuideState {
  const { id, can } = useTenant()
  const [{ guide }, setUrl] = useUrl<'guide'>()
  const [isAway, setAway] = useState(() => localStorage.getItem(keyOf(id)) !== null)
  // It began in this visit: then its end shows, too.
  const [hasBegun, setBegun] = useState(() => sessionStorage.getItem(keyOf(id)) !== null)
  const isAsked = guide === 'show'
  const isWanted = can('integrations:write') && can('integrations:run') && can('executions:read') && (isAsked || !isAway)
  const overview = useGet('/api/v1/overview', undefined, { enabled: isWanted })
  const hasConnected = (overview.data?.integrations.total ?? 0) > 0
  const calls = useRows('/api/v1/executions', { query: { limit: 1, status: 'succeeded' } }, { enabled: isWanted && hasConnected })
  const hasCalled = (calls.rows?.length ?? 0) > 0
  const isUnknown = overview.data === undefined ? overview.error === null : hasConnected && calls.rows === undefined && calls.error === null
  const isOpen = isAsked || !hasCalled || hasBegun
  const begins = isWanted && !isUnknown && !hasCalled
  useEffect(() => {
    if (!begins) return
    sessionStorage.setItem(keyOf(id), 'begun')
    setBegun(true)
  }, [begins, id])
  return {
    state: !isWanted ? 'hidden' : isUnknown ? 'unknown' : isOpen ? 'shown' : 'hidden', hasConnected, hasCalled,
    putAway() {
      localStorage.setItem(keyOf(id), 'away')
      sessionStorage.removeItem(keyOf(id))
      setAway(true)
      setBegun(false)
      setUrl({ guide: undefined })
    },
  }
}
