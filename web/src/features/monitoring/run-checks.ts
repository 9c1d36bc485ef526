import { useState } from 'react'
import { notifyDone, notifyFailed } from '../../components/notify.tsx'
import { useAction } from '../../hub/action.ts'
import type { Tenant } from '../../hub/session.ts'
import { texts } from './texts.ts'

/** A slow service holds up one of them, not the others. */
const AT_ONCE = 6

interface Progress { done: number, total: number }

/** Checks all integrations, some at a time. */
export function useRunChecks(): { run(): void, progress: Progress | undefined } {
  const [progress, setProgress] = useState<Progress>()
  const action = useAction<void, { count: number, failing: number }>({
    async run(tenant) {
      const ids = await allIds(tenant)
      let failing = 0
      let done = 0
      setProgress({ done, total: ids.length })
      const next = ids[Symbol.iterator]()
      const work = async (): Promise<void> => {
        for (const id of next) {
          if (!await isHealthy(tenant, id)) failing += 1
          done += 1
          setProgress({ done, total: ids.length })
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      return { count: ids.length, failing }
    },
    changes: ['/api/v1/health-checks', '/api/v1/integrations', '/api/v1/overview', '/api/v1/alerts'],
    done({ count, failing }) {
      setProgress(undefined)
      if (failing === 0) notifyDone(texts.ran(count, failing))
      else notifyFailed(texts.runChecks, new Error(texts.ran(count, failing)))
    },
    failed(error) {
      setProgress(undefined)
      notifyFailed(texts.failed, error)
    },
  })
  return { run: () => { action.mutate() }, progress }
}

async function allIds({ hub }: Tenant): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = await hub.get('/api/v1/integrations', { query: { limit: 500, ...cursor !== undefined && { cursor } } })
    ids.push(...page.data.map(({ id }) => id))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return ids
}

/** One that was deleted meanwhile, or whose connector is gone, must not keep the others from their checks. */
async function isHealthy({ hub }: Tenant, id: string): Promise<boolean> {
  try {
    const { data } = await hub.post('/api/v1/integrations/{id}/health-checks', { path: { id }, body: {} })
    return data.every(({ healthy }) => healthy)
  } catch {
    return false
  }
}
