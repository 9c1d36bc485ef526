/** A run as a whole: from the workflow's input to its output. */
import { fault, toFault, type FaultDetail } from '../fault.ts'
import { runList } from './list.ts'
import type { LiveRun } from './run.ts'
import { variablesOf, type Scope } from './scope.ts'
import type { Services } from './services.ts'
import { Stop } from './stop.ts'
import { giveOutput, limited, timeoutMs, transformInput } from './task.ts'
import { Value } from './value.ts'

export type Ending = { status: 'completed', output: unknown } | { status: 'faulted', error: FaultDetail } | { status: 'cancelled' } | { status: 'lost' }

/** Goes on from where the run stands. Never settles where the run leaves memory while it waits. */
export async function runWorkflow(run: LiveRun, services: Services): Promise<Ending> {
  const scope: Scope = { run, services, variables: {}, signal: run.signal, attempt: 1, rounds: [], path: '/do', extended: undefined }
  try {
    return { status: 'completed', output: await withinTimeout(scope) }
  } catch (error) {
    if (error instanceof Stop) return { status: error.reason === 'cancelled' ? 'cancelled' : 'lost' }
    return { status: 'faulted', error: toFault(error).at('').toJSON() }
  }
}

async function withinTimeout(scope: Scope): Promise<unknown> {
  const { run } = scope
  const { timeout } = run.definition
  if (timeout === undefined) return perform(scope)
  run.state.until ??= run.row.startedAt.getTime() + await timeoutMs(scope, timeout, run.input.of, variablesOf(scope, undefined))
  return limited(scope, run.state.until, () => fault('timeout', 'The workflow took longer than its timeout.').at(''), perform)
}

async function perform(scope: Scope): Promise<unknown> {
  const { run } = scope
  const { input, output, do: tasks } = run.definition
  if (input !== undefined && run.state.from === undefined) {
    run.state.from = new Value(await transformInput(scope, input, run.input.of, variablesOf(scope, undefined)))
    run.state.list.input = run.state.from
  }
  const outcome = await runList(scope, tasks, '/do', run.state.list)
  return giveOutput(scope, output, outcome.output, { ...variablesOf(scope, undefined), context: run.state.context.of })
}
