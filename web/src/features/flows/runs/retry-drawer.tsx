import { Button, Drawer, Group, Select, Stack, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Editor } from '../../../components/code/editor.tsx'
import { Problem } from '../../../components/problem.tsx'
import { texts as common } from '../../../components/texts.ts'
import { useAction } from '../../../hub/action.ts'
import type { Run } from '../../../hub/client.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { texts } from '../texts.ts'
import { depthsOf, isOfDefinition } from './task-tree.ts'

/** Found by typing, where there are more. */
const MOST_SHOWN = 200

/** A new run that begins at a task of one that is over, with another input if that is edited. `task`: index of the one that is offered first. */
export function RetryDrawer({ run, task: first, onClose }: { run: Run, task: number, onClose(): void }) {
  const go = useGo()
  const path = usePath()
  const [at, setAt] = useState(first)
  const choices = useMemo(() => choicesOf(run), [run])
  const { reference, rounds, input } = run.tasks[at]!
  const recorded = useMemo(() => JSON.stringify(input, null, 2), [input])
  const [text, setText] = useState(recorded)
  const [fault, setFault] = useState<string>()
  const retry = useAction<{ input?: unknown }, { id: string }>({
    run: ({ hub }, body) => hub.post('/api/v1/runs/{id}/retry', { path: { id: run.id }, body: { from: reference, ...rounds !== undefined && { rounds }, ...body } }), changes: ['/api/v1/runs'],
    done({ id }) {
      onClose()
      go(path(`runs/${id}`))
    },
  })
  const choose = (next: string | null): void => {
    if (next === null) return
    setAt(Number(next))
    setText(JSON.stringify(run.tasks[Number(next)]!.input, null, 2))
    setFault(undefined)
    retry.reset()
  }
  const start = (): void => {
    setFault(undefined)
    try {
      // What was recorded is taken as it is by the hub, whole, however large.
      retry.mutate(text === recorded ? {} : { input: JSON.parse(text) as unknown })
    } catch (error) {
      setFault(common.notJson((error as Error).message))
    }
  }
  return (
    <Drawer opened onClose={onClose} title={texts.retryTitle(run.tasks[at]!.name)}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{texts.retryText}</Text>
        <Select label={texts.retryFrom} description={reference} data={choices} value={String(at)} onChange={choose} allowDeselect={false} searchable limit={MOST_SHOWN} styles={{ option: { whiteSpace: 'pre' } }} />
        {/\[hidden\]|"\$blob"/.test(text) && <Text size="sm" c="dimmed">{texts.masked}</Text>}
        <Editor language="json" label={texts.retryInput} value={text} onChange={setText} minHeight={200} />
        {fault !== undefined && <Text size="sm" style={{ color: 'var(--app-bad)' }}>{fault}</Text>}
        {retry.isError && <Problem error={retry.error} title={texts.retryFailed} />}
        <Group justify="flex-end"><Button loading={retry.isPending} onClick={start}>{texts.start}</Button></Group>
      </Stack>
    </Drawer>
  )
}

/** Every task that began, as deep as it lies; of one that ran several times, which of them. */
function choicesOf({ tasks }: Run): { value: string, label: string }[] {
  const depths = depthsOf(tasks)
  return tasks.flatMap(({ reference, name, rounds, status }, at) => (isOfDefinition(reference) ? [{ value: String(at), label: `${'  '.repeat(depths[at]!)}${texts.retryChoice(name, rounds, texts.taskStates[status])}` }] : []))
}
