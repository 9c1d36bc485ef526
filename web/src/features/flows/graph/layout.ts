/**
 * Where tasks are drawn. Lists are laid out from the inside out, so that what belongs together stays together. Tasks that
 * just follow each other are stacked; dagre layers what decides and jumps, piece by piece: a piece ends where nothing
 * leads past it.
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

export interface Layout { width: number, height: number, tasks: PlacedTask[], lists: PlacedList[], ways: PlacedWay[], ends: PlacedEnd[] }
export interface PlacedEnd { id: string, kind: 'start' | 'end', at: Box }

const TASK_WIDTH = 232
const TASK_HEIGHT = 56
export const CASE_HEIGHT = 22
export const HEAD_HEIGHT = 56
const LIST_LABEL = 20
export const GAP = 34
export const BESIDE = 24
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
  return list.role === 'branches' ? beside(inner) : below(list, inner, isRoot)
}

function empty(list: TaskList, isRoot: boolean): Arranged {
  return {
    size: EMPTY,
    place(at, into) {
      into.lists.push({ list, owner: undefined, ...at, ...EMPTY })
      if (isRoot) into.ends.push({ id: 'start', kind: 'start', at: { x: at.x + (EMPTY.width - END.width) / 2, y: at.y - END.height - GAP, ...END } })
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

/** From task to task by their positions; `to` is undefined for what ends the flow there. */
interface Step { from: number, to: number | undefined, label: string | undefined, after: Task | undefined }

/** What may follow what. Ends are shown at the top only; further in, a task says itself where it leads. */
function stepsOf({ tasks }: TaskList, isRoot: boolean): Step[] {
  const byName = new Map(tasks.map(({ name }, index) => [name, index]))
  return tasks.flatMap((task, from) => {
    const lead = (next: string | undefined, label: string | undefined): Step[] => {
      const to = goesOn(next) ? from + 1 : byName.get(next!)
      const isEnd = isDirective(next) && !goesOn(next)
      if (isEnd ? !isRoot : to === undefined || to === from || (to === tasks.length && !isRoot)) return []
      return [{ from, to: isEnd ? undefined : to, label, after: label === undefined && goesOn(next) ? task : undefined }]
    }
    const isOpen = task.kind !== 'raise' && (task.kind !== 'switch' || task.cases.every(({ when }) => when !== undefined))
    return [...task.cases.flatMap(({ name, next }) => lead(next, name)), ...isOpen ? lead(task.next, undefined) : []]
  })
}

/** A part of a list that nothing leads past. */
interface Piece {
  size: Sized
  /** Where ways come in from above, from its left. */
  entry: number
  /** How far below its top its first task stands. */
  drop: number
  id: string
  /** Ways that lead on to the next piece, as far as they are its own. */
  exits: { step: Omit<Step, 'from' | 'to'>, from: string, points: Point[], ahead?: TaskList }[]
  place(at: Point, into: Layout, depth: number): void
}

function below(list: TaskList, inner: Arranged[], isRoot: boolean): Arranged {
  const steps = stepsOf(list, isRoot)
  const pieces = cut(list.tasks.length, steps).map(([first, last]) => pieceOf(list, inner, steps, { first, last }))
  const all = isRoot ? [endPiece('start', list), ...pieces, endPiece('end', list)] : pieces
  const left = Math.max(...all.map(({ entry }) => entry))
  const size = { width: left + Math.max(...all.map(({ size: { width }, entry }) => width - entry)), height: all.reduce((sum, piece) => sum + piece.size.height + GAP, -GAP) }
  return {
    size,
    place(at, into, depth) {
      let { y } = at
      for (const [index, piece] of all.entries()) {
        const corner = { x: at.x + left - piece.entry, y }
        piece.place(corner, into, depth)
        y += piece.size.height + GAP
        const next = all[index + 1]
        for (const [way, { step: { label, after }, from, points, ahead }] of next === undefined ? [] : piece.exits.entries()) {
          into.ways.push({ id: `${from} ${next!.id} ${way}`, from, to: next!.id, label, after, ahead, points: [...points.map((point) => ({ x: corner.x + point.x, y: corner.y + point.y })), { x: at.x + left, y: y + next!.drop }] })
        }
      }
    },
  }
}

/** First and last of each piece. */
function cut(count: number, steps: Step[]): [first: number, last: number][] {
  const pieces: [number, number][] = []
  let first = 0
  for (let at = 1; at <= count; at += 1) {
    const past = steps.filter(({ from, to }) => to !== undefined && Math.min(from, to) < at && Math.max(from, to) >= at)
    if (at < count && (past.length > 1 || past.some(({ from, to }) => from !== at - 1 || to !== at))) continue
    pieces.push([first, at - 1])
    first = at
  }
  return pieces
}

function endPiece(kind: 'start' | 'end', list: TaskList): Piece {
  return {
    size: END, entry: END.width / 2, drop: 0, id: kind, place: (at, into) => { into.ends.push({ id: kind, kind, at: { ...at, ...END } }) },
    exits: kind === 'end' ? [] : [{ step: { label: undefined, after: undefined }, from: kind, points: [{ x: END.width / 2, y: END.height }], ahead: list }],
  }
}

function pieceOf(list: TaskList, inner: Arranged[], steps: Step[], { first, last }: { first: number, last: number }): Piece {
  const own = steps.filter(({ from }) => from >= first && from <= last)
  const { pointer: id } = list.tasks[first]!
  if (first !== last || own.length > 1 || own.some(({ to }) => to === undefined)) return layered(list, inner, own, { first, last })
  const { size, place } = inner[first]!
  return { size, place, id, entry: size.width / 2, drop: 0, exits: own.map((step) => ({ step, from: id, points: [{ x: size.width / 2, y: size.height }] })) }
}

const OUT = 'out'

function layered(list: TaskList, inner: Arranged[], steps: Step[], { first, last }: { first: number, last: number }): Piece {
  const graph = new graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', nodesep: BESIDE, ranksep: GAP, edgesep: 16, marginx: 0, marginy: 0 })
  graph.setDefaultEdgeLabel(() => ({}))
  const pointer = (index: number): string => list.tasks[index]!.pointer
  const goal = ({ from, to }: Step): string => (to === undefined ? `end ${pointer(from)}` : to > last ? OUT : pointer(to))
  for (let index = first; index <= last; index += 1) graph.setNode(pointer(index), { ...inner[index]!.size })
  for (const [at, step] of steps.entries()) {
    const to = goal(step)
    if (!graph.hasNode(to)) graph.setNode(to, to === OUT ? { width: 1, height: 1 } : { ...END })
    graph.setEdge(pointer(step.from), to, step.label === undefined ? {} : { width: Math.min(140, step.label.length * 7), height: 16, labelpos: 'c' }, String(at))
  }
  dagre(graph)
  const laid = graph.graph() as Partial<Sized>
  const cornerOf = (id: string): Box => {
    const { x, y, width, height } = graph.node(id) as unknown as Box
    return { x: x - width / 2, y: y - height / 2, width, height }
  }
  const ways = steps.map((step, at) => ({ step, from: pointer(step.from), to: goal(step), points: (graph.edge({ v: pointer(step.from), w: goal(step), name: String(at) }) as unknown as { points: Point[] }).points }))
  return {
    size: { width: Math.ceil(laid.width ?? 0), height: Math.ceil(laid.height ?? 0) }, id: pointer(first), entry: Math.round((graph.node(pointer(first)) as unknown as Point).x), drop: cornerOf(pointer(first)).y,
    exits: ways.filter(({ to }) => to === OUT),
    place(at, into, depth) {
      const moved = ({ x, y, ...size }: Box): Box => ({ x: at.x + x, y: at.y + y, ...size })
      for (let index = first; index <= last; index += 1) inner[index]!.place(moved(cornerOf(pointer(index))), into, depth)
      for (const id of graph.nodes()) if (id.startsWith('end ')) into.ends.push({ id, kind: 'end', at: moved(cornerOf(id)) })
      for (const [index, { step: { label, after }, from, to, points }] of ways.entries()) {
        if (to !== OUT) into.ways.push({ id: `${from} ${to} ${index}`, from, to, label, after, ahead: undefined, points: points.map(({ x, y }) => ({ x: at.x + x, y: at.y + y })) })
      }
    },
  }
}
