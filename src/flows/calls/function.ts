/**
 * `call: <name>`: a task that stands under that name, in the place of this one; else `<integration>/<operation>`, an operation through the call
 * path, with the run's rights and its idempotency key.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { isHubError, type HubError } from '../../errors.ts'
import type { RunRequest } from '../../integrations/call.ts'
import type { RunResult } from '../../integrations/execute.ts'
import type { Effect, EffectContext, FunctionArguments } from '../effect.ts'
import { fault } from '../fault.ts'
import type { ResolveFunction } from './functions.ts'

export interface FunctionDeps {
  execute: { run(request: RunRequest): Promise<RunResult> }
  /** Id of the integration of that name or id. Throws HubError `not_found`. */
  integrations: { forCall(tenantId: string, name: string): Promise<string> }
  now(): number
  /** Functions that the hub has itself, by their whole names. */
  builtIn?: Record<string, Effect<unknown>>
}

/** What the execution's record names as its caller. */
const SOURCE = 'flow'
/** A limit may be changed meanwhile: it is looked at again at least so often. */
const LONGEST_WAIT_MS = 60_000

export function createFunctionCall(deps: FunctionDeps & { resolveFunction: ResolveFunction }): Effect<FunctionArguments> {
  const lines = createLines(deps.now)
  return async ({ name, with: input }, context) => {
    const own = deps.builtIn !== undefined && Object.hasOwn(deps.builtIn, name) ? deps.builtIn[name] : undefined
    if (own !== undefined) return own(input ?? {}, context)
    const task = await deps.resolveFunction(name, context)
    if (task !== undefined) return context.perform(task, input ?? {})
    const { integration, operation } = namesOf(name)
    const { tenantId, caller, runId, idempotencyKey, signal } = context
    const integrationId = await deps.integrations.forCall(tenantId, integration)
    const line = lines.of(`${tenantId}:${integrationId}`)
    for (;;) {
      await line.wait(signal)
      try {
        const { dataJson, execution } = await deps.execute.run({ caller, integrationId, operation, input: input ?? {}, sourceComponent: SOURCE, idempotencyKey, runId })
        context.note?.({ executionId: execution.id })
        return JSON.parse(dataJson)
      } catch (error) {
        if (!isLocalLimit(error)) throw noted(error, context)
        line.holdBack(error)
      }
    }
  }
}

/** Everything behind the first slash is the operation. */
function namesOf(name: string): { integration: string, operation: string | undefined } {
  const at = name.indexOf('/')
  const integration = at === -1 ? name : name.slice(0, at)
  if (integration === '') throw fault('configuration', `There is no function ${JSON.stringify(name.slice(0, 200))}.`)
  return { integration, operation: at === -1 ? undefined : name.slice(at + 1) }
}

/** The hub's own rate, quota, or what the upstream asked for: refused before anything was sent. An upstream's 429 is none of these. */
function isLocalLimit(error: unknown): error is HubError {
  if (!isHubError(error, 'rate_limited') && !isHubError(error, 'quota_exceeded')) return false
  const { execution } = (error.extra ?? {}) as { execution?: { status?: string } }
  return execution === undefined || execution.status === 'refused'
}

function noted(error: unknown, { note }: EffectContext): unknown {
  const { execution } = ((error as Partial<HubError> | null)?.extra ?? {}) as { execution?: { id?: unknown } }
  if (typeof execution?.id === 'string') note?.({ executionId: execution.id })
  return error
}

interface Line {
  /** Until it is this call's turn, where the integration is over its limit. Rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<void>
  holdBack(error: HubError): void
}

/**
 * Each refusal is recorded, so that those who wait must not all come again at once: while an integration is over its limit they are
 * given moments one limit's step apart.
 */
function createLines(now: () => number): { of(key: string): Line } {
  const held = new Map<string, { next: number, stepMs: number }>()
  return {
    of(key) {
      const wait = async (signal: AbortSignal): Promise<void> => {
        signal.throwIfAborted()
        const line = held.get(key)
        if (line === undefined) return
        const turn = Math.max(line.next, now())
        if (turn > now() + LONGEST_WAIT_MS) {
          await sleep(LONGEST_WAIT_MS, signal)
          return wait(signal)
        }
        line.next = turn + line.stepMs
        if (turn > now()) await sleep(turn - now(), signal)
        // Nobody is behind: the limit is whatever the next call finds.
        if (held.get(key) === line && line.next <= now() + line.stepMs) held.delete(key)
      }
      return {
        wait,
        holdBack({ retryAfterSeconds = 1, usedUp }) {
          const stepMs = usedUp === undefined ? 0 : usedUp.windowSeconds * 1000 / Math.max(1, usedUp.limit)
          const line = held.get(key)
          held.set(key, { next: Math.max(line?.next ?? 0, now() + retryAfterSeconds * 1000), stepMs })
        },
      }
    },
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal })
  } catch {
    signal.throwIfAborted()
  }
}
