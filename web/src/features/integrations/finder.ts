import { Link2, Plus } from 'lucide-react'
import type { Finder } from '../../routing/feature.ts'
import { texts } from './texts.ts'

export const integrationsFinder: Finder = {
  commands: ({ can }) => (can('integrations:write') ? [{ id: 'add integration', label: texts.add, icon: Plus, to: 'integrations/new' }] : []),
  async find({ hub, can }, q, signal) {
    if (!can('integrations:read')) return []
    const { data } = await hub.get('/api/v1/integrations', { query: { q, limit: 6 }, signal })
    return data.map(({ id, name, connector }) => ({ id, label: name, description: connector, icon: Link2, to: `integrations/${id}` }))
  },
}
