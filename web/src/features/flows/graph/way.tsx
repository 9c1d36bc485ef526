import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react'
import { texts } from '../texts.ts'
import { useGraph } from './context.ts'
import type { WayType } from './elements.ts'
import type { Point } from './layout.ts'
import { AddButton } from './nodes.tsx'

/** The line from one task to what follows it, where the layout found room for it. */
export function Way({ data, markerEnd }: EdgeProps<WayType>) {
  const { deeds } = useGraph()
  const { points, label, after, ahead } = data!.way
  const middle = middleOf(points)
  const place = { transform: `translate(-50%, -50%) translate(${middle.x}px, ${middle.y}px)` }
  const list = after?.list ?? ahead
  return (
    <>
      <BaseEdge path={pathOf(points)} {...markerEnd !== undefined && { markerEnd }} />
      {label !== undefined && <EdgeLabelRenderer><span className="flow-way-label" style={place}>{label}</span></EdgeLabelRenderer>}
      {label === undefined && deeds !== undefined && list !== undefined && (
        <EdgeLabelRenderer><span className="flow-way-add" style={place}><AddButton list={list} index={after === undefined ? 0 : after.index + 1} label={after === undefined ? texts.addAtStart : texts.addAfter(after.name)} /></span></EdgeLabelRenderer>
      )}
    </>
  )
}

const ROUND = 10

/** Straight lines with rounded corners. */
function pathOf(points: Point[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  return rest.reduce((path, point, index) => {
    const next = rest[index + 1]
    if (next === undefined) return `${path} L${point.x} ${point.y}`
    const before = index === 0 ? first : rest[index - 1]!
    const from = towards(point, before)
    const to = towards(point, next)
    return `${path} L${from.x} ${from.y} Q${point.x} ${point.y} ${to.x} ${to.y}`
  }, `M${first.x} ${first.y}`)
}

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  const part = Math.min(ROUND, length / 2) / length
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
}

function middleOf(points: Point[]): Point {
  const [first, last] = [points[0]!, points.at(-1)!]
  return points.length % 2 === 1 ? points[(points.length - 1) / 2]! : points.length === 2 ? { x: (first.x + last.x) / 2, y: (first.y + last.y) / 2 } : { x: (points[points.length / 2 - 1]!.x + points[points.length / 2]!.x) / 2, y: (points[points.length / 2 - 1]!.y + points[points.length / 2]!.y) / 2 }
}
