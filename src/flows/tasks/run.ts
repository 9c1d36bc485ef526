/** `run`: another flow; a script, shell command or container. */
import { uuidv7 } from 'uuidv7'
import type { RunDefinition } from '../definition.ts'
import type { EffectKind } from '../effect.ts'
import { beforeEffect, performEffect } from '../engine/effects.ts'
import { Stop } from '../engine/stop.ts'
import { fault, FlowFault } from '../fault.ts'
import { evaluateFor, type Executor, type Work } from './executor.ts'

const processes = ['script', 'shell', 'container'] as const satisfies EffectKind[]

export const runProcess: Executor = async (work) => {
  const definition = work.place.definition.run!
  const { await: isAwaited = true } = definition
  if (definition.workflow !== undefined) return { output: await runFlow(work, definition.workflow, isAwaited) }
  const kind = processes.find((each) => definition[each] !== undefined)
  if (kind === undefined) throw fault('configuration', 'There is nothing to run: take workflow, script, shell or container.')
  const performed = performEffect(work, { kind, args: argumentsOf(definition, kind) })
  if (isAwaited) return { output: await performed }
  // Nobody waits for it: what becomes of it is nobody's concern.
  performed.catch(() => undefined)
  return { output: work.input }
}

const known = new WeakMap<object, object>()

/** The same object each time: what is evaluated is known by its identity. */
function argumentsOf(definition: RunDefinition, kind: (typeof processes)[number]): object {
  let args = known.get(definition)
  if (args === undefined) known.set(definition, args = { ...definition[kind], ...definition.return !== undefined && { return: definition.return } })
  return args
}

async function runFlow(work: Work, wanted: NonNullable<RunDefinition['workflow']>, isAwaited: boolean): Promise<unknown> {
  const { scope: { run, services, signal }, frame } = work
  // Chosen and committed before it is started, so that it is started once.
  const data = (frame.data ??= { child: uuidv7() }) as { child: string }
  run.touch()
  const { input, ...flow } = wanted
  const given = input === undefined ? work.input : await evaluateFor(work, input)
  await beforeEffect(work)
  await services.children.start(run, { id: data.child, flow, input: given, isAwaited })
  if (!isAwaited) return work.input
  frame.waiting = true
  try {
    return await endOfChild(work, data.child)
  } catch (error) {
    if (error instanceof Stop && error.reason !== 'lost') await services.children.cancel(run, data.child)
    throw error
  } finally {
    if (!signal.aborted) delete frame.waiting
  }
}

async function endOfChild({ scope: { run, services, signal } }: Work, child: string): Promise<unknown> {
  for (;;) {
    const end = await services.children.end(run, child)
    if (end?.status === 'completed') return end.output
    if (end?.status === 'faulted') throw new FlowFault(end.error!)
    if (end?.status === 'cancelled') throw fault('runtime', 'The flow that was run was cancelled.')
    await run.parking.wait({ isOver: async () => await services.children.end(run, child) !== undefined }, signal)
  }
}
