import { createRoute } from '@tanstack/react-router'
import { Link2 } from 'lucide-react'
import type { Tab } from '../../routing/feature.ts'
import { lazyPage } from '../../routing/lazy-page.ts'
import { hubRoute, tenantRoute } from '../../routing/routes.ts'
import { tabs } from '../../routing/texts.ts'
import { textSearch } from '../../routing/url.ts'

const listRoute = createRoute({
  getParentRoute: () => hubRoute, path: 'integrations',
  validateSearch: textSearch('q', 'status', 'health', 'sort', 'range', 'overview', 'guide'),
  component: lazyPage(() => import('./list-page.tsx'), 'ListPage'),
})

const newRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'integrations/new',
  validateSearch: textSearch('connector', 'q', 'category'),
  component: lazyPage(() => import('./wizard/wizard-page.tsx'), 'WizardPage'),
})

const oneRoute = createRoute({
  getParentRoute: () => tenantRoute, path: 'integrations/$id',
  validateSearch: textSearch('part', 'range', 'operation', 'ops', 'example', 'version', 'q', 'status', 'since', 'sort'),
  component: lazyPage(() => import('./integration-page.tsx'), 'IntegrationPage'),
})

export const integrationsTabs = [listRoute] as const
export const integrationsPages = [newRoute, oneRoute] as const

export const integrationsTab: Tab = { path: 'integrations', label: tabs.integrations, icon: Link2, needs: 'integrations:read' }
