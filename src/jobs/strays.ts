/**
 * Work that stands in a table as this process's own and is not in its hands: the answer to its claim or to its insert got lost with a connection.
 * Nobody would do it while the process lives, so it is freed.
 */

export interface Strays {
  /** What became of a claim or an insert is not known. */
  suspect(): void
  /** Looks where there is reason to. Not while a claim is under way: its rows are in nobody's hands yet. */
  free(): Promise<void>
}

export interface StraysDeps<Row extends { id: string }> {
  /** All that the table says is this process's. */
  findClaimed(): Promise<Row[]>
  release(rows: Row[]): Promise<void>
  isInHand(id: string): boolean
}

/** A statement whose connection is gone may commit as late as its timeout lets it. */
const SUSPECT_MS = 40_000
const LOOK_EVERY_MS = 5000

export function createStrays<Row extends { id: string }>({ findClaimed, release, isInHand }: StraysDeps<Row>): Strays {
  let untilMs = -Infinity
  let nextMs = Infinity
  return {
    suspect() {
      untilMs = performance.now() + SUSPECT_MS
      nextMs = Math.min(nextMs, performance.now())
    },
    async free() {
      if (performance.now() < nextMs) return
      const strays = (await findClaimed()).filter(({ id }) => !isInHand(id))
      if (strays.length > 0) await release(strays)
      nextMs = performance.now() < untilMs ? performance.now() + LOOK_EVERY_MS : Infinity
    },
  }
}
