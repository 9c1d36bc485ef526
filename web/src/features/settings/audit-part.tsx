import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { ScrollText, X } from 'lucide-react'
import { useMemo } from 'react'
import { Ago } from '../../components/ago.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { AuditEntry } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useUrl } from '../../routing/url.ts'
import { actionText, useActors } from './parts.tsx'
import { texts } from './texts.ts'

const none = { q: undefined, action: undefined, actor: undefined, target: undefined }

export function AuditPart() {
  const { nameOf, areComing } = useActors()
  const [filter, setUrl] = useUrl<'q' | 'action' | 'actor' | 'target'>()
  const { q, action, actor, target } = filter
  const list = useRows('/api/v1/audit', { query: { ...q && { q }, ...action && { action }, ...actor && { actor }, ...target && { targetId: target } } })
  const choices = useChoices(filter, nameOf)
  const columns = useMemo(() => columnsOf(nameOf, (entry) => { setUrl({ target: entry.targetId }) }), [nameOf, setUrl])
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <SearchInput label={texts.searchAudit} value={q} onSearch={(next) => { setUrl({ q: next }) }} w={{ base: '100%', xs: 260 }} />
        <Select aria-label={texts.anyAction} placeholder={texts.anyAction} clearable searchable w={{ base: 'calc(50% - 4px)', xs: 210 }} data={choices.actions} value={action ?? null} onChange={(next) => { setUrl({ action: next ?? undefined }) }} />
        <Select aria-label={texts.anybody} placeholder={texts.anybody} clearable searchable w={{ base: 'calc(50% - 4px)', xs: 210 }} data={choices.actors} value={actor ?? null} onChange={(next) => { setUrl({ actor: next ?? undefined }) }} />
        {target !== undefined && <Button variant="default" rightSection={<X size={13} />} onClick={() => { setUrl({ target: undefined }) }}><span className="app-clip" style={{ maxWidth: 220 }}>{texts.ofTarget(target)}</span></Button>}
      </Group>
      <DataTable label={texts.audit} rows={areComing ? undefined : list.rows} columns={columns} rowId={({ id }) => id} error={list.error} retry={() => { void list.refetch() }} filtered={[q, action, actor, target].some((each) => each !== undefined)} clearFilters={() => { setUrl(none) }} empty={{ icon: ScrollText, title: texts.noEntries }}
        more={list.more} />
    </Stack>
  )
}

/** Of the last entries, and what is chosen. */
function useChoices({ action, actor }: { action?: string | undefined, actor?: string | undefined }, nameOf: (actor: string) => string) {
  const { rows } = useRows('/api/v1/audit', { query: { limit: 500 } })
  return useMemo(() => {
    const distinct = (values: (string | undefined)[]): string[] => [...new Set(values.filter((each) => each !== undefined))].sort()
    return { actions: distinct([action, ...(rows ?? []).map((row) => row.action)]).map((value) => ({ value, label: actionText(value) })), actors: distinct([actor, ...(rows ?? []).map((row) => row.actor)]).map((value) => ({ value, label: nameOf(value) })) }
  }, [rows, action, actor, nameOf])
}

function columnsOf(nameOf: (actor: string) => string, choose: (entry: AuditEntry) => void): Column<AuditEntry>[] {
  return [
    { id: 'at', header: texts.when, cell: ({ at }) => <Ago time={at} /> },
    { id: 'action', header: texts.what, cell: ({ action }) => <Text span size="sm" fw={550} title={action}>{actionText(action)}</Text> },
    { id: 'actor', header: texts.who, from: 'sm', cell: ({ actor }) => <span className="app-anywhere" dir="auto" title={actor}>{nameOf(actor)}</span> },
    { id: 'target', header: texts.target, from: 'xs', cell: (entry) => <button type="button" className="app-sort app-mono app-anywhere" style={{ textAlign: 'start' }} onClick={() => { choose(entry) }}>{entry.targetType} {entry.targetId}</button> },
    { id: 'detail', header: texts.detail, from: 'md', cell: ({ detail }) => <span className="app-mono app-anywhere">{Object.keys(detail).length === 0 ? '' : JSON.stringify(detail).slice(0, 200)}</span> },
  ]
}
