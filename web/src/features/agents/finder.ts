import { Bot } from 'lucide-react'
import type { Finder } from '../../routing/feature.ts'
import { texts } from './texts.ts'

export const agentsFinder: Finder = {
  commands: ({ can }) => (can('tools:use') ? [{ id: 'connect agent', label: texts.connectCommand, icon: Bot, to: 'agents' }] : []),
}
