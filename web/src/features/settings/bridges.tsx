import { ActionIcon, Button, Menu } from '@mantine/core'
import { Cable, Ellipsis, Pause, Play, Plus, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { notifyDone, notifyFailed } from '../../components/notify.tsx'
import { Section } from '../../components/section.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useAction } from '../../hub/action.ts'
import type { PulsarBridge } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatCompact, NONE } from '../../lib/format.ts'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { BridgeDrawer } from './bridge-drawer.tsx'
import { BridgeState } from './bridge-state.tsx'
import { texts } from './texts.ts'

const PATH = '/api/v1/pulsar-bridges'
const NEW = 'new'

/** Of whoever may read events. The drawer of one is in the URL. */
export function Bridges() {
  const { can } = useTenant()
  const path = usePath()
  const [{ bridge }, setUrl] = useUrl<'bridge'>()
  const list = useRows(PATH, undefined, { refetchInterval: 10_000 })
  const [deleting, setDeleting] = useState<PulsarBridge>()
  const mayWrite = can('events:write')
  const columns = useMemo(() => columnsOf(mayWrite, setDeleting), [mayWrite])
  const remove = useAction<PulsarBridge>({ run: ({ hub }, { id }) => hub.delete(`${PATH}/{id}`, { path: { id } }), changes: [PATH], done: () => { setDeleting(undefined) } })
  const add = mayWrite && <Button variant="default" leftSection={<Plus size={15} />} onClick={() => { setUrl({ bridge: NEW }) }}>{texts.newBridge}</Button>
  return (
    <Section title={texts.bridges} text={texts.bridgesText} actions={add}>
      <DataTable label={texts.bridges} rows={list.rows} columns={columns} rowId={({ id }) => id} to={({ id }) => path('settings', { part: 'engines', bridge: id })} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: Cable, title: texts.noBridges, text: texts.noBridgesText }}
        more={list.more} />
      {bridge !== undefined && (bridge !== NEW || mayWrite) && <BridgeDrawer key={bridge} id={bridge === NEW ? undefined : bridge} onClose={() => { setUrl({ bridge: undefined }) }} />}
      <Confirm opened={deleting !== undefined} title={texts.deleteBridgeTitle} text={texts.deleteBridgeText(deleting?.name ?? '')} action={texts.delete} isPending={remove.isPending} error={remove.error} onConfirm={() => { if (deleting !== undefined) remove.mutate(deleting) }} onClose={() => { setDeleting(undefined) }} />
    </Section>
  )
}

/** When something went through it last, in either direction. */
const lastOf = ({ lastConsumedAt, lastProducedAt }: PulsarBridge): string | null => [lastConsumedAt, lastProducedAt].filter((each) => each !== null).sort().at(-1) ?? null

function columnsOf(mayWrite: boolean, onDelete: (bridge: PulsarBridge) => void): Column<PulsarBridge>[] {
  return [
    { id: 'name', header: texts.name, cell: ({ name, serviceUrl }) => <Named name={name} below={serviceUrl} /> },
    { id: 'state', header: texts.state, cell: (bridge) => <BridgeState bridge={bridge} /> },
    { id: 'consumed', header: texts.consumed, align: 'end', from: 'sm', cell: ({ figures }) => <span className="app-num">{formatCompact(figures.consumed)}</span> },
    { id: 'produced', header: texts.produced, align: 'end', from: 'sm', cell: ({ figures }) => <span className="app-num">{formatCompact(figures.produced)}</span> },
    { id: 'last', header: texts.lastMessage, align: 'end', from: 'md', cell: (bridge) => <Ago time={lastOf(bridge)} none={NONE} /> },
    ...mayWrite ? [{ id: 'actions', header: texts.actionsOf(''), isHeaderHidden: true, align: 'end' as const, width: 48, cell: (bridge: PulsarBridge) => <BridgeMenu bridge={bridge} onDelete={() => { onDelete(bridge) }} /> }] : [],
  ]
}

function BridgeMenu({ bridge: { id, name, status }, onDelete }: { bridge: PulsarBridge, onDelete(): void }) {
  const isPaused = status === 'paused'
  const turn = useAction<void>({
    run: ({ hub }) => hub.patch(`${PATH}/{id}`, { path: { id }, body: { status: isPaused ? 'active' : 'paused' } }), changes: [PATH],
    done: () => { notifyDone(isPaused ? texts.bridgeResumed : texts.bridgePaused) }, failed: (error) => { notifyFailed(texts.failed, error) },
  })
  return (
    <Menu>
      <Menu.Target><ActionIcon aria-label={texts.actionsOf(name)} loading={turn.isPending}><Ellipsis size={16} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={isPaused ? <Play size={14} /> : <Pause size={14} />} onClick={() => { turn.mutate() }}>{isPaused ? texts.resume : texts.pause}</Menu.Item>
        <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={onDelete}>{texts.delete}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
