import { Button, Grid, Group, NavLink, ScrollArea, Stack, Text } from '@mantine/core'
import { Terminal } from 'lucide-react'
import { Empty } from '../../../components/empty.tsx'
import { Coming, Loaded } from '../../../components/loading.tsx'
import { Problem } from '../../../components/problem.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { texts as common } from '../../../components/texts.ts'
import type { Integration, OperationSummary } from '../../../hub/client.ts'
import { useGet, useRows } from '../../../hub/queries.ts'
import { useUrl } from '../../../routing/url.ts'
import { texts } from '../texts.ts'
import { OperationForm } from './operation-form.tsx'

/** Every operation, with a form to try it. */
export function ExplorePart({ integration }: { integration: Integration }) {
  const [{ operation, ops }, setUrl] = useUrl<'operation' | 'ops' | 'example'>()
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Stack gap="xs">
          <SearchInput label={texts.searchOperations} value={ops} onSearch={(next) => { setUrl({ ops: next }) }} />
          <Operations connector={integration.connector} q={ops} chosen={operation} onClear={() => { setUrl({ ops: undefined }) }} onChoose={(next) => { setUrl({ operation: next, example: undefined }, { push: true }) }} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 8 }}>
        {operation === undefined ? <div className="app-table-box"><Empty icon={Terminal} title={texts.chooseOperation} text={texts.chooseText} /></div> : <Chosen integration={integration} operation={operation} key={operation} />}
      </Grid.Col>
    </Grid>
  )
}

function Chosen({ integration, operation }: { integration: Integration, operation: string }) {
  const query = useGet('/api/v1/connectors/{id}/operations/{operation}', { path: { id: integration.connector, operation } }, { staleTime: 300_000 })
  const examples = useRows('/api/v1/integrations/{id}/examples', { path: { id: integration.id }, query: { operation, limit: 500 } })
  // Those that are kept come with the form: one of them may be what the URL opens.
  if (examples.isPending && examples.error === null) return <Coming height={300} />
  return (
    <Stack gap="sm">
      {examples.rows === undefined && <Problem error={examples.error} title={texts.examplesNotRead} retry={() => { void examples.refetch() }} />}
      <Loaded query={query} height={300}>{(data) => <OperationForm integration={integration} operation={data} examples={examples.rows ?? []} />}</Loaded>
    </Stack>
  )
}

interface OperationsProps { connector: string, q: string | undefined, chosen: string | undefined, onClear(): void, onChoose(id: string): void }

function Operations({ connector, q, chosen, onClear, onChoose }: OperationsProps) {
  const list = useRows('/api/v1/connectors/{id}/operations', { path: { id: connector }, query: { ...q && { q } } })
  if (list.error !== null && list.rows === undefined) return <Problem error={list.error} retry={() => { void list.refetch() }} />
  if (list.rows === undefined) return <Coming height={300} />
  return (
    <ScrollArea.Autosize mah={620} className="app-table-box" viewportProps={{ tabIndex: 0, 'aria-label': texts.operations, role: 'region' }}>
      {list.rows.length === 0 && <Stack gap="xs" align="flex-start" p="md"><Text size="sm" c="dimmed">{q === undefined ? texts.hasNoOperations : texts.noOperations}</Text>{q !== undefined && <Button variant="default" onClick={onClear}>{common.clearFilters}</Button>}</Stack>}
      {list.rows.map((each) => <OperationLink key={each.id} operation={each} isChosen={each.id === chosen} onChoose={onChoose} />)}
      {list.hasNextPage && <Group justify="center" p="xs"><Button variant="default" loading={list.isFetchingNextPage} onClick={() => { void list.fetchNextPage() }}>{common.loadMore}</Button></Group>}
    </ScrollArea.Autosize>
  )
}

function OperationLink({ operation: { id, summary, method, path, deprecated }, isChosen, onChoose }: { operation: OperationSummary, isChosen: boolean, onChoose(id: string): void }) {
  return (
    <NavLink
      component="button" type="button" active={isChosen} onClick={() => { onChoose(id) }} noWrap
      label={<Group gap={8} wrap="nowrap">{method !== undefined && <Method method={method} isPlain={isChosen} />}<span className="app-clip">{id}</span>{deprecated && <Text span size="xs" c="dimmed">{texts.deprecated}</Text>}</Group>}
      description={summary || path} {...isChosen && { 'aria-current': 'true' as const }}
    />
  )
}

const tones: Record<string, string> = { GET: 'good', POST: 'accent', PUT: 'warn', PATCH: 'warn', DELETE: 'bad' }

/** `isPlain`: on a ground of its own, on which the tones would be too faint. */
function Method({ method, isPlain }: { method: string, isPlain: boolean }) {
  return <span className="app-method" style={isPlain ? {} : { color: `var(--app-${tones[method.toUpperCase()] ?? 'idle'})` }}>{method.toUpperCase()}</span>
}
