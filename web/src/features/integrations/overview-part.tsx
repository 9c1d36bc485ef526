import { Alert, Anchor, Badge, Button, Code, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useMemo } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Chart } from '../../components/chart/chart.tsx'
import { Facts } from '../../components/facts.tsx'
import { Loaded } from '../../components/loading.tsx'
import { notifyFailed } from '../../components/notify.tsx'
import { Problem } from '../../components/problem.tsx'
import { RangeChoice, useRange } from '../../components/range-choice.tsx'
import { Section } from '../../components/section.tsx'
import { Status } from '../../components/status.tsx'
import { useAction } from '../../hub/action.ts'
import type { Integration } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatBytes, formatCompact, formatExact, formatMs, formatPercent, NONE } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { fillSteps } from '../../lib/steps.ts'
import { CredentialCard } from './credential-card.tsx'
import { texts } from './texts.ts'

export function OverviewPart({ integration }: { integration: Integration }) {
  const { can } = useTenant()
  return (
    <Stack gap="md">
      {integration.connectionStatus === 'error' && <Failing integration={integration} />}
      {can('executions:read') && <Figures id={integration.id} />}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <About integration={integration} />
        <Stack gap="md">
          {integration.credentialId !== null && can('credentials:read') && <CredentialCard id={integration.credentialId} />}
          <Health integration={integration} />
        </Stack>
      </SimpleGrid>
      {integration.supportedEvents.length > 0 && (
        <Section title={texts.events}>
          <Group gap="xs">{integration.supportedEvents.map(({ eventType, description }) => <Badge key={eventType} variant="default" title={description} styles={{ root: { paddingInline: 8, border: '1px solid var(--app-line)' } }}>{eventType}</Badge>)}</Group>
        </Section>
      )}
    </Stack>
  )
}

/** An account whose connection ended says so itself, with the way to mend it. */
function Failing({ integration: { credentialId, connectionError } }: { integration: Integration }) {
  const { can } = useTenant()
  const { data } = useGet('/api/v1/credentials/{id}', { path: { id: credentialId ?? '' } }, { enabled: credentialId !== null && can('credentials:read') })
  if (Object.values(data?.connections ?? {}).some(({ status }) => status === 'error')) return null
  return <Alert color="red" variant="outline" title={texts.connectionFailing} className="app-problem"><Text size="sm" className="app-anywhere">{connectionError}</Text><Text size="sm" c="dimmed">{texts.whatNow}</Text></Alert>
}

function Figures({ id }: { id: string }) {
  const { from, step } = useRange()
  const { data, error, refetch } = useGet('/api/v1/figures', { query: { integrationId: id, from, step } }, { refetchInterval: 30_000, keepPrevious: true })
  const total = data?.total
  const filled = useMemo(() => data && fillSteps(data.series, { from: data.from, to: data.to, step }), [data, step])
  const times = useMemo(() => filled?.map(({ at }) => at) ?? [], [filled])
  const calls = useMemo(() => [
    { name: texts.succeeded, tone: 'accent' as const, fill: true, values: filled?.map(({ point }) => point?.succeeded ?? 0) ?? [] }, { name: texts.failed, tone: 'bad' as const, values: filled?.map(({ point }) => point?.failed ?? 0) ?? [] },
  ], [filled])
  const latency = useMemo(() => [
    { name: texts.average, tone: 'accent' as const, values: filled?.map(({ point }) => point?.averageLatency ?? null) ?? [] }, { name: texts.p95, tone: 'warn' as const, values: filled?.map(({ point }) => point?.p95 ?? null) ?? [] },
  ], [filled])
  return (
    <Section title={texts.figures} text={[`${formatCompact(total?.calls)} ${texts.callsChart.toLowerCase()}`, formatPercent(total?.successRate), `p50 ${formatMs(total?.p50)}`, `p95 ${formatMs(total?.p95)}`, `p99 ${formatMs(total?.p99)}`].join('  ·  ')}
      actions={<RangeChoice />}>
      {data === undefined && error !== null ? <Problem error={error} retry={() => { void refetch() }} /> : (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <Chart label={texts.callsChart} times={times} series={calls} format={formatCompact} />
          <Chart label={texts.latencyChart} times={times} series={latency} format={formatMs} />
        </SimpleGrid>
      )}
    </Section>
  )
}

function About({ integration: { id, connector, credentialId, connection, configuration, description, metadata, lastValidated } }: { integration: Integration }) {
  const path = usePath()
  const { can } = useTenant()
  const { data: metrics } = useGet('/api/v1/integrations/{id}/metrics', { path: { id } })
  const endpoint = connection.endpoint ?? configuration['baseUrl']
  return (
    <Section title={texts.about} text={description === '' ? undefined : <span dir="auto" className="app-anywhere">{description}</span>}>
      <Facts facts={[
        [texts.connector, <Anchor key="c" component={RouteLink} to={path(`connectors/${encodeURIComponent(connector)}`)} size="sm">{connector}</Anchor>],
        [texts.credential, credentialId === null ? texts.none : !can('credentials:read') && credentialId],
        [texts.endpoint, typeof endpoint === 'string' && endpoint !== '' && endpoint], [texts.tags, metadata.tags.length > 0 && metadata.tags.join(', ')],
        [texts.tested, <Ago key="t" time={lastValidated} none={texts.never} />],
        [texts.breaker, metrics === undefined ? NONE : texts.breakers[metrics.circuitBreaker]], [texts.storage, formatBytes(metrics?.storageBytes)],
        [texts.created, formatExact(metadata.createdAt)], [texts.changed, <Ago key="m" time={metadata.lastModified} />], [texts.id, <Code key="id">{id}</Code>],
      ]} />
    </Section>
  )
}

function Health({ integration: { id } }: { integration: Integration }) {
  const { can } = useTenant()
  const query = useGet('/api/v1/integrations/{id}/health-checks', { path: { id }, query: { limit: 8 } }, { refetchInterval: 30_000 })
  const check = useAction({
    run: ({ hub }) => hub.post('/api/v1/integrations/{id}/health-checks', { path: { id }, body: {} }), changes: ['/api/v1/integrations', '/api/v1/integrations/{id}/health-checks', '/api/v1/overview'],
    failed: (error) => { notifyFailed(texts.changeFailed, error) },
  })
  return (
    <Section title={texts.healthHistory} actions={can('integrations:write') && <Button variant="default" loading={check.isPending} onClick={() => { check.mutate() }}>{texts.runChecks}</Button>}>
      <Loaded query={query} height={40}>
        {({ data }) => (data.length === 0 ? <Text size="sm" c="dimmed">{texts.noHealth}</Text> : (
          <Stack gap={6}>
            {data.map(({ name, at, healthy, latencyMs, detail }) => (
              <Group key={`${name} ${at}`} gap="sm" wrap="nowrap" fz="sm">
                <Status tone={healthy ? 'good' : 'bad'} style={{ minWidth: 84 }}>{healthy ? texts.healthy : texts.unhealthy}</Status>
                <span className="app-clip" style={{ flex: 1 }} title={detail}>{detail}</span><span className="app-num">{formatMs(latencyMs)}</span><Text span size="sm" c="dimmed"><Ago time={at} /></Text>
              </Group>
            ))}
          </Stack>
        ))}
      </Loaded>
    </Section>
  )
}
