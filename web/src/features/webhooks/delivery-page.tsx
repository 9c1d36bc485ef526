import { Alert, Anchor, Button, Code, Group, Stack, Text } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { PencilLine, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { ValueView } from '../../components/code/value-view.tsx'
import { CurlButton } from '../../components/curl-button.tsx'
import { Facts } from '../../components/facts.tsx'
import { HeadersView } from '../../components/headers-view.tsx'
import { Loaded } from '../../components/loading.tsx'
import { notifyDone, notifyFailed } from '../../components/notify.tsx'
import { Page } from '../../components/page.tsx'
import { Related } from '../../components/related.tsx'
import { Section } from '../../components/section.tsx'
import { ShareButton } from '../../components/share-button.tsx'
import { Status } from '../../components/status.tsx'
import { Timeline } from '../../components/timeline.tsx'
import { useAction } from '../../hub/action.ts'
import { isProblem, type Reply } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import type { Asked } from '../../lib/curl.ts'
import { formatBytes, formatExact, formatMs } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useContent } from './content.ts'
import { Payload } from './payload.tsx'
import { plain } from './plain.ts'
import { DeliveryState } from './state.tsx'
import { TestDrawer } from './test-drawer.tsx'
import { texts } from './texts.ts'

type Delivery = Reply<'GET', '/api/v1/deliveries/{id}'>
type Attempt = Delivery['attempts'][number]

export function DeliveryPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const path = usePath()
  const query = useGet('/api/v1/deliveries/{id}', { path: { id } }, { refetchInterval: 3000 })
  return (
    <Page title={query.data?.eventType ?? texts.oneDelivery} crumbs={[{ label: texts.parts.deliveries, to: path('webhooks', { part: 'deliveries' }) }]}
      isComing={query.isPending} subtitle={query.data && <Group gap="sm"><DeliveryState status={query.data.status} /><span>{texts.nAttempts(query.data.attemptCount)}</span>{query.data.dueAt !== null && <span>{texts.due} <Ago time={query.data.dueAt} mayBeAhead /></span>}</Group>} actions={query.data && <Actions delivery={query.data} />}>
      <Loaded query={query} list={{ label: texts.parts.deliveries, to: path('webhooks', { part: 'deliveries' }) }}>{(delivery) => <Shown delivery={delivery} />}</Loaded>
    </Page>
  )
}

function Actions({ delivery: { id, webhookId, messageId, status, attempts } }: { delivery: Delivery }) {
  const { can } = useTenant()
  const [isEditing, setEditing] = useState(false)
  const { data: event } = useGet('/api/v1/events/{id}', { path: { id: messageId } }, { staleTime: Infinity, enabled: can('events:read') })
  const last = attempts.at(-1)
  const content = useContent(messageId, last === undefined || last.request.body !== undefined || isMadeOf(last.request) ? Infinity : last.request.sizeBytes)
  const resend = useAction({
    run: ({ hub }) => hub.post('/api/v1/deliveries/{id}/retry', { path: { id } }), changes: ['/api/v1/deliveries', '/api/v1/figures'],
    done: () => { notifyDone(texts.resent) }, failed: (error) => { notifyFailed(texts.failed, error) },
  })
  return (
    <>
      {last !== undefined && <CurlButton asked={() => askedOf(last, content)} />}
      <ShareButton />
      {can('webhooks:write') && event !== undefined && <Button variant="default" leftSection={<PencilLine size={14} />} onClick={() => { setEditing(true) }}>{texts.sendEdits}</Button>}
      {isEditing && event !== undefined && <TestDrawer endpointId={webhookId} initial={{ type: event.type, data: event.data, repeats: messageId }} onClose={() => { setEditing(false) }} />}
      {can('webhooks:write') && <Button leftSection={<RotateCw size={14} />} loading={resend.isPending} onClick={() => { resend.mutate() }}>{status === 'pending' ? texts.sendNow : texts.resend}</Button>}
    </>
  )
}

/** As the attempt went over the wire, but for its secrets. Only what was made of the event is kept with it; the event itself is told as it was sent, so that the signature holds. */
function askedOf({ request }: Attempt, content: ReturnType<typeof useContent>): Asked {
  if (request.body !== undefined) return request
  return isMadeOf(request) ? { ...request, isBodyUnknown: true } : { ...request, ...content }
}

/** Something else than the event itself was sent. */
const isMadeOf = ({ headers }: Attempt['request']): boolean => headers['content-type'] !== undefined && headers['content-type'] !== 'application/cloudevents+json'

function Shown({ delivery }: { delivery: Delivery }) {
  const { webhookId, eventId, messageId, status, reason, error, dueAt, finishedAt, attempts, id } = delivery
  const path = usePath()
  const { can } = useTenant()
  const { data: endpoint } = useGet('/api/v1/webhooks/{id}', { path: { id: webhookId } })
  return (
    <Stack gap="md">
      {reason !== null && status !== 'delivered' && (
        <Alert color={status === 'failed' ? 'red' : 'orange'} variant="outline" title={status === 'failed' ? texts.gaveUp : texts.whyParked} className="app-problem"><Text size="sm" className="app-anywhere" title={reason}>{causeOf(reason, error)}</Text><Text size="sm" c="dimmed">{texts.repairText}</Text></Alert>
      )}
      {status === 'pending' && error !== null && (
        <Alert color="orange" variant="outline" title={texts.notYet} className="app-problem"><Text size="sm" className="app-anywhere">{error}</Text><Text size="sm" c="dimmed">{texts.nextTry} <Ago time={dueAt} mayBeAhead /></Text></Alert>
      )}
      <Section title={texts.about}>
        <Facts facts={[
          [texts.endpoint, <Anchor key="e" component={RouteLink} to={path(`webhooks/endpoints/${webhookId}`)} size="sm" dir="auto">{endpoint?.name ?? webhookId}</Anchor>],
          [texts.event, can('events:read') ? <Anchor key="v" component={RouteLink} to={path(`events/${messageId}`)} size="sm">{eventId}</Anchor> : eventId],
          [texts.finished, finishedAt !== null && formatExact(finishedAt)], [texts.messageId, <Code key="m">{messageId}</Code>], [texts.id, <Code key="id">{id}</Code>],
        ]} />
      </Section>
      {attempts.length > 0 && <Section title={texts.timeline}><Timeline label={texts.timeline} stretches={stretchesOf(attempts)} /></Section>}
      <Related id={id} />
      {attempts.length === 0 && <Section title={texts.attempts}><Text size="sm" c="dimmed">{texts.noAttempts}</Text></Section>}
      {/* The last one first: it is what one came for. */}
      {attempts.map((attempt, at) => <AttemptView key={attempt.startedAt} attempt={attempt} number={at + 1} />).reverse()}
      {can('events:read') && <SentEvent messageId={messageId} />}
    </Stack>
  )
}

/** What a program of the endpoint's said stands in the reason itself; else it is a code, and the last attempt says it in words. */
const causeOf = (reason: string, error: string | null): string => (reason.includes(': ') ? reason : error ?? reason)

/** From the first attempt on. */
function stretchesOf(attempts: Attempt[]) {
  const from = new Date(attempts[0]!.startedAt).getTime()
  return attempts.map((attempt, at) => ({ label: texts.nthAttempt(at + 1), start: new Date(attempt.startedAt).getTime() - from, length: attempt.durationMs, tone: isGood(attempt) ? 'good' as const : 'bad' as const }))
}

const isGood = ({ error, response }: Attempt): boolean => error === null && response !== null && response.status < 300

function AttemptView({ attempt, number }: { attempt: Attempt, number: number }) {
  const { startedAt, durationMs, request, response, error } = attempt
  return (
    <Section title={texts.nthAttempt(number)} text={<Group gap="sm"><Status tone={isGood(attempt) ? 'good' : 'bad'}>{response === null ? error?.type ?? texts.noAnswer : String(response.status)}</Status><span className="app-num">{formatMs(durationMs)}</span><span>{formatExact(startedAt)}</span></Group>}>
      {error !== null && <Text size="sm" className="app-anywhere" fw={500}>{error.message}</Text>}
      <div><Text size="sm" fw={500}>{texts.request}</Text><Text className="app-mono app-anywhere"><strong>{request.method}</strong> {request.url} · {formatBytes(request.sizeBytes)}</Text></div>
      <HeadersView headers={request.headers} />
      {request.body !== undefined && <ValueView value={request.body} label={`${texts.sentBody} ${number}`} />}
      {request.body === undefined && isMadeOf(request) && <Text size="sm" c="dimmed">{texts.bodyNotKept}</Text>}
      {response !== null && (
        <>
          <Text size="sm" fw={500}>{texts.response}</Text>
          <HeadersView headers={response.headers} />
          <ValueView value={response.body} label={`${texts.response} ${number}`} />
        </>
      )}
    </Section>
  )
}

function SentEvent({ messageId }: { messageId: string }) {
  const query = useGet('/api/v1/events/{id}', { path: { id: messageId } }, { staleTime: Infinity })
  return <Section title={texts.event} text={texts.eventText}>{isProblem(query.error, 'not_found') ? <Text size="sm" c="dimmed">{texts.eventGone}</Text> : <Loaded query={query}>{(event) => <Payload value={plain(event)} label={texts.event} name={`${messageId}.json`} />}</Loaded>}</Section>
}
