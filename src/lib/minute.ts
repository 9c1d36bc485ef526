export const MINUTE_MS = 60_000

/** The beginning of its minute; both in ms. */
export function floorMinute(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS
}
