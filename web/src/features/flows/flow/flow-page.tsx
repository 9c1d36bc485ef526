import { Button, Group } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { Pause, Play, SquarePlay, Trash2 } from 'lucide-react'
import { Suspense, useState } from 'react'
import { lazily } from '../../../components/lazily.ts'
import { Coming, Loaded } from '../../../components/loading.tsx'
import { Page } from '../../../components/page.tsx'
import { Status } from '../../../components/status.tsx'
import { TabStrip } from '../../../components/tab-strip.tsx'
import type { Flow } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { useSetEnabled } from '../deeds.ts'
import { DeleteFlow } from '../delete-flow.tsx'
import { flowIdIn, flowPath } from '../paths.ts'
import { RunDrawer } from '../runs/run-drawer.tsx'
import { texts } from '../texts.ts'
import type { PartProps } from './part.ts'

type Part = keyof typeof texts.parts

const parts: Record<Part, React.LazyExoticComponent<React.ComponentType<PartProps>>> = {
  document: lazily(async () => (await import('./document-part.tsx')).DocumentPart),
  runs: lazily(async () => (await import('./runs-part.tsx')).RunsPart),
  versions: lazily(async () => (await import('./versions-part.tsx')).VersionsPart),
}

export function FlowPage() {
  const flowId = flowIdIn((useParams({ strict: false }) as { flow: string }).flow)
  return <Shown key={flowId} flowId={flowId} />
}

function Shown({ flowId }: { flowId: string }) {
  const path = usePath()
  const [{ part, version }] = useUrl<'part' | 'version'>()
  const query = useGet('/api/v1/flows/{flow}', { path: { flow: flowId } })
  // Here, so that a look at the runs loses nothing that was typed.
  const [edited, setEdited] = useState<PartProps['edited']>()
  const shown: Part = part !== undefined && part in parts ? part as Part : 'document'
  const PartShown = parts[shown]
  const flow = query.data
  return (
    <Page title={flow?.title ?? flowId} crumbs={[{ label: texts.hub, to: path('integrations') }, { label: texts.flows, to: path('flows') }]} isComing={query.isPending} subtitle={flow && <State flow={flow} />} actions={flow && <Actions flow={flow} version={version} isEdited={edited !== undefined} />}>
      <TabStrip label={texts.partsLabel} tabs={(Object.keys(parts) as Part[]).map((each) => ({ key: each, label: texts.parts[each], to: path(flowPath(flowId), { ...each !== 'document' && { part: each }, version }), isCurrent: each === shown }))} />
      <Loaded query={query} list={{ label: texts.flows, to: path('flows') }}>{(data) => <Suspense fallback={<Coming height={160} />}><PartShown flow={data} edited={edited} onEdit={setEdited} /></Suspense>}</Loaded>
    </Page>
  )
}

function State({ flow: { flowId, enabled, latestVersion, predefined } }: { flow: Flow }) {
  return (
    <Group gap="md">
      <Status tone={enabled ? 'good' : 'idle'}>{enabled ? texts.states.enabled : texts.states.disabled}</Status>
      <span className="app-num">{latestVersion ?? texts.onlyDrafts}</span>
      <span>{flowId}{predefined && ` · ${texts.predefined}`}</span>
    </Group>
  )
}

/** What runs is the version that is shown; drafts too, for those who write them. */
function Actions({ flow: { flowId, enabled, predefined, latestVersion, version: only }, version, isEdited }: { flow: Flow, version: string | undefined, isEdited: boolean }) {
  const { can } = useTenant()
  const go = useGo()
  const path = usePath()
  const setEnabled = useSetEnabled()
  const [open, setOpen] = useState<'run' | 'delete'>()
  const close = (): void => { setOpen(undefined) }
  return (
    <>
      {can('flows:write') && !predefined && (
        <>
          <Button variant="default" leftSection={enabled ? <Pause size={14} /> : <Play size={14} />} loading={setEnabled.isPending} onClick={() => { setEnabled.mutate({ flowId, enabled: !enabled }) }}>{enabled ? texts.disable : texts.enable}</Button>
          <Button variant="default" leftSection={<Trash2 size={14} />} onClick={() => { setOpen('delete') }}>{texts.delete}</Button>
        </>
      )}
      {can('flows:run') && enabled && <Button leftSection={<SquarePlay size={15} />} onClick={() => { setOpen('run') }}>{texts.run}</Button>}
      {open === 'delete' && <DeleteFlow flowId={flowId} onClose={close} onDone={() => { go(path('flows')) }} />}
      {open === 'run' && <RunDrawer flowId={flowId} version={version ?? (latestVersion === null ? only : undefined)} isEdited={isEdited} onClose={close} />}
    </>
  )
}
