import { Button, Group, Stack, Text } from '@mantine/core'
import { Eye } from 'lucide-react'
import { useState } from 'react'
import { Editor } from '../../../components/code/editor.tsx'
import { ValueView } from '../../../components/code/value-view.tsx'
import { Problem } from '../../../components/problem.tsx'
import { Status } from '../../../components/status.tsx'
import { useAction } from '../../../hub/action.ts'
import type { CloudEvent, Event, Reply } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { texts } from '../texts.ts'
import { written, type EndpointDraft } from './draft.ts'

const sample = { specversion: '1.0', id: 'sample-1', source: '/sample', type: 'order.paid', subject: 'order/4711', data: { amount: 120, currency: 'EUR' } }

const tones = { sent: 'good', left_out: 'idle', parked: 'bad' } as const

/** What an event would become by the programs as they stand, made by the hub itself. */
export function Preview({ draft: { eventFilters, eventTransformations, subscribedEvents } }: { draft: EndpointDraft }) {
  const { can } = useTenant()
  const [text, setText] = useState(() => JSON.stringify(sample, null, 2))
  const [fault, setFault] = useState<string>()
  const preview = useAction<unknown, Reply<'POST', '/api/v1/webhooks/preview'>>({
    run: ({ hub }, event) => hub.post('/api/v1/webhooks/preview', { body: { event: event as CloudEvent, filters: written(eventFilters), transformations: written(eventTransformations) } }),
  })
  const fetched = useAction<void, Event | undefined>({
    run: async ({ hub }) => (await hub.get('/api/v1/events', { query: { limit: 1, type: subscribedEvents[0] ?? '*' } })).data[0],
    done: (event) => { if (event !== undefined) setText(JSON.stringify(plain(event), null, 2)) },
  })
  const run = (): void => {
    try {
      const event: unknown = JSON.parse(text)
      setFault(undefined)
      preview.mutate(event)
    } catch (error) {
      setFault(texts.notJson((error as Error).message))
    }
  }
  return (
    <Stack gap={6} role="group" aria-label={texts.preview}>
      <Text size="sm" fw={500}>{texts.preview}</Text>
      <Editor value={text} onChange={setText} language="json" label={texts.sampleEvent} minHeight={120} maxHeight={240} />
      {fault !== undefined && <Text size="sm" c="red">{fault}</Text>}
      <Group gap="xs">
        <Button variant="default" leftSection={<Eye size={14} />} loading={preview.isPending} onClick={run}>{texts.runPreview}</Button>
        {can('events:read') && <Button variant="default" loading={fetched.isPending} onClick={() => { fetched.mutate() }}>{texts.takeLatest}</Button>}
        {fetched.isSuccess && fetched.data === undefined && <Text size="xs" c="dimmed">{texts.noneYet}</Text>}
      </Group>
      {preview.isError && <Problem error={preview.error} title={texts.failed} />}
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

/** Without what the hub knows of it, which endpoints do not see. */
function plain({ messageId: _message, receivedAt: _received, webhookSourceId: _source, schemaErrors: _errors, dataRef: _ref, ...event }: Event): object {
  return event
}
