import { Button, Text } from '@mantine/core'
import { KeyRound } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Section } from '../../components/section.tsx'
import { Status } from '../../components/status.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { ApiKey } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { PolicyModal } from './policy-modal.tsx'
import { texts } from './texts.ts'

/** Keys with a policy; all others are in the settings. */
export function AgentKeys({ action }: { action: ReactNode }) {
  const { can } = useTenant()
  const [changing, setChanging] = useState<ApiKey>()
  const mayWrite = can('keys:write')
  const withDeeds = useMemo(() => [...columns, ...mayWrite ? [{ id: 'actions', header: texts.changePolicy, isHeaderHidden: true, align: 'end' as const, cell: (key: ApiKey) => stateOf(key) === 'active' && <Button variant="default" aria-label={`${texts.changePolicy}: ${key.name}`} onClick={() => { setChanging(key) }}>{texts.changePolicy}</Button> }] : []], [mayWrite])
  const list = useRows('/api/v1/keys', { query: { limit: 500 } })
  const rows = useMemo(() => list.rows?.filter(({ agent }) => agent !== null), [list.rows])
  return (
    <Section title={texts.keysTitle} text={texts.keysText}>
      <DataTable label={texts.keysTitle} rows={rows} columns={withDeeds} rowId={({ id }) => id} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: KeyRound, title: texts.keysEmpty, text: texts.keysEmptyText, action }}
        more={list.more} />
      {changing !== undefined && <PolicyModal agentKey={changing} onClose={() => { setChanging(undefined) }} />}
    </Section>
  )
}

function stateOf({ revokedAt, expiresAt }: ApiKey): keyof typeof texts.states {
  return revokedAt !== null ? 'revoked' : expiresAt !== null && new Date(expiresAt) < new Date() ? 'expired' : 'active'
}

function mayUse({ agent }: ApiKey): string {
  const named = [...agent?.operations ?? [], ...agent?.flows ?? []]
  return `${named.length === 0 ? texts.nothing : named.slice(0, 6).join(', ')}${named.length > 6 ? ' …' : ''}${agent?.dryRun ? ` (${texts.rehearses})` : ''}`
}

const columns: Column<ApiKey>[] = [
  { id: 'name', header: texts.name, cell: ({ name }) => <span dir="auto" className="app-anywhere">{name}</span> },
  { id: 'policy', header: texts.policy, cell: (key) => <Text span size="xs" className="app-mono app-anywhere">{mayUse(key)}</Text> },
  { id: 'prefix', header: texts.prefix, from: 'md', cell: ({ prefix }) => <code>{prefix}…</code> },
  { id: 'state', header: texts.state, from: 'xs', cell: (key) => <Status tone={stateOf(key) === 'active' ? 'good' : 'idle'}>{texts.states[stateOf(key)]}</Status> },
  { id: 'used', header: texts.lastUsed, from: 'sm', cell: ({ lastUsedAt }) => <Ago time={lastUsedAt} none={texts.never} /> },
]
