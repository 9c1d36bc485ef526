import { Text } from '@mantine/core'
import type { Execution } from '../../hub/client.ts'
import { formatMs } from '../../lib/format.ts'
import { texts } from './texts.ts'

/** Where the time of a run went. */
export function Timeline({ execution: { metrics, response } }: { execution: Execution }) {
  const total = Math.max(metrics.latency, 0.01)
  const upstream = Math.min(total, response?.duration ?? 0)
  const hub = Math.min(total - upstream, metrics.transformationTime)
  const bars: [string, number, number, string][] = [[texts.phases.total, 0, total, 'idle'], [texts.phases.tries, Math.max(0, total - upstream - hub) / 2, upstream, 'accent'], [texts.phases.transform, total - hub, hub, 'warn']]
  return (
    <div role="list" aria-label={texts.timeline} className="app-timeline">
      {bars.filter(([, , length]) => length > 0).map(([label, start, length, tone]) => (
        <div key={label} role="listitem" className="app-timeline-row">
          <Text size="xs" c="dimmed">{label}</Text>
          <div className="app-timeline-track"><div className="app-timeline-bar" style={{ left: `${100 * start / total}%`, width: `${Math.max(0.5, 100 * length / total)}%`, background: `var(--app-${tone})` }} /></div>
          <Text size="xs" className="app-num" ta="right">{formatMs(length)}</Text>
        </div>
      ))}
    </div>
  )
}
