/** What is dragged by mouse, pen or finger, from a press until it is let go. It lives beside the pages: each move would draw them anew. */
import { createContext, useCallback, useContext, useSyncExternalStore, type PointerEvent as ReactPointerEvent } from 'react'
import type { DropPlace } from './drop.ts'
import type { Task } from './tasks.ts'

export interface Dragged {
  label: string
  /** Left out for what is not in the flow yet. */
  task?: Task
  drop(place: DropPlace): void
}

export interface DragState { dragged: Dragged, x: number, y: number }

export interface Dragging {
  /** From a press on what may be dragged; a click stays a click, and a finger that moves at once scrolls. */
  begin(event: ReactPointerEvent<HTMLElement>, dragged: Dragged): void
  /** Where it would be put if it was let go now. */
  aim(place: DropPlace | undefined): void
  subscribe(changed: () => void): () => void
  current(): DragState | undefined
}

/** Less is a click by an unsteady hand. */
const LEAST_PX = 6
/** A finger that rests so long, within so many pixels, takes hold. */
const HOLD_MS = 350
const RESTING_PX = 10

export function createDragging(): Dragging {
  const listeners = new Set<() => void>()
  let state: DragState | undefined
  let place: DropPlace | undefined
  const show = (next: DragState | undefined): void => {
    state = next
    if (next === undefined) place = undefined
    for (const changed of listeners) changed()
  }
  return {
    begin(event, dragged) {
      if (event.button !== 0) return
      follow({ x: event.clientX, y: event.clientY, id: event.pointerId, isFinger: event.pointerType === 'touch' }, {
        moved: ({ x, y }) => { show({ dragged, x, y }) },
        ended(isDropped) {
          const at = place
          show(undefined)
          if (isDropped && at !== undefined) dragged.drop(at)
        },
      })
    },
    aim(next) { place = next },
    subscribe(changed) {
      listeners.add(changed)
      return () => { listeners.delete(changed) }
    },
    current: () => state,
  }
}

interface At { x: number, y: number }
interface Followed { moved(at: At): void, ended(isDropped: boolean): void }

/** Escape gives it up. */
function follow(from: At & { id: number, isFinger: boolean }, { moved, ended }: Followed): void {
  const done = new AbortController()
  const { signal } = done
  let isUnderWay = false
  const take = (at: At): void => {
    isUnderWay = true
    document.documentElement.setAttribute('data-dragging', '')
    moved(at)
  }
  const hold = from.isFinger ? setTimeout(() => { take(from) }, HOLD_MS) : undefined
  const end = (isDropped: boolean): void => {
    clearTimeout(hold)
    done.abort()
    if (!isUnderWay) return
    document.documentElement.removeAttribute('data-dragging')
    // The press was no click, wherever it ends.
    const swallow = new AbortController()
    addEventListener('click', (event) => { event.stopPropagation() }, { capture: true, signal: swallow.signal })
    setTimeout(() => { swallow.abort() })
    ended(isDropped)
  }
  const on = (type: 'pointermove' | 'pointerup' | 'pointercancel', what: (event: PointerEvent) => void): void => { addEventListener(type, (event) => { if (event.pointerId === from.id) what(event) }, { signal }) }
  on('pointermove', ({ clientX: x, clientY: y }) => {
    const way = Math.hypot(x - from.x, y - from.y)
    if (isUnderWay) moved({ x, y })
    else if (!from.isFinger && way >= LEAST_PX) take({ x, y })
    else if (from.isFinger && way >= RESTING_PX) end(false)
  })
  on('pointerup', () => { end(true) })
  on('pointercancel', () => { end(false) })
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !isUnderWay) return
    event.stopPropagation()
    end(false)
  }, { capture: true, signal })
}

export const DraggingContext = createContext<Dragging | undefined>(undefined)

/** Undefined where nothing can be dragged. */
export const useDragging = (): Dragging | undefined => useContext(DraggingContext)

const never = (): (() => void) => () => undefined

export function useDragState(): DragState | undefined {
  const dragging = useDragging()
  return useSyncExternalStore(dragging?.subscribe ?? never, () => dragging?.current())
}

interface Handle { ref?: (element: HTMLElement | null) => (() => void) | undefined, onPointerDown?: (event: ReactPointerEvent<HTMLElement>) => void }

/** For an element that may be dragged. */
export function useHandle(dragged: Dragged | undefined): Handle {
  const dragging = useDragging()
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null || dragging === undefined) return undefined
    const listening = new AbortController()
    const hold = (event: Event): void => { if (dragging.current() !== undefined && event.cancelable) event.preventDefault() }
    // Listened to before the finger comes, or else the browser has begun to scroll; React's own listeners may not prevent it.
    element.addEventListener('touchmove', hold, { passive: false, signal: listening.signal })
    element.addEventListener('contextmenu', hold, { signal: listening.signal })
    return () => { listening.abort() }
  }, [dragging])
  return dragging === undefined || dragged === undefined ? {} : { ref, onPointerDown: (event) => { dragging.begin(event, dragged) } }
}
