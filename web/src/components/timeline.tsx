import { Text } from '@mantine/core'
import { formatMs } from '../lib/format.ts'
import type { Tone } from './status.tsx'

/** `start` and `length` in ms. */
export interface Stretch { label: string, start: number, length: number, tone: Tone }

/** Stretches of time beside each other, from the first beginning to the last end. */
export function Timeline({ label, stretches }: { label: string, stretches: Stretch[] }) {
  const total = Math.max(0.01, ...stretches.map(({ start, length }) => start + length))
  return (
    <div role="list" aria-label={label} className="app-timeline">
      {stretches.map(({ label: name, start, length, tone }) => (
        <div key={name} role="listitem" className="app-timeline-row">
          <Text size="xs" c="dimmed">{name}</Text>
          <div className="app-timeline-track"><div className="app-timeline-bar" style={{ left: `${Math.min(99.5, 100 * start / total)}%`, width: `${Math.max(0.5, 100 * length / total)}%`, background: `var(--app-${tone})` }} /></div>
          <Text size="xs" className="app-num" ta="right">{formatMs(length)}</Text>
        </div>
      ))}
    </div>
  )
}
