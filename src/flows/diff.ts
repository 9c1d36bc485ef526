/** What changed from one version to another, told by tasks, and line by line. */
import { createTwoFilesPatch } from 'diff'
import { canonical } from '../lib/json/canonical.ts'
import { isMembers } from '../lib/json/check.ts'
import { appendPointer } from '../lib/json/pointer.ts'
import { asYaml, readSource, type SourceFormat } from './document/source.ts'
import { listsOf, type Members, type Task, type TaskList } from './document/tasks.ts'

export interface TaskChange {
  change: 'added' | 'removed' | 'changed' | 'moved'
  /** Names from the outermost task to this one: `checkOrder/notify`. */
  task: string
  /** Where it is in the later version, or was in the earlier one. */
  pointer: string
  /** Members of it that differ. */
  members?: string[]
  /** Where it was before. */
  from?: string
}

export interface FlowDiff {
  from: string
  to: string
  /** Nothing that matters when it runs. */
  same: boolean
  tasks: TaskChange[]
  /** Pointers of what differs outside of tasks. */
  document: string[]
  /** Of the texts, as `diff -u` writes it. */
  text: string
}

interface Side { version: string, source: string, format: SourceFormat }

export function compareDefinitions(from: Side, to: Side): FlowDiff {
  const [before, after] = [definitionOf(from), definitionOf(to)]
  const tasks = compareTasks(flatten(before), flatten(after))
  const document = differences(withoutTasks(before), withoutTasks(after), '')
  return { from: from.version, to: to.version, same: tasks.length === 0 && document.every((pointer) => pointer === '/document/version'), tasks, document, text: textDiff(from, to) }
}

function definitionOf({ source, format }: Side): Members {
  return readSource(source, format).value as Members
}

/** Beyond this the texts have nothing in common that is worth the search. */
const SEARCH_MS = 300

function textDiff(from: Side, to: Side): string {
  const sameFormat = from.format === to.format
  const text = ({ source, format }: Side): string => (sameFormat ? source : asYaml(source, format))
  return createTwoFilesPatch(from.version, to.version, text(from), text(to), undefined, undefined, { context: 3, timeout: SEARCH_MS }) ?? ''
}

interface Flat extends Task {
  path: string
  /** Of the list that it stands in, named like a task. */
  list: string
  index: number
  /** Without the tasks within it. */
  own: Members
}

function flatten(definition: Members): Flat[] {
  const roots = listsOf(definition)
  const inner = new Set(roots.flatMap(({ tasks }) => tasks.flatMap(({ lists }) => lists)))
  return roots.filter((list) => !inner.has(list)).flatMap((list) => flattenList(list, list.pointer === '/do' ? '' : list.pointer.slice(1)))
}

function flattenList({ tasks, pointer }: TaskList, prefix: string): Flat[] {
  return tasks.flatMap((task, index) => {
    const path = prefix === '' ? task.name : `${prefix}/${task.name}`
    const own = structuredClone(task.task)
    for (const list of task.lists) cut(own, list.pointer.slice(task.pointer.length))
    const within = task.lists.flatMap((list) => flattenList(list, task.lists.length === 1 ? path : `${path}/${list.pointer.slice(task.pointer.length + 1)}`))
    return [{ ...task, path, list: `${prefix}\n${pointer.replaceAll(/\/\d+\//g, '/')}`, index, own }, ...within]
  })
}

function cut(value: Members, pointer: string): void {
  const names = pointer.slice(1).split('/')
  const last = names.pop()!
  const place = names.reduce<unknown>((at, name) => (isMembers(at) ? at[name] : undefined), value)
  if (isMembers(place) && place[last] !== undefined) place[last] = []
}

function compareTasks(before: Flat[], after: Flat[]): TaskChange[] {
  const earlier = new Map(before.map((task) => [task.path, task]))
  const later = new Map(after.map((task) => [task.path, task]))
  const gone = before.filter(({ path }) => !later.has(path))
  const changes: TaskChange[] = []
  const stayed = inOrder(before, after)
  for (const task of after) {
    const was = earlier.get(task.path)
    if (was !== undefined) {
      const members = differences(was.own, task.own, '')
      if (members.length > 0) changes.push({ change: 'changed', task: task.path, pointer: task.pointer, members })
      if (!stayed.has(task.path)) changes.push({ change: 'moved', task: task.path, pointer: task.pointer, from: was.pointer })
      continue
    }
    // The same under the same name elsewhere was moved there.
    const at = gone.findIndex((each) => each.name === task.name && canonical(each.task) === canonical(task.task))
    const [moved] = at === -1 ? [] : gone.splice(at, 1)
    changes.push(moved === undefined ? { change: 'added', task: task.path, pointer: task.pointer } : { change: 'moved', task: task.path, pointer: task.pointer, from: moved.pointer })
  }
  return [...changes, ...gone.map(({ path, pointer }): TaskChange => ({ change: 'removed', task: path, pointer }))]
}

/** Tasks whose order among those that are in both has not changed: the longest run of them in each list. */
function inOrder(before: Flat[], after: Flat[]): Set<string> {
  const positions = new Map(before.map(({ path, list, index }) => [path, { list, index }]))
  const lists = Map.groupBy(after.filter(({ path, list }) => positions.get(path)?.list === list), ({ list }) => list)
  return new Set([...lists.values()].flatMap((tasks) => longestRising(tasks.map(({ path }) => positions.get(path)!.index)).map((at) => tasks[at]!.path)))
}

/** Positions of a longest strictly rising subsequence, by piles as in patience sorting. */
function longestRising(values: number[]): number[] {
  const piles: number[] = []
  const previous: number[] = []
  for (const [at, value] of values.entries()) {
    let [low, high] = [0, piles.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (values[piles[middle]!]! < value) low = middle + 1
      else high = middle
    }
    previous[at] = low === 0 ? -1 : piles[low - 1]!
    piles[low] = at
  }
  const chosen: number[] = []
  for (let at = piles.at(-1) ?? -1; at !== -1; at = previous[at]!) chosen.unshift(at)
  return chosen
}

function withoutTasks({ use, ...definition }: Members): Members {
  const { functions: _functions, extensions, ...rest } = (isMembers(use) ? use : {}) as Members
  const bare = Array.isArray(extensions) ? extensions.map((item: unknown) => isMembers(item) ? Object.fromEntries(Object.entries(item).map(([name, each]) => [name, isMembers(each) ? { ...each, before: undefined, after: undefined } : each])) : item) : undefined
  return { ...definition, do: undefined, use: { ...rest, ...bare !== undefined && { extensions: bare } } }
}

/** Pointers of members that are not the same on both sides; of lists, as a whole. */
function differences(before: unknown, after: unknown, pointer: string): string[] {
  if (canonical(before) === canonical(after)) return []
  if (!isMembers(before) || !isMembers(after)) return [pointer]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => differences(before[name], after[name], appendPointer(pointer, name)))
}
