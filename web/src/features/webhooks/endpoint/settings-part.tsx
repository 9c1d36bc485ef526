import { Button, Group, Stack } from '@mantine/core'
import { useRef, useState } from 'react'
import { notifyDone } from '../../../components/notify.tsx'
import { Problem } from '../../../components/problem.tsx'
import { useAction } from '../../../hub/action.ts'
import { isProblem, type Webhook } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { texts } from '../texts.ts'
import { draftOf, inputOf } from './draft.ts'
import { EndpointForm } from './endpoint-form.tsx'

export function SettingsPart({ endpoint }: { endpoint: Webhook }) {
  const { can } = useTenant()
  const [draft, setDraft] = useState(() => draftOf(endpoint))
  // What one began with: where somebody else was faster, that is told instead of overwritten.
  const base = useRef(endpoint)
  const save = useAction<void, Webhook>({
    run: ({ hub }) => hub.put('/api/v1/webhooks/{id}', { path: { id: endpoint.id }, body: { ...inputOf(draft), metadata: base.current.metadata }, ifMatch: base.current.etag }),
    changes: ['/api/v1/webhooks'],
    done(saved) {
      base.current = saved
      setDraft(draftOf(saved))
      notifyDone(texts.saved)
    },
  })
  const takeTheirs = (): void => {
    base.current = endpoint
    setDraft(draftOf(endpoint))
    save.reset()
  }
  const mayWrite = can('webhooks:write')
  return (
    <Stack gap="sm" className="app-form-width">
      <EndpointForm draft={draft} change={(part) => { setDraft((before) => ({ ...before, ...part })) }} error={save.error} disabled={!mayWrite} />
      {save.isError && <Problem error={save.error} title={texts.failed} {...isProblem(save.error, 'precondition_failed') && { action: <Button size="xs" variant="default" onClick={takeTheirs}>{texts.takeTheirs}</Button> }} />}
      {mayWrite && <Group justify="flex-end"><Button loading={save.isPending} onClick={() => { save.mutate() }}>{texts.save}</Button></Group>}
    </Stack>
  )
}
