/** What can be done to an endpoint. */
import type { UseMutationResult } from '@tanstack/react-query'
import { notifyDone, notifyFailed } from '../../../components/notify.tsx'
import { useAction } from '../../../hub/action.ts'
import { formatNumber } from '../../../lib/format.ts'
import { texts } from '../texts.ts'

const failed = (error: Error): void => { notifyFailed(texts.failed, error) }

export function useSetStatus(id: string): UseMutationResult<unknown, Error, 'activate' | 'pause'> {
  return useAction<'activate' | 'pause'>({
    run: ({ hub }, verb) => (verb === 'pause' ? hub.post('/api/v1/webhooks/{id}/pause', { path: { id }, body: {} }) : hub.post('/api/v1/webhooks/{id}/activate', { path: { id }, body: {} })),
    changes: ['/api/v1/webhooks', '/api/v1/overview', '/api/v1/deliveries', '/api/v1/figures'], failed, done: (_result, verb) => { notifyDone(verb === 'pause' ? texts.pausedDone : texts.activatedDone) },
  })
}

export function useRemove(id: string, done: () => void): UseMutationResult<unknown, Error, void> {
  return useAction({ run: ({ hub }) => hub.delete('/api/v1/webhooks/{id}', { path: { id } }), changes: ['/api/v1/webhooks', '/api/v1/overview'], done })
}

export function useRedrive(id: string, done: () => void): UseMutationResult<unknown, Error, void> {
  return useAction<void, { count: number }>({
    run: ({ hub }) => hub.post('/api/v1/webhooks/{id}/redrive', { path: { id }, body: {} }), changes: ['/api/v1/deliveries', '/api/v1/figures'],
    done({ count }) {
      notifyDone(texts.redriven(formatNumber(count), count))
      done()
    },
  })
}
