const HOUR_MS = 3_600_000

/** The reader's midnight. */
export function today(): string {
  const at = new Date()
  at.setHours(0, 0, 0, 0)
  return at.toISOString()
}

/** One entry for each hour since then; undefined where the hub left it out, since nothing happened. */
export function hoursOf<Point extends { at: string }>(series: Point[], from: string): (Point | undefined)[] {
  const first = Math.floor(new Date(from).getTime() / HOUR_MS)
  const count = Math.max(2, Math.floor(Date.now() / HOUR_MS) - first + 1)
  const byHour = new Map(series.map((point) => [Math.floor(new Date(point.at).getTime() / HOUR_MS), point]))
  return Array.from({ length: count }, (_, index) => byHour.get(first + index))
}

/** The beginning of the hour so many hours ago. */
export function hoursAgo(hours: number): string {
  return new Date((Math.floor(Date.now() / HOUR_MS) - hours) * HOUR_MS).toISOString()
}
