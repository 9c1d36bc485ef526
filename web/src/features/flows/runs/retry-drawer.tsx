import { Button, Drawer, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Editor } from '../../../components/code/editor.tsx'
import { Problem } from '../../../components/problem.tsx'
import { texts as common } from '../../../components/texts.ts'
import { useAction } from '../../../hub/action.ts'
import type { Run } from '../../../hub/client.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { texts } from '../texts.ts'

type Task = Run['tasks'][number]
const outermost = /^\/do\/\d+\/[^/]+/

/** A new run that begins at a task of one that is over, with another input if that is edited. */
export function RetryDrawer({ run, task, onClose }: { run: Run, task: Task, onClose(): void }) {
  const go = useGo()
  const path = usePath()
  const [from = task.reference] = outermost.exec(task.reference) ?? []
  const [recorded] = useState(() => JSON.stringify(inputOf(run, from), null, 2))
  const [text, setText] = useState(recorded)
  const [fault, setFault] = useState<string>()
  const retry = useAction<{ input?: unknown }, { id: string }>({
    run: ({ hub }, body) => hub.post('/api/v1/runs/{id}/retry', { path: { id: run.id }, body: { from, ...body } }), changes: ['/api/v1/runs'],
    done({ id }) {
      onClose()
      go(path(`runs/${id}`))
    },
  })
  const start = (): void => {
    setFault(undefined)
    try {
      // What was recorded is taken as it is by the hub, whole, however large.
      retry.mutate(text === recorded ? {} : { input: JSON.parse(text) as unknown })
    } catch (error) {
      setFault(common.notJson((error as Error).message))
    }
  }
  const outer = from.split('/').at(-1)!.replaceAll('~1', '/').replaceAll('~0', '~')
  return (
    <Drawer opened onClose={onClose} title={texts.retryTitle(task.name)}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{texts.retryText}</Text>
        {from !== task.reference && <Text size="sm">{texts.retryOutermost(task.name, outer)}</Text>}
        {/\[hidden\]|"\$blob"/.test(text) && <Text size="sm" c="dimmed">{texts.masked}</Text>}
        <Editor language="json" label={texts.retryInput} value={text} onChange={setText} minHeight={200} />
        {fault !== undefined && <Text size="sm" style={{ color: 'var(--app-bad)' }}>{fault}</Text>}
        {retry.isError && <Problem error={retry.error} title={texts.retryFailed} />}
        <Group justify="flex-end"><Button loading={retry.isPending} onClick={start}>{texts.start}</Button></Group>
      </Stack>
    </Drawer>
  )
}

/** What came out of the last of the outermost tasks before it. */
function inputOf(run: Run, from: string): unknown {
  const at = run.tasks.findLastIndex(({ reference }) => reference === from)
  const before = run.tasks.slice(0, Math.max(0, at)).findLast(({ reference, status }) => status === 'completed' && outermost.exec(reference)?.[0] === reference)
  return before === undefined ? run.input : before.output
}
