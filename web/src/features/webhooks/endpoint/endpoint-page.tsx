import { Button, Group, Menu } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { ChevronDown, FlaskConical, History, KeyRound, Pause, Play, Recycle, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../../components/confirm.tsx'
import { Loaded } from '../../../components/loading.tsx'
import { Page } from '../../../components/page.tsx'
import { TabStrip } from '../../../components/tab-strip.tsx'
import type { Webhook } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { DeliveriesList } from '../deliveries-list.tsx'
import { RotateModal } from '../secret.tsx'
import { State } from '../state.tsx'
import { TestDrawer } from '../test-drawer.tsx'
import { texts } from '../texts.ts'
import { useRedrive, useRemove, useSetStatus } from './deeds.ts'
import { OverviewPart } from './overview-part.tsx'
import { ReplayDrawer } from './replay-drawer.tsx'
import { SettingsPart } from './settings-part.tsx'

const parts = ['overview', 'deliveries', 'settings'] as const

export function EndpointPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const path = usePath()
  const [{ part }] = useUrl<'part'>()
  const shown = parts.find((each) => each === part) ?? 'overview'
  const query = useGet('/api/v1/webhooks/{id}', { path: { id } }, { refetchInterval: 15_000 })
  return (
    <Page title={query.data?.name ?? texts.endpoint} crumbs={[{ label: texts.tab, to: path('webhooks') }]} isComing={query.isPending} subtitle={query.data && <Group gap="sm"><State status={query.data.status} failingSince={query.data.failingSince} /><span className="app-anywhere">{query.data.url}</span></Group>}
      actions={query.data && <Actions endpoint={query.data} />}>
      <TabStrip label={texts.endpointParts} tabs={parts.map((each) => ({ key: each, label: texts.endpointPart[each], to: path(`webhooks/endpoints/${id}`, each === 'overview' ? {} : { part: each }), isCurrent: each === shown }))} />
      <Loaded query={query} list={{ label: texts.parts.endpoints, to: path('webhooks') }}>
        {(endpoint) => (shown === 'overview' ? <OverviewPart endpoint={endpoint} /> : shown === 'deliveries' ? <DeliveriesList webhookId={id} /> : <SettingsPart key={id} endpoint={endpoint} />)}
      </Loaded>
    </Page>
  )
}

type Open = 'test' | 'replay' | 'redrive' | 'rotate' | 'remove'

function Actions({ endpoint: { id, status } }: { endpoint: Webhook }) {
  const { can } = useTenant()
  const setStatus = useSetStatus(id)
  const [open, setOpen] = useState<Open>()
  if (!can('webhooks:write')) return null
  return (
    <>
      <Button variant="default" leftSection={<FlaskConical size={14} />} onClick={() => { setOpen('test') }}>{texts.test}</Button>
      {status === 'active'
        ? <Button variant="default" leftSection={<Pause size={14} />} loading={setStatus.isPending} onClick={() => { setStatus.mutate('pause') }}>{texts.pause}</Button>
        : <Button leftSection={<Play size={14} />} loading={setStatus.isPending} onClick={() => { setStatus.mutate('activate') }}>{texts.activate}</Button>}
      <Menu>
        <Menu.Target><Button variant="default" rightSection={<ChevronDown size={14} />}>{texts.more}</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<History size={14} />} onClick={() => { setOpen('replay') }}>{texts.replay}</Menu.Item>
          <Menu.Item leftSection={<Recycle size={14} />} onClick={() => { setOpen('redrive') }}>{texts.redrive}</Menu.Item>
          <Menu.Item leftSection={<KeyRound size={14} />} onClick={() => { setOpen('rotate') }}>{texts.rotate}</Menu.Item>
          <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={() => { setOpen('remove') }}>{texts.remove}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open !== undefined && <Opened id={id} open={open} onClose={() => { setOpen(undefined) }} />}
    </>
  )
}

function Opened({ id, open, onClose }: { id: string, open: Open, onClose(): void }) {
  const go = useGo()
  const path = usePath()
  const redrive = useRedrive(id, () => {
    onClose()
    go(path(`webhooks/endpoints/${id}`, { part: 'deliveries' }))
  })
  const remove = useRemove(id, () => { go(path('webhooks'), { replace: true }) })
  if (open === 'test') return <TestDrawer endpointId={id} onClose={onClose} />
  if (open === 'replay') return <ReplayDrawer endpointId={id} onClose={onClose} />
  if (open === 'redrive') return <Confirm opened title={texts.redriveTitle} text={texts.redriveText} action={texts.redrive} isPending={redrive.isPending} error={redrive.error} onConfirm={() => { redrive.mutate() }} onClose={onClose} />
  if (open === 'remove') return <Confirm opened title={texts.removeEndpoint} text={texts.removeEndpointText} action={texts.remove} isPending={remove.isPending} error={remove.error} onConfirm={() => { remove.mutate() }} onClose={onClose} />
  return (
    <RotateModal text={texts.rotateEndpointText} changes={['/api/v1/webhooks']} onClose={onClose}
      rotate={async ({ hub }, body) => (await hub.post('/api/v1/webhooks/{id}/rotate-secret', { path: { id }, body })).security.secret} />
  )
}
