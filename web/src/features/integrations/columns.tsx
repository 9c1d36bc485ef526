import { Group } from '@mantine/core'
import { Ago } from '../../components/ago.tsx'
import { Sparkline } from '../../components/chart/sparkline.tsx'
import { Logo } from '../../components/logo.tsx'
import { Status } from '../../components/status.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { formatCompact, formatMs, formatPercent } from '../../lib/format.ts'
import { healthOf, healthTone, statusTone, type IntegrationRow } from './rows.ts'
import { texts } from './texts.ts'

export const columns: Column<IntegrationRow>[] = [
  {
    id: 'name', header: texts.name, sort: ({ name }) => name,
    cell: ({ name, connector, logo }) => (
      <Group gap="sm" wrap="nowrap">
        <Logo src={logo} />
        <Named name={name} below={connector === name.toLowerCase() ? undefined : connector} title={name} />
      </Group>
    ),
  },
  { id: 'status', header: texts.status, from: 'sm', sort: ({ metadata }) => metadata.status, cell: ({ metadata }) => <Status tone={statusTone[metadata.status]}>{texts.statuses[metadata.status]}</Status> },
  {
    id: 'health', header: texts.health, sort: (row) => healthOf(row, row.figures),
    cell: (row) => <Status tone={healthTone[healthOf(row, row.figures)]} title={row.connectionError ?? ''}>{texts.healths[healthOf(row, row.figures)]}</Status>,
  },
  { id: 'lastRun', header: texts.lastRun, from: 'xs', sort: ({ figures }) => figures?.lastRun?.startedAt ?? null, cell: ({ figures }) => <Ago time={figures?.lastRun?.startedAt} none={texts.never} /> },
  { id: 'calls', header: texts.calls, align: 'end', from: 'md', sort: ({ figures }) => figures?.calls ?? null, cell: ({ figures }) => <Calls figures={figures} /> },
  { id: 'success', header: texts.success, align: 'end', from: 'sm', sort: ({ figures }) => figures?.successRate ?? null, cell: ({ figures }) => <span className="app-num">{formatPercent(figures?.successRate)}</span> },
  { id: 'latency', header: texts.latency, align: 'end', from: 'md', sort: ({ figures }) => figures?.averageLatency ?? null, cell: ({ figures }) => <span className="app-num">{formatMs(figures?.averageLatency)}</span> },
]

function Calls({ figures }: Pick<IntegrationRow, 'figures'>) {
  return <Group gap="sm" wrap="nowrap" justify="flex-end" title={texts.trend(formatCompact(figures?.calls))}>{figures !== undefined && figures.calls > 0 && <Sparkline values={figures.trend} width={64} height={22} />}<span className="app-num">{formatCompact(figures?.calls)}</span></Group>
}
