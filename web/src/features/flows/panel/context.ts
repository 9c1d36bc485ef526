import { createContext, useContext } from 'react'
import type { Suggested } from '../sample/suggest.ts'
import type { Sample } from '../sample/sample.ts'
import type { Task } from '../graph/tasks.ts'
import type { UseNames } from '../graph/use.ts'
import type { Moment } from './field.ts'

export interface PanelLife {
  /** The document as a whole has the form of a task of no kind, without a place. */
  task: Task
  /** What the document defines to be named. */
  names: UseNames
  /** `path` from the task; undefined takes it away. */
  set(path: string, value: unknown): void
  /** Undefined where there is no data to try things on. */
  sampleAt(moment: Moment): Sample | undefined
  suggestAt(moment: Moment, isBare: boolean): (before: string) => Suggested | undefined
}

export const PanelContext = createContext<PanelLife | undefined>(undefined)

export function usePanel(): PanelLife {
  const life = useContext(PanelContext)
  if (life === undefined) throw new Error('Outside of a task.')
  return life
}
