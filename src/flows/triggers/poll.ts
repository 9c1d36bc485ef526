/**
 * Looks for what is new behind an integration, and begins a run for each. The cursor is written after the runs were; the same find found again after
 * a crash has the same key, and begins no second run.
 */
import type { Polls } from '../../integrations/poll.ts'
import type { Execute } from '../../integrations/execute.ts'
import type { NamedIntegrations } from '../../integrations/named.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { systemCaller } from '../../tenants/caller.ts'
import type { PollTrigger } from '../definition.ts'
import type { Starting } from '../runs/start.ts'
import type { DueSchedule } from './schedules-store.ts'

export interface Poller {
  /** Resolves with the cursor of the next poll, once the runs of all that was found are committed. */
  poll(schedule: DueSchedule, trigger: PollTrigger): Promise<unknown>
}

export interface PollerDeps {
  polls: Polls
  execute: Execute
  named: Pick<NamedIntegrations, 'forCall'>
  jq: Jq
  starting: Pick<Starting, 'start'>
}

/** What a run begins with: `data` is the item, or what the connector says of it. */
interface Found { id: string, type?: string, time?: string, data: unknown }

/** An operation's items, as far back as they are remembered. */
const SEEN_MAX = 5000

export function createPoller(deps: PollerDeps): Poller {
  return {
    async poll(schedule, trigger) {
      const integrationId = await deps.named.forCall(schedule.tenantId, trigger.integration)
      const { found, cursor } = trigger.operation === undefined
        ? await ofConnector(deps, schedule, integrationId)
        : await ofOperation(deps, schedule, { ...trigger, operation: trigger.operation, integrationId })
      for (const each of found) await begin(deps, schedule, trigger, each)
      return cursor
    },
  }
}

async function begin({ starting }: PollerDeps, { tenantId, namespace, name, version, triggerId }: DueSchedule, { integration }: PollTrigger, found: Found): Promise<void> {
  await starting.start(systemCaller(tenantId), {
    flow: { namespace, name }, version, input: found, idempotencyKey: `${triggerId} ${found.id}`, trigger: { type: 'poll', integration, id: found.id },
  })
}

async function ofConnector({ polls }: PollerDeps, { tenantId, cursor }: DueSchedule, integrationId: string): Promise<{ found: Found[], cursor: unknown }> {
  const result = await polls.poll(tenantId, integrationId, cursor ?? undefined)
  return { found: result.events, cursor: result.cursor }
}

/** What the first poll finds was there before: it begins nothing, unless that is wanted. */
async function ofOperation({ execute, jq }: PollerDeps, { tenantId, cursor }: DueSchedule, trigger: PollTrigger & { operation: string, integrationId: string }): Promise<{ found: Found[], cursor: unknown }> {
  const { dataJson } = await execute.run({ caller: systemCaller(tenantId), integrationId: trigger.integrationId, operation: trigger.operation, input: trigger.input ?? {}, sourceComponent: 'flow', idempotencyKey: undefined })
  const items = await jq.evaluate(trigger.items ?? '.[]', JSON.parse(dataJson) as unknown, { batchKey: tenantId })
  const all = await Promise.all(items.map(async (data): Promise<Found> => ({ id: textOf(await jq.first(trigger.id ?? '.id', data, { batchKey: tenantId })), data })))
  const seen = (cursor as { seen?: string[] } | null)?.seen
  const known = new Set(seen)
  const fresh = all.filter(({ id }) => !known.has(id))
  return {
    found: seen === undefined && trigger.from !== 'beginning' ? [] : fresh,
    cursor: { seen: [...new Set([...all.map(({ id }) => id), ...seen ?? []])].slice(0, SEEN_MAX) },
  }
}

function textOf(id: unknown): string {
  return (typeof id === 'string' ? id : JSON.stringify(id ?? null)).slice(0, 500)
}
