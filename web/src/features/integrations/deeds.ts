/** What can be done to integrations, one or many. */
import type { UseMutationResult } from '@tanstack/react-query'
import { notifyDone, notifyFailed } from '../../components/notify.tsx'
import { useAction } from '../../hub/action.ts'
import type { Integration } from '../../hub/client.ts'
import { texts } from './texts.ts'

type Named = Pick<Integration, 'id' | 'name'>
const CHANGES = ['/api/v1/integrations', '/api/v1/overview', '/api/v1/figures']
const failed = (error: Error): void => { notifyFailed(texts.changeFailed, error) }

/** One after the other, so that one that fails says which it was. */
async function each<Result>(items: Named[], work: (item: Named) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(await work(item))
  return results
}

export function useTest(): UseMutationResult<unknown, Error, Named[]> {
  return useAction<Named[]>({
    run: ({ hub }, items) => each(items, async ({ id, name }) => {
      const { success, detail } = await hub.post('/api/v1/integrations/{id}/test', { path: { id }, body: {} })
      if (success) notifyDone(texts.testedOk(name, detail))
      else notifyFailed(texts.testedBad(name), new Error(detail))
    }),
    changes: CHANGES, failed,
  })
}

export function useSetStatus(): UseMutationResult<unknown, Error, { items: Named[], status: 'active' | 'inactive' }> {
  return useAction<{ items: Named[], status: 'active' | 'inactive' }>({
    run: ({ hub }, { items, status }) => each(items, ({ id }) => hub.patch('/api/v1/integrations/{id}', { path: { id }, body: { metadata: { status } } })),
    changes: CHANGES, failed, done: (_result, { items, status }) => { notifyDone(status === 'active' ? texts.activated(items.length) : texts.paused(items.length)) },
  })
}

export function useDelete(done: () => void): UseMutationResult<unknown, Error, Named[]> {
  return useAction<Named[]>({
    run: ({ hub }, items) => each(items, ({ id }) => hub.delete('/api/v1/integrations/{id}', { path: { id } })), changes: CHANGES,
    done(_result, items) {
      notifyDone(texts.deleted(items.length))
      done()
    },
  })
}
