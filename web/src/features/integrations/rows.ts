/** A row of the list: an integration, and how it did. */
import { useMemo } from 'react'
import type { Tone } from '../../components/status.tsx'
import type { Integration } from '../../hub/client.ts'
import { useLogos } from '../../hub/logos.ts'
import { useRows, type Row } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { texts } from './texts.ts'

export type Figures = Row<'/api/v1/figures/integrations'>
export interface IntegrationRow extends Integration { figures: Figures | undefined, logo: string | undefined }

export type Health = keyof typeof texts.healths

/** What its owner wants, in words and colour. */
export const statusTone: Record<Integration['metadata']['status'], Tone> = { active: 'good', inactive: 'idle', maintenance: 'warn', deprecated: 'idle' }
export const healthTone: Record<Health, Tone> = { healthy: 'good', failing: 'bad', untested: 'idle', open: 'bad' }

export function healthOf({ connectionStatus }: Pick<Integration, 'connectionStatus'>, figures?: Pick<Figures, 'circuitBreaker'>): Health {
  if (figures?.circuitBreaker === 'open') return 'open'
  return connectionStatus === 'error' ? 'failing' : connectionStatus === 'active' ? 'healthy' : 'untested'
}

export interface Filter { q?: string | undefined, status?: string | undefined, health?: string | undefined }

/** All of them, filtered as the URL says. Those of the hub's search come from the hub; what it cannot filter by is filtered here. */
export function useIntegrationRows({ q, status, health }: Filter) {
  const { can } = useTenant()
  const list = useRows('/api/v1/integrations', { query: { limit: 500, ...q && { q }, ...status && { status: status as Integration['metadata']['status'] } } })
  const measured = useRows('/api/v1/figures/integrations', { query: { limit: 500 } }, { enabled: can('executions:read') })
  const logoOf = useLogos()
  const rows = useMemo(() => {
    const figures = new Map((measured.rows ?? []).map((each) => [each.integrationId, each]))
    return list.rows?.map((row): IntegrationRow => ({ ...row, figures: figures.get(row.id), logo: logoOf(row.connector) })).filter((row) => health === undefined || healthOf(row, row.figures) === health)
  }, [list.rows, measured.rows, health, logoOf])
  return { ...list, rows }
}
