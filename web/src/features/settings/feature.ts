import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { Settings } from 'lucide-react'
import type { Feature } from '../../routing/feature.ts'
import { hubRoute } from '../../routing/routes.ts'
import { textSearch } from '../../routing/url.ts'
import { texts } from './texts.ts'

const route = createRoute({
  getParentRoute: () => hubRoute, path: 'settings', validateSearch: textSearch('part', 'sort', 'action', 'connector'), component: lazyRouteComponent(() => import('./settings-page.tsx'), 'SettingsPage'),
})

export const settingsTabs = [route] as const

export const settingsFeature: Feature = {
  tab: { path: 'settings', label: texts.tab, icon: Settings },
  commands: () => Object.entries(texts.parts).map(([part, label]) => ({ id: `settings ${part}`, label: `${texts.tab}: ${label}`, icon: Settings, to: `settings?part=${part}` })),
}
