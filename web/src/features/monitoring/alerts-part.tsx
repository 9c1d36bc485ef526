import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { BellOff, BellRing } from 'lucide-react'
import { useMemo } from 'react'
import { Ago } from '../../components/ago.tsx'
import { FilterChoice } from '../../components/filter-choice.tsx'
import { Section } from '../../components/section.tsx'
import { Status } from '../../components/status.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { Integration } from '../../hub/client.ts'
import { useRows, type Row } from '../../hub/queries.ts'
import { formatNumber } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

type Firing = Row<'/api/v1/alerts'>
type Alert = Integration['monitoring']['alerts'][number]
interface Rule { id: string, integrationId: string, integrationName: string, alert: Alert }

export function AlertsPart() {
  return <Stack gap="md"><Firings /><Rules /></Stack>
}

function Firings() {
  const path = usePath()
  const [{ state }, setSearch] = useUrl<'state'>()
  const list = useRows('/api/v1/alerts', { query: { ...state && { state: state as 'firing' | 'resolved' } } }, { refetchInterval: 30_000 })
  return (
    <Section title={texts.firings} actions={<FilterChoice label={texts.anyState} choices={texts.states} value={state} onChange={(next) => { setSearch({ state: next }) }} />}>
      <DataTable
        label={texts.firings} rows={list.rows} columns={firingColumns} rowId={({ id }) => id} to={({ integrationId }) => path(`integrations/${integrationId}`)}
        error={list.error} retry={() => { void list.refetch() }} filtered={state !== undefined} clearFilters={() => { setSearch({ state: undefined }) }} empty={{ icon: BellOff, title: texts.noFirings, text: texts.noFiringsText }}
        more={list.more}
      />
    </Section>
  )
}

const firingColumns: Column<Firing>[] = [
  { id: 'alert', header: texts.alert, cell: ({ alert, integrationName }) => <Named name={alert} below={integrationName} /> },
  { id: 'state', header: texts.state, cell: ({ resolvedAt }) => <Status tone={resolvedAt === null ? 'bad' : 'good'}>{resolvedAt === null ? texts.states.firing : texts.states.resolved}</Status> },
  { id: 'message', header: texts.message, from: 'sm', cell: ({ message }) => <span className="app-anywhere" dir="auto">{message}</span> },
  { id: 'since', header: texts.since, align: 'end', cell: ({ at }) => <Ago time={at} /> },
  { id: 'resolved', header: texts.resolved, align: 'end', from: 'sm', cell: ({ resolvedAt }) => <Ago time={resolvedAt} /> },
]

function Rules() {
  const path = usePath()
  const list = useRows('/api/v1/integrations', { query: { limit: 500 } })
  const rules = useMemo(() => list.rows?.flatMap(({ id, name, monitoring: { alerts } }): Rule[] => alerts.map((alert) => ({ id: `${id} ${alert.name}`, integrationId: id, integrationName: name, alert }))), [list.rows])
  const columns = useMemo((): Column<Rule>[] => [
    { id: 'alert', header: texts.alert, cell: ({ alert, integrationName }) => <Named name={alert.name} below={integrationName} /> },
    { id: 'condition', header: texts.condition, cell: ({ alert }) => conditionOf(alert) },
    { id: 'tells', header: texts.tells, from: 'sm', cell: ({ alert: { url, email } }) => <span className="app-anywhere">{[url, email].filter(Boolean).join(', ') || texts.nobody}</span> },
    { id: 'edit', header: texts.edit, isHeaderHidden: true, align: 'end', cell: ({ integrationId, integrationName }) => <Anchor component={RouteLink} to={path(`integrations/${integrationId}`, { part: 'policies' })} size="sm" aria-label={texts.editOf(integrationName)}>{texts.edit}</Anchor> },
  ], [path])
  return (
    <Section title={texts.rules} text={texts.rulesText}>
      <DataTable label={texts.rules} rows={rules} columns={columns} rowId={({ id }) => id} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: BellRing, title: texts.noRules, text: texts.noRulesText, action: <Button variant="default" component={RouteLink} to={path('integrations')}>{texts.toIntegrations}</Button> }}
        more={list.more} />
    </Section>
  )
}

function conditionOf({ metric, operator, threshold, window }: Alert) {
  return <Group gap={4}><span>{texts.metrics[metric]}</span><span>{texts.operators[operator]}</span><span className="app-num">{formatNumber(threshold)}</span>{metric !== 'health' && <Text span size="xs" c="dimmed">{texts.window(window)}</Text>}</Group>
}
