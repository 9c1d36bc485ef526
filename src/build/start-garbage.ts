/**
 * What a start leaves behind in memory. Loading a thousand modules makes V8 set 30 to 130 MB aside for young objects, and an idle process
 * keeps them for good, since V8 gives room back only in a collection, which nothing asks for.
 */
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** One collection stops everything for some 100 ms: it waits for a second in which next to nothing happened. */
const QUIET_MS = 1000
const QUIET_SHARE = 0.1

/** Collects once, in the first quiet second; a hub that is busy from its start on collects by itself. */
export function collectStartGarbage(quietMs = QUIET_MS): void {
  let before = performance.eventLoopUtilization()
  const timer = setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(before)
    before = performance.eventLoopUtilization()
    if (utilization > QUIET_SHARE) return
    clearInterval(timer)
    collect()
  }, quietMs)
  timer.unref()
}

function collect(): void {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as NodeJS.GCFunction
  setFlagsFromString('--no-expose-gc')
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
