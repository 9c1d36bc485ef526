import { createRoute } from '@tanstack/react-router'
import { Settings } from 'lucide-react'
import type { Tab } from '../../routing/feature.ts'
import { lazyPage } from '../../routing/lazy-page.ts'
import { hubRoute } from '../../routing/routes.ts'
import { tabs } from '../../routing/texts.ts'
import { textSearch } from '../../routing/url.ts'

const route = createRoute({
  getParentRoute: () => hubRoute, path: 'settings', validateSearch: textSearch('part', 'sort', 'action', 'actor', 'target', 'connector', 'q', 'user', 'bridge'), component: lazyPage(() => import('./settings-page.tsx'), 'SettingsPage'),
})

export const settingsTabs = [route] as const

export const settingsTab: Tab = { path: 'settings', label: tabs.settings, icon: Settings }
