import { FileUp, Puzzle } from 'lucide-react'
import type { Finder } from '../../routing/feature.ts'
import { plainText } from '../../lib/plain-text.ts'
import { texts } from './texts.ts'

export const connectorsFinder: Finder = {
  commands: ({ can }) => (can('connectors:write') ? [{ id: 'import', label: texts.importTitle, icon: FileUp, to: 'connectors/import' }] : []),
  async find({ hub, can }, q, signal) {
    if (!can('connectors:read')) return []
    const { data } = await hub.get('/api/v1/integrations/available', { query: { q, limit: 6 }, signal })
    return data.map(({ connector, name, description }) => ({ id: `connector ${connector}`, label: name, description: plainText(description).slice(0, 90), icon: Puzzle, to: `connectors/${encodeURIComponent(connector)}` }))
  },
}
