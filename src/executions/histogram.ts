/** Latencies counted in fixed classes, so that counts of any minutes can be added up. */

/** Upper bounds in ms, exclusive; what is at or above the last is in a class of its own. `latency_counts` has one number more than there are bounds. */
export const latencyBounds = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000,
] as const

/** The latency in ms that `share` (0 to 1) of the calls stayed below, as if calls lay evenly within their class; null where there are none. */
export function percentile(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const rank = share * total
  let below = 0
  for (const [index, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const lower = latencyBounds[index - 1] ?? 0
      const upper = latencyBounds[index] ?? lower
      return lower + (upper - lower) * (rank - below) / count
    }
    below += count
  }
  return latencyBounds.at(-1)!
}
