import { useReactFlow, useStore, ViewportPortal } from '@xyflow/react'
import { useEffect, type RefObject } from 'react'
import { createPortal } from 'react-dom'
import { useDragging, useDragState, type DragState } from './dragging.ts'
import { dropAt, type DropPlace } from './drop.ts'
import type { Layout } from './layout.ts'
import type { TaskList } from './tasks.ts'

/** So near to the frame's edge, what is dragged moves the view on, by so much a frame of the screen. */
const EDGE_PX = 36
/** What lies over the page's upper edge. */
const HEADER_PX = 52
const STEP_PX = 9

/** What is dragged, at the pointer; and a line where it would be put. */
export function DropLayer({ placed, list, frame }: { placed: Layout, list: TaskList, frame: RefObject<HTMLElement | null> }) {
  const dragging = useDragging()
  const state = useDragState()
  const { screenToFlowPosition, getViewport, setViewport } = useReactFlow()
  // The view may go on below a pointer that rests.
  useStore(({ transform }) => (state === undefined ? undefined : transform))
  const box = frame.current?.getBoundingClientRect()
  const isOver = state !== undefined && box !== undefined && isWithin(box, state)
  const place: DropPlace | undefined = isOver ? dropAt(placed, list, screenToFlowPosition(state), state.dragged.task) : undefined
  dragging?.aim(place)
  const [right, down] = isOver ? [push(state.x, box.left, box.right), push(state.y, box.top, box.bottom)] : [0, 0]
  useEffect(() => {
    if (right === 0 && down === 0) return undefined
    let next = requestAnimationFrame(function pan() {
      const { x, y, zoom } = getViewport()
      void setViewport({ x: x - right * STEP_PX, y: y - down * STEP_PX, zoom })
      next = requestAnimationFrame(pan)
    })
    return () => { cancelAnimationFrame(next) }
  }, [right, down, getViewport, setViewport])
  usePageScroll(state?.y)
  if (state === undefined) return null
  return (
    <>
      {createPortal(<div className="flow-ghost" aria-hidden style={{ transform: `translate(${state.x + 12}px, ${state.y + 10}px)` }}>{state.dragged.label}</div>, document.body)}
      {place !== undefined && <ViewportPortal><div className="flow-drop" data-upright={place.line.width === 0 || undefined} style={{ transform: `translate(${place.line.x}px, ${place.line.y}px)`, width: Math.max(3, place.line.width), height: Math.max(3, place.line.height) }} /></ViewportPortal>}
    </>
  )
}

/** The page goes on, too: on a telephone the palette lies below the graph. */
function usePageScroll(y: number | undefined): void {
  const down = y === undefined ? 0 : push(y, HEADER_PX, innerHeight)
  useEffect(() => {
    if (down === 0) return undefined
    let next = requestAnimationFrame(function scroll() {
      scrollBy(0, down * STEP_PX)
      next = requestAnimationFrame(scroll)
    })
    return () => { cancelAnimationFrame(next) }
  }, [down])
}

const isWithin = ({ left, right, top, bottom }: DOMRect, { x, y }: Pick<DragState, 'x' | 'y'>): boolean => x >= left && x <= right && y >= top && y <= bottom

function push(at: number, from: number, to: number): -1 | 0 | 1 {
  return at < from + EDGE_PX ? -1 : at > to - EDGE_PX ? 1 : 0
}
