/** Tasks stand in lists, as items, or are functions, as members by their names. What is done to either is called the same. */
import { type TaskList } from '../graph/tasks.ts'
import { escapePart } from '../../../lib/pointer.ts'
import type { NewTask } from '../palette/blueprints.ts'
import { dropItem, insertItem, renameTask, setValue, type Edited } from './edits.ts'
import { renameUse } from './use.ts'

type List = Pick<TaskList, 'pointer' | 'tasks'>

interface Holding {
  /** Where a task of that name is. */
  pointerOf(list: List, index: number, name: string): string
  insert(text: string, list: List, index: number, task: NewTask): Edited
  rename(text: string, list: List, index: number, name: string): Edited
  drop(text: string, list: List, index: number): Edited
}

const items: Holding = {
  pointerOf: ({ pointer }, index, name) => `${pointer}/${index}/${escapePart(name)}`,
  insert: (text, { pointer }, index, { name, definition }) => insertItem(text, pointer, index, { [name]: definition }),
  rename: (text, { pointer }, index, name) => renameTask(text, pointer, index, name),
  drop: (text, { pointer }, index) => dropItem(text, pointer, index),
}

const members: Holding = {
  pointerOf: ({ pointer }, _index, name) => `${pointer}/${escapePart(name)}`,
  insert: (text, { pointer }, _index, { name, definition }) => setValue(text, `${pointer}/${escapePart(name)}`, definition),
  rename: (text, { tasks }, index, name) => renameUse(text, 'functions', { from: tasks[index]!.name, to: name }),
  drop: (text, { pointer, tasks }, index) => setValue(text, tasks.length === 1 ? pointer : tasks[index]!.pointer, undefined),
}

export const holdingOf = ({ role }: Pick<TaskList, 'role'>): Holding => (role === 'functions' ? members : items)
