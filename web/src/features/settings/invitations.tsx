import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { Mail } from 'lucide-react'
import { Ago } from '../../components/ago.tsx'
import { notifyFailed } from '../../components/notify.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { Section } from '../../components/section.tsx'
import { useAction } from '../../hub/action.ts'
import type { Invitation } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { mayGive } from './roles.ts'
import { texts } from './texts.ts'

/** Nothing is shown where there is none. */
export function Invitations() {
  const { can, role } = useTenant()
  const { rows, error, refetch } = useRows('/api/v1/members/invitations')
  const mayWrite = can('members:write')
  const columns = useMemo(() => columnsOf((invitation) => mayWrite && mayGive(role, invitation.role)), [mayWrite, role])
  if (rows === undefined ? error === null : rows.length === 0) return null
  return <Section title={texts.invitations}><DataTable label={texts.invitations} rows={rows} columns={columns} rowId={({ id }) => id} error={error} retry={() => { void refetch() }} empty={{ icon: Mail, title: texts.invitations }} /></Section>
}

function columnsOf(mayRevoke: (invitation: Invitation) => boolean): Column<Invitation>[] {
  return [
    { id: 'email', header: texts.email, cell: ({ email }) => <span className="app-anywhere">{email}</span> }, { id: 'role', header: texts.role, from: 'xs', cell: ({ role }) => texts.roles[role] },
    { id: 'expires', header: texts.expires, from: 'sm', cell: ({ expiresAt }) => <Ago time={expiresAt} none={texts.never} /> },
    { id: 'actions', header: texts.revoke, isHeaderHidden: true, align: 'end', cell: (invitation) => mayRevoke(invitation) && <Revoke invitation={invitation} /> },
  ]
}

function Revoke({ invitation: { id } }: { invitation: Invitation }) {
  const revoke = useAction({ run: ({ hub }) => hub.delete('/api/v1/members/invitations/{id}', { path: { id } }), changes: ['/api/v1/members'], failed: (error) => { notifyFailed(texts.failed, error) } })
  return <Button variant="default" loading={revoke.isPending} onClick={() => { revoke.mutate() }}>{texts.revoke}</Button>
}
