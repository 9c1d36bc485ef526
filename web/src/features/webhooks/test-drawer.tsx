import { Anchor, Drawer, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { JsonSend } from '../../components/form/json-send.tsx'
import { errorAt } from '../../components/form/problem-errors.ts'
import { useAction } from '../../hub/action.ts'
import type { Reply } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { formatMs } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { DeliveryState } from './state.tsx'
import { texts } from './texts.ts'

type Delivery = Reply<'GET', '/api/v1/deliveries/{id}'>

/** `repeats`: the event that it is made of. */
interface Initial { type: string, data: unknown, repeats?: string }

const sample: Initial = { type: 'webhook.test', data: { message: 'A test' } }

/** Sends a test event to an endpoint, and shows what it answered. */
export function TestDrawer({ endpointId, initial = sample, onClose }: { endpointId?: string, initial?: Initial, onClose(): void }) {
  const { rows: endpoints } = useRows('/api/v1/webhooks', { query: { limit: 500 } })
  const [chosen, setChosen] = useState<string | null>(endpointId ?? null)
  const [type, setType] = useState(initial.type)
  const id = chosen ?? (endpoints?.length === 1 ? endpoints[0]!.id : null)
  const send = useAction<unknown, Delivery>({
    run: ({ hub }, data) => hub.post('/api/v1/webhooks/{id}/test', { path: { id: id! }, body: { type: type.trim(), data, ...initial.repeats !== undefined && { repeats: initial.repeats } } }), changes: ['/api/v1/deliveries', '/api/v1/webhooks', '/api/v1/events', '/api/v1/records'],
  })
  return (
    <Drawer opened onClose={onClose} title={texts.testTitle}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{texts.testText}</Text>
        {endpointId === undefined && <Select label={texts.endpoint} placeholder={texts.chooseEndpoint} searchable data={(endpoints ?? []).map((each) => ({ value: each.id, label: each.name }))} value={id} onChange={setChosen} nothingFoundMessage={texts.noEndpoints} />}
        <TextInput label={texts.eventType} value={type} error={errorAt(send.error, '/type')} onChange={(event) => { setType(event.currentTarget.value) }} />
        <Text size="sm" fw={500} mb={-8}>{texts.data}</Text>
        <JsonSend label={texts.data} value={initial.data} action={texts.sendTest} isPending={send.isPending} disabled={id === null || type.trim() === ''} error={send.error} errorTitle={texts.testFailed} onSend={(data) => { send.mutate(data) }} />
        {send.data !== undefined && <Outcome delivery={send.data} />}
      </Stack>
    </Drawer>
  )
}

function Outcome({ delivery: { id, status, attempts } }: { delivery: Delivery }) {
  const path = usePath()
  const last = attempts.at(-1)
  return (
    <Stack gap={6} role="status" aria-label={texts.testOutcome}>
      <Group gap="sm"><DeliveryState status={status} />{last !== undefined && <Text span size="sm" className="app-num">{[last.response?.status, formatMs(last.durationMs)].filter((each) => each !== undefined).join(' · ')}</Text>}</Group>
      {last?.error && <Text size="sm" className="app-anywhere">{last.error.message}</Text>}
      {last?.response && last.response.body !== '' && <pre className="app-pre app-code" tabIndex={0}>{last.response.body}</pre>}
      <Anchor component={RouteLink} to={path(`deliveries/${id}`)} size="sm">{texts.openDelivery}</Anchor>
    </Stack>
  )
}
