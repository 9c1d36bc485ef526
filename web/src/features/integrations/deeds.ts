/** What can be done to integrations, one or many. */
import type { UseMutationResult } from '@tanstack/react-query'
import { notifyDone, notifyFailed } from '../../components/notify.tsx'
import { messageOf } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import type { Integration } from '../../hub/client.ts'
import { texts } from './texts.ts'

type Named = Pick<Integration, 'id' | 'name'>
const CHANGES = ['/api/v1/integrations', '/api/v1/overview', '/api/v1/figures']
const failed = (error: Error): void => { notifyFailed(texts.changeFailed, error) }

/** All are tried, one after the other; those that failed are told together, each by its name. */
async function each(items: Named[], work: (item: Named) => Promise<unknown>): Promise<void> {
  const refused: string[] = []
  for (const item of items) {
    try {
      await work(item)
    } catch (error) {
      if (items.length === 1) throw error
      refused.push(texts.named(item.name.slice(0, 80), messageOf(error)))
    }
  }
  if (refused.length > 0) throw new Error(`${texts.someFailed(refused.length, items.length)}. ${refused.slice(0, 5).join(' ')}`)
}

/** Of one, what came of it; of many, how many are well, and which are not. */
export function useTest(): UseMutationResult<unknown, Error, Named[]> {
  return useAction<Named[]>({
    async run({ hub }, items) {
      const bad: string[] = []
      await each(items, async ({ id, name }) => {
        const { success, detail } = await hub.post('/api/v1/integrations/{id}/test', { path: { id }, body: {} })
        if (items.length === 1 && success) notifyDone(texts.testedOk(name, detail))
        else if (items.length === 1) notifyFailed(texts.testedBad(name), new Error(detail))
        else if (!success) bad.push(texts.named(name.slice(0, 80), detail))
      })
      if (items.length === 1) return
      if (bad.length === 0) notifyDone(texts.testedMany(items.length, items.length))
      else notifyFailed(texts.testedMany(items.length - bad.length, items.length), new Error(bad.slice(0, 5).join(' ')))
    },
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
