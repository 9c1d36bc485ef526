/**
 * `integration.request.execute` on the bus: runs an operation with the rights of whoever published it, and replies. At most once: a run that breaks
 * off with its process is not repeated, since nobody knows how far it came; whoever waits for its reply learns that by his deadline.
 */
import { HubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import type { CloudEvent } from './event.ts'
import { replyType } from './bus.ts'
import type { Command, Published } from './publishing.ts'

const EXECUTE_TOPIC = 'integration.request.execute'

export interface ExecuteCommandDeps {
  run(request: { caller: Caller, integrationId: string, operation: string | undefined, input: unknown, sourceComponent: string | undefined, idempotencyKey: string | undefined }): Promise<{ dataJson: string, execution: { id: string } }>
  /** An event of the hub's own; `dataJson` is its data. */
  publish(tenantId: string, event: { type: string, subject: string, attributes: Record<string, string>, dataJson: string }): Promise<void>
  onError(error: unknown): void
}

export interface ExecuteCommand extends Command {
  /** Resolves when all runs that were begun have ended. */
  settle(): Promise<void>
}

/** Runs that one process has under way for the bus. */
const MOST_RUNNING = 500

export function createExecuteCommand(deps: ExecuteCommandDeps): ExecuteCommand {
  const running = new Set<Promise<void>>()
  let reserved = 0
  return {
    type: EXECUTE_TOPIC, scope: 'integrations:run', repeatable: false,
    reserve() {
      if (reserved >= MOST_RUNNING) throw new HubError('rate_limited', 'Too many runs that the bus asked for are under way.', { retryAfterSeconds: 1 })
      reserved += 1
      let isHeld = true
      return {
        async begin(caller, published) {
          isHeld = false
          const one: Promise<void> = runAndReply(deps, caller, published).catch(deps.onError).finally(() => {
            running.delete(one)
            reserved -= 1
          })
          running.add(one)
        },
        release() {
          if (isHeld) reserved -= 1
          isHeld = false
        },
      }
    },
    settle: async () => { await Promise.all(running) },
  }
}

async function runAndReply(deps: ExecuteCommandDeps, caller: Caller, { event }: Published): Promise<void> {
  const dataJson = await outcomeOf(deps, caller, event)
  const { correlationid = event.id } = event
  await deps.publish(caller.tenantId, { type: replyType(EXECUTE_TOPIC), subject: event.id, attributes: { correlationid: String(correlationid), causationid: event.id }, dataJson })
}

async function outcomeOf({ run, onError }: ExecuteCommandDeps, caller: Caller, event: CloudEvent): Promise<string> {
  try {
    const { integrationId, action, params } = readData(event.data)
    const { dataJson, execution } = await run({ caller, integrationId, operation: action, input: params, sourceComponent: event.source.slice(0, 200), idempotencyKey: undefined })
    return `{"success":true,"executionId":${JSON.stringify(execution.id)},"data":${dataJson}}`
  } catch (error) {
    if (!(error instanceof HubError)) onError(error)
    const { code, message, errors, extra } = error instanceof HubError ? error : new HubError('internal', 'Something went wrong in the hub.')
    const { id } = (extra?.['execution'] ?? {}) as { id?: string }
    return JSON.stringify({ success: false, ...id !== undefined && { executionId: id }, error: { code, message, ...errors !== undefined && { errors: errors.map(({ pointer, detail }) => ({ pointer: pointerInData(pointer), detail })) } } })
  }
}

function readData(data: unknown): { integrationId: string, action: string | undefined, params: unknown } {
  const { integrationId, action, params } = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>
  if (typeof integrationId !== 'string') throw new HubError('invalid_input', 'Say which integration is meant.', { errors: [{ pointer: '/integrationId', detail: 'is needed' }] })
  if (action !== undefined && action !== null && typeof action !== 'string') throw new HubError('invalid_input', 'The action is the name of an operation.', { errors: [{ pointer: '/action', detail: 'must be text' }] })
  return { integrationId, action: action ?? undefined, params }
}

/** The call path names its parts otherwise. */
function pointerInData(pointer: string): string {
  return pointer.replace(/^\/input(?=\/|$)/, '/params').replace(/^\/operation$/, '/action')
}
