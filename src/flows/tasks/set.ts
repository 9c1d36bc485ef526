import { evaluateFor, type Executor } from './executor.ts'

export const setTask: Executor = async (work) => ({ output: await evaluateFor(work, work.place.definition.set) })
