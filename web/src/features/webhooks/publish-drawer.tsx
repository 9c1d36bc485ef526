import { Anchor, Autocomplete, Button, Checkbox, Drawer, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { JsonSend } from '../../components/form/json-send.tsx'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Related } from '../../components/related.tsx'
import { Status } from '../../components/status.tsx'
import { useAction } from '../../hub/action.ts'
import type { CloudEvent } from '../../hub/client.ts'
import { useGet, useRows } from '../../hub/queries.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { texts } from './texts.ts'

const SUGGESTED = 20

/** An event of one's own: it goes the way of all events, and what comes of it shows below. */
export function PublishDrawer({ type: initial = '', onClose }: { type?: string, onClose(): void }) {
  const [type, setType] = useState(initial)
  const [source, setSource] = useState('/dashboard')
  const [subject, setSubject] = useState('')
  const [isStrict, setStrict] = useState(true)
  const [data, setData] = useState<unknown>({})
  const { suggested, example } = useKnown(type.trim())
  const publish = useAction<unknown, { ids: string[] }>({
    run: ({ hub }, given) => hub.post('/api/v1/events', {
      query: { schemaCheck: isStrict ? 'reject' : 'flag' },
      // The client's types have attributes with their texts, and others beside them.
      body: { specversion: '1.0', id: crypto.randomUUID(), source: source.trim(), type: type.trim(), time: new Date().toISOString(), datacontenttype: 'application/json', ...subject.trim() !== '' && { subject: subject.trim() }, data: given } as CloudEvent,
    }),
    changes: ['/api/v1/events', '/api/v1/deliveries', '/api/v1/runs', '/api/v1/records'],
  })
  const { error } = publish
  return (
    <Drawer opened onClose={onClose} title={texts.publish}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{texts.sendEditsText}</Text>
        <Autocomplete label={texts.eventType} placeholder="order.paid" data={suggested} limit={SUGGESTED} value={type} error={errorAt(error, '/type')} onChange={setType} />
        <TextInput label={texts.source} description={texts.publishSourceHelp} value={source} error={errorAt(error, '/source')} onChange={(event) => { setSource(event.currentTarget.value) }} />
        <TextInput label={texts.subject} description={texts.publishSubjectHelp} value={subject} error={errorAt(error, '/subject')} onChange={(event) => { setSubject(event.currentTarget.value) }} />
        <Checkbox label={texts.publishStrict} checked={isStrict} onChange={(event) => { setStrict(event.currentTarget.checked) }} />
        <Text size="sm" fw={500} mb={-8}>{texts.data}</Text>
        <JsonSend label={texts.data} value={data} action={texts.publishIt} isPending={publish.isPending} disabled={type.trim() === '' || source.trim() === ''} error={error} errorTitle={texts.failed} pointer="/data" minHeight={160} onSend={(given) => { publish.mutate(given) }}>
          {/* Another object each time: it takes the place of what was typed since. */}
          {example !== undefined && <Button variant="default" onClick={() => { setData(structuredClone(example)) }}>{texts.fillExample}</Button>}
        </JsonSend>
        {publish.data !== undefined && <Outcome key={publish.data.ids[0]} id={publish.data.ids[0]!} />}
      </Stack>
    </Drawer>
  )
}

/** Types that begin like what is typed, and the example of the one that it is. */
function useKnown(type: string): { suggested: string[], example: unknown } {
  const [asked] = useDebouncedValue(type, 200)
  const { rows = [] } = useRows('/api/v1/event-types', { query: { limit: SUGGESTED, ...asked !== '' && { q: asked } } })
  const isKnown = rows.some((each) => each.type === type && each.schema !== null)
  const { data } = useGet('/api/v1/event-types/{type}', { path: { type } }, { enabled: isKnown })
  return { suggested: [...new Set(rows.map((each) => each.type))], example: isKnown ? data?.example ?? undefined : undefined }
}

function Outcome({ id }: { id: string }) {
  const path = usePath()
  const { data: event } = useGet('/api/v1/events/{id}', { path: { id } })
  return (
    <Stack gap="sm" role="status" aria-label={texts.publishOutcome}>
      <Group gap="sm"><Status tone="good">{texts.published}</Status><Anchor component={RouteLink} to={path(`events/${encodeURIComponent(id)}`)} size="sm">{texts.openEvent}</Anchor></Group>
      {event !== undefined && <Related id={event.messageId} />}
    </Stack>
  )
}
