import { History } from 'lucide-react'
import type { Finder } from '../../routing/feature.ts'
import { texts } from './texts.ts'

const id = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const executionsFinder: Finder = {
  commands: ({ can }) => (can('executions:read') ? [{ id: 'executions', label: texts.title, icon: History, to: 'executions' }] : []),
  // An id that somebody pasted.
  find: async ({ can }, words) => (can('executions:read') && id.test(words) ? [{ id: words, label: `${texts.one} ${words}`, icon: History, to: `executions/${words}` }] : []),
}
