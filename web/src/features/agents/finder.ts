import { Bot } from 'lucide-react'
import type { Finder } from '../../routing/feature.ts'
import { texts } from './texts.ts'

export const agentsFinder: Finder = {
  async find({ hub, can }, q, signal) {
    if (!can('agents:read')) return []
    const { data } = await hub.get('/api/v1/agents', { query: { q, limit: 5 }, signal })
    return data.map(({ id, name, description }) => ({ id, label: name, description, icon: Bot, to: `agents/${id}` }))
  },
  commands: ({ can }) => (can('tools:use') ? [{ id: 'connect agent', label: texts.connectCommand, icon: Bot, to: 'agents' }] : []),
}
