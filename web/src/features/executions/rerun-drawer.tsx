import { Drawer, Stack, Text } from '@mantine/core'
import { JsonSend } from '../../components/form/json-send.tsx'
import { notifyDone } from '../../components/notify.tsx'
import { useAction } from '../../hub/action.ts'
import type { Execution } from '../../hub/client.ts'
import { useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { texts } from './texts.ts'

/** The same run with another input. */
export function RerunDrawer({ execution: { id, request }, onClose }: { execution: Execution, onClose(): void }) {
  const go = useGo()
  const path = usePath()
  const rerun = useAction<unknown, { execution: Execution }>({
    run: ({ hub }, input) => hub.post('/api/v1/executions/{id}/rerun', { path: { id }, body: { input } }), changes: ['/api/v1/executions', '/api/v1/figures'],
    done({ execution }) {
      notifyDone(texts.rerunDone)
      onClose()
      go(path(`executions/${execution.id}`))
    },
  })
  return (
    <Drawer opened onClose={onClose} title={texts.rerunEdits}>
      <Stack gap="sm">
        {/\[hidden\]|"\$blob"/.test(JSON.stringify(request.payload ?? {})) && <Text size="sm" c="dimmed">{texts.inputUnknown}</Text>}
        <JsonSend label={texts.editInput} value={request.payload} action={texts.run} isPending={rerun.isPending} error={rerun.error} errorTitle={texts.rerunFailed} minHeight={220} onSend={(input) => { rerun.mutate(input) }} />
      </Stack>
    </Drawer>
  )
}
