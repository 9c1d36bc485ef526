import { Button, Drawer, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Editor } from '../../components/code/editor.tsx'
import { notifyDone } from '../../components/notify.tsx'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import type { Execution } from '../../hub/client.ts'
import { useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { texts } from './texts.ts'

/** The same run with another input. */
export function RerunDrawer({ execution: { id, request }, onClose }: { execution: Execution, onClose(): void }) {
  const go = useGo()
  const path = usePath()
  const [text, setText] = useState(() => JSON.stringify(request.payload ?? {}, null, 2))
  const rerun = useAction<unknown, { execution: Execution }>({
    run: ({ hub }, input) => hub.post('/api/v1/executions/{id}/rerun', { path: { id }, body: { input } }), changes: ['/api/v1/executions', '/api/v1/figures'],
    done({ execution }) {
      notifyDone(texts.rerunDone)
      onClose()
      go(path(`executions/${execution.id}`))
    },
  })
  const [fault, setFault] = useState<string>()
  const run = (): void => {
    try {
      const input: unknown = JSON.parse(text)
      setFault(undefined)
      rerun.mutate(input)
    } catch (error) {
      setFault(texts.notJson((error as Error).message))
    }
  }
  return (
    <Drawer opened onClose={onClose} title={texts.rerunEdits}>
      <Stack gap="sm">
        {/\[hidden\]|"\$blob"/.test(text) && <Text size="sm" c="dimmed">{texts.inputUnknown}</Text>}
        <Editor value={text} onChange={setText} language="json" label={texts.editInput} minHeight={220} />
        {fault !== undefined && <Text size="sm" c="red">{fault}</Text>}
        {rerun.isError && <Problem error={rerun.error} title={texts.rerunFailed} />}
        <Group justify="flex-end"><Button loading={rerun.isPending} onClick={run}>{texts.run}</Button></Group>
      </Stack>
    </Drawer>
  )
}
