/** What is dragged by the mouse, from a press until it is let go. It lives beside the pages: each move would draw them anew. */
import { createContext, useContext, useSyncExternalStore, type PointerEvent as ReactPointerEvent } from 'react'
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
  /** From a press on what may be dragged; a click stays a click. */
  begin(event: ReactPointerEvent<HTMLElement>, dragged: Dragged): void
  /** Where it would be put if it was let go now. */
  aim(place: DropPlace | undefined): void
  subscribe(changed: () => void): () => void
  current(): DragState | undefined
}

/** Less is a click by an unsteady hand. */
const LEAST_PX = 6

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
      // A finger scrolls; what it cannot drag has buttons and keys.
      if (event.button !== 0 || event.pointerType === 'touch') return
      follow({ x: event.clientX, y: event.clientY }, {
        moved: ({ clientX: x, clientY: y }) => { show({ dragged, x, y }) },
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

interface Followed { moved(event: PointerEvent): void, ended(isDropped: boolean): void }

/** Escape gives it up. */
function follow(from: { x: number, y: number }, { moved, ended }: Followed): void {
  const done = new AbortController()
  const { signal } = done
  let isUnderWay = false
  const end = (isDropped: boolean): void => {
    done.abort()
    if (!isUnderWay) return
    document.documentElement.removeAttribute('data-dragging')
    // The press was no click, wherever it ends.
    const swallow = new AbortController()
    addEventListener('click', (event) => { event.stopPropagation() }, { capture: true, signal: swallow.signal })
    setTimeout(() => { swallow.abort() })
    ended(isDropped)
  }
  addEventListener('pointermove', (event) => {
    if (!isUnderWay && Math.hypot(event.clientX - from.x, event.clientY - from.y) < LEAST_PX) return
    isUnderWay = true
    document.documentElement.setAttribute('data-dragging', '')
    moved(event)
  }, { signal })
  addEventListener('pointerup', () => { end(true) }, { signal })
  addEventListener('pointercancel', () => { end(false) }, { signal })
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
