import { createRoute } from '@tanstack/react-router'
import { Workflow } from 'lucide-react'
import type { Tab } from '../../routing/feature.ts'
import { lazyPage } from '../../routing/lazy-page.ts'
import { hubRoute, tenantRoute } from '../../routing/routes.ts'
import { tabs } from '../../routing/texts.ts'
import { textSearch } from '../../routing/url.ts'

const listRoute = createRoute({
  getParentRoute: () => hubRoute, path: 'flows', validateSearch: textSearch('q', 'state', 'sort'), component: lazyPage(() => import('./list/list-page.tsx'), 'ListPage'),
})
const libraryRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'flows/library', validateSearch: textSearch('q', 'install'), component: lazyPage(() => import('./list/library-page.tsx'), 'LibraryPage') })
const newRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'flows/new', validateSearch: textSearch('task', 'view'), component: lazyPage(() => import('./flow/new-page.tsx'), 'NewPage') })
const oneRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'flows/$flow', validateSearch: textSearch('part', 'version', 'from', 'to', 'status', 'since', 'q', 'sort', 'trigger', 'task', 'view', 'run'), component: lazyPage(() => import('./flow/flow-page.tsx'), 'FlowPage'),
})
const runsRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'runs', validateSearch: textSearch('q', 'status', 'flow', 'since', 'trigger', 'sort'), component: lazyPage(() => import('./runs/runs-page.tsx'), 'RunsPage') })
const runRoute = createRoute({ getParentRoute: () => tenantRoute, path: 'runs/$id', validateSearch: textSearch('task'), component: lazyPage(() => import('./runs/run-page.tsx'), 'RunPage') })

export const flowsTabs = [listRoute] as const
export const flowsPages = [libraryRoute, newRoute, oneRoute, runsRoute, runRoute] as const

export const flowsTab: Tab = { path: 'flows', label: tabs.flows, icon: Workflow, needs: 'flows:read' }
