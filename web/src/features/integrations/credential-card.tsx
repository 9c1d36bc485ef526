import { Anchor, Stack, Text } from '@mantine/core'
import { Ago } from '../../components/ago.tsx'
import { Facts } from '../../components/facts.tsx'
import { Loaded } from '../../components/loading.tsx'
import { Section } from '../../components/section.tsx'
import type { Credential } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { Connections } from '../accounts/parts.tsx'
import { texts } from './texts.ts'

/** What the integration signs in with: what is set, until when, and the accounts that are connected. Never a secret. */
export function CredentialCard({ id }: { id: string }) {
  const query = useGet('/api/v1/credentials/{id}', { path: { id } })
  return <Section title={texts.credential}><Loaded query={query} height={80}>{(credential) => <About credential={credential} />}</Loaded></Section>
}

function About({ credential }: { credential: Credential }) {
  const path = usePath()
  const { can } = useTenant()
  const { id, name, fields, connections, expiresAt, updatedAt } = credential
  const typed = Object.keys(fields).filter((field) => connections[field] === undefined)
  return (
    <Stack gap="md">
      <Facts facts={[
        [texts.name, <Anchor key="n" component={RouteLink} to={path('settings', { part: 'credentials', q: id })} size="sm" dir="auto">{name}</Anchor>],
        [texts.fields, typed.length > 0 && typed.join(', ')], [texts.expires, expiresAt !== null && <Ago key="e" time={expiresAt} mayBeAhead />], [texts.changed, <Ago key="c" time={updatedAt} />],
      ]} />
      {Object.keys(connections).length > 0 && <Connections credential={credential} />}
      {typed.length > 0 && can('credentials:write') && <Text size="sm"><Anchor component={RouteLink} to={path('settings', { part: 'credentials', q: id })} size="sm">{texts.changeCredential}</Anchor></Text>}
    </Stack>
  )
}
