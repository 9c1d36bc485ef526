import { z } from 'zod'
import { placeOf } from '../../../flows/flow-id.ts'
import { defineRoute, moment, searchedPageOf, pageQuery } from '../../route.ts'
import { run, runId, runStatus, runSummary, tag } from './shapes.ts'

export const listRuns = defineRoute({
  method: 'GET', path: '/api/v1/runs', scope: 'flows:read', tag,
  summary: 'List runs, newest first.',
  description: 'Without data and tasks: get a single one for those. A search goes backwards from the newest; what takes longer than two seconds or so is answered with what was found, and `searchedUntil`.',
  query: z.strictObject({
    ...pageQuery,
    flow: z.string().min(1).max(300).optional().describe('Of this flow: `name`, or `namespace/name`.'),
    status: runStatus.optional(),
    trigger: z.string().min(1).max(50).optional().describe('Started by this: `api`, `event`, `schedule`, `agent`, `flow`, `retry`.'),
    from: moment.optional().describe('That began at this time or later (ISO 8601 with offset).'),
    to: moment.optional().describe('That began before this time.'),
    q: z.string().min(1).max(200).optional().describe("Text in the flow's name, the input, the output, the error or the tasks, in upper or lower case. Large values, and tasks that an earlier checkpoint wrote, are not searched."),
  }),
  reply: searchedPageOf(runSummary),
  handle: ({ runs }, { caller, query: { flow, from, to, ...query } }) => runs.list(caller, {
    ...query, ...flow !== undefined && { flow: placeOf(flow) }, ...from !== undefined && { from: new Date(from) }, ...to !== undefined && { to: new Date(to) },
  }),
})

export const getRun = defineRoute({
  method: 'GET', path: '/api/v1/runs/:id', scope: 'flows:read', tag,
  summary: 'Get a run, task by task.',
  description: 'Of a run that is not over, what is told may be some 50 ms old.',
  params: runId,
  reply: run,
  handle: async ({ runs }, { caller, params }) => {
    const { errorType: _errorType, error, ...shown } = await runs.get(caller, params.id)
    return { ...shown, ...error !== null && { error } }
  },
})

export const getRunDefinition = defineRoute({
  method: 'GET', path: '/api/v1/runs/:id/definition', scope: 'flows:read', tag,
  summary: 'Get the definition that a run follows.',
  params: runId,
  reply: z.looseObject({}).describe('A Serverless Workflow document.'),
  handle: async ({ runs }, { caller, params }) => ({ ...await runs.definition(caller, params.id) }),
})
