import { Alert, Anchor, Button, Code, Group, Stack, Text } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { PencilLine, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { askedOfHub, CurlButton } from '../../components/curl-button.tsx'
import { Facts } from '../../components/facts.tsx'
import { HeadersView } from '../../components/headers-view.tsx'
import { Loaded } from '../../components/loading.tsx'
import { notifyDone, notifyFailed } from '../../components/notify.tsx'
import { Page } from '../../components/page.tsx'
import { Related } from '../../components/related.tsx'
import { Section } from '../../components/section.tsx'
import { ShareButton } from '../../components/share-button.tsx'
import { Timeline } from '../../components/timeline.tsx'
import { ValueView } from '../../components/code/value-view.tsx'
import { useAction } from '../../hub/action.ts'
import { ApiError, type Execution } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatBytes, formatExact, formatMs } from '../../lib/format.ts'
import { RouteLink, useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import type { Asked } from '../../lib/curl.ts'
import { ExecutionStatus } from './parts.tsx'
import { RerunDrawer } from './rerun-drawer.tsx'
import { texts } from './texts.ts'
import { stretchesOf } from './timeline.ts'

export function ExecutionPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const path = usePath()
  const query = useGet('/api/v1/executions/{id}', { path: { id } }, { staleTime: Infinity })
  return (
    <Page title={query.data?.operation ?? texts.one} crumbs={[{ label: texts.title, to: path('executions') }]} isComing={query.isPending} subtitle={query.data && <Group gap="sm"><ExecutionStatus status={query.data.status} /><span>{formatExact(query.data.startedAt)}</span></Group>}
      actions={query.data && <Actions execution={query.data} />}>
      <Loaded query={query} list={{ label: texts.title, to: path('executions') }}>{(execution) => <Shown execution={execution} />}</Loaded>
    </Page>
  )
}

function Actions({ execution }: { execution: Execution }) {
  const { can } = useTenant()
  const go = useGo()
  const path = usePath()
  const [isEditing, setEditing] = useState(false)
  const rerun = useAction({
    run: ({ hub }) => hub.post('/api/v1/executions/{id}/rerun', { path: { id: execution.id }, body: {} }), changes: ['/api/v1/executions', '/api/v1/figures'],
    done({ execution: { id } }) {
      notifyDone(texts.rerunDone)
      go(path(`executions/${id}`))
    },
    failed(error) {
      const recorded = error instanceof ApiError ? (error.problem.execution as Execution | undefined)?.id : undefined
      notifyFailed(texts.rerunFailed, error)
      if (recorded !== undefined) go(path(`executions/${recorded}`))
    },
  })
  return (
    <>
      <CurlButton asked={() => askedOf(execution)} />
      <ShareButton />
      {can('integrations:run') && execution.operation !== 'proxy' && (
        <>
          <Button variant="default" leftSection={<PencilLine size={14} />} onClick={() => { setEditing(true) }}>{texts.rerunEdits}</Button>
          <Button leftSection={<RotateCw size={14} />} loading={rerun.isPending} onClick={() => { rerun.mutate() }}>{texts.rerun}</Button>
          {isEditing && <RerunDrawer execution={execution} onClose={() => { setEditing(false) }} />}
        </>
      )}
    </>
  )
}

/**
 * As it went over the wire, where that is known: secrets are hidden in the record, and so are they here. Connectors that make a body of their own out of
 * the input, or speak no HTTP, are asked through the hub.
 */
function askedOf({ integrationId, operation, request: { method, endpoint, headers, payload } }: Execution): Asked {
  const { body, $blob } = (payload ?? {}) as { body?: unknown, $blob?: unknown }
  const hasBody = method !== null && !['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method)
  if (endpoint !== null && (!hasBody || body !== undefined)) return { method, url: endpoint, headers, ...body !== undefined && { body } }
  if (endpoint !== null && $blob !== undefined) return { method, url: endpoint, headers, isBodyUnknown: true }
  return askedOfHub(`/api/v1/integrations/${integrationId}/run`, { operation, input: payload })
}

function Shown({ execution }: { execution: Execution }) {
  const { request, response, metrics, error, status } = execution
  const path = usePath()
  const { data: integration } = useGet('/api/v1/integrations/{id}', { path: { id: execution.integrationId } })
  return (
    <Stack gap="md">
      {error !== null && (
        <Alert color={status === 'refused' ? 'orange' : 'red'} variant="outline" title={status === 'refused' ? texts.refusedTitle : texts.failedTitle} className="app-problem">
          <Text size="sm" className="app-anywhere"><Code>{error.type}</Code> {error.message}</Text>
          <Text size="sm" c="dimmed">{error.recoverable ? texts.recoverable : texts.final}</Text>
          {error.stackTrace !== undefined && <pre className="app-pre">{error.stackTrace}</pre>}
        </Alert>
      )}
      <Section title={texts.timeline}>
        <Timeline label={texts.timeline} stretches={stretchesOf(execution)} />
        <Facts facts={[
          [texts.integration, <Anchor key="i" component={RouteLink} to={path(`integrations/${execution.integrationId}`)} size="sm" dir="auto">{integration?.name ?? execution.integrationId}</Anchor>],
          [texts.retries, metrics.retryCount > 0 && String(metrics.retryCount)], [texts.cached, response?.cached === true && texts.yes],
          [texts.size, formatBytes(metrics.dataSize)], [texts.source, request.sourceComponent ?? undefined], [texts.id, <Code key="id">{execution.id}</Code>],
        ]} />
      </Section>
      <Related id={execution.id} />
      <Section title={texts.request}>
        {request.endpoint !== null && <Text className="app-mono app-anywhere"><strong>{request.method}</strong> {request.endpoint}</Text>}
        <HeadersView headers={request.headers} />
        <ValueView value={request.payload} label={texts.payload} />
      </Section>
      <Section title={texts.response} text={response !== null && [response.statusCode, formatMs(response.duration)].filter((each) => each !== null).join(' · ')}>
        {response === null ? <Text size="sm" c="dimmed">{texts.noResponse}</Text> : <><HeadersView headers={response.headers} /><ValueView value={response.data} label={texts.data} /></>}
      </Section>
    </Stack>
  )
}
