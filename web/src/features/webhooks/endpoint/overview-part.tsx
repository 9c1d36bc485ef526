import { Alert, Anchor, Code, SimpleGrid, Stack, Text } from '@mantine/core'
import { useMemo } from 'react'
import { Ago } from '../../../components/ago.tsx'
import { Chart } from '../../../components/chart/chart.tsx'
import { Facts } from '../../../components/facts.tsx'
import { Problem } from '../../../components/problem.tsx'
import { RangeChoice, useRange } from '../../../components/range-choice.tsx'
import { Section } from '../../../components/section.tsx'
import type { Webhook } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { formatCompact, formatExact, formatMs, formatNumber, formatPercent } from '../../../lib/format.ts'
import { fillSteps } from '../../../lib/steps.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { texts } from '../texts.ts'

export function OverviewPart({ endpoint }: { endpoint: Webhook }) {
  const path = usePath()
  const { status, statusReason, failingSince } = endpoint
  return (
    <Stack gap="md">
      {status === 'failed' && <Alert color="red" variant="outline" title={texts.endpointFailed} className="app-problem"><Text size="sm" className="app-anywhere">{statusReason}</Text><Text size="sm" c="dimmed">{texts.endpointFailedText}</Text></Alert>}
      {status === 'active' && failingSince !== null && <Alert color="orange" variant="outline" title={texts.endpointFailing}><Text size="sm">{texts.endpointFailingText} <Ago time={failingSince} />. {texts.endpointFailingNext} <Anchor component={RouteLink} to={path(`webhooks/endpoints/${endpoint.id}`, { part: 'deliveries', status: 'failed' })} size="sm" underline="always">{texts.seeFailed}</Anchor></Text></Alert>}
      {status === 'paused' && <Alert color="gray" variant="outline" title={texts.endpointPaused}><Text size="sm">{texts.endpointPausedText}</Text></Alert>}
      <Figures id={endpoint.id} />
      <About endpoint={endpoint} />
    </Stack>
  )
}

function Figures({ id }: { id: string }) {
  const { from, step } = useRange()
  const { data, error, refetch } = useGet('/api/v1/webhooks/{id}/metrics', { path: { id }, query: { from, step } }, { refetchInterval: 15_000, keepPrevious: true })
  const filled = useMemo(() => data && fillSteps(data.series, { from: data.from, to: data.to, step }), [data, step])
  const times = useMemo(() => filled?.map(({ at }) => at) ?? [], [filled])
  const deliveries = useMemo(() => [
    { name: texts.deliveryStatuses.delivered, tone: 'accent' as const, fill: true, values: filled?.map(({ point }) => point?.delivered ?? 0) ?? [] },
    { name: texts.failedAttempts, tone: 'bad' as const, values: filled?.map(({ point }) => point?.failedAttempts ?? 0) ?? [] },
  ], [filled])
  const latency = useMemo(() => [{ name: texts.latency, tone: 'accent' as const, values: filled?.map(({ point }) => point?.averageLatency ?? null) ?? [] }], [filled])
  return (
    <Section title={texts.figures} text={[texts.nDelivered(formatCompact(data?.delivered)), texts.nFailed(formatCompact(data?.failed)), data?.attempts === 0 ? undefined : texts.rate(formatPercent(data?.errorRate)), formatMs(data?.averageLatency)].filter(Boolean).join('  ·  ')} actions={<RangeChoice />}>
      {data === undefined && error !== null ? <Problem error={error} retry={() => { void refetch() }} /> : (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <Chart label={texts.deliveriesChart} times={times} series={deliveries} format={formatCompact} />
          <Chart label={texts.latencyChart} times={times} series={latency} format={formatMs} />
        </SimpleGrid>
      )}
    </Section>
  )
}

function About({ endpoint: { id, description, events, security, delivery, monitoring, integrationId, createdAt, updatedAt } }: { endpoint: Webhook }) {
  const path = usePath()
  const { retryPolicy: { maxRetries, backoffStrategy, schedule } } = delivery
  return (
    <Section title={texts.about} text={description === '' ? undefined : <span dir="auto" className="app-anywhere">{description}</span>}>
      <Facts facts={[
        [texts.eventTypes, <span key="e" className="app-mono">{events.subscribedEvents.join(', ')}</span>],
        [texts.filters, events.eventFilters.length > 0 && <span className="app-mono">{events.eventFilters.join(' · ')}</span>],
        [texts.transformations, events.eventTransformations.length > 0 && <span className="app-mono">{events.eventTransformations.join(' | ')}</span>],
        [texts.signature, security.authRequired ? <code key="s">{security.signatureHeader}</code> : texts.notSigned],
        [texts.publicKey, security.publicKey && <Code>{security.publicKey}</Code>],
        [texts.previousUntil, security.previousSecretUntil !== undefined && formatExact(security.previousSecretUntil)],
        [texts.authentication, security.authentication?.type],
        [texts.retries, `${formatNumber(maxRetries)} · ${Array.isArray(schedule) ? texts.ownSchedule : schedule ?? backoffStrategy}`], [texts.timeout, formatMs(delivery.timeout)],
        [texts.batches, delivery.batchDelivery && texts.upTo(formatNumber(delivery.maxBatchSize))], [texts.order, delivery.orderBy !== null && <code>{delivery.orderBy}</code>],
        [texts.lastDelivery, <Ago key="l" time={monitoring.lastDelivery} none={texts.never} />],
        [texts.integration, integrationId !== null && <Anchor component={RouteLink} to={path(`integrations/${integrationId}`)} size="sm">{integrationId}</Anchor>],
        [texts.created, formatExact(createdAt)], [texts.changed, <Ago key="c" time={updatedAt} />], [texts.id, <Code key="id">{id}</Code>],
      ]} />
    </Section>
  )
}
