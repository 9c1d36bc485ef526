import { Anchor, Button, Group, Stack, Table, Text } from '@mantine/core'
import { Gauge, Plus } from 'lucide-react'
import { useMemo } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Coming, Loaded } from '../../components/loading.tsx'
import { Meter } from '../../components/meter.tsx'
import { Section } from '../../components/section.tsx'
import { Status, type Tone } from '../../components/status.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { Reply } from '../../hub/client.ts'
import { useGet, useRows, type Row } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatBytes, formatNumber, NONE } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

type LimitsRow = Row<'/api/v1/figures/limits'>

/** Beyond these a list says nothing more. */
const SHOWN = 20

export function CapacityPart() {
  const { can } = useTenant()
  return <Stack gap="md"><Limits />{can('executions:read') && <Storage />}{can('webhooks:read') && <Queues />}</Stack>
}

function Limits() {
  const path = usePath()
  const { can } = useTenant()
  const [{ sort }, setSearch] = useUrl<'sort'>()
  const list = useRows('/api/v1/figures/limits', { query: { limit: 500 } }, { refetchInterval: 10_000 })
  return (
    <Section title={texts.limits}>
      <DataTable
        label={texts.limits} rows={list.rows} columns={columns} rowId={({ integrationId }) => integrationId} to={({ integrationId }) => path(`integrations/${integrationId}`, { part: 'policies' })}
        error={list.error} retry={() => { void list.refetch() }} sort={sort} onSort={(next) => { setSearch({ sort: next }) }} empty={{ icon: Gauge, title: texts.noIntegrations, text: texts.noIntegrationsText, action: can('integrations:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('integrations/new')}>{texts.addIntegration}</Button> }}
        more={list.more}
      />
    </Section>
  )
}

const breakerTones: Record<LimitsRow['circuitBreaker'], Tone> = { closed: 'good', open: 'bad', 'half-open': 'warn' }

function Used({ used, limit }: { used: number, limit: number }) {
  return <Stack gap={3}><span className="app-num">{texts.ofLimit(formatNumber(used), formatNumber(limit))}</span><Meter used={used} limit={limit} /></Stack>
}

const columns: Column<LimitsRow>[] = [
  { id: 'integration', header: texts.integration, sort: ({ integrationName }) => integrationName, cell: ({ integrationName }) => <Named name={integrationName} /> },
  { id: 'rate', header: texts.rateLimit, sort: ({ rate: { used, limit } }) => used / limit, cell: ({ rate }) => <Used {...rate} /> },
  {
    id: 'quota', header: texts.quota, sort: ({ quota }) => (quota === null ? null : quota.used / Math.max(1, quota.limit)),
    cell: ({ quota }) => (quota === null ? <Text span size="sm" c="dimmed">{texts.unlimited}</Text> : <><Used used={quota.used} limit={quota.limit} /><Text size="xs" c="dimmed">{texts.perPeriod[quota.period]}, {texts.resets} <Ago time={quota.resetsAt} mayBeAhead /></Text></>),
  },
  { id: 'held', header: texts.held, from: 'md', sort: ({ heldSeconds }) => heldSeconds, cell: ({ heldSeconds }) => (heldSeconds > 0 ? texts.heldFor(heldSeconds) : null) },
  { id: 'breaker', header: texts.breaker, from: 'sm', sort: ({ circuitBreaker }) => circuitBreaker, cell: ({ circuitBreaker }) => <Status tone={breakerTones[circuitBreaker]}>{texts.breakers[circuitBreaker]}</Status> },
]

const storedKinds = ['executions', 'events', 'deliveries', 'runs', 'blobs'] as const

function Storage() {
  const query = useGet('/api/v1/figures/storage', undefined, { refetchInterval: 60_000 })
  return (
    <Section title={texts.storage} text={texts.storageText}>
      <Loaded query={query}>
        {({ totalBytes, bytes, measuredAt, integrations }) => (totalBytes === 0 ? <Text size="sm" c="dimmed">{texts.noStorage}</Text> : (
          <>
            <Group gap="lg">
              <Figure label={texts.total} value={formatBytes(totalBytes)} />
              {storedKinds.map((kind) => <Figure key={kind} label={texts.storedKinds[kind]} value={formatBytes(bytes[kind])} />)}
            </Group>
            {measuredAt !== null && <Text size="xs" c="dimmed">{texts.measured} <Ago time={measuredAt} /></Text>}
            {integrations.length > 0 && <ByIntegration integrations={integrations} />}
          </>
        ))}
      </Loaded>
    </Section>
  )
}

function ByIntegration({ integrations }: { integrations: Reply<'GET', '/api/v1/figures/storage'>['integrations'] }) {
  const path = usePath()
  const { rows, isLoading } = useRows('/api/v1/integrations', { query: { limit: 500 } })
  const names = useMemo(() => new Map(rows?.map(({ id, name }) => [id, name])), [rows])
  // Its columns are as wide as the names are long.
  if (isLoading) return <Coming height={80} />
  return (
    <Table.ScrollContainer minWidth={280}>
      <Table fz="sm" aria-label={texts.storage}>
        <Table.Thead><Table.Tr><Table.Th>{texts.integration}</Table.Th><Table.Th ta="right">{texts.records}</Table.Th><Table.Th ta="right">{texts.blobs}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {integrations.slice(0, SHOWN).map((each) => (
            <Table.Tr key={each.integrationId}>
              <Table.Td className="app-anywhere">{names.has(each.integrationId) ? <Anchor component={RouteLink} to={path(`integrations/${each.integrationId}`)} size="sm" dir="auto">{names.get(each.integrationId)}</Anchor> : rows === undefined ? NONE : texts.deleted}</Table.Td>
              <Table.Td ta="right" className="app-num">{formatBytes(each.recordBytes)}</Table.Td><Table.Td ta="right" className="app-num">{formatBytes(each.blobBytes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Figure({ label, value }: { label: string, value: string }) {
  return <div><Text size="xs" c="dimmed">{label}</Text><Text className="app-num" fw={620} size="lg">{value}</Text></div>
}

function Queues() {
  const path = usePath()
  const query = useGet('/api/v1/figures/queues', undefined, { refetchInterval: 5000 })
  return (
    <Section title={texts.queues} text={query.data === undefined || query.data.pending === 0 ? undefined : texts.queuesText(formatNumber(query.data.pending), formatNumber(query.data.due))}>
      <Loaded query={query} height={60}>
        {({ webhooks, runs, jobs }) => <><Waiting runs={runs} jobs={jobs} />{webhooks.length === 0 ? <Text size="sm" c="dimmed">{texts.noQueues}</Text> : (
          <Table.ScrollContainer minWidth={280}>
            <Table fz="sm" aria-label={texts.queues}>
              <Table.Thead><Table.Tr><Table.Th>{texts.endpoint}</Table.Th><Table.Th ta="right">{texts.pending}</Table.Th><Table.Th ta="right">{texts.due}</Table.Th><Table.Th ta="right">{texts.oldest}</Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>
                {webhooks.slice(0, SHOWN).map(({ webhookId, name, pending, due, oldestDueAt }) => (
                  <Table.Tr key={webhookId}>
                    <Table.Td className="app-anywhere"><Anchor component={RouteLink} to={path(`webhooks/endpoints/${webhookId}`, { part: 'deliveries', status: 'pending' })} size="sm" dir="auto">{name}</Anchor></Table.Td>
                    <Table.Td ta="right" className="app-num">{formatNumber(pending)}</Table.Td><Table.Td ta="right" className="app-num">{formatNumber(due)}</Table.Td><Table.Td ta="right"><Ago time={oldestDueAt} mayBeAhead /></Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}</>}
      </Loaded>
    </Section>
  )
}

type Queued = Reply<'GET', '/api/v1/figures/queues'>

/** Runs that are not over, and the hub's own jobs. */
function Waiting({ runs, jobs }: Pick<Queued, 'runs' | 'jobs'>) {
  const sum = (of: 'count' | 'due'): number => (runs ?? []).reduce((total, each) => total + each[of], 0)
  const figures: [string, number][] = [
    ...runs === null ? [] : [[texts.runsLive, sum('count')], [texts.runsDue, sum('due')]] as [string, number][], ...jobs === null ? [] : [[texts.jobsWaiting, jobs.waiting], [texts.jobsFailed, jobs.failed]] as [string, number][],
  ]
  return <Group gap="lg">{figures.map(([label, value]) => <Figure key={label} label={label} value={formatNumber(value)} />)}</Group>
}
