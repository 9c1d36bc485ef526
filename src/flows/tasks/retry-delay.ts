/** How long to wait before a retry. */
import type { RetryDefinition } from '../definition.ts'

/** Even an exponential delay ends somewhere. */
const LONGEST_MS = 30 * 86_400_000

/**
 * The `delay` itself; with `backoff.linear` as often as there were retries; with `backoff.exponential` doubled with each. The backoff may have an
 * `increment` or a `factor` of its own, and a longest delay `maxDelay`. `jitter` adds a random time between its bounds.
 */
export async function retryDelayMs({ delay, backoff, jitter }: RetryDefinition, retry: number, ms: (duration: unknown) => Promise<number>): Promise<number> {
  const base = delay === undefined ? 0 : await ms(delay)
  const grown = await growth(base, backoff, retry, ms)
  if (jitter === undefined) return Math.min(grown, LONGEST_MS)
  const [from, to] = [await ms(jitter.from), await ms(jitter.to)]
  return Math.min(grown + from + Math.random() * Math.max(0, to - from), LONGEST_MS)
}

async function growth(base: number, backoff: RetryDefinition['backoff'], retry: number, ms: (duration: unknown) => Promise<number>): Promise<number> {
  const { linear, exponential } = backoff ?? {}
  const settings = linear ?? exponential ?? {}
  const longest = settings['maxDelay'] === undefined ? LONGEST_MS : await ms(settings['maxDelay'])
  if (linear !== undefined) {
    const increment = linear['increment'] === undefined ? base : await ms(linear['increment'])
    return Math.min(base + increment * (retry - 1), longest)
  }
  if (exponential === undefined) return base
  const factor = typeof exponential['factor'] === 'number' ? exponential['factor'] : 2
  return Math.min(base * factor ** (retry - 1), longest)
}
