import { Stack, Text } from '@mantine/core'
import { BellOff, HeartPulse, ScrollText } from 'lucide-react'
import { useMemo } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Section } from '../../components/section.tsx'
import { Status } from '../../components/status.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { AuditEntry, Integration } from '../../hub/client.ts'
import { useRows, type Row } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatMs } from '../../lib/format.ts'
import { actionText, useActors } from '../settings/parts.tsx'
import { texts } from './texts.ts'

type Check = Row<'/api/v1/integrations/{id}/health-checks'>
type Firing = Row<'/api/v1/integrations/{id}/alerts'>
const REFRESH_MS = 30_000

/** What happened to it besides its calls: checks of its health, alerts, what people changed. */
export function LogPart({ integration: { id } }: { integration: Integration }) {
  const { can } = useTenant()
  return (
    <Stack gap="md">
      <Checks id={id} />
      <Firings id={id} />
      {can('audit:read') && <Changes id={id} />}
    </Stack>
  )
}

const listOf = ({ more, refetch, error }: Pick<ReturnType<typeof useRows>, 'more' | 'refetch' | 'error'>) => ({ error, more, retry: () => { void refetch() } })

const checkColumns: Column<Check>[] = [
  { id: 'state', header: texts.health, width: 110, cell: ({ healthy }) => <Status tone={healthy ? 'good' : 'bad'}>{healthy ? texts.healthy : texts.unhealthy}</Status> },
  { id: 'name', header: texts.check, cell: ({ name, detail }) => <span className="app-anywhere">{name}: {detail}</span> },
  { id: 'took', header: texts.took, from: 'sm', align: 'end', cell: ({ latencyMs }) => <span className="app-num">{formatMs(latencyMs)}</span> },
  { id: 'at', header: texts.when, align: 'end', cell: ({ at }) => <Ago time={at} /> },
]

function Checks({ id }: { id: string }) {
  const list = useRows('/api/v1/integrations/{id}/health-checks', { path: { id }, query: { limit: 20 } }, { refetchInterval: REFRESH_MS })
  return <Section title={texts.healthHistory}><DataTable label={texts.healthHistory} rows={list.rows} columns={checkColumns} rowId={({ name, at }) => `${name} ${at}`} empty={{ icon: HeartPulse, title: texts.noChecks, text: texts.noHealth }} {...listOf(list)} /></Section>
}

const firingColumns: Column<Firing>[] = [
  { id: 'state', header: texts.status, width: 110, cell: ({ resolvedAt }) => <Status tone={resolvedAt === null ? 'bad' : 'idle'}>{resolvedAt === null ? texts.firing : texts.resolved}</Status> },
  { id: 'alert', header: texts.alert, cell: ({ alert, message }) => <span className="app-anywhere">{alert}: {message}</span> },
  { id: 'resolved', header: texts.ended, from: 'sm', align: 'end', cell: ({ resolvedAt }) => <Ago time={resolvedAt} /> },
  { id: 'at', header: texts.when, align: 'end', cell: ({ at }) => <Ago time={at} /> },
]

function Firings({ id }: { id: string }) {
  const list = useRows('/api/v1/integrations/{id}/alerts', { path: { id }, query: { limit: 20 } }, { refetchInterval: REFRESH_MS })
  return <Section title={texts.alerts}><DataTable label={texts.alerts} rows={list.rows} columns={firingColumns} rowId={(row) => row.id} empty={{ icon: BellOff, title: texts.noAlerts, text: texts.noAlertsText }} {...listOf(list)} /></Section>
}

function Changes({ id }: { id: string }) {
  const { nameOf, areComing } = useActors()
  const list = useRows('/api/v1/audit', { query: { targetId: id, limit: 20 } })
  const columns = useMemo((): Column<AuditEntry>[] => [
    { id: 'action', header: texts.whatChanged, cell: ({ action, detail }) => <div className="app-shrink"><Text size="sm" fw={550} title={action}>{actionText(action)}</Text><Text size="xs" c="dimmed" className="app-anywhere">{[detail['fields'], detail['operation'], detail['name']].flat().filter((each) => typeof each === 'string').join(', ')}</Text></div> },
    { id: 'who', header: texts.who, from: 'xs', cell: ({ actor }) => <span className="app-anywhere" dir="auto">{nameOf(actor)}</span> },
    { id: 'at', header: texts.when, align: 'end', cell: ({ at }) => <Ago time={at} /> },
  ], [nameOf])
  return <Section title={texts.changes}><DataTable label={texts.changes} rows={areComing ? undefined : list.rows} columns={columns} rowId={(row) => row.id} empty={{ icon: ScrollText, title: texts.noChanges }} {...listOf(list)} /></Section>
}
