import { Drawer, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { JsonSend } from '../../components/form/json-send.tsx'
import { notifyDone, notifyFailed } from '../../components/notify.tsx'
import { useAction } from '../../hub/action.ts'
import type { CloudEvent, Event } from '../../hub/client.ts'
import { useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { plain } from './plain.ts'
import { texts } from './texts.ts'

/** With another id, else it would be taken for a repeat; the hub's own come from here then. */
export function copyOf(event: Event): Record<string, unknown> {
  const { source, ...rest } = plain(event)
  return { ...rest, id: crypto.randomUUID(), source: source === 'interchange' ? '/dashboard' : source, time: new Date().toISOString() }
}

/** Sends a new event made of one that was, and goes to it. */
export function useSendAgain({ messageId }: Event, { sent, quiet = false }: { sent?: () => void, quiet?: boolean } = {}) {
  const go = useGo()
  const path = usePath()
  return useAction<unknown, { ids: string[] }>({
    run: ({ hub }, value) => hub.post('/api/v1/events', { query: { repeats: messageId }, body: value as CloudEvent }), changes: ['/api/v1/events', '/api/v1/deliveries', '/api/v1/runs', '/api/v1/records'],
    done({ ids: [id] }) {
      notifyDone(texts.sentAgain)
      sent?.()
      go(path(`events/${encodeURIComponent(id!)}`))
    },
    ...!quiet && { failed: (error) => { notifyFailed(texts.failed, error) } },
  })
}

export function SendAgain({ event, onClose }: { event: Event, onClose(): void }) {
  const [value] = useState(() => copyOf(event))
  const send = useSendAgain(event, { sent: onClose, quiet: true })
  return (
    <Drawer opened onClose={onClose} title={texts.sendEdits}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{texts.sendEditsText}</Text>
        <JsonSend label={texts.event} value={value} action={texts.send} isPending={send.isPending} error={send.error} errorTitle={texts.failed} minHeight={260} onSend={(sent) => { send.mutate(sent) }} />
      </Stack>
    </Drawer>
  )
}
