import { useMemo } from 'react'
import { FilterChoice } from './filter-choice.tsx'
import { texts } from './texts.ts'

const lengthMs: Record<string, number> = { '15m': 900_000, '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 }

/** A list's filter by how long ago. */
export function TimeFilter({ value, onChange }: { value: string | undefined, onChange(value: string | undefined): void }) {
  return <FilterChoice label={texts.anyTime} choices={texts.times} value={value} onChange={onChange} />
}

/** The moment, as of when the filter was chosen: else it would be another question at each render. */
export function useSince(since: string | undefined): string | undefined {
  return useMemo(() => (since === undefined || lengthMs[since] === undefined ? undefined : new Date(Date.now() - lengthMs[since]).toISOString()), [since])
}
