import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useEffect, useState, type KeyboardEvent } from 'react'
import { Problem } from '../components/problem.tsx'
import { useTenant, type Tenant } from '../hub/session.ts'
import type { Command } from '../routing/feature.ts'
import { useGo } from '../routing/link.tsx'
import { usePath } from '../routing/paths.ts'
import { tabsOf } from './features.ts'
import { finders } from './finders.ts'
import { texts } from './texts.ts'

const [store, spotlight] = createSpotlight()

/** Pages at once, and what the hub has of that name. `asked`: how often somebody asked for it. */
export function Palette({ asked }: { asked: number }) {
  useEffect(() => { spotlight.open() }, [asked])
  const tenant = useTenant()
  const go = useGo()
  const path = usePath()
  const [words, setWords] = useState('')
  const [settled] = useDebouncedValue(words.trim(), 120)
  const { data: found = [], error, isFetching, refetch } = useQuery({
    queryKey: [tenant.slug, 'palette', settled], enabled: settled.length > 1, staleTime: 10_000, placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => (await Promise.all(finders.map(({ find }) => find?.(tenant, settled, signal) ?? []))).flat(),
  })
  const typed = words.trim().toLowerCase()
  const isSearching = isFetching || settled !== words.trim()
  const fitting = [...pages(tenant).filter(({ label }) => label.toLowerCase().includes(typed)), ...typed === '' ? [] : found]
  // What begins with the words is meant more often than what has them somewhere.
  const shown = fitting.toSorted((one, other) => Number(other.label.toLowerCase().startsWith(typed)) - Number(one.label.toLowerCase().startsWith(typed)))
  // Another list: what was selected in the one before means something else in this.
  const listed = shown.map(({ id }) => id).join(' ')
  useEffect(() => { store.setState({ ...store.getState(), selected: -1 }) }, [listed])
  const openFirst = (event: KeyboardEvent): void => {
    const [first] = shown
    if (event.key !== 'Enter' || first === undefined || store.getState().selected !== -1) return
    spotlight.close()
    go(path(first.to))
  }
  return (
    <Spotlight.Root store={store} query={words} onQueryChange={setWords} shortcut={null} scrollable maxHeight={420}>
      <Spotlight.Search onKeyDown={openFirst} placeholder={texts.searchPlaceholder} aria-label={texts.searchLabel} leftSection={<Search size={16} />} />
      <Spotlight.ActionsList>
        {shown.map(({ id, label, description, icon: Icon, to }) => (
          <Spotlight.Action key={id} label={label} {...description !== undefined && { description }} leftSection={<Icon size={17} />} onClick={() => { go(path(to)) }} />
        ))}
        {typed !== '' && error !== null && <Problem error={error} title={texts.searchFailed} retry={() => { void refetch() }} />}
        {shown.length === 0 && error === null && <Spotlight.Empty role="status" aria-busy={isSearching}>{isSearching ? texts.searching : texts.nothingFound}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

function pages(tenant: Tenant): Command[] {
  return [...tabsOf(tenant).map(({ path, label, icon }) => ({ id: `tab ${path}`, label, icon, to: path })), ...finders.flatMap(({ commands }) => commands?.(tenant) ?? [])]
}
