import { Anchor, Group, Stack, Text } from '@mantine/core'
import { ShieldCheck } from 'lucide-react'
import { useMemo } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Status } from '../../components/status.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { TimeFilter, useSince } from '../../components/time-filter.tsx'
import type { Reply } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { formatCompact } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { IntegrationChoice } from './integration-choice.tsx'
import { texts } from './texts.ts'

type ErrorGroup = Reply<'GET', '/api/v1/figures/errors'>['data'][number]

export function ErrorsPart() {
  const path = usePath()
  const [{ integration, since, sort }, setSearch] = useUrl<'integration' | 'since' | 'sort'>()
  const from = useSince(since ?? '24h')
  const query = useGet('/api/v1/figures/errors', { query: { ...from && { from }, limit: 200, ...integration && { integrationId: integration } } }, { refetchInterval: 30_000, keepPrevious: true })
  const columns = useMemo(() => columnsOf((group) => path('executions', { integration: group.integrationId, operation: group.operation, status: group.status, q: group.type, since: since ?? '24h' })), [path, since])
  return (
    <Stack gap="sm">
      <Group gap="xs"><IntegrationChoice /><TimeFilter value={since ?? '24h'} onChange={(next) => { setSearch({ since: next === '24h' ? undefined : next }) }} /></Group>
      <Text size="sm" c="dimmed">{texts.errorsText}</Text>
      <DataTable
        label={texts.errors} rows={query.data?.data} columns={columns} rowId={({ fingerprint }) => fingerprint} to={({ lastExecutionId }) => path(`executions/${lastExecutionId}`)}
        error={query.error} retry={() => { void query.refetch() }} sort={sort} onSort={(next) => { setSearch({ sort: next }) }}
        filtered={integration !== undefined || since !== undefined} clearFilters={() => { setSearch({ integration: undefined, since: undefined }) }} empty={{ icon: ShieldCheck, title: texts.noErrors, text: texts.noErrorsText }}
      />
    </Stack>
  )
}

function columnsOf(allOf: (group: ErrorGroup) => string): Column<ErrorGroup>[] {
  return [
    {
      id: 'error', header: texts.error, sort: ({ type }) => type,
      cell: ({ type, message }) => <Named name={type} below={message} title={message ?? undefined} />,
    },
    { id: 'status', header: texts.state, from: 'md', cell: ({ status }) => <Status tone={status === 'failed' ? 'bad' : 'warn'}>{status === 'failed' ? texts.callsFailed : texts.refused}</Status> },
    { id: 'operation', header: texts.operation, from: 'sm', sort: ({ operation }) => operation, cell: ({ operation }) => <span className="app-mono app-anywhere">{operation}</span> },
    { id: 'integration', header: texts.integration, from: 'xs', sort: ({ integrationName }) => integrationName, cell: ({ integrationName }) => <span dir="auto" className="app-anywhere">{integrationName ?? texts.deleted}</span> },
    { id: 'count', header: texts.count, align: 'end', sort: ({ count }) => count, cell: ({ count }) => <span className="app-num">{formatCompact(count)}</span> },
    { id: 'first', header: texts.first, align: 'end', from: 'md', sort: ({ firstAt }) => firstAt, cell: ({ firstAt }) => <Ago time={firstAt} /> },
    { id: 'last', header: texts.last, align: 'end', sort: ({ lastAt }) => lastAt, cell: ({ lastAt }) => <Ago time={lastAt} /> },
    { id: 'all', header: texts.all, isHeaderHidden: true, align: 'end', from: 'sm', cell: (group) => <Anchor component={RouteLink} to={allOf(group)} size="sm" aria-label={texts.allOf(group.type, group.operation)}>{texts.all}</Anchor> },
  ]
}
