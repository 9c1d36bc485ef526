import { Card, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useMemo } from 'react'
import { Chart } from '../../components/chart/chart.tsx'
import { Loaded } from '../../components/loading.tsx'
import { RangeChoice, useRange } from '../../components/range-choice.tsx'
import { Section } from '../../components/section.tsx'
import type { Reply } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { formatCompact, formatMs, formatPercent } from '../../lib/format.ts'
import { fillSteps } from '../../lib/steps.ts'
import { useUrl } from '../../routing/url.ts'
import { IntegrationChoice } from './integration-choice.tsx'
import { texts } from './texts.ts'

type Figures = Reply<'GET', '/api/v1/figures'>
type Point = Figures['series'][number]

export function PerformancePart() {
  const [{ integration }] = useUrl<'integration'>()
  const { from, step } = useRange()
  const query = useGet('/api/v1/figures', { query: { from, step, ...integration && { integrationId: integration } } }, { refetchInterval: 30_000, keepPrevious: true })
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="xs"><IntegrationChoice /><RangeChoice /></Group>
      <Loaded query={query} height={420}>{(figures) => <><Totals figures={figures} /><Charts figures={figures} step={step} /><Text size="xs" c="dimmed">{texts.performanceText}</Text></>}</Loaded>
    </Stack>
  )
}

function Totals({ figures: { total, before } }: { figures: Figures }) {
  const shown: [string, string, string][] = [
    [texts.totalCalls, formatCompact(total.calls), formatCompact(before.calls)], [texts.success, formatPercent(total.successRate), formatPercent(before.successRate)],
    ['p50', formatMs(total.p50), formatMs(before.p50)], ['p95', formatMs(total.p95), formatMs(before.p95)], ['p99', formatMs(total.p99), formatMs(before.p99)], [texts.refused, formatCompact(total.refused), formatCompact(before.refused)],
  ]
  return (
    <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }} spacing="sm">
      {shown.map(([label, now, earlier]) => <Card key={label} padding="sm"><Text size="xs" c="dimmed">{label}</Text><Text className="app-num" fw={620} size="xl">{now}</Text><Text size="xs" c="dimmed" className="app-num">{texts.before(earlier)}</Text></Card>)}
    </SimpleGrid>
  )
}

function Charts({ figures, step }: { figures: Figures, step: 'minute' | 'hour' }) {
  const filled = useMemo(() => fillSteps(figures.series, { from: figures.from, to: figures.to, step }), [figures, step])
  const times = useMemo(() => filled.map(({ at }) => at), [filled])
  const series = useMemo(() => {
    const of = <Value,>(read: (point: Point) => Value, nothing: Value): Value[] => filled.map(({ point }) => (point === undefined ? nothing : read(point)))
    return {
      calls: [
        { name: texts.succeeded, tone: 'accent' as const, fill: true, values: of(({ succeeded }) => succeeded, 0) }, { name: texts.callsFailed, tone: 'bad' as const, values: of(({ failed }) => failed, 0) },
        { name: texts.refused, tone: 'warn' as const, values: of(({ refused }) => refused, 0) },
      ],
      success: [{ name: texts.rate, tone: 'good' as const, fill: true, values: of<number | null>(({ successRate }) => successRate, null) }],
      latency: (['p50', 'p95', 'p99'] as const).map((name, at) => ({ name, tone: (['accent', 'warn', 'bad'] as const)[at]!, values: of<number | null>((point) => point[name], null) })),
    }
  }, [filled])
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Section title={texts.latency}><Chart label={texts.latency} times={times} series={series.latency} format={formatMs} /></Section>
      <Section title={texts.successRate}><Chart label={texts.successRate} times={times} series={series.success} format={formatPercent} /></Section>
      <Section title={texts.calls}><Chart label={texts.calls} times={times} series={series.calls} format={formatCompact} /></Section>
    </SimpleGrid>
  )
}
