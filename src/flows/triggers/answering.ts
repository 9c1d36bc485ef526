/** What the sender of a webhook is answered with, where a flow does so. */
import type { HookAnswer } from '../../webhooks/inbound/receive.ts'
import { HubError } from '../../errors.ts'
import { systemCaller } from '../../tenants/caller.ts'
import type { Runs } from '../runs/runs.ts'
import type { EventTriggers } from './event-triggers.ts'

export interface Answering {
  /** Undefined where no flow answers. Throws HubError `run_failed`. */
  answer(tenantId: string, eventId: string): Promise<HookAnswer> | undefined
}

export function createAnswering({ triggers, runs }: { triggers: Pick<EventTriggers, 'takeAwaited'>, runs: Pick<Runs, 'wait'> }): Answering {
  return {
    answer(tenantId, eventId) {
      const awaited = triggers.takeAwaited(eventId)
      return awaited && wait(runs, tenantId, awaited)
    },
  }
}

async function wait(runs: Pick<Runs, 'wait'>, tenantId: string, { runId, timeoutMs }: { runId: string, timeoutMs: number }): Promise<HookAnswer> {
  const end = await runs.wait(systemCaller(tenantId), runId, timeoutMs)
  if (end === undefined) return answerOf({ statusCode: 202, content: { run: runId } })
  if (end.status !== 'completed') throw new HubError('run_failed', `The run ${runId} of the flow that answers is ${end.status}.`)
  return answerOf(isWhole(end.output) ? end.output : { statusCode: 200, content: end.output })
}

/** The form in which the DSL's HTTP calls give answers: a flow may give its own like that. */
interface WholeAnswer { statusCode: number, headers?: Record<string, string>, content?: unknown }

function isWhole(output: unknown): output is WholeAnswer {
  if (typeof output !== 'object' || output === null || !('statusCode' in output)) return false
  const { statusCode, headers = {} } = output as WholeAnswer
  return Number.isInteger(statusCode) && statusCode >= 200 && statusCode <= 599 && typeof headers === 'object' && headers !== null
    && Object.entries(headers).every(([name, value]) => /^[\w-]+$/.test(name) && typeof value === 'string' && !/[\r\n\0]/.test(value))
}

function answerOf({ statusCode, headers = {}, content }: WholeAnswer): HookAnswer {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const isText = typeof content === 'string' && lower['content-type'] !== undefined
  return { status: statusCode, headers: { 'content-type': 'application/json; charset=utf-8', ...lower }, body: isText ? content : content === undefined ? '' : JSON.stringify(content) }
}
