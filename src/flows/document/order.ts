/** Which task follows which: names that are there twice, that lead nowhere, and tasks that nothing leads to. */
import { isMembers } from '../../lib/json/check.ts'
import { appendPointer } from '../../lib/json/pointer.ts'
import type { Report } from './finding.ts'
import { nearest } from './nearest.ts'
import type { Members, Task, TaskList } from './tasks.ts'

const directives = new Set(['continue', 'exit', 'end'])

export function checkOrder(list: TaskList, report: Report): void {
  const positions = new Map<string, number>()
  for (const [index, { name, pointer }] of list.tasks.entries()) {
    if (positions.has(name)) report({ severity: 'error', code: 'duplicate_task', pointer, at: 'key', detail: `has the name of another task beside it: "${name}"` })
    else positions.set(name, index)
    if (directives.has(name)) report({ severity: 'warning', code: 'unknown_task', pointer, at: 'key', detail: `is named as a directive: "then: ${name}" never means this task` })
  }
  for (const task of list.tasks) for (const { target, pointer } of targetsOf(task)) checkTarget(list, positions, { target, pointer }, report)
  if (!list.branches && !list.single) checkReachable(list.tasks, positions, report)
}

interface Target { target: string, pointer: string }

function checkTarget({ branches, single }: TaskList, positions: Map<string, number>, { target, pointer }: Target, report: Report): void {
  if (directives.has(target) || (positions.has(target) && !branches && !single)) return
  const detail = branches ? 'names a task, but the branches of a fork run beside each other: none comes after another'
    : single ? 'names a task, but there is none beside this one'
      : `names no task beside this one: "${target}"${nearest(target, positions.keys())}`
  report({ severity: 'error', code: 'unknown_task', pointer, detail })
}

function targetsOf({ task, pointer }: Task): Target[] {
  const own = typeof task.then === 'string' ? [{ target: task.then, pointer: `${pointer}/then` }] : []
  return [...own, ...casesOf(task).flatMap(({ name, each, index }) => (typeof each.then === 'string' ? [{ target: each.then, pointer: `${pointer}/switch/${index}${appendPointer('', name)}/then` }] : []))]
}

interface SwitchCase { name: string, index: number, each: Members }

function casesOf(task: Members): SwitchCase[] {
  if (!Array.isArray(task.switch)) return []
  return task.switch.flatMap((item: unknown, index) => (isMembers(item) ? Object.entries(item).flatMap(([name, each]) => (isMembers(each) ? [{ name, index, each }] : [])) : []))
}

function checkReachable(tasks: Task[], positions: Map<string, number>, report: Report): void {
  const reached = new Set<number>()
  const waiting = tasks.length > 0 ? [0] : []
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (reached.has(index) || index >= tasks.length) continue
    reached.add(index)
    waiting.push(...successorsOf(tasks[index]!, index, positions))
  }
  for (const [index, { name, pointer }] of tasks.entries()) {
    if (!reached.has(index)) report({ severity: 'warning', code: 'unreachable_task', pointer, at: 'key', detail: `is never run: nothing leads to "${name}"` })
    checkCases(tasks[index]!, report)
  }
}

function successorsOf({ task, kind }: Task, index: number, positions: Map<string, number>): number[] {
  const to = (then: unknown): number[] => {
    if (then === undefined || then === 'continue') return [index + 1]
    const position = typeof then === 'string' && !directives.has(then) ? positions.get(then) : undefined
    return position === undefined ? [] : [position]
  }
  const cases = casesOf(task)
  const open = kind === 'switch' ? !cases.some(({ each }) => each.when === undefined) : kind !== 'raise'
  return [
    ...cases.flatMap(({ each }) => to(each.then)), ...open ? to(task.then) : [],
    // What is skipped is followed by the next.
    ...task.if === undefined ? [] : [index + 1],
  ]
}

function checkCases({ task, pointer }: Task, report: Report): void {
  let fallback: string | undefined
  for (const { name, each, index } of casesOf(task)) {
    if (fallback !== undefined) report({ severity: 'warning', code: 'never_runs', pointer: `${pointer}/switch/${index}${appendPointer('', name)}`, at: 'key', detail: `is never chosen: "${fallback}" before it takes everything` })
    else if (each.when === undefined) fallback = name
  }
}
