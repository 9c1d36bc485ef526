import { Button, Stack, Text } from '@mantine/core'
import { Eye } from 'lucide-react'
import { useState } from 'react'
import { ValueView } from '../../../components/code/value-view.tsx'
import { JsonSend } from '../../../components/form/json-send.tsx'
import { Status } from '../../../components/status.tsx'
import { useAction } from '../../../hub/action.ts'
import type { CloudEvent, Event, Reply } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { plain } from '../plain.ts'
import { texts } from '../texts.ts'
import { written, type EndpointDraft } from './draft.ts'

const sample = { specversion: '1.0', id: 'sample-1', source: '/sample', type: 'order.paid', subject: 'order/4711', data: { amount: 120, currency: 'EUR' } }

const tones = { sent: 'good', left_out: 'idle', parked: 'bad' } as const

/** What an event would become by the programs as they stand, made by the hub itself. */
export function Preview({ draft: { eventFilters, eventTransformations, subscribedEvents } }: { draft: EndpointDraft }) {
  const { can } = useTenant()
  const [event, setEvent] = useState<unknown>(sample)
  const preview = useAction<unknown, Reply<'POST', '/api/v1/webhooks/preview'>>({
    run: ({ hub }, tried) => hub.post('/api/v1/webhooks/preview', { body: { event: tried as CloudEvent, filters: written(eventFilters), transformations: written(eventTransformations) } }),
  })
  const fetched = useAction<void, Event | undefined>({
    run: async ({ hub }) => (await hub.get('/api/v1/events', { query: { limit: 1, type: subscribedEvents[0] ?? '*' } })).data[0],
    done: (latest) => { if (latest !== undefined) setEvent(plain(latest)) },
  })
  return (
    <Stack gap={6} role="group" aria-label={texts.preview}>
      <Text size="sm" fw={500}>{texts.preview}</Text>
      <JsonSend label={texts.sampleEvent} value={event} action={texts.runPreview} icon={<Eye size={14} />} isPending={preview.isPending} isAside error={preview.error} errorTitle={texts.failed} minHeight={120} maxHeight={240} onSend={(tried) => { preview.mutate(tried) }}>
        {can('events:read') && <Button variant="default" loading={fetched.isPending} onClick={() => { fetched.mutate() }}>{texts.takeLatest}</Button>}
        {fetched.isSuccess && fetched.data === undefined && <Text size="xs" c="dimmed">{texts.noneYet}</Text>}
      </JsonSend>
      {preview.data !== undefined && (
        <Stack gap={6} role="status" aria-label={texts.previewOutcome}>
          <Status tone={tones[preview.data.outcome]}>{texts.outcomes[preview.data.outcome]}</Status>
          {preview.data.reason !== null && <Text size="sm" className="app-anywhere">{preview.data.reason}</Text>}
          {preview.data.body !== null && <ValueView value={preview.data.body} label={texts.previewOutcome} />}
        </Stack>
      )}
    </Stack>
  )
}
