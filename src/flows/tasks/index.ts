/** The types of tasks, each known by a word that its definition has. */
import type { TaskDefinition } from '../definition.ts'
import { fault } from '../fault.ts'
import { callTask } from './call.ts'
import { doTask } from './do.ts'
import { emitTask } from './emit.ts'
import type { Executor } from './executor.ts'
import { forTask } from './for.ts'
import { forkTask } from './fork.ts'
import { listenTask } from './listen.ts'
import { raiseTask } from './raise.ts'
import { runProcess } from './run.ts'
import { setTask } from './set.ts'
import { switchTask } from './switch.ts'
import { tryTask } from './try.ts'
import { waitTask } from './wait.ts'

/** Before `do`, what has a `do` as well. */
const executors: [word: keyof TaskDefinition, executor: Executor][] = [
  ['set', setTask], ['call', callTask], ['switch', switchTask], ['for', forTask], ['fork', forkTask], ['try', tryTask],
  ['emit', emitTask], ['listen', listenTask], ['run', runProcess], ['raise', raiseTask], ['wait', waitTask], ['do', doTask],
]

export function executorOf(definition: TaskDefinition): Executor {
  const found = executors.find(([word]) => Object.hasOwn(definition, word))
  if (found === undefined) throw fault('configuration', `The task is of no type that is known: it has ${Object.keys(definition).join(', ')}.`)
  return found[1]
}
