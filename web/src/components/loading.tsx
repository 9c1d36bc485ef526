import { Button, Skeleton, Stack } from '@mantine/core'
import { FileX } from 'lucide-react'
import type { ReactNode } from 'react'
import { isProblem } from '../hub/client.ts'
import { RouteLink } from '../routing/link.tsx'
import { Empty } from './empty.tsx'
import type { Crumb } from './page.tsx'
import { Problem } from './problem.tsx'
import { texts } from './texts.ts'

interface Loadable<Data> { data: Data | undefined, error: Error | null, refetch(): unknown }

interface LoadedProps<Data> {
  query: Loadable<Data>
  children(data: Data): ReactNode
  height?: number
  /** Its list, for one thing that may be gone: to try again would be for nothing. */
  list?: Crumb
}

/** One thing of the hub's: while it loads, where it failed, where it is gone, and when it is there. Never a spinner without end. */
export function Loaded<Data>({ query, children, height = 160, list }: LoadedProps<Data>) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (list !== undefined && isProblem(query.error, 'not_found')) return <Gone list={list} />
  if (query.error !== null) return <Problem error={query.error} retry={() => { void query.refetch() }} />
  return <Coming height={height} />
}

export function Gone({ list: { label, to } }: { list: Crumb }) {
  return <div className="app-table-box"><Empty icon={FileX} title={texts.goneTitle} text={texts.goneText} action={<Button variant="default" component={RouteLink} to={to}>{texts.backTo(label)}</Button>} /></div>
}

/** In the place of what is on its way. What stands below it waits, as `app.css` has it: else it would be pushed about once this has its size. */
export function Coming({ height }: { height: number }) {
  return <Stack gap="sm" className="app-coming" role="status" aria-busy aria-label={texts.loading}><Skeleton height={24} width="40%" /><Skeleton height={height} /></Stack>
}
