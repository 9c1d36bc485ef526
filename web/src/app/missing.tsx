import { Button } from '@mantine/core'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { Empty } from '../components/empty.tsx'
import { Page } from '../components/page.tsx'
import { Problem } from '../components/problem.tsx'
import { texts as session } from '../features/session/texts.ts'
import { useSignOut } from '../features/session/sign-out.ts'
import { RouteLink } from '../routing/link.tsx'
import { texts } from './texts.ts'

export function Missing() {
  return <Empty icon={Compass} title={texts.missingTitle} text={texts.missingText} action={<Button component={RouteLink} to="/" variant="default">{texts.home}</Button>} />
}

/** After an update of the hub the parts of the page that were not loaded yet are gone: loading it again brings the new ones. */
export function Broken({ error }: ErrorComponentProps) {
  return (
    <div className="app-content">
      <Page title={texts.brokenTitle}><Problem error={error} title={texts.brokenTitle} action={<Button variant="default" onClick={() => { location.reload() }}>{texts.reload}</Button>} /></Page>
    </div>
  )
}

export function NoTenants() {
  const signOut = useSignOut()
  return <main className="app-center"><Empty icon={Compass} title={texts.product} text={session.noTenants} action={<Button variant="default" onClick={() => { void signOut() }}>{session.signOut}</Button>} /></main>
}

export function NotAMember() {
  return <main className="app-center"><Empty icon={Compass} title={texts.missingTitle} text={session.notAMember} action={<Button variant="default" component={RouteLink} to="/">{session.toMine}</Button>} /></main>
}
