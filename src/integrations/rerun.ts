/** Runs an execution again, with its recorded input or another. */
import { buffer } from 'node:stream/consumers'
import type { Blobs } from '../blobs/blobs.ts'
import type { Executions } from '../executions/executions.ts'
import { HubError } from '../errors.ts'
import { MASKED } from '../lib/mask.ts'
import type { Caller } from '../tenants/caller.ts'
import type { Execute, RunResult } from './execute.ts'

export type Rerun = (caller: Caller, executionId: string, input: unknown, facts: { sourceComponent: string | undefined, idempotencyKey: string | undefined }) => Promise<RunResult>

export function createRerun({ executions, execute, blobs }: { executions: Executions, execute: Execute, blobs: Blobs }): Rerun {
  return async (caller, executionId, input, facts) => {
    const before = await executions.find(caller, executionId)
    if (before.operation === 'proxy') throw new HubError('invalid_request', 'A proxied request keeps no body: send it again through the proxy.')
    return execute.run({
      caller, integrationId: before.integrationId, operation: before.operation, ...facts,
      input: input ?? await recordedInput(blobs, caller.tenantId, before.request.payload),
    })
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
