import { Button, Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import { notifyFailed } from '../../../components/notify.tsx'
import { Problem } from '../../../components/problem.tsx'
import { texts as common } from '../../../components/texts.ts'
import { useAction } from '../../../hub/action.ts'
import type { FoundOperation, Operation, OperationSummary } from '../../../hub/client.ts'
import { useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import type { AddPlace } from '../graph/graph.tsx'
import { texts } from '../texts.ts'
import { callOf, type NewTask } from './blueprints.ts'
import { PaletteItem } from './item.tsx'

/** Of so many integrations all operations are shown before anything is looked for. */
const FEW = 3
const PAGE = 50

interface OperationsProps { words: string, onPick(task: NewTask, place?: AddPlace): void }

/** The operations of the tenant's integrations: of the chosen one, or those of all that the words find. */
export function Operations({ words, onPick }: OperationsProps) {
  const { can } = useTenant()
  const [search, setSearch] = useState('')
  const [settled] = useDebouncedValue(search, 200)
  const [chosen, setChosen] = useState<string | null>(null)
  const list = useRows('/api/v1/integrations', { query: { limit: 50, ...settled !== '' && chosen !== settled && { q: settled } } }, { enabled: can('integrations:read') })
  if (!can('integrations:read') || !can('connectors:read')) return null
  if (list.error !== null && list.rows === undefined) return <Problem error={list.error} retry={() => { void list.refetch() }} />
  const integrations = list.rows ?? []
  const one = integrations.find(({ name }) => name === chosen)
  const isAll = one === undefined && words === '' && integrations.length > FEW
  return (
    <Stack gap={6}>
      <Select label={texts.integration} placeholder={texts.anyIntegration} clearable searchable data={integrations.map(({ name }) => name)} value={one === undefined ? null : chosen} onChange={setChosen} onSearchChange={setSearch} nothingFoundMessage={texts.noIntegration} />
      {one !== undefined && <OfOne integration={one} words={words} onPick={onPick} />}
      {one === undefined && integrations.length === 0 && settled === '' && list.rows !== undefined && <Text size="sm" c="dimmed">{texts.noIntegrations}</Text>}
      {isAll && <Text size="sm" c="dimmed">{texts.searchOrChoose}</Text>}
      {one === undefined && !isAll && integrations.length > 0 && <OfAll words={words} onPick={onPick} />}
    </Stack>
  )
}

/** The best first; those of one integration together. */
function OfAll({ words, onPick }: OperationsProps) {
  const list = useRows('/api/v1/operations', { query: { limit: PAGE, ...words !== '' && { q: words } } })
  const groups = useMemo(() => Map.groupBy(list.rows ?? [], ({ integrationId }: FoundOperation) => integrationId), [list.rows])
  if (list.error !== null && list.rows === undefined) return <Problem error={list.error} retry={() => { void list.refetch() }} />
  if (list.rows?.length === 0) return <Text size="sm" c="dimmed">{texts.nothingLikeIt}</Text>
  return (
    <>
      {[...groups].map(([id, found]) => <Group key={id} integration={found[0]!.integration} connector={found[0]!.connector} operations={found} onPick={onPick} />)}
      {list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => { void list.fetchNextPage() }}>{common.loadMore}</Button>}
    </>
  )
}

function OfOne({ integration: { name, connector }, words, onPick }: OperationsProps & { integration: { name: string, connector: string } }) {
  const list = useRows('/api/v1/connectors/{id}/operations', { path: { id: connector }, query: { ...words !== '' && { q: words }, limit: PAGE } })
  if (list.rows?.length === 0) return <Text size="sm" c="dimmed">{texts.nothingLikeIt}</Text>
  return (
    <>
      <Group integration={name} connector={connector} operations={list.rows ?? []} onPick={onPick} />
      {list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => { void list.fetchNextPage() }}>{common.loadMore}</Button>}
    </>
  )
}

interface GroupProps extends Pick<OperationsProps, 'onPick'> { integration: string, connector: string, operations: OperationSummary[] }

function Group({ integration, connector, operations, onPick }: GroupProps) {
  const pick = useAction<{ operation: string, place?: AddPlace | undefined }, Operation>({
    run: ({ hub }, { operation }) => hub.get('/api/v1/connectors/{id}/operations/{operation}', { path: { id: connector, operation } }),
    done: (operation, { place }) => { onPick(callOf(integration, operation), place) }, failed: (error) => { notifyFailed(texts.pickFailed, error) },
  })
  return (
    <div role="group" aria-label={integration}>
      <Text size="xs" fw={600} c="dimmed">{integration}</Text>
      {operations.map(({ id, summary, path }) => <PaletteItem key={id} label={id} description={summary || (path ?? '')} disabled={pick.isPending && pick.variables.operation === id} onPick={(place) => { pick.mutate({ operation: id, place }) }} />)}
    </div>
  )
}
