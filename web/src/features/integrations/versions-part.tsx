import { Alert, Button, Drawer, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { History } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Loaded } from '../../components/loading.tsx'
import { notifyDone } from '../../components/notify.tsx'
import { Problem } from '../../components/problem.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useAction } from '../../hub/action.ts'
import type { Integration, IntegrationVersion } from '../../hub/client.ts'
import { useGet, useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { useActors } from '../settings/parts.tsx'
import { DifferenceTable } from './settings/difference-table.tsx'
import { texts } from './texts.ts'

/** What it was set to after each change. */
export function VersionsPart({ integration }: { integration: Integration }) {
  const path = usePath()
  const { nameOf, areComing } = useActors()
  const [{ version }, setUrl] = useUrl<'version'>()
  const list = useRows('/api/v1/integrations/{id}/versions', { path: { id: integration.id } })
  const columns = useMemo(() => columnsOf(nameOf), [nameOf])
  const at = list.rows?.findIndex((each) => String(each.version) === version) ?? -1
  const chosen = list.rows?.[at]
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">{texts.versionsText}</Text>
      <DataTable label={texts.parts.versions} rows={areComing ? undefined : list.rows} columns={columns} rowId={(row) => String(row.version)} to={(row) => path(`integrations/${integration.id}`, { part: 'versions', version: String(row.version) })} highlighted={version}
        error={list.error} retry={() => { void list.refetch() }} empty={{ icon: History, title: texts.noVersions }}
        more={list.more} />
      {chosen !== undefined && !areComing && <VersionDrawer key={chosen.version} integration={integration} version={chosen} before={list.rows?.[at + 1]?.version} newest={list.rows?.[0]?.version} who={nameOf(chosen.actor)} onClose={() => { setUrl({ version: undefined }) }} />}
    </Stack>
  )
}

function columnsOf(nameOf: (actor: string) => string): Column<IntegrationVersion>[] {
  return [
    { id: 'version', header: texts.version, width: 90, cell: ({ version }) => <span className="app-num">{version}</span> },
    { id: 'changed', header: texts.whatChanged, cell: ({ changed, restoredFrom }) => <span className="app-anywhere">{[...restoredFrom === null ? [] : [texts.restoredFrom(restoredFrom)], changed.map(fieldName).join(', ')].filter(Boolean).join(': ') || texts.theFirst}</span> },
    { id: 'who', header: texts.who, from: 'sm', cell: ({ actor }) => <span className="app-anywhere" dir="auto">{nameOf(actor)}</span> },
    { id: 'at', header: texts.when, align: 'end', cell: ({ at }) => <Ago time={at} /> },
  ]
}

const fieldName = (field: string): string => texts.fieldNames[field] ?? field

interface VersionDrawerProps { integration: Integration, version: IntegrationVersion, before: number | undefined, newest: number | undefined, who: string, onClose(): void }

function VersionDrawer({ integration: { id, etag }, version: { version, at }, before, newest, who, onClose }: VersionDrawerProps) {
  const { can } = useTenant()
  const isNewest = version === newest
  const [against, setAgainst] = useState<'before' | 'now'>(before === undefined ? 'now' : 'before')
  const restore = useAction<void>({
    run: ({ hub }) => hub.post('/api/v1/integrations/{id}/versions/{version}/restore', { path: { id, version: String(version) }, body: {}, ifMatch: etag }), changes: ['/api/v1/integrations', '/api/v1/overview'],
    done() {
      notifyDone(texts.restored(version))
      onClose()
    },
  })
  const choices = [...before === undefined ? [] : [{ value: 'before', label: texts.againstBefore }], ...isNewest ? [] : [{ value: 'now', label: texts.againstNow }]]
  const other = against === 'before' ? before : newest
  return (
    <Drawer opened onClose={onClose} title={texts.versionTitle(version)} size="xl">
      <Stack gap="md">
        <Text size="sm" c="dimmed"><span dir="auto">{who}</span>, <Ago time={at} /></Text>
        {choices.length > 1 && <SegmentedControl aria-label={texts.against} w="fit-content" data={choices} value={against} onChange={(next) => { setAgainst(next as typeof against) }} />}
        {other === undefined || choices.length === 0 ? <Alert color="gray" variant="outline">{texts.theFirst}</Alert> : <Difference id={id} version={version} other={other} names={against === 'before' ? [texts.was, texts.became] : [texts.inVersion, texts.now]} isReversed={against === 'before'} />}
        {restore.isError && <Problem error={restore.error} title={texts.restoreFailed} />}
        {can('integrations:write') && !isNewest && <Group justify="flex-end"><Text size="sm" c="dimmed" style={{ flex: 1 }}>{texts.restoreText}</Text><Button loading={restore.isPending} onClick={() => { restore.mutate() }}>{texts.restore}</Button></Group>}
      </Stack>
    </Drawer>
  )
}

function Difference({ id, version, other, names, isReversed }: { id: string, version: number, other: number, names: [string, string], isReversed: boolean }) {
  const one = useGet('/api/v1/integrations/{id}/versions/{version}', { path: { id, version: String(version) } }, { staleTime: Infinity })
  const two = useGet('/api/v1/integrations/{id}/versions/{version}', { path: { id, version: String(other) } }, { staleTime: Infinity })
  return <Loaded query={one}>{(mine) => <Loaded query={two}>{(theirs) => <DifferenceTable before={(isReversed ? theirs : mine).settings} after={(isReversed ? mine : theirs).settings} names={names} />}</Loaded>}</Loaded>
}
