import { fillSteps } from './steps.ts'

const HOUR_MS = 3_600_000

/** The reader's midnight. */
export function today(): string {
  const at = new Date()
  at.setHours(0, 0, 0, 0)
  return at.toISOString()
}

/** The beginning of the hour so many hours ago. */
export function hoursAgo(hours: number): string {
  return new Date((Math.floor(Date.now() / HOUR_MS) - hours) * HOUR_MS).toISOString()
}

/** One entry for each hour from then till now; undefined where nothing happened. */
export function hoursOf<Point extends { at: string }>(series: Point[], from: string): (Point | undefined)[] {
  return fillSteps(series, { from, to: new Date().toISOString(), step: 'hour' }).map(({ point }) => point)
}
