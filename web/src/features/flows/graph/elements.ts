/** What is placed, as React Flow takes it: with sizes and handles known, so that what is out of view is neither drawn nor measured. */
import { MarkerType, Position, type Edge, type Node } from '@xyflow/react'
import type { Box, Layout, PlacedEnd, PlacedList, PlacedTask, PlacedWay } from './layout.ts'

export type TaskNodeType = Node<{ placed: PlacedTask }, 'task'>
export type ListNodeType = Node<{ placed: PlacedList }, 'list'>
export type EndNodeType = Node<{ kind: PlacedEnd['kind'] }, 'end'>
export type WayType = Edge<{ way: PlacedWay }, 'way'>

export function elementsOf({ tasks, lists, ways, ends }: Layout): { nodes: Node[], edges: Edge[] } {
  // Frames before what lies in them.
  const nodes: Node[] = [
    ...tasks.map((placed): TaskNodeType => ({ id: placed.task.pointer, type: 'task', data: { placed }, zIndex: placed.depth * 2, ...boxed(placed) })),
    ...lists.map((placed): ListNodeType => ({ id: `list ${placed.list.pointer}`, type: 'list', data: { placed }, zIndex: 1, ...boxed(placed) })),
    ...ends.map(({ id, kind, at }): EndNodeType => ({ id, type: 'end', data: { kind }, ...boxed(at) })),
  ]
  return { nodes, edges: ways.map(edgeOf) }
}

function boxed({ x, y, width, height }: Box): Pick<Node, 'position' | 'width' | 'height' | 'measured' | 'handles' | 'draggable'> {
  return {
    position: { x, y }, width, height, measured: { width, height }, draggable: false,
    // Until it comes into view, and its own are measured.
    handles: [{ type: 'target', position: Position.Top, x: width / 2, y: 0, width: 1, height: 1 }, { type: 'source', position: Position.Bottom, x: width / 2, y: height, width: 1, height: 1 }],
  }
}

function edgeOf(way: PlacedWay): WayType {
  return { id: way.id, type: 'way', source: way.from, target: way.to, data: { way }, zIndex: 1000, focusable: false, markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--flow-way)' } }
}
