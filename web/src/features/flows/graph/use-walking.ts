import { useReactFlow, useStore } from '@xyflow/react'
import { useCallback, useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type RefObject } from 'react'
import type { GraphProps } from './graph.tsx'
import { stepFrom, type Direction } from './keys.ts'
import type { Box, PlacedTask } from './layout.ts'
import { findTask, type Task } from './tasks.ts'

interface WalkingOptions extends Pick<GraphProps, 'chosen' | 'deeds'> { tasks: Task[], placed: PlacedTask[], frame: RefObject<HTMLElement | null> }

export interface Walking {
  /** The task that the Tab key reaches. */
  active: string | undefined
  onFocusTask(pointer: string): void
  /** For the frame around the graph. */
  handlers: { onKeyDown(event: KeyboardEvent): void, onFocus(): void, onBlur(event: FocusEvent): void }
}

/** Frames within which the graph draws what it was given. */
const FRAMES = 20

/** From task to task by keys; the view follows. */
export function useWalking({ tasks, placed, frame, chosen, deeds }: WalkingOptions): Walking {
  const [focused, setFocused] = useState<string>()
  const at = useRef(0)
  // What was there may be gone, or stand elsewhere by now.
  const active = findTask(tasks, focused) ?? findTask(tasks, chosen) ?? tasks[Math.min(at.current, tasks.length - 1)]
  useEffect(() => { at.current = active === undefined ? 0 : tasks.indexOf(active) })
  const show = useShow(placed)
  const focus = useCallback((task: Task) => {
    setFocused(task.pointer)
    show(task.pointer)
    // The node may come into the page only once it is in view.
    whenThere(() => frame.current?.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(task.pointer)}"]`) ?? undefined, (button) => { button.focus({ preventScroll: true }) })
  }, [show, frame])
  useEffect(() => { if (chosen !== undefined) show(chosen) }, [chosen, show])
  const isWithin = useRef(false)
  // A node that is drawn anew takes the focus along.
  useEffect(() => whenThere(() => (isWithin.current && document.activeElement === document.body ? active : undefined), focus), [active, focus])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (active === undefined || !(event.target as HTMLElement).matches('[data-pointer]')) return
    const next = keyDeed(event, active, deeds) ? active : event.altKey || event.ctrlKey || event.metaKey ? undefined : stepFrom(tasks, active, event.key as Direction)
    if (next === undefined) return
    event.preventDefault()
    if (next !== active) focus(next)
  }
  return {
    active: active?.pointer, onFocusTask: setFocused,
    handlers: { onKeyDown, onFocus: () => { isWithin.current = true }, onBlur: ({ relatedTarget }) => { isWithin.current = relatedTarget === null } },
  }
}

/** Looks frame by frame. Returns how to stop. */
function whenThere<Found>(find: () => Found | undefined, found: (what: Found) => void): () => void {
  let left = FRAMES
  let next = requestAnimationFrame(function look() {
    const what = find()
    if (what !== undefined) return found(what)
    left -= 1
    if (left > 0) next = requestAnimationFrame(look)
  })
  return () => { cancelAnimationFrame(next) }
}

/** Moves the view so that a task lies in it; where it does already, nothing moves. */
function useShow(placed: PlacedTask[]): (pointer: string) => void {
  const flow = useReactFlow()
  const wide = useStore(({ width }) => width)
  const high = useStore(({ height }) => height)
  const latest = useRef(placed)
  latest.current = placed
  return useCallback((pointer: string) => {
    const box = latest.current.find(({ task }) => task.pointer === pointer)
    if (box === undefined || wide === 0) return
    const { x, y, zoom } = flow.getViewport()
    if (liesWithin({ x: box.x * zoom + x, y: box.y * zoom + y, width: box.width * zoom, height: Math.min(box.height, 80) * zoom }, wide, high)) return
    void flow.setViewport({ zoom, x: wide / 2 - (box.x + box.width / 2) * zoom, y: high / 3 - box.y * zoom })
  }, [flow, wide, high])
}

const liesWithin = ({ x, y, width, height }: Box, wide: number, high: number): boolean => x >= -width / 2 && y >= 0 && x + width / 2 <= wide && y + height <= high

/** Whether the key did something to the task. */
function keyDeed(event: KeyboardEvent, task: Task, deeds: GraphProps['deeds']): boolean {
  if (deeds === undefined) return false
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const isCommand = event.ctrlKey || event.metaKey
  const [within] = task.lists
  if (isCommand && key === 'z' && !event.shiftKey) deeds.undo()
  else if (isCommand && (key === 'y' || key === 'z')) deeds.redo()
  else if (event.altKey && (key === 'ArrowUp' || key === 'ArrowDown')) deeds.move(task, key === 'ArrowUp' ? -1 : 1)
  else if (isCommand || event.altKey) return false
  else if (key === 'Delete' || key === 'Backspace') deeds.remove(task)
  else if (key === 'a' || key === '+') deeds.add({ list: task.list, index: task.index + 1 })
  else if (key === 'i' && within !== undefined) deeds.add({ list: within, index: within.tasks.length })
  else return false
  return true
}
