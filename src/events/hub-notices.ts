/** When calls and connections are worth an event. */
import { boundedCache } from '../lib/bounded-cache.ts'
import type { HubEvent } from './hub-events.ts'

interface About { id: string, name: string, connector: string }

type Announce = (tenantId: string, event: HubEvent) => void

/** Messages quote upstreams, which are as long as they like. */
const LONGEST_MESSAGE = 1000
const NEAR = 0.8
const MONTH_SECONDS = 31 * 24 * 3600

export interface HubNotices {
  executionFailed(tenantId: string, integration: About, execution: { id: string, operation: string, error: { type: string, message: string } }): void
  /** Tells once in a period. */
  quotaUsed(tenantId: string, integration: About, quota: { used: number, limit: number, period: string, periodStart: Date }): void
}

/** Messages are masked before they come here. */
export function createHubNotices(announce: Announce): HubNotices {
  const told = boundedCache<true>(50_000)
  return {
    executionFailed(tenantId, { id, name, connector }, { id: executionId, operation, error: { type, message } }) {
      announce(tenantId, {
        type: 'execution.failed', subject: executionId,
        data: { executionId, integrationId: id, integration: name, connector, operation, error: { type, message: message.slice(0, LONGEST_MESSAGE).toWellFormed() } },
      })
    },
    quotaUsed(tenantId, { id, name, connector }, { used, limit, period, periodStart }) {
      if (used < limit * NEAR) return
      const key = `${id}:${period}:${periodStart.toISOString()}`
      if (told.has(key)) return
      told.set(key, true)
      announce(tenantId, {
        type: 'quota.near', subject: id, data: { integrationId: id, integration: name, connector, used, limit, period, periodStart: periodStart.toISOString() },
        once: { scope: 'hub.quota', key, windowSeconds: MONTH_SECONDS },
      })
    },
  }
}
