import { useCallback, useMemo } from 'react'
import { useRows } from './queries.ts'

/** Logos of the tenant's connectors, by their ids. */
export function useLogos(): (connector: string) => string | undefined {
  const { rows } = useRows('/api/v1/connectors', { query: { limit: 500 } })
  const logos = useMemo(() => new Map(rows?.map(({ id, logo }) => [id, logo])), [rows])
  return useCallback((connector) => logos.get(connector), [logos])
}
