/** A run of a flow as the API gives it. */
import { z } from 'zod'
import { timestamp } from '../../route.ts'

export const tag = 'Runs'

export const runStatus = z.enum(['pending', 'running', 'waiting', 'suspended', 'cancelled', 'faulted', 'completed'])
  .describe("In the DSL's words. `pending`: it waits for its flow's concurrency limit or for an earlier run of its key; `waiting`: for time, events or another run.")

const value = z.unknown().describe('Secrets are masked. Large parts: `{ "$blob": { id, contentType, sizeBytes, sha256 } }`, to be had at `/api/v1/blobs/{id}`.')

export const flowError = z.object({
  type: z.string().describe("A URI: one of the DSL's own, or what the flow raised."), status: z.number(), title: z.string(), detail: z.string().optional(),
  instance: z.string().optional().describe('JSON Pointer of the task within the definition.'),
})

const task = z.object({
  reference: z.string().describe('JSON Pointer within the definition, with the name of the task.'),
  name: z.string(),
  status: runStatus,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable().describe('Null while it runs.'),
  attempts: z.int().describe('Of a `try`, how often it was tried; of a task within one, in which try this was.'),
  rounds: z.array(z.int()).optional().describe('Within loops: which round of each, from 0, the outermost first.'),
  input: value.describe('Transformed, where `input.from` does so.'),
  output: value,
  rawOutput: value.optional().describe('What came out before `output.as`, where the task has one, up to 64 KiB.'),
  error: flowError.optional(),
  context: value.optional().describe('Where the task exported: what `$context` is from then on. Secrets are masked.'),
  executionId: z.uuid().optional().describe('The execution that a call of an operation led to.'),
})

const summaryFields = {
  id: z.uuid().describe('UUIDv7: sorts by the time when the run began.'),
  namespace: z.string(), name: z.string().describe("The flow's."), version: z.string().describe('Runs stay on the version that they began with.'),
  status: runStatus,
  startedAt: timestamp,
  endedAt: timestamp.nullable(),
  trigger: z.looseObject({ type: z.string() }).describe('What started it: `api`, `event`, `schedule`, `agent`, `flow`, `retry`, and what there is to say of it.'),
}

export const runSummary = z.object({ ...summaryFields, errorType: z.string().nullable() }).meta({ id: 'RunSummary' })

export const run = z.object({
  ...summaryFields, input: value, output: value, error: flowError.optional(),
  tasks: z.array(task).describe('In the order in which they started. A task that ran several times is there as often.'),
}).meta({ id: 'Run' })

export const runId = z.object({ id: z.string().max(100) })
export const steered = z.object({ id: z.uuid(), status: runStatus.describe('As it stands now; what was asked for takes hold between tasks.') })
