import { Button, NavLink, Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { Problem } from '../../../components/problem.tsx'
import { texts as common } from '../../../components/texts.ts'
import { useAction } from '../../../hub/action.ts'
import { notifyFailed } from '../../../components/notify.tsx'
import type { Integration, Operation, OperationSummary } from '../../../hub/client.ts'
import { useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { texts } from '../texts.ts'
import { callOf, type NewTask } from './blueprints.ts'

/** Through how many integrations the words are looked for before one is chosen, and how many of each are shown. */
const LOOKED_THROUGH = 12
const SHOWN_OF_EACH = 6
/** So many are shown before anything is looked for. */
const FEW = 3

/** The operations of the tenant's integrations: of the chosen one in pages, of several the best few of each. */
export function Operations({ words, onPick }: { words: string, onPick(task: NewTask): void }) {
  const { can } = useTenant()
  const [search, setSearch] = useState('')
  const [settled] = useDebouncedValue(search, 200)
  const [chosen, setChosen] = useState<string | null>(null)
  const list = useRows('/api/v1/integrations', { query: { limit: 50, ...settled !== '' && chosen !== settled && { q: settled } } }, { enabled: can('integrations:read') })
  if (!can('integrations:read') || !can('connectors:read')) return null
  if (list.error !== null && list.rows === undefined) return <Problem error={list.error} retry={() => { void list.refetch() }} />
  const integrations = list.rows ?? []
  const one = integrations.find(({ name }) => name === chosen)
  const shown = one !== undefined ? [one] : words === '' && integrations.length > FEW ? [] : integrations.slice(0, LOOKED_THROUGH)
  return (
    <Stack gap={6}>
      <Select label={texts.integration} placeholder={texts.anyIntegration} clearable searchable data={integrations.map(({ name }) => name)} value={one === undefined ? null : chosen} onChange={setChosen} onSearchChange={setSearch} nothingFoundMessage={texts.noIntegration} />
      {shown.length === 0 && <Text size="sm" c="dimmed">{integrations.length === 0 ? texts.noIntegrations : texts.searchOrChoose}</Text>}
      {shown.map((integration) => <OfOne key={integration.id} integration={integration} words={words} isOnly={one !== undefined} onPick={onPick} />)}
    </Stack>
  )
}

function OfOne({ integration: { name, connector }, words, isOnly, onPick }: { integration: Integration, words: string, isOnly: boolean, onPick(task: NewTask): void }) {
  const list = useRows('/api/v1/connectors/{id}/operations', { path: { id: connector }, query: { ...words !== '' && { q: words }, limit: isOnly ? 50 : SHOWN_OF_EACH } })
  const pick = useAction<string, Operation>({
    run: ({ hub }, operation) => hub.get('/api/v1/connectors/{id}/operations/{operation}', { path: { id: connector, operation } }),
    done: (operation) => { onPick(callOf(name, operation)) }, failed: (error) => { notifyFailed(texts.pickFailed, error) },
  })
  if (list.rows?.length === 0) return isOnly ? <Text size="sm" c="dimmed">{texts.nothingLikeIt}</Text> : null
  return (
    <div role="group" aria-label={name}>
      <Text size="xs" fw={600} c="dimmed">{name}</Text>
      {list.rows?.map((operation) => <Choice key={operation.id} operation={operation} isLoading={pick.isPending && pick.variables === operation.id} onPick={() => { pick.mutate(operation.id) }} />)}
      {isOnly && list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => { void list.fetchNextPage() }}>{common.loadMore}</Button>}
    </div>
  )
}

function Choice({ operation: { id, summary, path }, isLoading, onPick }: { operation: OperationSummary, isLoading: boolean, onPick(): void }) {
  return <NavLink component="button" type="button" noWrap label={id} description={summary || path} disabled={isLoading} onClick={onPick} />
}
