import { Button, Group, Stack, Text } from '@mantine/core'
import { HeartPulse, Plus, Stethoscope } from 'lucide-react'
import { useMemo } from 'react'
import { Ago } from '../../components/ago.tsx'
import { FilterChoice } from '../../components/filter-choice.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Status, type Tone } from '../../components/status.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useRows, type Row } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatMs, formatNumber, formatPercent, NONE } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'
import { useRunChecks } from './run-checks.ts'

type HealthRow = Row<'/api/v1/health-checks'>
type Health = keyof typeof texts.healths

const healthOf = ({ latest }: HealthRow): Health => (latest === null ? 'unknown' : latest.healthy ? 'healthy' : 'failing')
/** What needs somebody stands first. */
const urgency: Record<Health, number> = { failing: 0, unknown: 1, healthy: 2 }
const tones: Record<Health, Tone> = { failing: 'bad', unknown: 'idle', healthy: 'good' }
const none = { q: undefined, health: undefined }

export function HealthPart() {
  const { can } = useTenant()
  const path = usePath()
  const [search, setSearch] = useUrl<'q' | 'health' | 'sort'>()
  const list = useRows('/api/v1/health-checks', { query: { limit: 500 } }, { refetchInterval: 30_000 })
  const { run, progress } = useRunChecks()
  const rows = useMemo(() => {
    const words = (search.q ?? '').toLowerCase()
    return list.rows?.filter((row) => row.integrationName.toLowerCase().includes(words) && (search.health === undefined || healthOf(row) === search.health)).sort((one, other) => urgency[healthOf(one)] - urgency[healthOf(other)])
  }, [list.rows, search.q, search.health])
  const isEmpty = list.rows?.length === 0
  return (
    <Stack gap="sm">
      <Group gap="xs" justify="space-between">
        <Group gap="xs">
          <SearchInput label={texts.search} value={search.q} onSearch={(q) => { setSearch({ q }) }} w={{ base: '100%', xs: 240 }} />
          <FilterChoice label={texts.anyHealth} choices={texts.healths} value={search.health} onChange={(health) => { setSearch({ health }) }} />
        </Group>
        <Group gap="sm">
          <Summary rows={list.rows} />
          {can('integrations:write') && !isEmpty && <Button leftSection={<Stethoscope size={15} />} disabled={progress !== undefined} onClick={run}>{progress === undefined ? texts.runChecks : texts.running(progress.done, progress.total)}</Button>}
        </Group>
      </Group>
      <DataTable
        label={texts.parts.health} rows={rows} columns={columns} rowId={({ integrationId }) => integrationId} to={({ integrationId }) => path(`integrations/${integrationId}`)}
        error={list.error} retry={() => { void list.refetch() }} sort={search.sort} onSort={(sort) => { setSearch({ sort }) }}
        filtered={!isEmpty && (search.q !== undefined || search.health !== undefined)} clearFilters={() => { setSearch(none) }}
        empty={{ icon: HeartPulse, title: texts.noIntegrations, text: texts.noIntegrationsText, action: can('integrations:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('integrations/new')}>{texts.addIntegration}</Button> }}
        more={list.more}
      />
    </Stack>
  )
}

function Summary({ rows }: { rows: HealthRow[] | undefined }) {
  if (rows === undefined || rows.length === 0) return null
  const count = (health: Health): number => rows.filter((row) => healthOf(row) === health).length
  const [failing, unknown] = [count('failing'), count('unknown')]
  return (
    <Text size="sm" c="dimmed" role="status">
      {[texts.healthOf(formatNumber(count('healthy')), formatNumber(rows.length)), failing > 0 && texts.nFailing(formatNumber(failing)), unknown > 0 && texts.nUnknown(formatNumber(unknown))].filter(Boolean).join(' · ')}
    </Text>
  )
}

const columns: Column<HealthRow>[] = [
  { id: 'name', header: texts.integration, sort: ({ integrationName }) => integrationName, cell: ({ integrationName }) => <Named name={integrationName} /> },
  { id: 'health', header: texts.health, sort: (row) => urgency[healthOf(row)], cell: (row) => <Status tone={tones[healthOf(row)]}>{texts.healths[healthOf(row)]}</Status> },
  { id: 'said', header: texts.said, from: 'sm', cell: ({ latest }) => <span className="app-clip" style={{ display: 'block', maxWidth: 420 }} title={latest?.detail}>{latest === null ? NONE : `${latest.name}: ${latest.detail}`}</span> },
  { id: 'took', header: texts.took, align: 'end', from: 'sm', sort: ({ latest }) => latest?.latencyMs ?? null, cell: ({ latest }) => <span className="app-num">{formatMs(latest?.latencyMs)}</span> },
  { id: 'uptime', header: texts.uptime, align: 'end', from: 'xs', sort: ({ uptime }) => uptime, cell: ({ uptime }) => <span className="app-num">{formatPercent(uptime)}</span> },
  { id: 'checked', header: texts.checked, align: 'end', from: 'xs', sort: ({ latest }) => latest?.at ?? null, cell: ({ latest }) => <Ago time={latest?.at} none={texts.never} /> },
]
