import '@xyflow/react/dist/base.css'
import './graph.css'
import { useComputedColorScheme } from '@mantine/core'
import { Background, Controls, MiniMap, ReactFlow, ReactFlowProvider, type EdgeTypes, type NodeTypes } from '@xyflow/react'
import { useMemo, useRef } from 'react'
import { texts } from '../texts.ts'
import { GraphContext, type GraphLife } from './context.ts'
import { DropLayer } from './drop-layer.tsx'
import { elementsOf } from './elements.ts'
import type { GraphProps } from './graph.tsx'
import { layOut } from './layout.ts'
import { EndNode, ListNode, TaskNode } from './nodes.tsx'
import { allTasks } from './tasks.ts'
import { useWalking } from './use-walking.ts'
import { Way } from './way.tsx'

const nodeTypes: NodeTypes = { task: TaskNode, list: ListNode, end: EndNode }
const edgeTypes: EdgeTypes = { way: Way }
/** Between so many and so many there is a small map, which draws them all. */
const MAPPED = [30, 200] as const
const LEAST_ZOOM = 0.25

export function Canvas(props: GraphProps) {
  return <ReactFlowProvider><Shown {...props} /></ReactFlowProvider>
}

function Shown({ label, list, chosen, onChoose, standings, findings, deeds, onStart, height = 420 }: GraphProps) {
  const scheme = useComputedColorScheme('light')
  const frame = useRef<HTMLDivElement>(null)
  const placed = useMemo(() => layOut(list), [list])
  const tasks = useMemo(() => allTasks(list), [list])
  const { nodes, edges } = useMemo(() => elementsOf(placed), [placed])
  const { active, onFocusTask, handlers } = useWalking({ tasks, placed: placed.tasks, frame, chosen, deeds })
  const life = useMemo((): GraphLife => ({ active, chosen, onChoose, onFocus: onFocusTask, standings, findings, deeds, ...onStart && { onStart } }), [active, chosen, onChoose, onFocusTask, standings, findings, deeds, onStart])
  return (
    <div ref={frame} className="flow-graph" style={{ height }} role="presentation" {...handlers}>
      <GraphContext value={life}>
        <ReactFlow
          aria-label={label} nodes={nodes} edges={edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} colorMode={scheme} onlyRenderVisibleElements
          nodesDraggable={false} nodesConnectable={false} nodesFocusable={false} edgesFocusable={false} elementsSelectable={false} disableKeyboardA11y deleteKeyCode={null} selectionKeyCode={null} multiSelectionKeyCode={null}
          panOnScroll zoomOnScroll={false} zoomOnDoubleClick={false} minZoom={LEAST_ZOOM} maxZoom={1.5} ariaLabelConfig={{ 'controls.ariaLabel': texts.zoom, 'minimap.ariaLabel': texts.map }}
          onInit={(flow) => { flow.setViewport(firstView(placed.width, frame.current)).catch(() => undefined) }}
        >
          <Background gap={20} size={1} />
          {deeds !== undefined && <DropLayer placed={placed} list={list} frame={frame} />}
          <Controls showInteractive={false} fitViewOptions={{ minZoom: LEAST_ZOOM, maxZoom: 1 }} />
          {tasks.length >= MAPPED[0] && tasks.length <= MAPPED[1] && <MiniMap pannable zoomable style={{ width: 120, height: 90 }} />}
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
