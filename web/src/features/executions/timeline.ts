import type { Stretch } from '../../components/timeline.tsx'
import type { Execution } from '../../hub/client.ts'
import { texts } from './texts.ts'

/** Where the time of a run went. */
export function stretchesOf({ metrics, response }: Execution): Stretch[] {
  const total = Math.max(metrics.latency, 0.01)
  const upstream = Math.min(total, response?.duration ?? 0)
  const hub = Math.min(total - upstream, metrics.transformationTime)
  const stretches: Stretch[] = [
    { label: texts.phases.total, start: 0, length: total, tone: 'idle' }, { label: texts.phases.tries, start: Math.max(0, total - upstream - hub) / 2, length: upstream, tone: 'accent' },
    { label: texts.phases.transform, start: total - hub, length: hub, tone: 'warn' },
  ]
  return stretches.filter(({ length }) => length > 0)
}
