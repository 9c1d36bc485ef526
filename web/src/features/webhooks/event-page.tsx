import { Alert, Anchor, Button, Code, List, Stack } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { PencilLine, RotateCw } from 'lucide-react'
import { useMemo, useState } from 'react'
import { askedOfHub, CurlButton } from '../../components/curl-button.tsx'
import { Facts } from '../../components/facts.tsx'
import { Loaded } from '../../components/loading.tsx'
import { Page } from '../../components/page.tsx'
import { Related } from '../../components/related.tsx'
import { Section } from '../../components/section.tsx'
import { ShareButton } from '../../components/share-button.tsx'
import type { Event } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatExact } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useContent } from './content.ts'
import { DeliveriesOfEvent } from './deliveries-list.tsx'
import { BinaryPayload, Payload } from './payload.tsx'
import { plain } from './plain.ts'
import { copyOf, SendAgain, useSendAgain } from './send-again.tsx'
import { texts } from './texts.ts'

export function EventPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const path = usePath()
  const query = useGet('/api/v1/events/{id}', { path: { id } }, { staleTime: Infinity })
  return (
    <Page title={query.data?.type ?? texts.event} crumbs={[{ label: texts.parts.events, to: path('webhooks', { part: 'events' }) }]} isComing={query.isPending} subtitle={query.data && formatExact(query.data.receivedAt)} actions={query.data && <Actions event={query.data} />}>
      <Loaded query={query} list={{ label: texts.parts.events, to: path('webhooks', { part: 'events' }) }}>{(event) => <Shown event={event} />}</Loaded>
    </Page>
  )
}

function Actions({ event }: { event: Event }) {
  const { can } = useTenant()
  const [isEditing, setEditing] = useState(false)
  const send = useSendAgain(event)
  const content = useContent(event.messageId, useMemo(() => JSON.stringify(plain(event)).length, [event]))
  return (
    <>
      <CurlButton asked={() => ({ ...askedOfHub('/api/v1/events', undefined, 'application/cloudevents+json'), ...content })} />
      <ShareButton />
      {can('events:write') && <Button variant="default" leftSection={<PencilLine size={14} />} onClick={() => { setEditing(true) }}>{texts.sendEdits}</Button>}
      {isEditing && <SendAgain event={event} onClose={() => { setEditing(false) }} />}
      {can('events:write') && <Button leftSection={<RotateCw size={14} />} loading={send.isPending} onClick={() => { send.mutate(copyOf(event)) }}>{texts.sendAgain}</Button>}
    </>
  )
}

const known = new Set(['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'dataschema', 'data', 'data_base64', 'messageId', 'receivedAt', 'webhookSourceId', 'runId', 'schemaErrors', 'dataRef'])

function Shown({ event }: { event: Event }) {
  const { can } = useTenant()
  const { id, subject, time, datacontenttype, dataschema, data, data_base64: base64, messageId, receivedAt, schemaErrors } = event
  const extensions = Object.entries(event).filter(([name]) => !known.has(name))
  return (
    <Stack gap="md">
      {schemaErrors !== null && (
        <Alert color="orange" variant="outline" title={texts.schemaTitle}><List size="sm">{schemaErrors.map(({ pointer, detail }) => <List.Item key={`${pointer} ${detail}`}><Code>{pointer === '' ? '/' : pointer}</Code> {detail}</List.Item>)}</List></Alert>
      )}
      <Section title={texts.about}>
        <Facts facts={[
          [texts.source, <Origin key="s" event={event} />], [texts.subject, subject ?? undefined], [texts.time, time ? formatExact(time) : undefined], [texts.received, formatExact(receivedAt)],
          [texts.contentType, datacontenttype ?? undefined], [texts.dataSchema, dataschema ?? undefined], ...extensions.map(([name, value]): [string, string] => [name, String(value)]),
          [texts.id, <Code key="id">{id}</Code>], [texts.messageId, <Code key="m">{messageId}</Code>],
        ]} />
      </Section>
      <Related id={messageId} />
      <Section title={texts.data}>{base64 === undefined ? <Payload value={data} label={texts.data} name={`${messageId}.json`} /> : <BinaryPayload base64={base64} contentType={datacontenttype ?? undefined} label={texts.data} name={messageId} />}</Section>
      {can('webhooks:read') && <Section title={texts.parts.deliveries}><DeliveriesOfEvent messageId={messageId} /></Section>}
    </Stack>
  )
}

function Origin({ event: { source, webhookSourceId } }: { event: Event }) {
  const path = usePath()
  const { can } = useTenant()
  const { data } = useGet('/api/v1/webhook-sources/{id}', { path: { id: webhookSourceId ?? '' } }, { enabled: webhookSourceId !== null && can('webhooks:read') })
  if (webhookSourceId === null || data === undefined) return <code>{source}</code>
  return <><Anchor component={RouteLink} to={path(`webhooks/sources/${webhookSourceId}`)} size="sm" dir="auto" underline="always">{data.name}</Anchor> <code>{source}</code></>
}
