import { Skeleton, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { Problem } from './problem.tsx'

interface Loadable<Data> { data: Data | undefined, error: Error | null, refetch(): unknown }

/** One thing of the hub's: while it loads, where it failed, and when it is there. Never a spinner without end. */
export function Loaded<Data>({ query, children, height = 160 }: { query: Loadable<Data>, children(data: Data): ReactNode, height?: number }) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error !== null) return <Problem error={query.error} retry={() => { void query.refetch() }} />
  return <Stack gap="sm" aria-busy><Skeleton height={24} width="40%" /><Skeleton height={height} /></Stack>
}
