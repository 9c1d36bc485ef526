import { Card, Group, SimpleGrid, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core'
import { Activity, CircleCheck, Link2, TrendingDown, TrendingUp, Webhook, type LucideIcon } from 'lucide-react'
import { useMemo } from 'react'
import { Sparkline } from '../../components/chart/sparkline.tsx'
import { formatCompact, formatNumber, formatPercent, NONE } from '../../lib/format.ts'
import { useGet } from '../../hub/queries.ts'
import { hoursAgo, hoursOf, today } from '../../lib/hours.ts'
import { texts } from './texts.ts'

/** Above the tabs: how the hub does, at a glance. */
export function StatCards() {
  const { data: overview, isError: isUnread } = useGet('/api/v1/overview', undefined, { refetchInterval: 60_000 })
  const from = today()
  const { data: figures, isError: isUncounted } = useGet('/api/v1/figures', { query: { from, step: 'day' } }, { refetchInterval: 30_000, keepPrevious: true })
  const { data: earlier } = useGet('/api/v1/figures', { query: { ...sameTimeYesterday(from), step: 'day' } }, { refetchInterval: 60_000, keepPrevious: true })
  const dayAgo = hoursAgo(23)
  const { data: recent } = useGet('/api/v1/figures', { query: { from: dayAgo, step: 'hour' } }, { refetchInterval: 60_000, keepPrevious: true })
  const hours = useMemo(() => (recent === undefined ? [] : hoursOf(recent.series, dayAgo)), [recent, dayAgo])
  const comparison = earlier?.total.calls === 0 ? texts.noneBefore : texts.sinceYesterday
  const integrations = overview?.integrations
  const webhooks = overview?.webhooks
  const calls = figures?.total.calls
  const rate = figures?.total.successRate ?? null
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm" component="section" aria-label={texts.figures}>
      <Stat icon={Link2} label={texts.active} isUnread={isUnread} value={integrations && formatNumber(integrations.active)}
        note={integrations === undefined ? '' : integrations.failing > 0 ? texts.failing(integrations.failing) : texts.ofTotal(formatNumber(integrations.total))} isBad={(integrations?.failing ?? 0) > 0}
        trend={integrations && { change: integrations.active - (integrations.history[0]?.count ?? 0), text: texts.lastFortnight }}
        values={integrations?.history.map(({ count }) => count) ?? []} />
      <Stat icon={Activity} label={texts.calls} isUnread={isUncounted} value={calls === undefined ? undefined : formatCompact(calls)} note={calls === 0 ? texts.noCalls : comparison}
        trend={figures && earlier && { change: shareOf(figures.total.calls, earlier.total.calls), unit: ' %', text: texts.sinceYesterday }} values={hours.map((point) => point?.calls ?? 0)} />
      <Stat icon={CircleCheck} label={texts.success} isUnread={isUncounted} value={figures && formatPercent(rate)} note={rate === null ? texts.noCalls : comparison}
        trend={figures && earlier && { change: difference(rate, earlier.total.successRate), unit: ' pt', text: texts.sinceYesterday }} values={hours.map((point) => point?.successRate ?? null)} />
      <Stat icon={Webhook} label={texts.webhooks} isUnread={isUnread} value={overview && (webhooks ? formatNumber(webhooks.active) : NONE)}
        note={webhooks ? webhooks.failed > 0 ? texts.failing(webhooks.failed) : texts.deliveries(formatCompact(delivered(webhooks.series))) : ''} isBad={(webhooks?.failed ?? 0) > 0}
        values={webhooks ? hoursOf(webhooks.series, dayAgo).map((point) => point?.delivered ?? 0) : []} />
    </SimpleGrid>
  )
}

interface Trend { change: number | null, unit?: string, text: string }

/** Without a value it is on its way, or could not be read. */
interface StatProps { icon: LucideIcon, label: string, isUnread: boolean, value: string | undefined, note: string, isBad?: boolean, trend?: Trend | undefined, values: (number | null)[] }

function Stat({ icon: Icon, label, isUnread, value, note, isBad = false, trend, values }: StatProps) {
  return (
    <Card padding="sm" className="app-stat">
      <Stack gap={6}>
        <Group gap={8} wrap="nowrap">
          <ThemeIcon variant="default" size={26} radius="md"><Icon size={15} /></ThemeIcon>
          <Text size="sm" c="dimmed" fw={550} component="h2" fz="sm" lh={1.25}>{label}</Text>
        </Group>
        <Group justify="space-between" align="flex-end" wrap="nowrap" gap="xs">
          {value === undefined && !isUnread ? <Skeleton height={30} width={70} /> : <Text className="app-num app-stat-value">{value ?? NONE}</Text>}
          <span className="app-hide-xs"><Sparkline values={values} /></span>
        </Group>
        <Group gap={6} wrap="nowrap" mih={18}>
          {trend !== undefined && trend.change !== null && <TrendMark {...trend} />}
          <Text size="xs" className="app-clip" {...isBad ? { style: { color: 'var(--app-bad)' } } : { c: 'dimmed' }}>{value !== undefined ? note : isUnread ? texts.unread : ''}</Text>
        </Group>
      </Stack>
    </Card>
  )
}

function TrendMark({ change, unit = '' }: Trend) {
  if (change === null || Math.abs(change) < 0.05) return null
  const Icon = change > 0 ? TrendingUp : TrendingDown
  return (
    <Text size="xs" fw={600} className="app-num" span style={{ color: 'var(--mantine-color-text)', whiteSpace: 'nowrap', display: 'inline-flex', gap: 3, alignItems: 'center' }}>
      <Icon size={13} aria-hidden />{`${change > 0 ? '+' : '−'}${formatNumber(Math.round(Math.abs(change) * 10) / 10)}${unit}`}
    </Text>
  )
}

function sameTimeYesterday(from: string): { from: string, to: string } {
  const start = new Date(from).getTime() - 86_400_000
  // By the whole minute, so that it is not another question with each render.
  return { from: new Date(start).toISOString(), to: new Date(start + Math.floor((Date.now() - new Date(from).getTime()) / 600_000 + 1) * 600_000).toISOString() }
}

const shareOf = (now: number, before: number): number | null => (before === 0 ? null : 100 * (now - before) / before)
const difference = (now: number | null, before: number | null): number | null => (now === null || before === null ? null : now - before)
const delivered = (series: { delivered: number }[]): number => series.reduce((sum, point) => sum + point.delivered, 0)
