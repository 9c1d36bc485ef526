import { Button, Group, Stack } from '@mantine/core'
import { KeyRound, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { Status } from '../../components/status.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useAction } from '../../hub/action.ts'
import type { ApiKey } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { KeyModal } from './key-modal.tsx'
import { texts } from './texts.ts'

export function KeysPart() {
  const { can } = useTenant()
  const list = useRows('/api/v1/keys')
  const [isMaking, setMaking] = useState(false)
  const [revoking, setRevoking] = useState<ApiKey>()
  const mayWrite = can('keys:write')
  const columns = useMemo(() => columnsOf(mayWrite, setRevoking), [mayWrite])
  const revoke = useAction<ApiKey>({ run: ({ hub }, { id }) => hub.delete('/api/v1/keys/{id}', { path: { id } }), changes: ['/api/v1/keys'], done: () => { setRevoking(undefined) } })
  const make = mayWrite && <Button leftSection={<Plus size={15} />} onClick={() => { setMaking(true) }}>{texts.newKey}</Button>
  return (
    <Stack gap="sm">
      <Group>{make}</Group>
      <DataTable label={texts.keys} rows={list.rows} columns={columns} rowId={({ id }) => id} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: KeyRound, title: texts.noKeys, text: texts.noKeysText, action: make }}
        more={list.more} />
      {isMaking && <KeyModal onClose={() => { setMaking(false) }} />}
      <Confirm opened={revoking !== undefined} title={texts.revokeTitle} text={texts.revokeText(revoking?.name ?? '')} action={texts.revoke} isPending={revoke.isPending} error={revoke.error} onConfirm={() => { if (revoking !== undefined) revoke.mutate(revoking) }} onClose={() => { setRevoking(undefined) }} />
    </Stack>
  )
}

function stateOf({ revokedAt, expiresAt }: ApiKey): 'active' | 'revoked' | 'expired' {
  return revokedAt !== null ? 'revoked' : expiresAt !== null && new Date(expiresAt) < new Date() ? 'expired' : 'active'
}

function columnsOf(mayWrite: boolean, onRevoke: (key: ApiKey) => void): Column<ApiKey>[] {
  return [
    { id: 'name', header: texts.name, cell: ({ name }) => <span dir="auto" className="app-anywhere">{name}</span> },
    { id: 'prefix', header: texts.prefix, from: 'sm', cell: ({ prefix }) => <code>{prefix}…</code> },
    { id: 'role', header: texts.role, from: 'xs', cell: ({ role, scopes, agent }) => <span title={scopes?.join(', ')}>{agent === null ? texts.roles[role] : texts.agentKey}{scopes !== null && ` · ${scopes.length} ${texts.scopes.toLowerCase()}`}</span> },
    { id: 'state', header: texts.state, cell: (key) => <Status tone={stateOf(key) === 'active' ? 'good' : 'idle'}>{texts[stateOf(key)]}</Status> },
    { id: 'used', header: texts.lastUsed, from: 'md', cell: ({ lastUsedAt }) => <Ago time={lastUsedAt} none={texts.never} /> },
    { id: 'expires', header: texts.expires, from: 'md', cell: ({ expiresAt }) => <Ago time={expiresAt} none={texts.never} /> },
    ...mayWrite ? [{ id: 'actions', header: texts.revoke, isHeaderHidden: true, align: 'end' as const, cell: (key: ApiKey) => stateOf(key) === 'active' && <Button variant="default" onClick={() => { onRevoke(key) }} aria-label={`${texts.revoke}: ${key.name}`}>{texts.revoke}</Button> }] : [],
  ]
}
