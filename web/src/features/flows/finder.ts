import { FilePlus2, History, Workflow } from 'lucide-react'
import type { Finder } from '../../routing/feature.ts'
import { flowPath } from './paths.ts'
import { texts } from './texts.ts'

export const flowsFinder: Finder = {
  commands: ({ can }) => [
    ...can('flows:write') ? [{ id: 'new flow', label: texts.newFlow, icon: FilePlus2, to: 'flows/new' }] : [],
    ...can('flows:read') ? [{ id: 'runs', label: texts.runs, icon: History, to: 'runs' }] : [],
  ],
  async find({ hub, can }, q, signal) {
    if (!can('flows:read')) return []
    const { data } = await hub.get('/api/v1/flows', { query: { q, limit: 6 }, signal })
    return data.map(({ flowId, title }) => ({ id: `flow ${flowId}`, label: title ?? flowId, description: flowId, icon: Workflow, to: flowPath(flowId) }))
  },
}
