import { Anchor, Group, Skeleton, Stack, Table, Text } from '@mantine/core'
import { Suspense, useState } from 'react'
import { formatExact } from '../../lib/format.ts'
import { texts } from '../texts.ts'
import { lazily } from '../lazily.ts'

export interface ChartSeries { name: string, values: (number | null)[], tone: 'accent' | 'good' | 'bad' | 'warn' | 'idle', fill?: boolean }

export interface ChartProps {
  /** What it shows, for those who cannot see it. */
  label: string
  /** ms; one for each value of the series. Keep both from render to render. */
  times: number[]
  series: ChartSeries[]
  format(value: number): string
  height?: number
}

const Loaded = lazily(async () => (await import('./chart-lazy.tsx')).ChartLazy)

/** Figures over time, as a picture or as a table. */
export function Chart(props: ChartProps) {
  const { times, series, format, label, height = 180 } = props
  const [asTable, setAsTable] = useState(false)
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="xs">
        <Group gap="md">{series.map(({ name, tone }) => <Group key={name} gap={6}><span className="app-live-dot" style={{ background: `var(--app-${tone})` }} /><Text size="xs" c="dimmed">{name}</Text></Group>)}</Group>
        <Anchor component="button" type="button" size="xs" onClick={() => { setAsTable(!asTable) }}>{asTable ? texts.viewAsChart : texts.viewAsTable}</Anchor>
      </Group>
      {asTable ? (
        <div style={{ maxHeight: height + 80, overflow: 'auto' }} tabIndex={0} role="region" aria-label={label}>
          <Table stickyHeader fz="xs" verticalSpacing={4}>
            <Table.Thead><Table.Tr><Table.Th>{texts.time}</Table.Th>{series.map(({ name }) => <Table.Th key={name} ta="right">{name}</Table.Th>)}</Table.Tr></Table.Thead>
            <Table.Tbody>
              {times.map((time, at) => (
                <Table.Tr key={time}><Table.Td>{formatExact(time)}</Table.Td>{series.map(({ name, values }) => <Table.Td key={name} ta="right" className="app-num">{values[at] === null || values[at] === undefined ? '–' : format(values[at])}</Table.Td>)}</Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      ) : <Suspense fallback={<Skeleton height={height} />}><Loaded {...props} /></Suspense>}
    </Stack>
  )
}
