/** Work that a process repeats by itself while it lives. What must happen once over all processes is a job instead. */

export interface Schedule { stop(): Promise<void> }

/** Runs `work` again `intervalMs` after its last run ended, or at once where it answers that more waits; a failure is told and does not end it. */
export function every(intervalMs: number, work: () => Promise<unknown>, onError: (error: unknown) => void): Schedule {
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout
  const plan = (waitMs: number): void => {
    if (stopped) return
    timer = setTimeout(() => {
      running = work().catch(onError).then((more) => { plan(more === true ? 0 : intervalMs) })
    }, waitMs)
    timer.unref()
  }
  plan(intervalMs)
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
