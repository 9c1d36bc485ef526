import { Select, Stack, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Editor } from '../../../components/code/editor.tsx'
import { texts as common } from '../../../components/texts.ts'
import type { Run, RunSummary } from '../../../hub/client.ts'
import { useGet, useRows } from '../../../hub/queries.ts'
import { formatExact } from '../../../lib/format.ts'
import { useUrl } from '../../../routing/url.ts'
import { allTasks, namesOf, readTasks } from '../graph/tasks.ts'
import { listsOfUse, readUse } from '../graph/use.ts'
import { texts } from '../texts.ts'
import type { PastRun } from './sample.ts'

export interface Samples {
  run: Run | undefined
  /** The same with what it followed, once that is there. */
  past: PastRun | undefined
  /** Typed in, where no run is chosen. */
  typed: unknown
  runs: RunSummary[]
  typedText: string
  type(text: string): void
  /** Undefined: what is typed in. */
  choose(run: string | undefined): void
}

const TYPED = 'typed'
const OFFERED = 15

/** Data to try expressions on: that of a past run, the newest that completed unless another is chosen, or what is typed in. */
export function useSamples(flowId: string | undefined): Samples {
  const [{ run: chosen }, setUrl] = useUrl<'run'>()
  const [typedText, setTypedText] = useState('{}')
  const list = useRows('/api/v1/runs', { query: { flow: flowId ?? '', limit: OFFERED } }, { enabled: flowId !== undefined })
  const runs = list.rows?.slice(0, OFFERED) ?? []
  const id = chosen === TYPED ? undefined : chosen ?? (runs.find(({ status }) => status === 'completed') ?? runs[0])?.id
  const { data: run } = useGet('/api/v1/runs/{id}', { path: { id: id ?? '' } }, { enabled: id !== undefined, staleTime: 60_000 })
  const { data: definition, isFetched } = useGet('/api/v1/runs/{id}/definition', { path: { id: id ?? '' } }, { enabled: id !== undefined, staleTime: Infinity })
  const past = useMemo(() => (id === undefined || run === undefined || !isFetched ? undefined : { run, tasks: new Map([readTasks(definition), ...listsOfUse(readUse(definition))].flatMap(allTasks).map((task) => [namesOf(task.pointer), task.definition])) }), [id, run, definition, isFetched])
  return { run: id === undefined ? undefined : run, past, typed: parsed(typedText), runs, typedText, type: setTypedText, choose: (next) => { setUrl({ run: next ?? TYPED }) } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function SampleChoice({ samples: { run, runs, typed, typedText, type, choose } }: { samples: Samples }) {
  const choices = [
    ...runs.map(({ id, status, startedAt }) => ({ value: id, label: `${formatExact(startedAt)} · ${texts.statuses[status]}` })),
    ...run !== undefined && !runs.some(({ id }) => id === run.id) ? [{ value: run.id, label: `${formatExact(run.startedAt)} · ${texts.statuses[run.status]}` }] : [],
    { value: TYPED, label: texts.typedSample },
  ]
  return (
    <Stack gap={6}>
      <Select label={texts.sample} description={texts.sampleHelp} allowDeselect={false} data={choices} value={run?.id ?? TYPED} onChange={(next) => { choose(next === TYPED || next === null ? undefined : next) }} />
      {run === undefined && <Editor language="json" label={texts.typedSample} value={typedText} onChange={type} minHeight={60} maxHeight={160} />}
      {run === undefined && typed === undefined && <Text size="xs" style={{ color: 'var(--app-bad)' }}>{common.notJson('')}</Text>}
    </Stack>
  )
}
