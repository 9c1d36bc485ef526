import { History } from 'lucide-react'
import { recordPath } from '../../components/related.tsx'
import { texts as common } from '../../components/texts.ts'
import { isProblem } from '../../hub/client.ts'
import type { Finder } from '../../routing/feature.ts'
import { texts } from './texts.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const executionsFinder: Finder = {
  commands: ({ can }) => (can('executions:read') ? [{ id: 'executions', label: texts.title, icon: History, to: 'executions' }] : []),
  /** An id that somebody pasted: of an execution, an event, a run or a delivery. */
  async find({ hub }, words, signal) {
    if (!uuid.test(words)) return []
    try {
      const record = await hub.get('/api/v1/records/{id}', { path: { id: words }, signal })
      return [{ id: record.id, label: `${common.recordKinds[record.kind]}: ${record.label}`, description: record.id, icon: History, to: recordPath(record) }]
    } catch (error) {
      if (isProblem(error, 'not_found', 'forbidden')) return []
      throw error
    }
  },
}
