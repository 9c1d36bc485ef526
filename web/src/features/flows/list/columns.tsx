import { Group, Text } from '@mantine/core'
import { Ago } from '../../../components/ago.tsx'
import { Status } from '../../../components/status.tsx'
import type { Column } from '../../../components/table/columns.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { RunStatus } from '../runs/status.tsx'
import { texts } from '../texts.ts'
import type { FlowRow } from './rows.ts'

export const columns: Column<FlowRow>[] = [
  {
    id: 'name', header: texts.name, sort: ({ title, flowId }) => title ?? flowId,
    cell: ({ flowId, title, predefined }) => (
      <div className="app-shrink">
        <Text size="sm" fw={550} className="app-clip app-cell-name" dir="auto" title={title ?? flowId}>{title ?? flowId}</Text>
        <Text size="xs" c="dimmed" className="app-clip app-cell-name">{flowId}{predefined && ` · ${texts.predefined}`}</Text>
      </div>
    ),
  },
  { id: 'state', header: texts.state, from: 'xs', sort: ({ enabled }) => Number(enabled), cell: ({ enabled }) => <Status tone={enabled ? 'good' : 'idle'}>{enabled ? texts.states.enabled : texts.states.disabled}</Status> },
  { id: 'version', header: texts.latestVersion, from: 'sm', sort: ({ latestVersion }) => latestVersion, cell: ({ latestVersion }) => <span className="app-num">{latestVersion ?? texts.onlyDrafts}</span> },
  { id: 'lastRun', header: texts.lastRun, width: 220, sort: ({ lastRun }) => lastRun?.startedAt ?? null, cell: (row) => <LastRun row={row} /> },
  { id: 'updated', header: texts.updated, from: 'md', align: 'end', sort: ({ updatedAt }) => updatedAt, cell: ({ updatedAt, predefined }) => (predefined ? null : <Ago time={updatedAt} />) },
]

function LastRun({ row: { lastRun } }: { row: FlowRow }) {
  const path = usePath()
  if (lastRun === undefined) return <Ago time={undefined} />
  return (
    <Group gap="xs" wrap="nowrap">
      <RouteLink to={path(`runs/${lastRun.id}`)} className="app-row-link"><RunStatus status={lastRun.status} /></RouteLink>
      <Text size="sm" component="span" className="app-hide-sm"><Ago time={lastRun.startedAt} /></Text>
    </Group>
  )
}
