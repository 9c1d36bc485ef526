import { Button, Code, Group, Stack, Table, Text } from '@mantine/core'
import { MonitorSmartphone } from 'lucide-react'
import { useMemo } from 'react'
import { Ago } from '../../components/ago.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Loaded } from '../../components/loading.tsx'
import { notifyFailed } from '../../components/notify.tsx'
import { Section } from '../../components/section.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useAction } from '../../hub/action.ts'
import type { OpenSession, Reply } from '../../hub/client.ts'
import { useGet, useRows } from '../../hub/queries.ts'
import { PasswordSection } from './password-section.tsx'
import { texts } from './texts.ts'

/** How people come in, and where one is signed in oneself. */
export function SignInPart() {
  const query = useGet('/api/v1/hub')
  return (
    <Stack gap="md">
      <Section title={texts.providers} text={texts.providersText}><Loaded query={query} height={80}>{(about) => <Providers about={about} />}</Loaded></Section>
      <PasswordSection />
      <Section title={texts.sessions} text={query.data && texts.sessionsText(timeOf(query.data.signIn.idleHours), query.data.signIn.maxDays)}><Sessions /></Section>
    </Stack>
  )
}

function Providers({ about: { publicUrl, signIn: { providers } } }: { about: Reply<'GET', '/api/v1/hub'> }) {
  if (providers.length === 0) return <Text size="sm">{texts.noProviders} <Code>INTERCHANGE_OPENID_PROVIDERS</Code></Text>
  return (
    <Table fz="sm">
      <Table.Thead><Table.Tr><Table.Th>{texts.provider}</Table.Th><Table.Th className="app-hide-xs">{texts.whoComesIn}</Table.Th><Table.Th>{texts.redirectUri}</Table.Th></Table.Tr></Table.Thead>
      <Table.Tbody>
        {providers.map(({ id, name, issuer, domains, joins }) => {
          const uri = `${publicUrl}/api/v1/session/oidc/${id}/callback`
          return (
            <Table.Tr key={id}>
              <Table.Td><Text size="sm" fw={550}>{name}</Text>{issuer !== null && <Text size="xs" c="dimmed" className="app-anywhere">{issuer}</Text>}</Table.Td>
              <Table.Td className="app-hide-xs">{joins ? texts.joins : texts.invitedOnly}{domains !== null && ` (${domains.join(', ')})`}</Table.Td>
              <Table.Td><Group gap={6} wrap="nowrap"><Code className="app-anywhere">{uri}</Code><CopyButton value={uri} label={`${texts.redirectUri}: ${name}`} /></Group></Table.Td>
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
}

function Sessions() {
  const list = useRows('/api/v1/session/sessions')
  const columns = useMemo((): Column<OpenSession>[] => [
    { id: 'browser', header: texts.browser, cell: ({ userAgent, current }) => <div className="app-shrink"><Text size="sm" className="app-clip app-cell-name" title={userAgent}>{browserOf(userAgent)}</Text>{current && <Text size="xs" c="dimmed">{texts.thisOne}</Text>}</div> },
    { id: 'from', header: texts.address, from: 'sm', cell: ({ address }) => <span className="app-mono">{address}</span> },
    { id: 'used', header: texts.lastUsed, cell: ({ lastUsedAt }) => <Ago time={lastUsedAt} /> },
    { id: 'expires', header: texts.expires, from: 'md', cell: ({ expiresAt }) => <Ago time={expiresAt} mayBeAhead /> },
    { id: 'actions', header: texts.end, isHeaderHidden: true, align: 'end', cell: (session) => !session.current && <End session={session} /> },
  ], [])
  return <DataTable label={texts.sessions} rows={list.rows} columns={columns} rowId={({ id }) => id} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: MonitorSmartphone, title: texts.noSessions }} />
}

function End({ session: { id, userAgent } }: { session: OpenSession }) {
  const end = useAction({ run: ({ hub }) => hub.delete('/api/v1/session/sessions/{id}', { path: { id } }), changes: ['/api/v1/session'], failed: (error) => { notifyFailed(texts.failed, error) } })
  return <Button variant="default" aria-label={`${texts.end}: ${browserOf(userAgent)}`} loading={end.isPending} onClick={() => { end.mutate() }}>{texts.end}</Button>
}

/** In days, where that comes out even. */
const timeOf = (hours: number): string => (hours % 24 === 0 ? texts.days(hours / 24) : texts.hours(hours))

/** Enough of it to know it again. */
function browserOf(userAgent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\/(\d+)/.exec(userAgent)
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(userAgent)
  return [browser && `${browser[1]!.replace('Edg', 'Edge').replace('OPR', 'Opera')} ${browser[2]}`, system?.[1]].filter(Boolean).join(', ') || userAgent.slice(0, 60)
}
