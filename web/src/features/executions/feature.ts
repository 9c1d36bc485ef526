import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { History } from 'lucide-react'
import type { Feature } from '../../routing/feature.ts'
import { tenantRoute } from '../../routing/routes.ts'
import { textSearch } from '../../routing/url.ts'
import { texts } from './texts.ts'

const listRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'executions',
  validateSearch: textSearch('q', 'status', 'integration', 'operation', 'since', 'sort'),
  component: lazyRouteComponent(() => import('./list-page.tsx'), 'ListPage'),
})

const oneRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'executions/$id',
  component: lazyRouteComponent(() => import('./execution-page.tsx'), 'ExecutionPage'),
})

export const executionsPages = [listRoute, oneRoute] as const

const id = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const executionsFeature: Feature = {
  commands: ({ can }) => (can('executions:read') ? [{ id: 'executions', label: texts.title, icon: History, to: 'executions' }] : []),
  // An id that somebody pasted.
  find: async ({ can }, words) => (can('executions:read') && id.test(words) ? [{ id: words, label: `${texts.one} ${words}`, icon: History, to: `executions/${words}` }] : []),
}
