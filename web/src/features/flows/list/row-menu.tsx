import { ActionIcon, Menu } from '@mantine/core'
import { Ellipsis, Pause, Play, SquarePlay, Trash2 } from 'lucide-react'
import type { FlowSummary } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { useSetEnabled } from '../deeds.ts'
import { texts } from '../texts.ts'

/** Shown to who may do at least one of them. */
export function RowMenu({ flow: { flowId, enabled, latestVersion, predefined }, onRun, onDelete }: { flow: FlowSummary, onRun(): void, onDelete(): void }) {
  const { can } = useTenant()
  const setEnabled = useSetEnabled()
  const mayRun = can('flows:run') && enabled && latestVersion !== null
  const mayChange = can('flows:write') && !predefined
  if (!mayRun && !mayChange) return null
  return (
    <Menu>
      <Menu.Target><ActionIcon aria-label={texts.actionsOf(flowId)} loading={setEnabled.isPending}><Ellipsis size={16} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        {mayRun && <Menu.Item leftSection={<SquarePlay size={14} />} onClick={onRun}>{texts.run}</Menu.Item>}
        {mayChange && (
          <>
            <Menu.Item leftSection={enabled ? <Pause size={14} /> : <Play size={14} />} onClick={() => { setEnabled.mutate({ flowId, enabled: !enabled }) }}>{enabled ? texts.disable : texts.enable}</Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={onDelete}>{texts.delete}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
