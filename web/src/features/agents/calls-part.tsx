import { Anchor, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { ScrollText } from 'lucide-react'
import { Ago } from '../../components/ago.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { AuditEntry } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

type Action = keyof typeof texts.actions
const REFRESH_MS = 5000

/** What agents did, from the audit log. */
export function CallsPart() {
  const { can } = useTenant()
  const path = usePath()
  const [{ action }, setUrl] = useUrl<'action'>()
  const shown: Action = action !== undefined && action in texts.actions ? action as Action : 'tool.called'
  const mayRead = can('audit:read')
  const list = useRows('/api/v1/audit', { query: { action: shown } }, { enabled: mayRead, refetchInterval: REFRESH_MS })
  const columns = columnsOf(path)
  if (!mayRead) return <Text size="sm" c="dimmed">{texts.mayNotAudit}</Text>
  return (
    <Stack gap="sm">
      <Group><SegmentedControl aria-label={texts.kindOfCall} data={Object.entries(texts.actions).map(([value, label]) => ({ value, label }))} value={shown} onChange={(next) => { setUrl({ action: next === 'tool.called' ? undefined : next }) }} /></Group>
      <DataTable label={texts.calls} rows={list.rows} columns={columns} rowId={({ id }) => id} error={list.error} retry={() => { void list.refetch() }} filtered={shown !== 'tool.called'} clearFilters={() => { setUrl({ action: undefined }) }}
        empty={{ icon: ScrollText, title: texts.noCalls, text: texts.noCallsText, action: <Button variant="default" component={RouteLink} to={path('agents')}>{texts.connect}</Button> }}
        more={list.more} />
    </Stack>
  )
}

interface Detail { tool?: string, of?: string, outcome?: string, code?: string, arguments?: string[], by?: string }
const detailOf = ({ detail }: AuditEntry): Detail => detail as Detail

function columnsOf(path: ReturnType<typeof usePath>): Column<AuditEntry>[] {
  return [
    { id: 'tool', header: texts.tool, cell: (entry) => <Named name={detailOf(entry).tool ?? entry.targetId} below={detailOf(entry).arguments?.join(', ')} /> },
    { id: 'outcome', header: texts.outcome, cell: (entry) => [detailOf(entry).outcome, detailOf(entry).code].filter(Boolean).join(' · ') },
    { id: 'who', header: texts.who, from: 'sm', cell: (entry) => <span className="app-anywhere">{detailOf(entry).by ?? entry.actor}</span> },
    { id: 'record', header: texts.record, from: 'xs', cell: ({ targetType, targetId }) => (targetType === 'execution' || targetType === 'run' ? <Anchor component={RouteLink} to={path(`${targetType}s/${targetId}`)} size="sm">{texts[targetType]}</Anchor> : null) },
    { id: 'when', header: texts.when, align: 'end', cell: ({ at }) => <Ago time={at} /> },
  ]
}
