import { Skeleton } from '@mantine/core'
import { Suspense, type ReactNode } from 'react'
import { lazily } from '../../../components/lazily.ts'
import type { TaskStanding } from './state.ts'
import type { Task, TaskList } from './tasks.ts'

export interface GraphProps {
  label: string
  list: TaskList
  /** Pointer of the task that is open. */
  chosen: string | undefined
  onChoose(pointer: string | undefined): void
  /** Of a run. */
  standings?: Map<string, TaskStanding>
  /** What is wrong, by the pointers of tasks. */
  findings?: Map<string, TaskFindings>
  /** What can be done with tasks; left out where the graph is only looked at. */
  deeds?: GraphDeeds | undefined
  /** Leads from where the flow begins. */
  onStart?: () => void
  height?: number
}

export interface TaskFindings { errors: number, warnings: number, first: string }

export interface GraphDeeds {
  /** Asks what to put there. */
  add(place: AddPlace): void
  remove(task: Task): void
  /** Before the one that is at the place now, in its list or another. */
  moveTo(task: Task, place: AddPlace): void
  /** By so many places within its list. */
  move(task: Task, by: number): void
  undo(): void
  redo(): void
}

/** Behind a task of the list, or at its beginning. */
export interface AddPlace { list: TaskList, index: number }

const Loaded = lazily(async () => (await import('./canvas.tsx')).Canvas)

/** Tasks and what follows what, as a picture that is walked by keys. */
export function Graph(props: GraphProps): ReactNode {
  return <Suspense fallback={<Skeleton height={props.height ?? 420} />}><Loaded {...props} /></Suspense>
}
