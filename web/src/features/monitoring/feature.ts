import { createRoute } from '@tanstack/react-router'
import { Monitor } from 'lucide-react'
import type { Tab } from '../../routing/feature.ts'
import { lazyPage } from '../../routing/lazy-page.ts'
import { hubRoute } from '../../routing/routes.ts'
import { tabs } from '../../routing/texts.ts'
import { textSearch } from '../../routing/url.ts'

const route = createRoute({
  getParentRoute: () => hubRoute, path: 'monitoring', validateSearch: textSearch('part', 'q', 'health', 'range', 'integration', 'since', 'state', 'sort'),
  component: lazyPage(() => import('./monitoring-page.tsx'), 'MonitoringPage'),
})

export const monitoringTabs = [route] as const

export const monitoringTab: Tab = { path: 'monitoring', label: tabs.monitoring, icon: Monitor, needs: 'integrations:read' }
