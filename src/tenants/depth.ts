/**
 * How many runs of flows and agents a request stands within, told on the way out of the hub, which may lead back in. Whoever says more than there is
 * has less begun for himself, and nothing else; who says nothing stands within none.
 */
export const DEPTH_HEADER = 'interchange-depth'

const MOST = 1000

/** Of what somebody says; 0 for what is no whole number. */
export function readDepth(said: unknown): number {
  const depth = typeof said === 'number' ? said : typeof said === 'string' && /^\d{1,9}$/.test(said) ? Number(said) : 0
  return Number.isInteger(depth) && depth > 0 ? Math.min(depth, MOST) : 0
}

/** To be sent with a request; undefined where it stands within none. */
export function depthHeader({ depth = 0 }: { depth?: number }): Record<string, string> | undefined {
  return depth === 0 ? undefined : { [DEPTH_HEADER]: String(depth) }
}
