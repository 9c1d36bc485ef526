import { z } from 'zod'
import { HubError } from '../../../errors.ts'
import { defineRoute } from '../../route.ts'
import { flowError, runId, runStatus, tag } from './shapes.ts'

export const retryRun = defineRoute({
  method: 'POST', path: '/api/v1/runs/:id/retry', scope: 'flows:run', tag, status: 202, creates: true,
  summary: 'Try a run again: a new run that begins before a task of one that is over, with what was recorded up to there.',
  description: 'It follows the version of the first one, and its flow must be enabled. Secrets are masked in what was recorded: a task gets its own by `$secrets` again; data that holds any must be given anew.',
  params: runId,
  body: z.strictObject({
    from: z.string().max(2000).optional().describe('Reference of the task to begin with, such as `/do/2/send`. What its run lies within stands as it was: items that a loop was done with, results of the branches beside it, the error that it handles. Empty: the first.'),
    rounds: z.array(z.int().min(0)).max(100).optional().describe('Which round of the loops around it, as `rounds` of the run\'s task says. Empty: the last in which it began.'),
    input: z.unknown().optional().describe('What that task gets instead of what it had; without `from`, the input of the whole run.'),
  }),
  freeText: ['/input'],
  reply: z.object({
    id: z.uuid(), status: runStatus,
    from: z.string().optional().describe('The task that it begins with. The one around the chosen task where too little was recorded to begin within it.'), rounds: z.array(z.int()).optional(),
  }),
  handle: ({ runs }, { caller, params, body }) => runs.retry(caller, params.id, body),
})

const testCase = z.object({
  flow: z.object({ namespace: z.string(), name: z.string(), version: z.string() }).describe('What it was recorded of.'),
  run: z.object({ id: z.uuid(), startedAt: z.iso.datetime() }).describe('What `$workflow` says in a replay.'),
  input: z.unknown(),
  status: z.enum(['completed', 'faulted', 'cancelled']),
  output: z.unknown(),
  error: flowError.nullable(),
  tasks: z.array(z.object({ reference: z.string(), status: z.string(), input: z.unknown(), output: z.unknown(), error: flowError.optional() })),
}).meta({ id: 'FlowTestCase' })

export const getTestCase = defineRoute({
  method: 'GET', path: '/api/v1/runs/:id/test-case', scope: 'flows:read', tag,
  summary: 'Get a run that is over as a test case: its input, and what each task came to.',
  description: 'Secrets are masked. Keep it beside the flow, and replay it when the flow changes.',
  params: runId,
  reply: testCase,
  handle: ({ runs }, { caller, params }) => runs.testCase(caller, params.id),
})

export const replayTestCase = defineRoute({
  method: 'POST', path: '/api/v1/flows/replay', scope: 'flows:write', tag,
  summary: 'Replay a test case against a definition.',
  description: 'Calls, runs, waits, and events come out as they were recorded; everything else runs, without time passing. Nothing is called, and nothing stored. What was masked may come out as anything.',
  body: z.strictObject({ definition: z.looseObject({}).describe('A Serverless Workflow document.'), testCase }),
  freeText: ['/definition', '/testCase'],
  reply: z.object({
    passed: z.boolean(),
    differences: z.array(z.object({
      reference: z.string().describe('Of the task; empty for the run as a whole.'), what: z.enum(['status', 'output', 'error', 'missing', 'unexpected']), expected: z.unknown(), actual: z.unknown(),
    })),
  }),
  async handle({ runs, flows }, { caller, body }) {
    const { definition, findings } = await flows.validate(caller, { text: JSON.stringify(body.definition), format: 'json' }, { allowMissing: true })
    if (definition !== undefined) return runs.replay(caller, definition, body.testCase)
    const errors = findings.filter(({ severity }) => severity === 'error').map(({ pointer, detail }) => ({ pointer: `/definition${pointer}`, detail }))
    throw new HubError('invalid_document', `The definition is not valid: ${errors[0]!.pointer} ${errors[0]!.detail}.`, { errors })
  },
})
