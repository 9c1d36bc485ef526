import { Drawer, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { JsonSend } from '../../components/form/json-send.tsx'
import { notifyDone } from '../../components/notify.tsx'
import { useAction } from '../../hub/action.ts'
import type { CloudEvent, Event } from '../../hub/client.ts'
import { useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { plain } from './plain.ts'
import { texts } from './texts.ts'

/** A new event made of one that was: with another id, else it would be taken for a repeat. */
export function SendAgain({ event, onClose }: { event: Event, onClose(): void }) {
  const go = useGo()
  const path = usePath()
  const [value] = useState(() => ({ ...plain(event), id: crypto.randomUUID(), time: new Date().toISOString() }))
  const send = useAction<unknown, { ids: string[] }>({
    run: ({ hub }, sent) => hub.post('/api/v1/events', { body: sent as CloudEvent }), changes: ['/api/v1/events', '/api/v1/deliveries', '/api/v1/runs'],
    done({ ids: [id] }) {
      notifyDone(texts.sentAgain)
      onClose()
      go(path(`events/${encodeURIComponent(id!)}`))
    },
  })
  return (
    <Drawer opened onClose={onClose} title={texts.sendEdits}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{texts.sendEditsText}</Text>
        <JsonSend label={texts.event} value={value} action={texts.send} isPending={send.isPending} error={send.error} errorTitle={texts.failed} minHeight={260} onSend={(sent) => { send.mutate(sent) }} />
      </Stack>
    </Drawer>
  )
}
