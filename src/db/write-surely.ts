/** Writes that must happen: a database that is away is waited for. */
import { setTimeout as pause } from 'node:timers/promises'
import { isMissingPartition, isRowFault } from './faults.ts'

export interface SureWrites<Row> {
  /** `write` may be repeated with the same rows. Rejects after `giveUp`, and with a fault of a row itself. */
  write(rows: Row[]): Promise<void>
  /** From here on a database that is away is waited for no longer. */
  giveUp(): void
}

export interface SureWritesOptions<Row> {
  write(rows: Row[]): Promise<void>
  ensurePartitions(): Promise<void>
  onError(error: unknown): void
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2000

export function createSureWrites<Row>({ write, ensurePartitions, onError }: SureWritesOptions<Row>): SureWrites<Row> {
  let hasGivenUp = false
  return {
    async write(rows) {
      for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
        try {
          await write(rows)
          return
        } catch (error) {
          if (isMissingPartition(error)) await ensurePartitions().catch(onError)
          else if (isRowFault(error)) throw error
          else onError(error)
          if (hasGivenUp) throw error
          await pause(waitMs, undefined, { ref: false })
        }
      }
    },
    giveUp: () => { hasGivenUp = true },
  }
}
