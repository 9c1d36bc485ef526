/** Runs share the turns of the event loop: after so much of their work, whoever wants to go on waits for the next one, so that requests are heard in between. */
import { setImmediate as nextTurn } from 'node:timers/promises'

const TURN_MS = 5
/** When the runs' work of this turn began, whichever run's it was. */
let began: number | undefined

/** Undefined where there is time left. */
export function takeTurn(): Promise<void> | undefined {
  const now = performance.now()
  if (began === undefined) {
    began = now
    setImmediate(() => { began = undefined })
    return undefined
  }
  // Of those that wait for the next turn, each looks again: all of them at once would be as bad.
  return now - began <= TURN_MS ? undefined : nextTurn().then(takeTurn)
}
