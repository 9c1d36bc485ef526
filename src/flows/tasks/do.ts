import { listFrame, type ListFrame } from '../engine/frame.ts'
import { runList } from '../engine/list.ts'
import { Value } from '../engine/value.ts'
import type { Executor } from './executor.ts'

/** `exit` ends the tasks within, and no more. */
export const doTask: Executor = async ({ scope, place, frame, input }) => {
  const data = frame.data as { list: ListFrame } | undefined ?? { list: listFrame(new Value(input)) }
  frame.data = data
  const { output, isEnd } = await runList(scope, place.definition.do!, `${place.reference}/do`, data.list)
  return { output, isEnd }
}
