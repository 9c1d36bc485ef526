import { useEffect, useState } from 'react'
import type { Run } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { isOver } from './status.tsx'

const REFRESH_MS = 500

/** A run, read again and again until it is over. */
export function useRun(id: string): ReturnType<typeof useGet<'/api/v1/runs/{id}'>> {
  const [isLive, setLive] = useState(true)
  const query = useGet('/api/v1/runs/{id}', { path: { id } }, { refetchInterval: isLive ? REFRESH_MS : false })
  const status: Run['status'] | undefined = query.data?.status
  useEffect(() => { setLive(query.error === null && (status === undefined || !isOver(status))) }, [status, query.error])
  return query
}
