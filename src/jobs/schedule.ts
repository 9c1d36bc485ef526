/** Work that a process repeats by itself while it lives. What must happen once over all processes is a job instead. */

export interface Schedule { stop(): Promise<void> }

/** Runs `work` again `intervalMs` after its last run ended; a failure is told and does not end it. */
export function every(intervalMs: number, work: () => Promise<void>, onError: (error: unknown) => void): Schedule {
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout
  const plan = (): void => {
    timer = setTimeout(() => {
      running = work().catch(onError).finally(() => { if (!stopped) plan() })
    }, intervalMs)
    timer.unref()
  }
  plan()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
