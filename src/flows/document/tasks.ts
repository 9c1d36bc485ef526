/** The tasks of a definition, whatever they are nested in. */
import { isMembers } from '../../lib/json/check.ts'
import { appendPointer } from '../../lib/json/pointer.ts'

export type Members = Record<string, unknown>

/** `do` comes last: a `for` has one too. */
export const taskKinds = ['call', 'emit', 'for', 'fork', 'listen', 'raise', 'run', 'set', 'switch', 'try', 'wait', 'do'] as const
export type TaskKind = (typeof taskKinds)[number]

function kindOf(task: Members): TaskKind | undefined {
  return taskKinds.find((kind) => Object.hasOwn(task, kind))
}

/** Tasks that stand in one list: `then` names one of them, and their names differ. */
export interface TaskList {
  pointer: string
  tasks: Task[]
  /** Branches of a fork run beside each other: none comes after another. */
  branches: boolean
  /** What stands alone, such as a function, has nothing to go on to. */
  single: boolean
}

export interface Task {
  name: string
  /** Its place: `/do/0/getPet`. */
  pointer: string
  task: Members
  kind: TaskKind | undefined
  /** Variables that what is around it binds, such as a loop's item. */
  variables: string[]
  /** Lists within it. */
  lists: TaskList[]
}

/** All lists of a definition, the outer ones first; what has no task's shape is passed over. */
export function listsOf(definition: Members): TaskList[] {
  const roots = [readList(definition.do, '/do', [])]
  const { functions, extensions } = isMembers(definition.use) ? definition.use : {} as Members
  for (const [name, task] of Object.entries(isMembers(functions) ? functions : {})) {
    const pointer = appendPointer('/use/functions', name)
    if (isMembers(task)) roots.push({ pointer, tasks: [readTask(name, task, pointer, [])], branches: false, single: true })
  }
  for (const [index, item] of (Array.isArray(extensions) ? extensions : []).entries()) {
    for (const [name, extension] of Object.entries(isMembers(item) ? item : {})) {
      const pointer = `/use/extensions/${index}${appendPointer('', name)}`
      if (isMembers(extension)) roots.push(...(['before', 'after'] as const).map((when) => readList(extension[when], `${pointer}/${when}`, [])))
    }
  }
  return roots.flatMap(withInner)
}

function withInner(list: TaskList): TaskList[] {
  return [list, ...list.tasks.flatMap(({ lists }) => lists.flatMap(withInner))]
}

function readList(value: unknown, pointer: string, variables: string[], branches = false): TaskList {
  const items = Array.isArray(value) ? value as unknown[] : []
  const tasks = items.flatMap((item, index) => Object.entries(isMembers(item) ? item : {}).flatMap(([name, task]) =>
    isMembers(task) ? [readTask(name, task, appendPointer(`${pointer}/${index}`, name), variables)] : []))
  return { pointer, tasks, branches, single: false }
}

function readTask(name: string, task: Members, pointer: string, variables: string[]): Task {
  const kind = kindOf(task)
  return { name, pointer, task, kind, variables, lists: kind === undefined ? [] : innerLists(kind, task, pointer, variables) }
}

function innerLists(kind: TaskKind, task: Members, pointer: string, variables: string[]): TaskList[] {
  switch (kind) {
    case 'do': return [readList(task.do, `${pointer}/do`, variables)]
    case 'for': return [readList(task.do, `${pointer}/do`, [...variables, ...loopVariables(task)])]
    case 'fork': return [readList(memberOf(task.fork, 'branches'), `${pointer}/fork/branches`, variables, true)]
    case 'try': return [
      readList(task.try, `${pointer}/try`, variables),
      readList(memberOf(task.catch, 'do'), `${pointer}/catch/do`, [...variables, catchVariable(task)]),
    ]
    case 'listen': return [readList(memberOf(task.foreach, 'do'), `${pointer}/foreach/do`, [...variables, ...iteratorVariables(task.foreach)])]
    case 'call': {
      const iterator = memberOf(memberOf(task.with, 'subscription'), 'foreach')
      return [readList(memberOf(iterator, 'do'), `${pointer}/with/subscription/foreach/do`, [...variables, ...iteratorVariables(iterator)])]
    }
    default: return []
  }
}

export function loopVariables({ for: loop }: Members): string[] {
  return [nameOr(memberOf(loop, 'each'), 'item'), nameOr(memberOf(loop, 'at'), 'index')]
}

export function catchVariable({ catch: caught }: Members): string {
  return nameOr(memberOf(caught, 'as'), 'error')
}

export function iteratorVariables(iterator: unknown): string[] {
  return [nameOr(memberOf(iterator, 'item'), 'item'), nameOr(memberOf(iterator, 'at'), 'index')]
}

function nameOr(value: unknown, standard: string): string {
  return typeof value === 'string' && value !== '' ? value : standard
}

export function memberOf(value: unknown, name: string): unknown {
  return isMembers(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
