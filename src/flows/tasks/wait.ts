import { durationMs } from '../duration.ts'
import { evaluateFor, type Executor } from './executor.ts'

export const waitTask: Executor = async (work) => {
  const { scope: { run, signal }, frame, input, place } = work
  const data = frame.data as { until: number } | undefined ?? { until: Date.now() + durationMs(await evaluateFor(work, place.definition.wait)) }
  frame.data = data
  frame.waiting = true
  run.touch()
  await run.parking.wait({ until: data.until }, signal)
  delete frame.waiting
  return { output: input }
}
