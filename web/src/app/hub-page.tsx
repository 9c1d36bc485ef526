import { Button } from '@mantine/core'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { Plus, Store } from 'lucide-react'
import { Page } from '../components/page.tsx'
import { useCurrentInView } from '../components/use-current-in-view.ts'
import { Home } from '../features/overview/home.tsx'
import { StatCards } from '../features/overview/stat-cards.tsx'
import { useTenant } from '../hub/session.ts'
import { RouteLink } from '../routing/link.tsx'
import { usePath } from '../routing/paths.ts'
import { tabsOf } from './features.ts'
import { texts } from './texts.ts'

export function HubPage() {
  const tenant = useTenant()
  const path = usePath()
  const isHome = useLocation({ select: ({ pathname }) => pathname === path('integrations') })
  return (
    <Page
      title={texts.hubTitle}
      actions={(
        <>
          <Button variant="default" leftSection={<Store size={15} />} component={RouteLink} to={path('marketplace')}>{texts.browseConnectors}</Button>
          {tenant.can('integrations:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('integrations/new')}>{texts.addIntegration}</Button>}
        </>
      )}
    >
      <StatCards />
      <TabBar />
      {isHome ? <Home><Outlet /></Home> : <Outlet />}
    </Page>
  )
}

function TabBar() {
  const tenant = useTenant()
  const pathTo = usePath()
  const row = useCurrentInView(useLocation({ select: ({ pathname }) => pathname }))
  return (
    <nav ref={row} className="app-tabs" aria-label={texts.sections}>
      {tabsOf(tenant).map(({ path, label, icon: Icon }) => <Link key={path} to={pathTo(path) as never} className="app-tab"><Icon size={15} aria-hidden />{label}</Link>)}
    </nav>
  )
}
