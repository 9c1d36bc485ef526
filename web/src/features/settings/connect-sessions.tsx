import { Anchor, Button, Group } from '@mantine/core'
import { Link2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Section } from '../../components/section.tsx'
import { Status, type Tone } from '../../components/status.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useAction } from '../../hub/action.ts'
import type { ConnectSession } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { ConnectLinkModal } from './connect-link-modal.tsx'
import { texts } from './texts.ts'

/** Links by which a product's own users connect their accounts. */
export function ConnectSessions() {
  const { can } = useTenant()
  const [{ user }, setUrl] = useUrl<'user'>()
  const list = useRows('/api/v1/connect-sessions', { query: { ...user && { endUserId: user } } }, { refetchInterval: 30_000 })
  const [isMaking, setMaking] = useState(false)
  const [deleting, setDeleting] = useState<ConnectSession>()
  const mayWrite = can('credentials:write')
  const columns = useMemo(() => columnsOf(mayWrite, setDeleting), [mayWrite])
  const remove = useAction<ConnectSession>({ run: ({ hub }, { id }) => hub.delete('/api/v1/connect-sessions/{id}', { path: { id } }), changes: ['/api/v1/connect-sessions'], done: () => { setDeleting(undefined) } })
  const make = mayWrite && <Button variant="default" leftSection={<Link2 size={15} />} onClick={() => { setMaking(true) }}>{texts.makeLink}</Button>
  return (
    <Section title={texts.connectSessions} text={texts.connectSessionsText}>
      <Group gap="xs"><SearchInput label={texts.userFilter} value={user} onSearch={(next) => { setUrl({ user: next }) }} w={{ base: '100%', xs: 280 }} />{make}</Group>
      <DataTable label={texts.connectSessions} rows={list.rows} columns={columns} rowId={({ id }) => id} filtered={user !== undefined} clearFilters={() => { setUrl({ user: undefined }) }} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: Link2, title: texts.noConnectSessions, text: texts.noConnectSessionsText }}
        more={list.more} />
      {isMaking && <ConnectLinkModal onClose={() => { setMaking(false) }} />}
      <Confirm opened={deleting !== undefined} title={texts.deleteSessionTitle} text={texts.deleteSessionText} action={texts.delete} isPending={remove.isPending} error={remove.error} onConfirm={() => { if (deleting !== undefined) remove.mutate(deleting) }} onClose={() => { setDeleting(undefined) }} />
    </Section>
  )
}

type State = keyof typeof texts.connectStates

function stateOf({ status, expiresAt }: ConnectSession): State {
  return status === 'open' && new Date(expiresAt) < new Date() ? 'over' : status
}

const tones: Record<State, Tone> = { open: 'accent', connected: 'good', failed: 'bad', over: 'idle' }

/** By the name that people know; without any, by what is to be connected. */
function nameOf({ endUser, vendor, connector }: ConnectSession): string {
  return endUser?.name ?? endUser?.email ?? endUser?.id ?? vendor ?? connector ?? texts.anybody
}

function columnsOf(mayWrite: boolean, onDelete: (session: ConnectSession) => void): Column<ConnectSession>[] {
  return [
    { id: 'user', header: texts.forWhom, cell: (session) => <Named name={nameOf(session)} below={session.endUser?.id} /> },
    { id: 'state', header: texts.state, cell: (session) => <Status tone={tones[stateOf(session)]}>{texts.connectStates[stateOf(session)]}</Status> },
    { id: 'what', header: texts.connector, from: 'xs', cell: ({ vendor, connector }) => [connector, vendor].filter(Boolean).join(' · ') },
    { id: 'credential', header: texts.credential, from: 'md', cell: ({ credentialId }) => credentialId !== null && <CredentialLink id={credentialId} /> },
    { id: 'made', header: texts.created, from: 'sm', cell: ({ createdAt }) => <Ago time={createdAt} /> },
    { id: 'expires', header: texts.expires, from: 'md', cell: ({ expiresAt }) => <Ago time={expiresAt} mayBeAhead /> },
    ...mayWrite ? [{ id: 'actions', header: texts.delete, isHeaderHidden: true, align: 'end' as const, cell: (session: ConnectSession) => <Button variant="default" aria-label={`${texts.delete}: ${nameOf(session)}`} onClick={() => { onDelete(session) }}>{texts.delete}</Button> }] : [],
  ]
}

function CredentialLink({ id }: { id: string }) {
  const path = usePath()
  return <Anchor component={RouteLink} to={path('settings', { part: 'credentials', q: id })} size="sm" className="app-anywhere">{id}</Anchor>
}
