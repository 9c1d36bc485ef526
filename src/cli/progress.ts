/** A progress bar on a terminal, and nothing elsewhere. */
import type { Surroundings } from './surroundings.ts'

/** Shows that `work` is under way. How far it is only the hub knows, so the bar runs with the time and never quite ends. */
export async function withProgress<Result>({ stderr }: Pick<Surroundings, 'stderr'>, what: string, work: () => Promise<Result>): Promise<Result> {
  if (!stderr.isTTY) return work()
  const { default: { SingleBar, Presets } } = await import('cli-progress')
  const bar = new SingleBar({ format: `${what} {bar} {duration_formatted}`, hideCursor: true, clearOnComplete: true, stream: stderr as unknown as NodeJS.WritableStream, barsize: 24 }, Presets.shades_grey)
  bar.start(100, 0)
  const start = Date.now()
  const timer = setInterval(() => { bar.update(100 * (1 - Math.exp(-(Date.now() - start) / 4000))) }, 100)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    bar.stop()
  }
}
