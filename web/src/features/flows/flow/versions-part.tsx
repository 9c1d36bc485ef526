import { Button, Group, Modal, Stack } from '@mantine/core'
import { GitCompareArrows } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '../../../components/ago.tsx'
import { notifyDone, notifyFailed } from '../../../components/notify.tsx'
import { Status } from '../../../components/status.tsx'
import type { Column } from '../../../components/table/columns.ts'
import { DataTable } from '../../../components/table/data-table.tsx'
import { useAction } from '../../../hub/action.ts'
import { isProblem, type FlowFinding, type FlowVersion, type StoredFlow } from '../../../hub/client.ts'
import { useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { CHANGES } from '../deeds.ts'
import { flowPath } from '../paths.ts'
import { nextVersion, withVersion } from '../template.ts'
import { texts } from '../texts.ts'
import { Difference } from './difference.tsx'
import type { PartProps } from './part.ts'
import { Kept } from './publish.tsx'

export function VersionsPart({ flow: { flowId, version: latest, predefined } }: PartProps) {
  const path = usePath()
  const { can } = useTenant()
  const list = useRows('/api/v1/flows/{flow}/versions', { path: { flow: flowId } })
  const highest = list.rows?.[0]?.version
  const mayWrite = can('flows:write') && !predefined
  const withDeeds = useMemo(() => [...columns, ...mayWrite ? [{ id: 'actions', header: texts.actions, isHeaderHidden: true, align: 'end' as const, cell: (row: FlowVersion) => (row.status === 'draft' ? <DraftDeeds flowId={flowId} version={row.version} /> : row.version !== highest && highest !== undefined && <Restore flowId={flowId} version={row.version} highest={highest} />) }] : []], [mayWrite, flowId, highest])
  return (
    <Stack gap="md">
      <DataTable label={texts.versions} rows={list.rows} columns={withDeeds} rowId={({ version }) => version} to={({ version }) => path(flowPath(flowId), version === latest ? {} : { version })} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: GitCompareArrows, title: texts.versions }}
        more={list.more} />
      {list.rows !== undefined && <Difference flowId={flowId} versions={list.rows.map(({ version }) => version)} />}
    </Stack>
  )
}

const columns: Column<FlowVersion>[] = [
  { id: 'version', header: texts.version, cell: ({ version }) => <span className="app-num">{version}</span> },
  { id: 'status', header: texts.status, cell: ({ status }) => <Status tone={status === 'draft' ? 'idle' : 'good'}>{texts.versionStatuses[status]}</Status> },
  { id: 'by', header: texts.by, from: 'sm', cell: ({ createdBy }) => <span className="app-mono app-anywhere">{createdBy}</span> },
  { id: 'made', header: texts.made, from: 'xs', cell: ({ createdAt }) => <Ago time={createdAt} /> },
]

function DraftDeeds({ flowId, version }: { flowId: string, version: string }) {
  const path = { flow: flowId, version }
  const [kept, setKept] = useState<FlowFinding[]>()
  const failed = (error: Error): void => { notifyFailed(texts.changeFailed, error) }
  const publish = useAction<boolean>({
    run: ({ hub }, isAllowed) => hub.post('/api/v1/flows/{flow}/versions/{version}/publish', { path, query: { allowMissing: String(isAllowed) } }), changes: CHANGES,
    done() {
      setKept(undefined)
      notifyDone(texts.published(version))
    },
    failed(error) {
      const findings = isProblem(error, 'invalid_document') ? error.problem['findings'] as FlowFinding[] | undefined : undefined
      if (findings === undefined) failed(error)
      else setKept(findings.filter(({ severity }) => severity === 'error'))
    },
  })
  const remove = useAction({ run: ({ hub }) => hub.delete('/api/v1/flows/{flow}/versions/{version}', { path }), changes: CHANGES, done: () => { notifyDone(texts.draftDeleted(version)) }, failed })
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {kept !== undefined && <Modal opened onClose={() => { setKept(undefined) }} title={`${texts.publishDraft}: ${version}`}><Kept errors={kept} onPublish={() => { publish.mutate(true) }} /></Modal>}
      <Button variant="default" aria-label={`${texts.publishDraft}: ${version}`} loading={publish.isPending} onClick={() => { publish.mutate(false) }}>{texts.publishDraft}</Button>
      <Button variant="default" aria-label={`${texts.deleteDraft}: ${version}`} loading={remove.isPending} onClick={() => { remove.mutate() }}>{texts.deleteDraft}</Button>
    </Group>
  )
}

/** An earlier version again, as the draft of the next one. */
function Restore({ flowId, version, highest }: { flowId: string, version: string, highest: string }) {
  const go = useGo()
  const path = usePath()
  const restore = useAction<void, StoredFlow>({
    async run({ hub }) {
      const { source, format } = await hub.get('/api/v1/flows/{flow}/versions/{version}', { path: { flow: flowId, version } })
      return hub.post('/api/v1/flows', { query: { draft: 'true' }, body: withVersion(source, version, nextVersion(highest)), contentType: `application/${format}` })
    },
    changes: CHANGES, failed: (error) => { notifyFailed(texts.changeFailed, error) },
    done(stored) {
      notifyDone(texts.restored(version, stored.version))
      go(path(flowPath(flowId), { version: stored.version }))
    },
  })
  return <Button variant="default" aria-label={`${texts.restore}: ${version}`} loading={restore.isPending} onClick={() => { restore.mutate() }}>{texts.restore}</Button>
}
