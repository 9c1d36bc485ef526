import { SegmentedControl } from '@mantine/core'
import { useMemo } from 'react'
import { useUrl } from '../routing/url.ts'
import { texts } from './texts.ts'

const ranges = { '1h': { ms: 3_600_000, step: 'minute' }, '24h': { ms: 86_400_000, step: 'hour' }, '7d': { ms: 604_800_000, step: 'hour' } } as const
type Range = keyof typeof ranges

/** How far charts look back, from the URL: a day unless it says otherwise. */
export function useRange(): { chosen: Range, from: string, step: 'minute' | 'hour' } {
  const [{ range }] = useUrl<'range'>()
  const chosen = range !== undefined && range in ranges ? range as Range : '24h'
  const { ms, step } = ranges[chosen]
  const from = useMemo(() => new Date(Math.floor((Date.now() - ms) / 60_000) * 60_000).toISOString(), [ms])
  return { chosen, from, step }
}

export function RangeChoice() {
  const [, setUrl] = useUrl<'range'>()
  const { chosen } = useRange()
  return <SegmentedControl aria-label={texts.range} data={Object.entries(texts.ranges).map(([value, label]) => ({ value, label }))} value={chosen} onChange={(value) => { setUrl({ range: value === '24h' ? undefined : value }) }} />
}
