import { beforeEffect, idempotencyKeyOf } from '../engine/effects.ts'
import { abortable } from '../engine/stop.ts'
import { evaluateFor, type Executor } from './executor.ts'

/** The event is the output. Its id, unless one is given, is the same over crashes and retries, so that it is published once. */
export const emitTask: Executor = async (work) => {
  const { scope, frame } = work
  const { run, services, signal } = scope
  const given = await evaluateFor(work, work.place.definition.emit!.event.with) as Record<string, unknown>
  const event = {
    specversion: '1.0', id: idempotencyKeyOf(run.row.id, scope.path), time: new Date(frame.startedAt).toISOString(), ...'data' in given && { datacontenttype: 'application/json' },
    ...Object.fromEntries(Object.entries(given).filter(([name, value]) => name === 'data' || value !== null)),
  }
  await beforeEffect(work)
  await abortable(services.publish(run, event), signal)
  run.touch()
  return { output: event }
}
