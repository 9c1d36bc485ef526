import { ActionIcon, Menu } from '@mantine/core'
import { Ellipsis, Pause, PencilLine, Play, PlugZap, Terminal, Trash2 } from 'lucide-react'
import { useTenant } from '../../hub/session.ts'
import type { Integration } from '../../hub/client.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useSetStatus, useTest } from './deeds.ts'
import { texts } from './texts.ts'

/** Shown to who may do at least one of them. */
export function RowMenu({ integration, onDelete }: { integration: Integration, onDelete(): void }) {
  const { can } = useTenant()
  const path = usePath()
  const test = useTest()
  const setStatus = useSetStatus()
  const { id, name, metadata: { status } } = integration
  const isActive = status === 'active'
  if (!can('integrations:run') && !can('integrations:write')) return null
  return (
    <Menu>
      <Menu.Target><ActionIcon aria-label={texts.actionsOf(name)} loading={test.isPending || setStatus.isPending}><Ellipsis size={16} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        {can('integrations:run') && <Menu.Item leftSection={<Terminal size={14} />} component={RouteLink} to={path(`integrations/${id}`, { part: 'explore' })}>{texts.run}</Menu.Item>}
        {can('integrations:write') && (
          <>
            <Menu.Item leftSection={<PlugZap size={14} />} onClick={() => { test.mutate([integration]) }}>{texts.test}</Menu.Item>
            <Menu.Item leftSection={<PencilLine size={14} />} component={RouteLink} to={path(`integrations/${id}`, { part: 'configuration' })}>{texts.edit}</Menu.Item>
            <Menu.Item leftSection={isActive ? <Pause size={14} /> : <Play size={14} />} onClick={() => { setStatus.mutate({ items: [integration], status: isActive ? 'inactive' : 'active' }) }}>{isActive ? texts.pause : texts.activate}</Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={onDelete}>{texts.delete}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
