/** Runs an execution again, with its recorded input or another. */
import { buffer } from 'node:stream/consumers'
import type { Blobs } from '../blobs/blobs.ts'
import type { Executions } from '../executions/executions.ts'
import { HubError, isHubError } from '../errors.ts'
import { MASKED } from '../lib/mask.ts'
import type { Caller } from '../tenants/caller.ts'
import type { Execute, RunResult } from './execute.ts'

export type Rerun = (caller: Caller, executionId: string, input: unknown, facts: { sourceComponent: string | undefined, idempotencyKey: string | undefined }) => Promise<RunResult>

export interface RerunDeps {
  executions: Executions
  execute: Execute
  blobs: Blobs
  /** Notes that an execution is another one once more. Never rejects. */
  repeated(tenantId: string, id: string, ofId: string): Promise<void>
}

export function createRerun({ executions, execute, blobs, repeated }: RerunDeps): Rerun {
  return async (caller, executionId, input, facts) => {
    const before = await executions.find(caller, executionId)
    if (before.operation === 'proxy') throw new HubError('invalid_request', 'A proxied request keeps no body: send it again through the proxy.')
    const request = { caller, integrationId: before.integrationId, operation: before.operation, ...facts, input: input ?? await recordedInput(blobs, caller.tenantId, before.request.payload) }
    try {
      const result = await execute.run(request)
      await repeated(caller.tenantId, result.execution.id, before.id)
      return result
    } catch (error) {
      // A call that fails is recorded, too.
      const made = isHubError(error) ? error.extra?.['execution'] as { id: string } | undefined : undefined
      if (made !== undefined) await repeated(caller.tenantId, made.id, before.id)
      throw error
    }
  }
}

async function recordedInput(blobs: Blobs, tenantId: string, payload: unknown): Promise<unknown> {
  const { $blob } = (payload ?? {}) as { $blob?: { id: string } }
  const text = $blob === undefined ? JSON.stringify(payload) : await readText(blobs, tenantId, $blob.id)
  if (text.includes(MASKED)) {
    throw new HubError('invalid_input', 'The recorded input held a secret, which is not kept: give the whole input.', { errors: [{ pointer: '/input', detail: 'is needed' }] })
  }
  return JSON.parse(text)
}

async function readText(blobs: Blobs, tenantId: string, id: string): Promise<string> {
  const { stream } = await blobs.read(tenantId, id)
  return (await buffer(stream)).toString('utf8')
}
