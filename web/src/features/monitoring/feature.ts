import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { Monitor } from 'lucide-react'
import type { Feature } from '../../routing/feature.ts'
import { hubRoute } from '../../routing/routes.ts'
import { textSearch } from '../../routing/url.ts'
import { texts } from './texts.ts'

const route = createRoute({
  getParentRoute: () => hubRoute, path: 'monitoring', validateSearch: textSearch('part', 'q', 'health', 'range', 'integration', 'since', 'state', 'sort'),
  component: lazyRouteComponent(() => import('./monitoring-page.tsx'), 'MonitoringPage'),
})

export const monitoringTabs = [route] as const

export const monitoringFeature: Feature = {
  tab: { path: 'monitoring', label: texts.tab, icon: Monitor, needs: 'integrations:read' },
  commands: ({ can }) => (can('integrations:read') ? Object.entries(texts.parts).map(([part, label]) => ({ id: `monitoring ${part}`, label: `${texts.tab}: ${label}`, icon: Monitor, to: `monitoring?part=${part}` })) : []),
}
