import { createRoute } from '@tanstack/react-router'
import { Bot } from 'lucide-react'
import type { Tab } from '../../routing/feature.ts'
import { lazyPage } from '../../routing/lazy-page.ts'
import { hubRoute, tenantRoute } from '../../routing/routes.ts'
import { tabs } from '../../routing/texts.ts'
import { textSearch } from '../../routing/url.ts'

const route = createRoute({
  getParentRoute: () => hubRoute, path: 'agents', validateSearch: textSearch('part', 'q', 'tool', 'action', 'client'), component: lazyPage(() => import('./agents-page.tsx'), 'AgentsPage'),
})

const newRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'agents/new', component: lazyPage(() => import('./agent/new-page.tsx'), 'NewAgentPage') })
const oneRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'agents/$id', validateSearch: textSearch('part', 'run'), component: lazyPage(() => import('./agent/agent-page.tsx'), 'AgentPage') })

export const agentsTabs = [route] as const
export const agentsPages = [newRoute, oneRoute] as const

export const agentsTab: Tab = { path: 'agents', label: tabs.agents, icon: Bot, needs: 'tools:use' }
