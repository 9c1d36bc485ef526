import type { Edited } from '../document/edits.ts'
import type { AddPlace } from '../graph/graph.tsx'
import type { Task } from '../graph/tasks.ts'

/** What is done to a document beyond its flow's tasks. */
export interface DocumentDeeds {
  set(task: Task, path: string, value: unknown): void
  /** A change of the text as a whole. False where it cannot be made. */
  apply(change: (text: string) => Edited): boolean
  add(place: AddPlace): void
  addFunction(): void
  open(pointer: string): void
}
