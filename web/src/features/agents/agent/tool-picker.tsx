import { Button, Checkbox, Group, ScrollArea, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { errorsBelow } from '../../../components/form/problem-errors.ts'
import { Tags } from '../../../components/form/tags.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import type { Integration } from '../../../hub/client.ts'
import { useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { texts } from '../texts.ts'

export interface Tools { operations: string[], flows: string[] }

/** Which operations and flows an agent may use: found by a search and ticked, or written as a glob. */
export function ToolPicker({ value, onChange, error, isReadOnly }: { value: Tools, onChange(value: Tools): void, error: Error | null, isReadOnly: boolean }) {
  const { can } = useTenant()
  const flows = useRows('/api/v1/flows', { query: { limit: 500 } }, { enabled: can('flows:read') })
  return (
    <Stack gap="sm">
      <Tags label={texts.operations} description={texts.operationsHelp} readOnly={isReadOnly} value={value.operations} onChange={(operations) => { onChange({ ...value, operations }) }} error={errorsBelow(error, '/tools/operations')[0]?.detail} />
      {!isReadOnly && <OperationSearch chosen={value.operations} onChange={(operations) => { onChange({ ...value, operations }) }} />}
      <Tags label={texts.flows} description={texts.flowsHelp} readOnly={isReadOnly} data={(flows.rows ?? []).map(({ flowId }) => flowId)} value={value.flows} onChange={(next) => { onChange({ ...value, flows: next }) }} error={errorsBelow(error, '/tools/flows')[0]?.detail} />
      {value.operations.length + value.flows.length === 0 && <Text size="sm" c="dimmed">{texts.noToolsChosen}</Text>}
    </Stack>
  )
}

interface SearchProps { chosen: string[], onChange(operations: string[]): void }

function OperationSearch({ chosen, onChange }: SearchProps) {
  const { rows = [] } = useRows('/api/v1/integrations', { query: { limit: 500 } })
  const [id, setId] = useState<string | null>(null)
  const integration = rows.find((each) => each.id === id)
  return (
    <div className="app-inset">
      <Stack gap="xs">
        <Select label={texts.pickFrom} placeholder={texts.pickIntegration} searchable data={rows.map((each) => ({ value: each.id, label: each.name }))} value={id} onChange={setId} />
        {integration !== undefined && <Operations key={integration.id} integration={integration} chosen={chosen} onChange={onChange} />}
      </Stack>
    </div>
  )
}

/** A name that would read as a glob of its own stands by its id. */
const prefixOf = ({ id, name }: Integration): string => (/[*/]/.test(name) ? id : name)

function Operations({ integration, chosen, onChange }: SearchProps & { integration: Integration }) {
  const [q, setQ] = useState<string>()
  const list = useRows('/api/v1/connectors/{id}/operations', { path: { id: integration.connector }, query: { ...q && { q } } })
  const prefix = prefixOf(integration)
  const all = `${prefix}/*`
  const hasAll = chosen.includes(all)
  const toggle = (glob: string): void => { onChange(chosen.includes(glob) ? chosen.filter((each) => each !== glob) : [...chosen, glob]) }
  return (
    <Stack gap="xs">
      <SearchInput label={texts.searchOperations} value={q} onSearch={setQ} />
      <Checkbox label={texts.allOf(integration.name)} checked={hasAll} onChange={() => { toggle(all) }} />
      <ScrollArea.Autosize mah={260} viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': texts.operations }}>
        <Stack gap={6} p={4}>
          {list.rows?.length === 0 && <Text size="sm" c="dimmed">{texts.noSuchOperation}</Text>}
          {list.rows?.map(({ id, summary }) => <Checkbox key={id} size="xs" label={id} description={summary} disabled={hasAll} checked={hasAll || chosen.includes(`${prefix}/${id}`)} onChange={() => { toggle(`${prefix}/${id}`) }} />)}
          {list.hasNextPage && <Group><Button variant="default" loading={list.isFetchingNextPage} onClick={() => { void list.fetchNextPage() }}>{texts.moreOperations}</Button></Group>}
        </Stack>
      </ScrollArea.Autosize>
    </Stack>
  )
}
