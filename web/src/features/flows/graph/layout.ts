/**
 * Where tasks are drawn. Lists whose tasks just follow each other are stacked; those with decisions and jumps are
 * layered by dagre, list by list, from the inside out, so that what belongs together stays together.
 */
import { graphlib, layout as dagre } from '@dagrejs/dagre'
import { directives, type Task, type TaskList } from './tasks.ts'

export interface Point { x: number, y: number }
export interface Box extends Point { width: number, height: number }

export interface PlacedTask extends Box { task: Task, depth: number }
/** A frame around a list that is one of several of its task, or that is empty. */
export interface PlacedList extends Box { list: TaskList, owner: Task | undefined }
export interface PlacedWay {
  id: string
  from: string
  to: string
  points: Point[]
  /** Of a switch: its case. */
  label: string | undefined
  /** After which a task may be added on it: only where one simply follows the other. */
  after: Task | undefined
  /** Ahead of the first task of its list. */
  ahead: TaskList | undefined
}

export interface Layout { width: number, height: number, tasks: PlacedTask[], lists: PlacedList[], ways: PlacedWay[], ends: { id: 'start' | 'end', at: Box }[] }

const TASK_WIDTH = 232
const TASK_HEIGHT = 56
export const CASE_HEIGHT = 22
export const HEAD_HEIGHT = 56
const LIST_LABEL = 20
const GAP = 34
const BESIDE = 24
const PAD = 14
const END = { width: 76, height: 28 }
const EMPTY = { width: TASK_WIDTH, height: 40 }

interface Sized { width: number, height: number }

export function layOut(root: TaskList): Layout {
  const placed: Layout = { width: 0, height: 0, tasks: [], lists: [], ways: [], ends: [] }
  const inner = sizeList(root, new Map(), true)
  placed.width = inner.size.width
  placed.height = inner.size.height
  inner.place({ x: 0, y: 0 }, placed, 0)
  return placed
}

interface Arranged { size: Sized, place(at: Point, into: Layout, depth: number): void }

/** What sizes are known: each task's, once. */
type Known = Map<Task, Arranged>

function sizeTask(task: Task, known: Known): Arranged {
  const done = known.get(task)
  if (done !== undefined) return done
  const made = task.lists.length === 0 ? leaf(task) : container(task, known)
  known.set(task, made)
  return made
}

function leaf(task: Task): Arranged {
  const size = { width: TASK_WIDTH, height: TASK_HEIGHT + task.cases.length * CASE_HEIGHT }
  return { size, place: (at, into, depth) => { into.tasks.push({ task, depth, ...at, ...size }) } }
}

/** Its lists beside each other below its head. */
function container(task: Task, known: Known): Arranged {
  const lists = task.lists.map((list) => ({ list, arranged: sizeList(list, known, false) }))
  const label = lists.length > 1 ? LIST_LABEL : 0
  const inner = Math.max(TASK_WIDTH, lists.reduce((sum, { arranged }) => sum + arranged.size.width + 2 * PAD + BESIDE, -BESIDE))
  const high = Math.max(...lists.map(({ arranged }) => arranged.size.height)) + label
  const size = { width: inner + 2 * PAD, height: HEAD_HEIGHT + high + 3 * PAD }
  return {
    size,
    place(at, into, depth) {
      into.tasks.push({ task, depth, ...at, ...size })
      const used = lists.reduce((sum, { arranged }) => sum + arranged.size.width + 2 * PAD + BESIDE, -BESIDE)
      let x = at.x + PAD + (inner - used) / 2
      for (const { list, arranged } of lists) {
        const box = { x, y: at.y + HEAD_HEIGHT, width: arranged.size.width + 2 * PAD, height: high + 2 * PAD }
        if (lists.length > 1) into.lists.push({ list, owner: task, ...box })
        arranged.place({ x: x + PAD, y: box.y + PAD + label }, into, depth + 1)
        x += box.width + BESIDE
      }
    },
  }
}

function sizeList(list: TaskList, known: Known, isRoot: boolean): Arranged {
  const inner = list.tasks.map((task) => sizeTask(task, known))
  if (list.tasks.length === 0) return empty(list, isRoot)
  if (list.role === 'branches') return beside(inner)
  return isPlain(list) ? stacked(list, inner, isRoot) : layered(list, inner, isRoot)
}

function empty(list: TaskList, isRoot: boolean): Arranged {
  return {
    size: EMPTY,
    place(at, into) {
      into.lists.push({ list, owner: undefined, ...at, ...EMPTY })
      if (isRoot) into.ends.push({ id: 'start', at: { x: at.x + (EMPTY.width - END.width) / 2, y: at.y - END.height - GAP, ...END } })
    },
  }
}

function beside(inner: Arranged[]): Arranged {
  const size = { width: inner.reduce((sum, each) => sum + each.size.width + BESIDE, -BESIDE), height: Math.max(...inner.map((each) => each.size.height)) }
  return {
    size,
    place(at, into, depth) {
      let { x } = at
      for (const each of inner) {
        each.place({ x, y: at.y }, into, depth)
        x += each.size.width + BESIDE
      }
    },
  }
}

const goesOn = (next: string | undefined): boolean => next === undefined || next === 'continue'
export const isDirective = (next: string | undefined): boolean => next !== undefined && (directives as readonly string[]).includes(next)

function isPlain({ tasks }: TaskList): boolean {
  return tasks.every(({ kind, next }, index) => kind !== 'switch' && (goesOn(next) || (index === tasks.length - 1 && isDirective(next))))
}

function stacked({ tasks, ...list }: TaskList, inner: Arranged[], isRoot: boolean): Arranged {
  const width = Math.max(...inner.map((each) => each.size.width))
  const around = isRoot ? END.height + GAP : 0
  const height = inner.reduce((sum, each) => sum + each.size.height + GAP, -GAP) + 2 * around
  return {
    size: { width, height },
    place(at, into, depth) {
      const middle = at.x + width / 2
      let { y } = at
      let before: { id: string, bottom: number, task: Task | undefined } | undefined
      const end = (id: 'start' | 'end'): void => { into.ends.push({ id, at: { x: middle - END.width / 2, y, ...END } }) }
      const way = (id: string): void => {
        if (before === undefined) return
        into.ways.push({ id: `${before.id} ${id}`, from: before.id, to: id, points: [{ x: middle, y: before.bottom }, { x: middle, y }], label: undefined, after: before.task, ahead: before.task === undefined ? { ...list, tasks } : undefined })
      }
      if (isRoot) {
        end('start')
        before = { id: 'start', bottom: y + END.height, task: undefined }
        y += around
      }
      for (const [index, each] of inner.entries()) {
        const task = tasks[index]!
        way(task.pointer)
        each.place({ x: middle - each.size.width / 2, y }, into, depth)
        before = { id: task.pointer, bottom: y + each.size.height, task }
        y += each.size.height + GAP
      }
      if (!isRoot) return
      way('end')
      end('end')
    },
  }
}

interface Step { from: string, to: string, label: string | undefined, after: Task | undefined, ahead: TaskList | undefined }

/** What may follow what. Ends are shown at the top only; further in, a task says itself where it leads. */
function stepsOf(list: TaskList, isRoot: boolean): Step[] {
  const byName = new Map(list.tasks.map((task) => [task.name, task]))
  const steps: Step[] = isRoot ? [{ from: 'start', to: list.tasks[0]!.pointer, label: undefined, after: undefined, ahead: list }] : []
  for (const [index, task] of list.tasks.entries()) {
    const following = list.tasks[index + 1]?.pointer ?? (isRoot ? 'end' : undefined)
    const lead = (next: string | undefined, label: string | undefined): void => {
      const to = goesOn(next) ? following : isDirective(next) ? isRoot ? 'end' : undefined : byName.get(next!)?.pointer
      if (to !== undefined && to !== task.pointer) steps.push({ from: task.pointer, to, label, after: label === undefined && goesOn(next) ? task : undefined, ahead: undefined })
    }
    for (const { name, next } of task.cases) lead(next, name)
    if (task.kind !== 'raise' && (task.kind !== 'switch' || task.cases.every(({ when }) => when !== undefined))) lead(task.next, undefined)
  }
  return steps
}

function layered(list: TaskList, inner: Arranged[], isRoot: boolean): Arranged {
  const graph = new graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', nodesep: BESIDE, ranksep: GAP, edgesep: 16, marginx: 0, marginy: 0 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const [index, task] of list.tasks.entries()) graph.setNode(task.pointer, { ...inner[index]!.size })
  if (isRoot) for (const id of ['start', 'end']) graph.setNode(id, { ...END })
  const steps = stepsOf(list, isRoot)
  for (const [at, { from, to, label }] of steps.entries()) graph.setEdge(from, to, label === undefined ? {} : { width: Math.min(140, label.length * 7), height: 16, labelpos: 'c' }, String(at))
  dagre(graph)
  const laid = graph.graph() as Partial<Sized>
  const width = Math.ceil(laid.width ?? 0)
  const height = Math.ceil(laid.height ?? 0)
  const boxOf = (id: string): Box => graph.node(id) as unknown as Box
  return {
    size: { width, height },
    place(at, into, depth) {
      const corner = (id: string): Box => {
        const { x, y, width: wide, height: high } = boxOf(id)
        return { x: at.x + x - wide / 2, y: at.y + y - high / 2, width: wide, height: high }
      }
      for (const [index, task] of list.tasks.entries()) inner[index]!.place(corner(task.pointer), into, depth)
      if (isRoot) for (const id of ['start', 'end'] as const) into.ends.push({ id, at: corner(id) })
      for (const [index, { from, to, ...step }] of steps.entries()) {
        const { points } = graph.edge({ v: from, w: to, name: String(index) }) as unknown as { points: Point[] }
        into.ways.push({ id: `${from} ${to} ${index}`, from, to, points: points.map(({ x, y }) => ({ x: at.x + x, y: at.y + y })), ...step })
      }
    },
  }
}
