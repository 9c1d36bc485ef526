import { Anchor, Stack, Text } from '@mantine/core'
import { useMemo } from 'react'
import { Chart } from '../../components/chart/chart.tsx'
import { Loaded } from '../../components/loading.tsx'
import { RangeChoice, useRange } from '../../components/range-choice.tsx'
import { Section } from '../../components/section.tsx'
import type { Reply } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatCompact, formatMs } from '../../lib/format.ts'
import { fillSteps } from '../../lib/steps.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { Attention } from './attention.tsx'
import { texts } from './texts.ts'

export function Overview() {
  const { can } = useTenant()
  return <Stack gap="md"><Attention />{can('executions:read') && <Course />}</Stack>
}

/** Calls, errors and latency over time. */
function Course() {
  const path = usePath()
  const { from, step } = useRange()
  const query = useGet('/api/v1/figures', { query: { from, step } }, { refetchInterval: 30_000, keepPrevious: true })
  return (
    <Section title={texts.course} actions={<RangeChoice />}>
      <Loaded query={query} height={316}>{(figures) => <Charts figures={figures} step={step} />}</Loaded>
      <Anchor component={RouteLink} to={path('monitoring', { part: 'performance' })} size="xs">{texts.more}</Anchor>
    </Section>
  )
}

function Charts({ figures, step }: { figures: Reply<'GET', '/api/v1/figures'>, step: 'minute' | 'hour' }) {
  const filled = useMemo(() => fillSteps(figures.series, { from: figures.from, to: figures.to, step }), [figures, step])
  const times = useMemo(() => filled.map(({ at }) => at), [filled])
  const calls = useMemo(() => [
    { name: texts.succeeded, tone: 'accent' as const, fill: true, values: filled.map(({ point }) => point?.succeeded ?? 0) }, { name: texts.errors, tone: 'bad' as const, values: filled.map(({ point }) => point?.failed ?? 0) },
  ], [filled])
  const latency = useMemo(() => [
    { name: texts.median, tone: 'accent' as const, values: filled.map(({ point }) => point?.p50 ?? null) }, { name: texts.p95, tone: 'warn' as const, values: filled.map(({ point }) => point?.p95 ?? null) },
  ], [filled])
  return (
    <Stack gap="sm">
      <Text size="xs" c="dimmed" component="h3" m={0}>{texts.callsAndErrors}</Text>
      <Chart label={texts.callsAndErrors} times={times} series={calls} format={formatCompact} height={110} />
      <Text size="xs" c="dimmed" component="h3" m={0}>{texts.latency}</Text>
      <Chart label={texts.latency} times={times} series={latency} format={formatMs} height={110} />
    </Stack>
  )
}
