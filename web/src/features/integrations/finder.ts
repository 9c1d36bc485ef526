import { Link2, Plus, Terminal } from 'lucide-react'
import type { Tool } from '../../hub/client.ts'
import type { Finder } from '../../routing/feature.ts'
import { texts } from './texts.ts'

export const integrationsFinder: Finder = {
  commands: ({ can }) => (can('integrations:write') ? [{ id: 'add integration', label: texts.add, icon: Plus, to: 'integrations/new' }] : []),
  async find({ hub, can }, q, signal) {
    if (!can('integrations:read')) return []
    const [found, tools] = await Promise.all([hub.get('/api/v1/integrations', { query: { q, limit: 6 }, signal }), can('tools:use') ? hub.get('/api/v1/agent/tools', { query: { q, limit: 10 }, signal }) : { data: [] }])
    const operations = (tools.data as Tool[]).flatMap(({ title, operation }) => (operation === undefined ? [] : [{ ...operation, title }])).slice(0, 5)
    return [
      ...found.data.map(({ id, name, connector }) => ({ id, label: name, description: connector, icon: Link2, to: `integrations/${id}` })),
      ...operations.map(({ integrationId, id, title }) => ({ id: `operation ${integrationId} ${id}`, label: title, description: texts.run, icon: Terminal, to: `integrations/${integrationId}?${new URLSearchParams({ part: 'explore', operation: id })}` })),
    ]
  },
}
