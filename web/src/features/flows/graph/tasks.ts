/** The tasks of a definition as the graph shows them, whatever they are nested in. Nothing here fails: a document that is being written has gaps. */
import { escapePart, pointerParts } from '../../../lib/pointer.ts'

export type Members = Record<string, unknown>

/** `do` comes last: a `for` has one too. */
export const taskKinds = ['call', 'emit', 'for', 'fork', 'listen', 'raise', 'run', 'set', 'switch', 'try', 'wait', 'do'] as const
export type TaskKind = (typeof taskKinds)[number]

/** Where tasks stand: `branches` run beside each other, `functions` when they are called, all others one after another. */
export type ListRole = 'do' | 'branches' | 'try' | 'catch' | 'each' | 'before' | 'after' | 'functions'

export interface TaskList {
  /** JSON pointer of the array: `/do`. It may not be there yet. */
  pointer: string
  role: ListRole
  tasks: Task[]
}

export interface Task {
  /** JSON pointer with the task's name, which is also its reference in runs: `/do/0/getPet`. */
  pointer: string
  name: string
  /** Undefined for what has no task's shape yet. */
  kind: TaskKind | undefined
  definition: Members
  lists: TaskList[]
  cases: SwitchCase[]
  /** What the document says with `then`. */
  next: string | undefined
  /** What it stands in; undefined at the top. */
  parent: Task | undefined
  list: TaskList
  index: number
}

export interface SwitchCase { name: string, pointer: string, when: string | undefined, next: string | undefined }

export const directives = ['continue', 'exit', 'end'] as const

export const isMembers = (value: unknown): value is Members => value !== null && typeof value === 'object' && !Array.isArray(value)
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
export const memberOf = (value: unknown, name: string): unknown => (isMembers(value) && Object.hasOwn(value, name) ? value[name] : undefined)

export function readTasks(definition: unknown): TaskList {
  return readList(memberOf(definition, 'do'), { pointer: '/do', role: 'do', parent: undefined })
}

interface ListPlace { pointer: string, role: ListRole, parent: Task | undefined }

export function readList(value: unknown, { pointer, role, parent }: ListPlace): TaskList {
  const list: TaskList = { pointer, role, tasks: [] }
  for (const [index, item] of (Array.isArray(value) ? value as unknown[] : []).entries()) {
    const [name] = isMembers(item) ? Object.keys(item) : []
    if (name !== undefined) list.tasks.push(readTask((item as Members)[name], { name, pointer: `${pointer}/${index}/${escapePart(name)}`, parent, list, index }))
  }
  return list
}

export function readTask(value: unknown, place: Pick<Task, 'name' | 'pointer' | 'parent' | 'list' | 'index'>): Task {
  const definition = isMembers(value) ? value : {}
  const task: Task = { ...place, definition, kind: taskKinds.find((kind) => Object.hasOwn(definition, kind)), lists: [], cases: [], next: text(definition['then']) }
  task.lists = listsWithin(task)
  if (task.kind === 'switch') task.cases = casesOf(task)
  return task
}

function listsWithin(task: Task): TaskList[] {
  const { definition, pointer } = task
  const list = (value: unknown, path: string, role: ListRole): TaskList => readList(value, { pointer: pointer + path, role, parent: task })
  switch (task.kind) {
    case 'do': case 'for': return [list(definition['do'], '/do', task.kind === 'for' ? 'each' : 'do')]
    case 'fork': return [list(memberOf(definition['fork'], 'branches'), '/fork/branches', 'branches')]
    case 'try': return [list(definition['try'], '/try', 'try'), list(memberOf(definition['catch'], 'do'), '/catch/do', 'catch')]
    case 'call': {
      const each = memberOf(memberOf(definition['with'], 'subscription'), 'foreach')
      return isMembers(each) ? [list(each['do'], '/with/subscription/foreach/do', 'each')] : []
    }
    case 'listen': return isMembers(definition['foreach']) ? [list(definition['foreach']['do'], '/foreach/do', 'each')] : []
    default: return []
  }
}

function casesOf({ definition, pointer }: Task): SwitchCase[] {
  const cases = definition['switch']
  if (!Array.isArray(cases)) return []
  return cases.flatMap((item: unknown, index) => Object.entries(isMembers(item) ? item : {}).slice(0, 1).map(([name, each]) => (
    { name, pointer: `${pointer}/switch/${index}/${escapePart(name)}`, when: text(memberOf(each, 'when')), next: text(memberOf(each, 'then')) })))
}

/** Whether what it does, or one of its cases, goes on with the task of that name. */
export const leadsTo = ({ next, cases }: Task, name: string): boolean => next === name || cases.some((each) => each.next === name)

/** Outer ones before inner ones, in the document's order. */
export function allTasks(list: TaskList): Task[] {
  return list.tasks.flatMap((task) => [task, ...task.lists.flatMap(allTasks)])
}

/** The innermost task that a place of the document lies in. */
export function taskAt(tasks: Map<string, Task>, pointer: string): Task | undefined {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const task = tasks.get(at)
    if (task !== undefined) return task
  }
  return undefined
}

const listParts = new Set(['do', 'try', 'branches', 'before', 'after', 'extensions'])

/** A reference without positions: `do/loop/do/send`. */
export function namesOf(reference: string): string {
  const parts = pointerParts(reference)
  return parts.filter((part, at) => !(/^\d+$/.test(part) && listParts.has(parts[at - 1] ?? ''))).join('/')
}

/** The one at a place, or the one of its name where it stands by now. */
export function findTask(tasks: Task[], pointer: string | undefined): Task | undefined {
  if (pointer === undefined) return undefined
  const names = namesOf(pointer)
  return tasks.find((task) => task.pointer === pointer) ?? tasks.find((task) => namesOf(task.pointer) === names)
}

/** What a task does, in a line: of a call what it calls, of a loop what over. */
export function detailOf({ kind, definition }: Task): string {
  const value = kind === undefined ? undefined : definition[kind]
  switch (kind) {
    case 'call': return value === 'http' ? `${String(memberOf(definition['with'], 'method') ?? 'get').toUpperCase()} ${endpointOf(memberOf(definition['with'], 'endpoint'))}` : short(value)
    case 'set': return isMembers(value) ? Object.keys(value).join(', ') : short(value)
    case 'for': return `${text(memberOf(value, 'each')) ?? 'item'} in ${short(memberOf(value, 'in'))}`
    case 'wait': return isMembers(value) ? Object.entries(value).map(([unit, count]) => `${short(count)} ${unit}`).join(' ') : short(value)
    case 'emit': return short(memberOf(memberOf(memberOf(value, 'event'), 'with'), 'type'))
    case 'raise': return errorOf(memberOf(value, 'error'))
    case 'run': return isMembers(value) ? runDetail(value) : ''
    case 'listen': return listenDetail(memberOf(value, 'to'))
    case 'fork': return memberOf(value, 'compete') === true ? 'compete' : ''
    case 'try': return errorOf(memberOf(memberOf(definition['catch'], 'errors'), 'with'))
    default: return ''
  }
}

const short = (value: unknown): string => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200)
const endpointOf = (endpoint: unknown): string => short(isMembers(endpoint) ? endpoint['uri'] : endpoint)
const errorOf = (error: unknown): string => (isMembers(error) ? [short(error['type']).split('/').at(-1), short(error['status'])].filter(Boolean).join(' ') : short(error))

function runDetail(run: Members): string {
  const { workflow, script, shell, container } = run
  if (workflow !== undefined) return `${short(memberOf(workflow, 'namespace'))}/${short(memberOf(workflow, 'name'))}`
  if (script !== undefined) return short(memberOf(script, 'language'))
  return short(memberOf(shell, 'command') ?? memberOf(container, 'image'))
}

function listenDetail(to: unknown): string {
  const filters = [memberOf(to, 'one'), memberOf(to, 'any'), memberOf(to, 'all')].flat().filter((each) => each !== undefined)
  return filters.map((filter) => short(memberOf(memberOf(filter, 'with'), 'type'))).filter(Boolean).join(', ')
}
