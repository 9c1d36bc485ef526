import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { Bot } from 'lucide-react'
import type { Feature } from '../../routing/feature.ts'
import { hubRoute } from '../../routing/routes.ts'
import { textSearch } from '../../routing/url.ts'
import { texts } from './texts.ts'

const route = createRoute({
  getParentRoute: () => hubRoute, path: 'agents', validateSearch: textSearch('part', 'q', 'tool', 'action', 'client'), component: lazyRouteComponent(() => import('./agents-page.tsx'), 'AgentsPage'),
})

export const agentsTabs = [route] as const

export const agentsFeature: Feature = {
  tab: { path: 'agents', label: texts.agents, icon: Bot, needs: 'tools:use' },
  commands: ({ can }) => (can('tools:use') ? [{ id: 'connect agent', label: texts.connectCommand, icon: Bot, to: 'agents' }] : []),
}
