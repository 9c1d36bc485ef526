import { z } from 'zod'
import { defineRoute } from '../../route.ts'
import { execution, toExecution } from './shapes.ts'

export const getExecution = defineRoute({
  method: 'GET', path: '/api/v1/executions/:id', scope: 'executions:read', tag: 'Executions',
  summary: 'Get an execution, whole.',
  params: z.object({ id: z.string().max(100) }),
  reply: execution,
  handle: async ({ executions }, { caller, params }) => toExecution(await executions.find(caller, params.id)),
})
