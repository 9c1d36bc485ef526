import '@xyflow/react/dist/base.css'
import './graph.css'
import { useComputedColorScheme } from '@mantine/core'
import { Background, Controls, MiniMap, ReactFlow, ReactFlowProvider, useReactFlow, useStore, type EdgeTypes, type NodeTypes } from '@xyflow/react'
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { texts } from '../texts.ts'
import { elementsOf } from './elements.ts'
import { GraphContext, type GraphLife } from './context.ts'
import type { GraphProps } from './graph.tsx'
import { stepFrom, type Direction } from './keys.ts'
import { layOut, type Box } from './layout.ts'
import { EndNode, ListNode, TaskNode } from './nodes.tsx'
import { allTasks, findTask, type Task } from './tasks.ts'
import { Way } from './way.tsx'

const nodeTypes: NodeTypes = { task: TaskNode, list: ListNode, end: EndNode }
const edgeTypes: EdgeTypes = { way: Way }
/** Above this many there is a small map. */
const MANY = 30
const LEAST_ZOOM = 0.25

export function Canvas(props: GraphProps) {
  return <ReactFlowProvider><Shown {...props} /></ReactFlowProvider>
}

function Shown({ label, list, chosen, onChoose, standings, findings, deeds, height = 420 }: GraphProps) {
  const scheme = useComputedColorScheme('light')
  const placed = useMemo(() => layOut(list), [list])
  const tasks = useMemo(() => allTasks(list), [list])
  const { nodes, edges } = useMemo(() => elementsOf(placed), [placed])
  const [focused, setFocused] = useState<string>()
  const at = useRef(0)
  // What was there may be gone, or stand elsewhere by now.
  const activeTask = findTask(tasks, focused) ?? findTask(tasks, chosen) ?? tasks[Math.min(at.current, tasks.length - 1)]
  const active = activeTask?.pointer
  useEffect(() => { at.current = activeTask === undefined ? 0 : tasks.indexOf(activeTask) })
  const frame = useRef<HTMLDivElement>(null)
  const show = useShow(placed.tasks)
  // The node may come into the page only once it is in view.
  const wanted = useRef<string>(undefined)
  const focus = useCallback((task: Task) => {
    wanted.current = task.pointer
    setFocused(task.pointer)
    show(task.pointer)
    const take = (tries: number): void => {
      const button = frame.current?.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(task.pointer)}"]`)
      if (wanted.current !== task.pointer) return
      if (button) button.focus({ preventScroll: true })
      else if (tries > 0) requestAnimationFrame(() => { take(tries - 1) })
    }
    take(20)
  }, [show])
  useEffect(() => { if (chosen !== undefined) show(chosen) }, [chosen, show])
  const isWithin = useRef(false)
  // A node that is drawn anew takes the focus along. The graph draws some frames after this does.
  useEffect(() => {
    let frames = 10
    let next = requestAnimationFrame(function look() {
      if (isWithin.current && activeTask !== undefined && document.activeElement === document.body) focus(activeTask)
      else if (frames > 0) next = requestAnimationFrame(look)
      frames -= 1
    })
    return () => { cancelAnimationFrame(next) }
  }, [activeTask, focus])
  const onKeyDown = (event: KeyboardEvent): void => {
    const task = activeTask
    if (task === undefined || !(event.target as HTMLElement).matches('[data-pointer]')) return
    if (keyDeed(event, task, deeds)) event.preventDefault()
    else if (!event.altKey && !event.ctrlKey && !event.metaKey) {
      const next = stepFrom(tasks, task, event.key as Direction)
      if (next === undefined) return
      event.preventDefault()
      focus(next)
    }
  }
  const life = useMemo((): GraphLife => ({ active, chosen, onChoose, onFocus: setFocused, standings, findings, deeds }), [active, chosen, onChoose, standings, findings, deeds])
  return (
    <div ref={frame} className="flow-graph" style={{ height }} onKeyDown={onKeyDown} role="presentation" onFocus={() => { isWithin.current = true }} onBlur={({ relatedTarget }) => { isWithin.current = relatedTarget === null }}>
      <GraphContext value={life}>
        <ReactFlow
          aria-label={label} nodes={nodes} edges={edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} colorMode={scheme} onlyRenderVisibleElements
          nodesDraggable={false} nodesConnectable={false} nodesFocusable={false} edgesFocusable={false} elementsSelectable={false} disableKeyboardA11y deleteKeyCode={null} selectionKeyCode={null} multiSelectionKeyCode={null}
          panOnScroll zoomOnScroll={false} zoomOnDoubleClick={false} minZoom={LEAST_ZOOM} maxZoom={1.5} ariaLabelConfig={{ 'controls.ariaLabel': texts.zoom, 'minimap.ariaLabel': texts.map }}
          onInit={(flow) => { flow.setViewport(firstView(placed.width, frame.current)).catch(() => undefined) }}
        >
          <Background gap={20} size={1} />
          <Controls showInteractive={false} fitViewOptions={{ minZoom: LEAST_ZOOM, maxZoom: 1 }} />
          {tasks.length > MANY && <MiniMap pannable zoomable style={{ width: 120, height: 90 }} />}
        </ReactFlow>
      </GraphContext>
      <p className="flow-graph-help">{deeds === undefined ? texts.graphKeys : texts.graphEditKeys}</p>
    </div>
  )
}

/** The beginning at the top, in a size that can be read. */
function firstView(width: number, frame: HTMLElement | null): { x: number, y: number, zoom: number } {
  const wide = frame?.clientWidth ?? 600
  const zoom = Math.min(1, Math.max(0.5, (wide - 40) / Math.max(1, width)))
  return { x: Math.max(20, (wide - width * zoom) / 2), y: 24, zoom }
}

/** Moves the view so that a task lies in it; where it does already, nothing moves. */
function useShow(tasks: { task: Task, x: number, y: number, width: number, height: number }[]): (pointer: string) => void {
  const flow = useReactFlow()
  const wide = useStore(({ width }) => width)
  const high = useStore(({ height }) => height)
  const latest = useRef(tasks)
  latest.current = tasks
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
  const { key, altKey } = event
  const isCommand = event.ctrlKey || event.metaKey
  if (isCommand && key.toLowerCase() === 'z') {
    if (event.shiftKey) deeds.redo()
    else deeds.undo()
  } else if (isCommand && key.toLowerCase() === 'y') deeds.redo()
  else if (altKey && (key === 'ArrowUp' || key === 'ArrowDown')) deeds.move(task, key === 'ArrowUp' ? -1 : 1)
  else if (!isCommand && !altKey && (key === 'Delete' || key === 'Backspace')) deeds.remove(task)
  else if (!isCommand && !altKey && (key === 'a' || key === '+')) deeds.add({ list: task.list, index: task.index + 1 })
  else if (!isCommand && !altKey && key === 'i' && task.lists[0] !== undefined) deeds.add({ list: task.lists[0], index: task.lists[0].tasks.length })
  else return false
  return true
}
