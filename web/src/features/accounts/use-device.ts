import { useEffect, useRef } from 'react'
import type { UseMutationResult } from '@tanstack/react-query'
import { useAction } from '../../hub/action.ts'
import type { Reply } from '../../hub/client.ts'
import type { Wanted } from './use-connecting.ts'

type Started = Reply<'POST', '/api/v1/oauth/device-authorizations'>
type Progress = Reply<'POST', '/api/v1/oauth/device-authorizations/{id}/poll'>

export interface Device { begin: UseMutationResult<Started, Error, Wanted>, progress: Progress | undefined, error: Error | null }

/** A code that is typed in at the vendor; the hub is asked as often as the vendor wants it to be. */
export function useDevice(onConnected: (credentialId: string) => void): Device {
  const poll = useAction<string, Progress>({
    run: ({ hub }, id) => hub.post('/api/v1/oauth/device-authorizations/{id}/poll', { path: { id } }),
    done: ({ credentialId }) => { if (credentialId !== null) onConnected(credentialId) },
  })
  const begin = useAction<Wanted, Started>({ run: ({ hub }, wanted) => hub.post('/api/v1/oauth/device-authorizations', { body: wanted }) })
  const { data: started } = begin
  const status = poll.data?.id === started?.id ? poll.data?.status : undefined
  const ask = useRef(poll.mutate)
  ask.current = poll.mutate
  useEffect(() => {
    if (started === undefined || status !== undefined && status !== 'pending') return undefined
    const timer = setInterval(() => { ask.current(started.id) }, started.intervalSeconds * 1000)
    return () => { clearInterval(timer) }
  }, [started, status])
  return { begin, progress: status === undefined ? undefined : poll.data, error: begin.error ?? poll.error }
}
