/** Where what is dragged would be put: the innermost list below the pointer, and the place in it that is nearest. */
import { BESIDE, GAP, HEAD_HEIGHT, type Box, type Layout, type PlacedTask, type Point } from './layout.ts'
import type { Task, TaskList } from './tasks.ts'

export interface DropPlace {
  list: TaskList
  index: number
  /** A line where it would stand: lying between tasks, upright between branches. */
  line: Box
}

/** Undefined where it cannot be put, or where the task stands already. */
export function dropAt(layout: Layout, root: TaskList, point: Point, dragged: Task | undefined): DropPlace | undefined {
  const holders = holdersOf(layout).filter(({ list, box }) => contains(box, point) && (dragged === undefined || !`${list.pointer}/`.startsWith(`${dragged.pointer}/`)))
  const list = holders.at(-1)?.list ?? root
  const placed = new Map(layout.tasks.map((each) => [each.task, each]))
  const boxes = list.tasks.flatMap((task) => placed.get(task) ?? [])
  const place = boxes.length === 0 ? within(list, holders.at(-1)?.box ?? layout.lists.find((each) => each.list === list)) : beside(list, boxes, point)
  if (place === undefined || (dragged?.list === place.list && (place.index === dragged.index || place.index === dragged.index + 1))) return undefined
  return place
}

interface Holder { list: TaskList, box: Box }

/** Outer ones before inner ones. */
function holdersOf({ tasks, lists }: Layout): Holder[] {
  const framed = new Set(lists.flatMap(({ list, owner }) => (owner === undefined ? [] : [list])))
  const bodies = tasks.flatMap(({ task, x, y, width, height }) => task.lists.filter((list) => !framed.has(list)).map((list) => ({ list, box: { x, y: y + HEAD_HEIGHT, width, height: height - HEAD_HEIGHT } })))
  return [...bodies, ...lists.map((each) => ({ list: each.list, box: each }))].toSorted((one, other) => one.list.pointer.length - other.list.pointer.length)
}

const contains = ({ x, y, width, height }: Box, point: Point): boolean => point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height

function within(list: TaskList, box: Box | undefined): DropPlace | undefined {
  return box === undefined ? undefined : { list, index: 0, line: { x: box.x + 12, y: box.y + box.height / 2, width: box.width - 24, height: 0 } }
}

function beside(list: TaskList, boxes: PlacedTask[], point: Point): DropPlace {
  const nearest = boxes.reduce((best, each) => (distance(each, point) < distance(best, point) ? each : best))
  const { task, x, y, width, height } = nearest
  const [inner] = task.lists
  // On the lower half of what holds others: into it.
  if (inner?.tasks[0] !== undefined && contains({ x, y: y + HEAD_HEIGHT / 2, width, height: HEAD_HEIGHT / 2 }, point)) return { list: inner, index: 0, line: { x: x + 12, y: y + HEAD_HEIGHT, width: width - 24, height: 0 } }
  if (list.role === 'branches') {
    const isBehind = point.x > x + width / 2
    return { list, index: task.index + (isBehind ? 1 : 0), line: { x: isBehind ? x + width + BESIDE / 2 : x - BESIDE / 2, y, width: 0, height } }
  }
  const isBehind = point.y > y + height / 2
  return { list, index: task.index + (isBehind ? 1 : 0), line: { x, y: isBehind ? y + height + GAP / 2 : y - GAP / 2, width, height: 0 } }
}

function distance({ x, y, width, height }: Box, point: Point): number {
  return Math.hypot(Math.max(x - point.x, 0, point.x - x - width), Math.max(y - point.y, 0, point.y - y - height))
}
