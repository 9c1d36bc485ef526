import { ActionIcon, Button, Group, NumberInput, Stack, Table, Text } from '@mantine/core'
import { Check, Database } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Loaded } from '../../components/loading.tsx'
import { notifyDone, notifyFailed } from '../../components/notify.tsx'
import { Section } from '../../components/section.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useAction } from '../../hub/action.ts'
import type { Integration, Reply } from '../../hub/client.ts'
import { useGet, useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatBytes } from '../../lib/format.ts'
import { texts } from './texts.ts'

interface StorageRow { id: string, name: string, recordBytes: number, blobBytes: number, integration: Integration | undefined }

/** What is kept, for how long, how much room it takes, and where that is changed. */
export function StoragePart() {
  const { can } = useTenant()
  const about = useGet('/api/v1/hub')
  return (
    <Stack gap="md">
      <Kept />
      {can('executions:read') && <ByIntegration />}
      {about.data?.tables != null && <Tables tables={about.data.tables} totalBytes={about.data.database.sizeBytes} />}
    </Stack>
  )
}

function Kept() {
  const { can } = useTenant()
  const query = useGet('/api/v1/retention')
  const { data: storage, isLoading } = useGet('/api/v1/figures/storage', undefined, { enabled: can('executions:read'), refetchInterval: 60_000 })
  return (
    <Section title={texts.kept} text={<>{texts.keptText}{(storage !== undefined || isLoading) && ` ${texts.takenText(formatBytes(storage?.totalBytes), formatBytes(storage?.bytes.blobs))}`}</>}>
      <Loaded query={isLoading ? { ...query, data: undefined } : query}>
        {(kept) => (
          <Table fz="sm">
            <Table.Thead><Table.Tr><Table.Th>{texts.what}</Table.Th><Table.Th ta="end">{texts.takes}</Table.Th><Table.Th>{texts.keptFor}</Table.Th><Table.Th className="app-hide-xs">{texts.setBy}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {keptKinds.map((kind) => (
                <Table.Tr key={kind}>
                  <Table.Td>{texts.keptKinds[kind]}</Table.Td>
                  <Table.Td ta="end" className="app-num">{formatBytes(storage?.bytes[kind])}</Table.Td>
                  <Table.Td>{can('integrations:write') ? <OwnDays key={kept[kind].days} kind={kind} kept={kept[kind]} /> : texts.days(kept[kind].keptDays)}</Table.Td>
                  <Table.Td className="app-hide-xs">{texts.atMost(kept[kind].ceilingDays)} <code className="app-anywhere">{kept[kind].setting}</code></Table.Td>
                </Table.Tr>
              ))}
              <Table.Tr><Table.Td>{texts.keptKinds.audit}</Table.Td><Table.Td /><Table.Td>{texts.always}</Table.Td><Table.Td className="app-hide-xs" /></Table.Tr>
            </Table.Tbody>
          </Table>
        )}
      </Loaded>
    </Section>
  )
}

const keptKinds = ['events', 'deliveries', 'runs', 'executions'] as const
type KeptFor = Reply<'GET', '/api/v1/retention'>[(typeof keptKinds)[number]]

/** Nothing typed: as long as the operator allows. */
function OwnDays({ kind, kept: { days, ceilingDays } }: { kind: (typeof keptKinds)[number], kept: KeptFor }) {
  const [typed, setTyped] = useState<number | string>(days ?? '')
  const next = typeof typed === 'number' ? typed : null
  const save = useAction<number | null>({
    run: ({ hub }, value) => hub.patch('/api/v1/retention', { body: { [kind]: value } }), changes: ['/api/v1/retention'],
    done() {
      notifyDone(texts.savedDone)
      setAsking(false)
    },
    failed: (error) => { notifyFailed(texts.failed, error) },
  })
  const [isAsking, setAsking] = useState(false)
  const store = (): void => {
    // What is older goes for good.
    if (next !== null && next < (days ?? ceilingDays)) setAsking(true)
    else save.mutate(next)
  }
  return (
    <Group gap={6} wrap="nowrap">
      <NumberInput size="xs" w={120} min={1} max={ceilingDays} clampBehavior="blur" suffix={` ${texts.daysUnit}`} placeholder={texts.days(ceilingDays)} allowDecimal={false} aria-label={texts.daysOfKind(texts.keptKinds[kind])} value={typed} onChange={setTyped} error={errorAt(save.error, `/${kind}`) !== undefined} />
      <ActionIcon variant="default" disabled={next === days} loading={save.isPending} aria-label={texts.saveDays(texts.keptKinds[kind])} onClick={store}><Check size={14} /></ActionIcon>
      <Confirm opened={isAsking} title={texts.keepFewer(texts.keptKinds[kind], next ?? ceilingDays)} text={texts.keepFewerText} action={texts.keepFewerAction} isPending={save.isPending} error={save.error} onConfirm={() => { save.mutate(next) }} onClose={() => { setAsking(false) }} />
    </Group>
  )
}

function ByIntegration() {
  const { can } = useTenant()
  const storage = useGet('/api/v1/figures/storage')
  const list = useRows('/api/v1/integrations', { query: { limit: 500 } })
  const mayWrite = can('integrations:write')
  const rows = useMemo(() => rowsOf(storage.data?.integrations, list.rows), [storage.data, list.rows])
  const columns = useMemo(() => columnsOf(mayWrite), [mayWrite])
  return (
    <Section title={texts.byIntegration} actions={mayWrite && rows !== undefined && list.rows !== undefined && list.rows.length > 1 && <ForAll integrations={list.rows} />}>
      <DataTable label={texts.byIntegration} rows={rows} columns={columns} rowId={({ id }) => id} error={storage.error ?? list.error} retry={() => { void storage.refetch() }} empty={{ icon: Database, title: texts.nothingKept }} />
    </Section>
  )
}

type Stored = { integrationId: string, recordBytes: number, blobBytes: number }[]

function rowsOf(stored: Stored | undefined, integrations: Integration[] | undefined): StorageRow[] | undefined {
  if (stored === undefined || integrations === undefined) return undefined
  const sizes = new Map(stored.map((each) => [each.integrationId, each]))
  const own = integrations.map((integration) => ({ id: integration.id, name: integration.name, recordBytes: 0, blobBytes: 0, ...sizes.get(integration.id), integration }))
  const gone = stored.filter(({ integrationId }) => !integrations.some(({ id }) => id === integrationId)).map(({ integrationId, ...bytes }) => ({ id: integrationId, name: texts.deletedOne, ...bytes, integration: undefined }))
  return [...own, ...gone].sort((a, b) => b.recordBytes + b.blobBytes - a.recordBytes - a.blobBytes)
}

function columnsOf(mayWrite: boolean): Column<StorageRow>[] {
  return [
    { id: 'name', header: texts.integration, cell: ({ name, integration }) => <Text span size="sm" dir="auto" className="app-anywhere" {...integration === undefined && { c: 'dimmed' }}>{name}</Text> },
    { id: 'records', header: texts.records, align: 'end', from: 'sm', cell: ({ recordBytes }) => <span className="app-num">{formatBytes(recordBytes)}</span> },
    { id: 'blobs', header: texts.largeValues, align: 'end', from: 'sm', cell: ({ blobBytes }) => <span className="app-num">{formatBytes(blobBytes)}</span> },
    { id: 'days', header: texts.keptFor, align: 'end', cell: ({ integration }) => (integration === undefined ? '' : mayWrite ? <Days key={integration.etag} integration={integration} /> : texts.days(integration.usage.dataPolicy.retentionPeriod)) },
  ]
}

const change = (days: number) => ({ usage: { dataPolicy: { retentionPeriod: days } } })

function Days({ integration: { id, name, etag, usage: { dataPolicy: { retentionPeriod } } } }: { integration: Integration }) {
  const [days, setDays] = useState<number | string>(retentionPeriod)
  const save = useAction<number>({
    run: ({ hub }, next) => hub.patch('/api/v1/integrations/{id}', { path: { id }, body: change(next), ifMatch: etag }), changes: ['/api/v1/integrations'],
    done: () => { notifyDone(texts.savedDone) }, failed: (error) => { notifyFailed(texts.failed, error) },
  })
  const isChanged = typeof days === 'number' && days !== retentionPeriod
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      <NumberInput size="xs" w={110} min={0} max={3650} suffix={` ${texts.daysUnit}`} allowDecimal={false} aria-label={texts.daysOf(name)} value={days} onChange={setDays} error={errorAt(save.error, '/usage/dataPolicy/retentionPeriod') !== undefined} />
      <ActionIcon variant="default" disabled={!isChanged} loading={save.isPending} aria-label={texts.saveDays(name)} onClick={() => { if (typeof days === 'number') save.mutate(days) }}><Check size={14} /></ActionIcon>
    </Group>
  )
}

function ForAll({ integrations }: { integrations: Integration[] }) {
  const [days, setDays] = useState<number | string>('')
  const save = useAction<number>({
    async run({ hub }, next) { for (const { id } of integrations) await hub.patch('/api/v1/integrations/{id}', { path: { id }, body: change(next) }) },
    changes: ['/api/v1/integrations'], done: () => { notifyDone(texts.savedDone) }, failed: (error) => { notifyFailed(texts.failed, error) },
  })
  return (
    <Group gap={6} wrap="nowrap">
      <NumberInput size="xs" w={130} min={0} max={3650} suffix={` ${texts.daysUnit}`} allowDecimal={false} aria-label={texts.daysOfAll} placeholder={texts.daysOfAll} value={days} onChange={setDays} />
      <Button variant="default" disabled={typeof days !== 'number'} loading={save.isPending} onClick={() => { if (typeof days === 'number') save.mutate(days) }}>{texts.setForAll(integrations.length)}</Button>
    </Group>
  )
}

const SHOWN = 12

/** Of the whole hub: its operator's. */
function Tables({ tables, totalBytes }: { tables: { name: string, sizeBytes: number }[], totalBytes: number | null }) {
  return (
    <Section title={texts.database} text={texts.databaseText(formatBytes(totalBytes))}>
      <Table fz="sm">
        <Table.Tbody>{tables.slice(0, SHOWN).map(({ name, sizeBytes }) => <Table.Tr key={name}><Table.Td><code>{name}</code></Table.Td><Table.Td ta="end" className="app-num">{formatBytes(sizeBytes)}</Table.Td></Table.Tr>)}</Table.Tbody>
      </Table>
    </Section>
  )
}
