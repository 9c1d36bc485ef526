import { useQuery } from '@tanstack/react-query'
import { Outlet, useParams } from '@tanstack/react-router'
import { useMemo } from 'react'
import { RenewSession } from '../features/session/renew.tsx'
import { clientOf } from '../hub/client.ts'
import { sessionQuery, TenantContext, type Tenant } from '../hub/session.ts'
import { Header } from './header.tsx'
import { LiveProvider } from './live-provider.tsx'
import { NotAMember } from './missing.tsx'
import { texts } from './texts.ts'

/** Header and content of everything within a tenant. */
export function TenantLayout() {
  const { tenant: slug } = useParams({ from: '/t/$tenant' })
  const { data: session } = useQuery(sessionQuery)
  const membership = session?.tenants.find((each) => each.slug === slug)
  const tenant = useMemo((): Tenant | undefined => {
    if (membership === undefined) return undefined
    const scopes = new Set(membership.scopes)
    return { ...membership, hub: clientOf(membership.slug), can: (scope) => scopes.has(scope) }
  }, [membership])
  if (tenant === undefined) return session ? <NotAMember /> : null
  return (
    // All state of a tenant's pages goes with it.
    <TenantContext value={tenant} key={tenant.id}>
      <LiveProvider>
        <a href="#main" className="app-skip">{texts.skip}</a>
        <Header />
        <div className="app-content"><Outlet /></div>
        <RenewSession />
      </LiveProvider>
    </TenantContext>
  )
}
