/** A progress bar on a terminal, and nothing elsewhere. */

/** Shows that `work` is under way: what is done over there cannot be counted, so the bar counts the time. */
export async function withProgress<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  if (!process.stderr.isTTY) return work()
  const { default: { SingleBar, Presets } } = await import('cli-progress')
  const bar = new SingleBar({ format: `${what} {bar} {duration_formatted}`, hideCursor: true, clearOnComplete: true, stream: process.stderr, barsize: 24 }, Presets.shades_grey)
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
