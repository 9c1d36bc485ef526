const stepMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** A point for each step of the range; those that the hub left out, since nothing happened, have none. */
export function fillSteps<Point extends { at: string }>(series: Point[], { from, to, step }: { from: string, to: string, step: keyof typeof stepMs }): { at: number, point: Point | undefined }[] {
  const length = stepMs[step]
  const first = Math.floor(new Date(from).getTime() / length)
  const last = Math.floor((new Date(to).getTime() - 1) / length)
  const points = new Map(series.map((point) => [Math.floor(new Date(point.at).getTime() / length), point]))
  return Array.from({ length: last - first + 1 }, (_, index) => ({ at: (first + index) * length, point: points.get(first + index) }))
}
