import { Button, Group, Stack } from '@mantine/core'
import { Plus, ShieldCheck } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Status } from '../../components/status.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useAction } from '../../hub/action.ts'
import type { Credential } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { useUrl } from '../../routing/url.ts'
import { CredentialDrawer } from './credential-drawer.tsx'
import { accountTexts, connectionTone, statusOf } from '../accounts/parts.tsx'
import { RotateKeys } from './rotate-keys.tsx'
import { texts } from './texts.ts'

export function CredentialsPart() {
  const { can } = useTenant()
  const [{ q }, setUrl] = useUrl<'q'>()
  const list = useRows('/api/v1/credentials', { query: { limit: 500 } })
  const rows = useMemo(() => list.rows?.filter((each) => q === undefined || `${each.id} ${each.name} ${each.connector}`.toLowerCase().includes(q.toLowerCase())), [list.rows, q])
  const [editing, setEditing] = useState<Credential | 'new'>()
  const [deleting, setDeleting] = useState<Credential>()
  const mayWrite = can('credentials:write')
  const columns = useMemo(() => columnsOf(mayWrite, { edit: setEditing, remove: setDeleting }), [mayWrite])
  const remove = useAction<Credential>({ run: ({ hub }, { id }) => hub.delete('/api/v1/credentials/{id}', { path: { id } }), changes: ['/api/v1/credentials'], done: () => { setDeleting(undefined) } })
  const add = mayWrite && <Button leftSection={<Plus size={15} />} onClick={() => { setEditing('new') }}>{texts.newCredential}</Button>
  return (
    <Stack gap="sm">
      <Group gap="xs"><SearchInput label={texts.searchCredentials} value={q} onSearch={(next) => { setUrl({ q: next }) }} w={{ base: '100%', xs: 280 }} />{add}<RotateKeys /></Group>
      <DataTable label={texts.credentials} rows={rows} columns={columns} rowId={({ id }) => id} filtered={q !== undefined} clearFilters={() => { setUrl({ q: undefined }) }} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: ShieldCheck, title: texts.noCredentials, text: texts.noCredentialsText, action: add }}
        more={list.more} />
      {editing !== undefined && <CredentialDrawer credential={editing === 'new' ? undefined : editing} onClose={() => { setEditing(undefined) }} />}
      <Confirm opened={deleting !== undefined} title={texts.deleteTitle} text={texts.deleteText(deleting?.name ?? '')} action={texts.delete} isPending={remove.isPending} error={remove.error} onConfirm={() => { if (deleting !== undefined) remove.mutate(deleting) }} onClose={() => { setDeleting(undefined) }} />
    </Stack>
  )
}

function columnsOf(mayWrite: boolean, { edit, remove }: { edit(credential: Credential): void, remove(credential: Credential): void }): Column<Credential>[] {
  return [
    { id: 'name', header: texts.name, sort: ({ name }) => name, cell: ({ name }) => <span dir="auto" className="app-anywhere">{name}</span> },
    { id: 'connector', header: texts.connector, from: 'xs', sort: ({ connector }) => connector, cell: ({ connector }) => connector },
    { id: 'fields', header: texts.fields, from: 'md', cell: ({ fields }) => Object.keys(fields).join(', ') },
    { id: 'connection', header: texts.connection, sort: (credential) => statusOf(credential), cell: (credential) => (statusOf(credential) === 'none' ? '' : <Status tone={connectionTone[statusOf(credential)]}>{accountTexts.statuses[statusOf(credential)]}</Status>) },
    { id: 'expires', header: texts.expires, from: 'md', sort: ({ expiresAt }) => expiresAt, cell: ({ expiresAt }) => <Ago time={expiresAt} none={texts.notKnown} mayBeAhead /> },
    { id: 'changed', header: texts.changed, from: 'sm', cell: ({ updatedAt }) => <Ago time={updatedAt} /> },
    ...mayWrite ? [{
      id: 'actions', header: texts.edit, isHeaderHidden: true, align: 'end' as const,
      cell: (credential: Credential) => (
        <Group gap={6} justify="flex-end">
          <Button variant="default" aria-label={`${texts.edit}: ${credential.name}`} onClick={() => { edit(credential) }}>{texts.edit}</Button>
          <Button variant="default" aria-label={`${texts.delete}: ${credential.name}`} onClick={() => { remove(credential) }}>{texts.delete}</Button>
        </Group>
      ),
    }] : [],
  ]
}
