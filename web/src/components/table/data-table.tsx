import { Button, Checkbox, Group, Skeleton, Text, VisuallyHidden } from '@mantine/core'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, FilterX } from 'lucide-react'
import { useMemo, useRef, type MouseEvent, type ReactNode } from 'react'
import { formatClock, formatExact, formatNumber } from '../../lib/format.ts'
import { RowLink, useGo } from '../../routing/link.tsx'
import { Empty, type EmptyProps } from '../empty.tsx'
import { Problem } from '../problem.tsx'
import { texts } from '../texts.ts'
import { nextSorting, sorted, sortingOf, type Column } from './columns.ts'

export interface DataTableProps<Row> {
  /** What it lists, for those who cannot see it. */
  label: string
  /** Undefined while it loads. Never with payloads: those come when a row is opened. */
  rows: Row[] | undefined
  columns: Column<Row>[]
  rowId(row: Row): string
  /** Path and query that a row leads to; its first cell becomes the link. */
  to?: (row: Row) => string
  error?: Error | null
  retry?: () => void
  /** Some filter is set: an empty list then says so, and offers to clear it. */
  filtered?: boolean
  clearFilters?: () => void
  empty: EmptyProps
  /** `name` or `-name` of a column; lives in the URL. */
  sort?: string | undefined
  onSort?: (sort: string | undefined) => void
  selection?: { ids: ReadonlySet<string>, change(ids: Set<string>): void, nameOf(row: Row): string }
  /** Of a list that comes in pages. `searchedUntil`: a search looked at all that is newer, and at nothing older yet. */
  more?: { load(): void, isLoading: boolean, searchedUntil?: string | undefined } | undefined
  highlighted?: string | undefined
}

const ROW_HEIGHT = 47
const OVERSCAN = 12

/** The one list of the dashboard: it tells loading, empty, filtered-empty and failed apart, and keeps few rows in the page. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, error, retry, filtered = false, clearFilters, empty, columns, sort } = props
  const ordered = useMemo(() => (rows === undefined ? undefined : sorted(rows, columns, sortingOf(sort))), [rows, columns, sort])
  if (ordered === undefined && error) return <Problem error={error} {...retry && { retry }} />
  if (ordered?.length === 0) {
    return (
      <div className="app-table-box">
        {filtered
          ? <Empty icon={FilterX} title={props.more?.searchedUntil === undefined ? texts.nothingFits : texts.nothingBackTo(timeOf(props.more.searchedUntil))} action={(
            <Group gap="xs">
              {props.more !== undefined && <Further more={props.more} />}
              {clearFilters && <Button variant="default" onClick={clearFilters}>{texts.clearFilters}</Button>}
            </Group>
          )} />
          : <Empty {...empty} />}
      </div>
    )
  }
  return (
    <>
      <div className="app-table-box">
        <table className={ordered === undefined ? 'app-table app-coming' : 'app-table'} aria-label={props.label} aria-busy={ordered === undefined}>
          <Head {...props} ordered={ordered} />
          {ordered === undefined ? <Loading columns={columns} selectable={props.selection !== undefined} /> : <Body {...props} ordered={ordered} />}
        </table>
      </div>
      {/* Where it is seen, without pushing away what is read. */}
      {error && <div className="app-late-problem"><Problem error={error} {...retry && { retry }} /></div>}
      {ordered !== undefined && props.more !== undefined && (
        <Group justify="center" gap="sm">
          <Text size="xs" c="dimmed">{texts.more(formatNumber(ordered.length))}{props.more.searchedUntil !== undefined && ` ${texts.searchedBack(timeOf(props.more.searchedUntil))}`}</Text>
          <Further more={props.more} />
        </Group>
      )}
    </>
  )
}

function Further({ more: { load, isLoading, searchedUntil } }: { more: NonNullable<DataTableProps<unknown>['more']> }) {
  return <Button variant="default" loading={isLoading} onClick={load}>{searchedUntil === undefined ? texts.loadMore : texts.searchFurther}</Button>
}

/** Of today the time alone. */
function timeOf(time: string): string {
  return new Date(time).toDateString() === new Date().toDateString() ? formatClock(time) : formatExact(time)
}

const hidden = { xs: 'app-hide-xs', sm: 'app-hide-sm', md: 'app-hide-md' }
const cellProps = <Row,>({ align, from, width }: Column<Row>) => ({
  ...align && { 'data-align': align }, ...from && { className: hidden[from] }, ...width !== undefined && { style: { width } },
})

function Head<Row>({ columns, rowId, sort, onSort, selection, ordered }: DataTableProps<Row> & { ordered: Row[] | undefined }) {
  const sorting = sortingOf(sort)
  const ids = selection?.ids
  const all = ids !== undefined && ordered !== undefined && ordered.length > 0 && ordered.every((row) => ids.has(rowId(row)))
  return (
    <thead>
      <tr>
        {selection !== undefined && (
          <th style={{ width: 36 }}>
            <Checkbox aria-label={texts.selectAll} checked={all} indeterminate={!all && selection.ids.size > 0} onChange={() => { selection.change(new Set(all ? [] : (ordered ?? []).map(rowId))) }} />
          </th>
        )}
        {columns.map((column) => {
          const by = sorting?.by === column.id ? sorting : undefined
          return (
            <th key={column.id} scope="col" {...cellProps(column)} {...by && { 'aria-sort': by.down ? 'descending' as const : 'ascending' as const }}>
              {column.isHeaderHidden ? <VisuallyHidden>{column.header}</VisuallyHidden> : column.sort === undefined || onSort === undefined ? column.header : (
                <button type="button" className="app-sort" onClick={() => { onSort(nextSorting(sorting, column.id)) }}>
                  {column.header}{by && (by.down ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
                </button>
              )}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

function Body<Row>(props: DataTableProps<Row> & { ordered: Row[] }) {
  const { ordered, rowId, columns, selection } = props
  const body = useRef<HTMLTableSectionElement>(null)
  const virtual = useWindowVirtualizer({
    count: ordered.length, estimateSize: () => ROW_HEIGHT, overscan: OVERSCAN, getItemKey: (index) => rowId(ordered[index]!),
    scrollMargin: body.current?.offsetTop ?? 0,
  })
  const shown = virtual.getVirtualItems()
  const margin = virtual.options.scrollMargin
  const before = (shown[0]?.start ?? margin) - margin
  const after = virtual.getTotalSize() - ((shown.at(-1)?.end ?? margin) - margin)
  const spans = columns.length + (selection === undefined ? 0 : 1)
  return (
    <tbody ref={body}>
      {before > 0 && <tr aria-hidden><td colSpan={spans} style={{ height: before, padding: 0 }} /></tr>}
      {shown.map(({ index, key }) => <DataRow key={key} {...props} row={ordered[index]!} index={index} measure={virtual.measureElement} />)}
      {after > 0 && <tr aria-hidden><td colSpan={spans} style={{ height: after, padding: 0 }} /></tr>}
    </tbody>
  )
}

interface DataRowProps<Row> extends DataTableProps<Row> { row: Row, index: number, measure(element: Element | null): void }

function DataRow<Row>({ row, index, measure, columns, rowId, to, selection, highlighted }: DataRowProps<Row>) {
  const go = useGo()
  const id = rowId(row)
  const href = to?.(row)
  const isSelected = selection?.ids.has(id) ?? highlighted === id
  // For the mouse; the keyboard has the link in the first cell.
  const open = (event: MouseEvent): void => {
    if (href === undefined || event.defaultPrevented || (event.target as Element).closest('a, button, input, label, [role=menu]') !== null || getSelection()?.toString()) return
    if (event.metaKey || event.ctrlKey) window.open(href, '_blank', 'noopener')
    else go(href)
  }
  const toggle = (): void => {
    const next = new Set(selection!.ids)
    if (!next.delete(id)) next.add(id)
    selection!.change(next)
  }
  const content = (column: Column<Row>, at: number): ReactNode => (at === 0 && href !== undefined ? <RowLink to={href} className="app-row-link">{column.cell(row)}</RowLink> : column.cell(row))
  return (
    <tr ref={measure} data-index={index} {...href !== undefined && { 'data-link': '' }} aria-selected={isSelected} onClick={open}>
      {selection !== undefined && <td style={{ width: 36 }}><Checkbox aria-label={texts.selectRow(selection.nameOf(row))} checked={isSelected} onChange={toggle} /></td>}
      {columns.map((column, at) => <td key={column.id} {...cellProps(column)}>{content(column, at)}</td>)}
    </tr>
  )
}

function Loading<Row>({ columns, selectable }: { columns: Column<Row>[], selectable: boolean }) {
  return (
    <tbody>
      {Array.from({ length: 6 }, (_, index) => (
        <tr key={index}>
          {selectable && <td style={{ width: 36 }} />}
          {columns.map((column, at) => <td key={column.id} {...cellProps(column)}><Skeleton height={14} my={7} width={at === 0 ? '70%' : '50%'} /></td>)}
        </tr>
      ))}
    </tbody>
  )
}
