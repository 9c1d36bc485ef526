/** Where keys lead on the graph: up and down through the tasks as they are written, left and right out of and into what holds others. */
import type { Task } from './tasks.ts'

export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End'

/** `tasks` in the document's order. */
export function stepFrom(tasks: Task[], task: Task, key: Direction): Task | undefined {
  const at = tasks.indexOf(task)
  switch (key) {
    case 'ArrowDown': return tasks[at + 1]
    case 'ArrowUp': return tasks[at - 1]
    case 'ArrowLeft': return task.parent
    case 'ArrowRight': return task.lists.find(({ tasks: within }) => within.length > 0)?.tasks[0]
    case 'Home': return tasks[0]
    case 'End': return tasks.at(-1)
    default: return undefined
  }
}
