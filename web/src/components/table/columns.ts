import type { ReactNode } from 'react'

export interface Column<Row> {
  id: string
  header: string
  /** For screen readers alone. */
  isHeaderHidden?: boolean
  cell(row: Row): ReactNode
  /** What it sorts by; without it, it does not sort. Null comes last. */
  sort?: (row: Row) => string | number | null
  align?: 'end'
  width?: number | string
  /** Not shown on screens narrower than this. */
  from?: 'xs' | 'sm' | 'md'
}

export interface Sorting { by: string, down: boolean }

export function sorted<Row>(rows: Row[], columns: Column<Row>[], sorting: Sorting | undefined): Row[] {
  const of = columns.find(({ id }) => id === sorting?.by)?.sort
  if (of === undefined || sorting === undefined) return rows
  const direction = sorting.down ? -1 : 1
  return rows.map((row) => ({ row, key: of(row) })).sort((one, other) => {
    if (one.key === other.key) return 0
    if (one.key === null) return 1
    if (other.key === null) return -1
    return direction * (typeof one.key === 'number' && typeof other.key === 'number' ? one.key - other.key : collator.compare(String(one.key), String(other.key)))
  }).map(({ row }) => row)
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

export const sortingOf = (text: string | undefined): Sorting | undefined => (text === undefined || text === '' ? undefined : { by: text.replace(/^-/, ''), down: text.startsWith('-') })

/** Up, down, and back to the order of the hub. */
export function nextSorting(current: Sorting | undefined, by: string): string | undefined {
  if (current?.by !== by) return by
  return current.down ? undefined : `-${by}`
}
