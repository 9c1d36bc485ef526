import { defineRoute } from '../../route.ts'
import { runId, steered, tag } from './shapes.ts'

export const cancelRun = defineRoute({
  method: 'POST', path: '/api/v1/runs/:id/cancel', scope: 'flows:run', tag, status: 202,
  summary: 'Cancel a run: calls under way are broken off.',
  params: runId,
  reply: steered,
  handle: ({ runs }, { caller, params }) => runs.cancel(caller, params.id),
})

export const suspendRun = defineRoute({
  method: 'POST', path: '/api/v1/runs/:id/suspend', scope: 'flows:run', tag, status: 202,
  summary: 'Suspend a run: it pauses before its next task.',
  description: 'Its timeouts go on.',
  params: runId,
  reply: steered,
  handle: ({ runs }, { caller, params }) => runs.suspend(caller, params.id),
})

export const resumeRun = defineRoute({
  method: 'POST', path: '/api/v1/runs/:id/resume', scope: 'flows:run', tag, status: 202,
  summary: 'Let a suspended run go on.',
  params: runId,
  reply: steered,
  handle: ({ runs }, { caller, params }) => runs.resume(caller, params.id),
})
