import { Skeleton } from '@mantine/core'
import { useMemo } from 'react'
import type { Run } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { useUrl } from '../../../routing/url.ts'
import { Graph } from '../graph/graph.tsx'
import { standingsOf } from '../graph/state.ts'
import { readTasks } from '../graph/tasks.ts'
import { texts } from '../texts.ts'

const HEIGHT = 420

/** The tasks of the definition that the run follows, as they stand. Nothing where the definition is gone: the list below tells all. */
export function RunGraph({ run }: { run: Run }) {
  const [{ task }, setUrl] = useUrl<'task'>()
  const { data: definition, isPending } = useGet('/api/v1/runs/{id}/definition', { path: { id: run.id } }, { staleTime: Infinity })
  const list = useMemo(() => (definition === undefined ? undefined : readTasks(definition)), [definition])
  const standings = useMemo(() => (list === undefined ? undefined : standingsOf(run, list)), [run, list])
  if (isPending) return <Skeleton height={HEIGHT} />
  if (list === undefined || standings === undefined) return null
  const choose = (pointer: string | undefined): void => {
    const at = run.tasks.findLastIndex(({ reference }) => reference === pointer)
    setUrl({ task: at === -1 ? undefined : String(at) })
  }
  return <Graph label={texts.graph} list={list} chosen={task === undefined ? undefined : run.tasks[Number(task)]?.reference} onChoose={choose} standings={standings} height={HEIGHT} />
}
