import { useEffect, useRef, useState } from 'react'
import { useAction } from '../../hub/action.ts'
import { useGet } from '../../hub/queries.ts'
import { onReturn } from '../../hub/return-channel.ts'
import { randomName } from '../../lib/random.ts'

/** What to connect, as the API takes it. */
export interface Wanted { connector?: string, field?: string, vendor?: string, credentialId?: string, name?: string, scopes?: string[] }

export type Phase = 'idle' | 'starting' | 'waiting' | 'closed' | 'failed' | 'expired'

export interface Connecting {
  phase: Phase
  /** Where the vendor asks: for a link, where the browser opened no window. */
  url: string | undefined
  isBlocked: boolean
  /** A code of the hub's, once it failed. */
  problem: string | null
  /** Why it could not even begin. */
  error: Error | null
  start(wanted: Wanted): void
  reset(): void
}

interface Attempt { name: string, id: string, url: string, isBlocked: boolean }

const POLL_MS = 1500
const LOOK_MS = 400
const WINDOW = 'popup,width=620,height=760'

/**
 * Sends a window to a vendor and waits for what becomes of it. The hub is what is believed: it is asked every now and then, and at once when a window
 * says that it came back, or is gone. Some vendors cut the window loose, so that it only seems closed: it is asked on in that case too.
 */
export function useConnecting(onConnected: (credentialId: string) => void): Connecting {
  const [attempt, setAttempt] = useState<Attempt>()
  const [isClosed, setClosed] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const opened = useRef<Window | null>(null)
  const begin = useAction<{ wanted: Wanted, name: string }, { id: string, url: string }>({
    run: ({ hub }, { wanted, name }) => hub.post('/api/v1/oauth/authorizations', { body: { ...wanted, returnTo: `/connected?attempt=${name}` } }),
    done({ id, url }, { name }) {
      const isBlocked = opened.current === null || opened.current.closed
      if (!isBlocked) opened.current!.location.replace(url)
      setAttempt({ id, url, name, isBlocked })
    },
    failed: () => { opened.current?.close() },
  })
  const isOver = problem !== null
  const progress = useGet('/api/v1/oauth/authorizations/{id}', { path: { id: attempt?.id ?? '' } }, { enabled: attempt !== undefined && !isOver, refetchInterval: POLL_MS, staleTime: 0 })
  const status = attempt === undefined ? undefined : progress.data?.status
  useWindow({ attempt, isOver: isOver || status !== undefined && status !== 'pending', window: opened, onClosed: setClosed, onProblem: setProblem, ask: () => { void progress.refetch() } })
  useConnected(status === 'connected' ? progress.data?.credentialId ?? undefined : undefined, (credentialId) => {
    opened.current?.close()
    setAttempt(undefined)
    onConnected(credentialId)
  })
  return {
    phase: begin.isPending ? 'starting' : attempt === undefined ? 'idle' : isOver || status === 'failed' ? 'failed' : status === 'expired' ? 'expired' : isClosed ? 'closed' : 'waiting',
    url: attempt?.url, isBlocked: attempt?.isBlocked ?? false, problem, error: begin.error,
    start(wanted) {
      // At the click itself: later, browsers take it for an advertisement.
      opened.current = window.open('about:blank', '_blank', WINDOW)
      // The vendor must not reach the page that sent it its user.
      if (opened.current !== null) opened.current.opener = null
      setAttempt(undefined)
      setClosed(false)
      setProblem(null)
      begin.mutate({ wanted, name: randomName() })
    },
    reset() {
      setAttempt(undefined)
      setProblem(null)
      begin.reset()
    },
  }
}

interface Watched { attempt: Attempt | undefined, isOver: boolean, window: { current: Window | null }, onClosed(isClosed: boolean): void, onProblem(problem: string): void, ask(): void }

/** Listens for the window that comes back, and looks whether it is still there. */
function useWindow({ attempt, isOver, ...rest }: Watched): void {
  const latest = useRef(rest)
  latest.current = rest
  useEffect(() => {
    if (attempt === undefined || isOver) return undefined
    const stop = onReturn(({ attempt: name, problem }) => {
      if (name !== attempt.name) return
      if (problem === null) latest.current.ask()
      else latest.current.onProblem(problem)
    })
    const timer = setInterval(() => {
      const { window: opened, onClosed } = latest.current
      if (!attempt.isBlocked && opened.current?.closed) onClosed(true)
    }, LOOK_MS)
    return () => {
      stop()
      clearInterval(timer)
    }
  }, [attempt, isOver])
}

/** Once for each credential that is told of. */
function useConnected(credentialId: string | undefined, connected: (credentialId: string) => void): void {
  const latest = useRef(connected)
  latest.current = connected
  useEffect(() => { if (credentialId !== undefined) latest.current(credentialId) }, [credentialId])
}
