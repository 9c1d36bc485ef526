import { ActionIcon, Button, Group, Menu, Select, Stack } from '@mantine/core'
import { Ellipsis, KeyRound, UserPlus, Users, UserX } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { notifyDone, notifyFailed } from '../../components/notify.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useAction } from '../../hub/action.ts'
import type { Member } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { Invitations } from './invitations.tsx'
import { InviteModal } from './invite-modal.tsx'
import { LinkModal } from './link-modal.tsx'
import { mayGive, rolesToGive } from './roles.ts'
import { texts } from './texts.ts'

export function MembersPart() {
  const { can, role } = useTenant()
  const list = useRows('/api/v1/members')
  const [isInviting, setInviting] = useState(false)
  const [removing, setRemoving] = useState<Member>()
  const mayWrite = can('members:write')
  const shown = useMemo(() => columnsOf((member) => mayWrite && mayGive(role, member.role), setRemoving), [mayWrite, role])
  const remove = useAction<Member>({
    run: ({ hub }, { id }) => hub.delete('/api/v1/members/{id}', { path: { id } }), changes: ['/api/v1/members'], done: () => { setRemoving(undefined) },
  })
  return (
    <Stack gap="sm">
      {mayWrite && <Group><Button leftSection={<UserPlus size={15} />} onClick={() => { setInviting(true) }}>{texts.invite}</Button></Group>}
      <DataTable label={texts.members} rows={list.rows} columns={shown} rowId={({ id }) => id} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: Users, title: texts.noMembers }} />
      <Invitations />
      {isInviting && <InviteModal onClose={() => { setInviting(false) }} />}
      <Confirm opened={removing !== undefined} title={texts.removeTitle} text={texts.removeText(removing?.name || (removing?.email ?? ''))} action={texts.remove} isPending={remove.isPending} error={remove.error} onConfirm={() => { if (removing !== undefined) remove.mutate(removing) }} onClose={() => { setRemoving(undefined) }} />
    </Stack>
  )
}

function columnsOf(mayChange: (member: Member) => boolean, onRemove: (member: Member) => void): Column<Member>[] {
  return [
    { id: 'name', header: texts.name, sort: ({ name }) => name, cell: ({ name, email }) => <span dir="auto" className="app-anywhere">{name || email}</span> },
    { id: 'email', header: texts.email, from: 'sm', sort: ({ email }) => email, cell: ({ email }) => email },
    { id: 'role', header: texts.role, cell: (member) => (mayChange(member) ? <RoleSelect member={member} /> : texts.roles[member.role]) },
    { id: 'added', header: texts.added, from: 'md', cell: ({ createdAt }) => <Ago time={createdAt} /> },
    { id: 'actions', header: texts.actionsOf(''), isHeaderHidden: true, align: 'end', width: 48, cell: (member) => mayChange(member) && <MemberMenu member={member} onRemove={() => { onRemove(member) }} /> },
  ]
}

function RoleSelect({ member: { id, name, email, role } }: { member: Member }) {
  const { role: own } = useTenant()
  const change = useAction<Member['role']>({
    run: ({ hub }, next) => hub.patch('/api/v1/members/{id}', { path: { id }, body: { role: next } }), changes: ['/api/v1/members'],
    done: () => { notifyDone(texts.roleChanged) }, failed: (error) => { notifyFailed(texts.failed, error) },
  })
  return <Select size="xs" w={140} aria-label={`${texts.role}: ${name || email}`} data={rolesToGive(own).map((value) => ({ value, label: texts.roles[value] }))} value={change.isPending ? change.variables : role} onChange={(next) => { if (next !== null && next !== role) change.mutate(next as Member['role']) }} />
}

function MemberMenu({ member, onRemove }: { member: Member, onRemove(): void }) {
  const [link, setLink] = useState<{ url: string, mailed: boolean }>()
  const makeLink = useAction<void, { url: string, mailed: boolean }>({
    run: ({ hub }) => hub.post('/api/v1/members/{id}/password-link', { path: { id: member.id } }), done: setLink, failed: (error) => { notifyFailed(texts.failed, error) },
  })
  return (
    <>
      <Menu>
        <Menu.Target><ActionIcon aria-label={texts.actionsOf(member.name || member.email)}><Ellipsis size={16} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<KeyRound size={14} />} onClick={() => { makeLink.mutate() }}>{texts.newPassword}</Menu.Item>
          <Menu.Item color="red" leftSection={<UserX size={14} />} onClick={onRemove}>{texts.remove}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {link !== undefined && <LinkModal link={link} onClose={() => { setLink(undefined) }} />}
    </>
  )
}
