import { useMemo } from 'react'
import type { FlowSummary, RunSummary } from '../../../hub/client.ts'
import { useRows } from '../../../hub/queries.ts'
import { flowIdOf } from '../paths.ts'

export interface FlowRow extends FlowSummary { lastRun: RunSummary | undefined }

const LATEST_RUNS = 500

/** Flows, each with its last run where that is among the tenant's newest. */
export function useFlowRows({ q, state }: { q?: string | undefined, state?: string | undefined }) {
  const list = useRows('/api/v1/flows', { query: { ...q && { q }, ...state && { enabled: String(state === 'enabled') } } })
  const { rows: runs } = useRows('/api/v1/runs', { query: { limit: LATEST_RUNS } })
  const rows = useMemo(() => {
    const latest = new Map<string, RunSummary>()
    for (const run of runs ?? []) if (!latest.has(flowIdOf(run))) latest.set(flowIdOf(run), run)
    return list.rows?.map((row): FlowRow => ({ ...row, lastRun: latest.get(row.flowId) }))
  }, [list.rows, runs])
  return { ...list, rows }
}
