/** What other features show of connectors: the gallery of all that can be connected. */
import { Button, Card, Group, Select, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { FileUp, SearchX } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Empty } from '../../components/empty.tsx'
import { Logo } from '../../components/logo.tsx'
import { Problem } from '../../components/problem.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Status } from '../../components/status.tsx'
import { texts as common } from '../../components/texts.ts'
import { FilterChoice } from '../../components/filter-choice.tsx'
import type { Card as Service } from '../../hub/client.ts'
import { useGet, useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatNumber } from '../../lib/format.ts'
import { plainText } from '../../lib/plain-text.ts'
import { RouteLink, useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

const none = { q: undefined, category: undefined, origin: undefined }

/** Search and filters live in the URL. `to`: where a card leads. */
export function Gallery({ to, autoFocus = false }: { to(service: Service): string, autoFocus?: boolean }) {
  const path = usePath()
  const { can } = useTenant()
  const [{ q, category, origin }, setUrl] = useUrl<'q' | 'category' | 'origin'>()
  const { data: categories } = useGet('/api/v1/catalog/categories', undefined, { staleTime: 3_600_000 })
  const list = useRows('/api/v1/integrations/available', { query: { limit: 60, ...q && { q }, ...category && { category }, ...origin && { origin: origin as Service['origin'] } } })
  const enter = useFirst(list, q, to)
  const importing = can('connectors:write') && <Button variant="default" leftSection={<FileUp size={14} />} component={RouteLink} to={path('connectors/import')}>{texts.import}</Button>
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <SearchInput label={texts.searchMarket} value={q} onSearch={(next) => { setUrl({ q: next }) }} onEnter={enter} w={{ base: '100%', xs: 320 }} data-autofocus={autoFocus || undefined} autoFocus={autoFocus} />
        <Select aria-label={texts.anyCategory} placeholder={texts.anyCategory} clearable searchable w={{ base: 'calc(50% - 4px)', xs: 190 }} data={categories?.data.map(({ name, count }) => ({ value: name, label: `${name.replaceAll('_', ' ')} (${count})` })) ?? []} value={category ?? null} onChange={(next) => { setUrl({ category: next ?? undefined }) }} />
        <FilterChoice label={texts.anyOrigin} choices={texts.origins} value={origin} onChange={(next) => { setUrl({ origin: next }) }} />
        {importing}
      </Group>
      {list.error !== null && list.rows === undefined && <Problem error={list.error} retry={() => { void list.refetch() }} />}
      {list.rows?.length === 0 && <div className="app-table-box"><Empty icon={SearchX} title={texts.nothing} text={texts.nothingText} action={<Group gap="xs">{importing}<Button variant="default" onClick={() => { setUrl(none) }}>{common.clearFilters}</Button></Group>} /></div>}
      <Cards services={list.rows} to={to} isLoading={list.isPending} />
      {list.hasNextPage && <Group justify="center"><Button variant="default" loading={list.isFetchingNextPage} onClick={() => { void list.fetchNextPage() }}>{common.loadMore}</Button></Group>}
    </Stack>
  )
}

interface Listed { rows: Service[] | undefined, isPlaceholderData: boolean }

/** Enter in the search leads to the first that is found, once it is found. */
function useFirst({ rows, isPlaceholderData }: Listed, q: string | undefined, to: (service: Service) => string): (typed: string | undefined) => void {
  const go = useGo()
  const [entered, setEntered] = useState<{ typed: string | undefined }>()
  const first = entered !== undefined && entered.typed === q && !isPlaceholderData ? rows?.[0] : undefined
  const target = first && to(first)
  const latest = useRef(go)
  latest.current = go
  useEffect(() => {
    if (target === undefined) return
    setEntered(undefined)
    latest.current(target)
  }, [target])
  return (typed) => { setEntered({ typed }) }
}

function Cards({ services, to, isLoading }: { services: Service[] | undefined, to(service: Service): string, isLoading: boolean }) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 4 }} spacing="sm" component="section" aria-label={texts.list} aria-busy={isLoading}>
      {isLoading && Array.from({ length: 24 }, (_, at) => <Skeleton key={at} height={153} radius="md" />)}
      {services?.map((service) => <ServiceCard key={service.connector} service={service} to={to(service)} />)}
    </SimpleGrid>
  )
}

function ServiceCard({ service: { name, description, logo, operations, supportLevel, origin, installed, vendor, categories }, to }: { service: Service, to: string }) {
  return (
    <Card component={RouteLink} to={to} padding="sm" className="app-card-link">
      <Stack gap={8} h="100%">
        <Group gap="sm" wrap="nowrap">
          <Logo src={logo} size={34} />
          <div className="app-shrink"><Text size="sm" fw={600} className="app-clip" dir="auto" title={name}>{name}</Text>{vendor.toLowerCase() !== name.toLowerCase() && <Text size="xs" c="dimmed" className="app-clip">{vendor}</Text>}</div>
        </Group>
        <Text size="xs" c="dimmed" lineClamp={2} dir="auto" style={{ flex: 1 }}>{plainText(description)}</Text>
        <Text size="xs" c="dimmed" className="app-clip">{[texts.operations(operations, formatNumber(operations)), ...categories.slice(0, 2).map((each) => each.replaceAll('_', ' '))].join(' · ')}</Text>
        <Group justify="space-between" gap="xs" wrap="nowrap">
          <Text size="xs" c="dimmed" className="app-clip">{texts.origins[origin]} · {texts.support[supportLevel]}</Text>
          {installed && origin !== 'built-in' ? <Status tone="good" size="sm">{texts.installed}</Status> : null}
        </Group>
      </Stack>
    </Card>
  )
}

