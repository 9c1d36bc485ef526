/**
 * Collects rows that are asked for at nearly the same time and writes them in one go.
 * Each caller's promise settles after its own row's commit. Under load batches grow by themselves:
 * while `maxInFlight` writes are under way, further rows wait for the next one.
 */

export interface GroupCommit<Row> {
  /** Resolves once the row is committed; rejects with what the write threw. */
  add(row: Row): Promise<void>
  /** Rows waiting or being written. */
  size(): number
  /** Resolves when nothing is waiting or being written. */
  drain(): Promise<void>
}

export interface GroupCommitOptions<Row> {
  write(rows: Row[]): Promise<void>
  maxRows: number
  maxInFlight: number
}

interface Waiting<Row> { row: Row, resolve: () => void, reject: (error: unknown) => void }

export function createGroupCommit<Row>({ write, maxRows, maxInFlight }: GroupCommitOptions<Row>): GroupCommit<Row> {
  let waiting: Waiting<Row>[] = []
  let writing = 0
  let inFlight = 0
  let scheduled = false
  let drained: (() => void)[] = []

  const schedule = (): void => {
    if (scheduled || inFlight >= maxInFlight || waiting.length === 0) return
    scheduled = true
    setImmediate(flush)
  }

  const flush = (): void => {
    scheduled = false
    if (waiting.length === 0) return
    const batch = waiting.length <= maxRows ? waiting : waiting.slice(0, maxRows)
    waiting = waiting.length <= maxRows ? [] : waiting.slice(maxRows)
    inFlight += 1
    writing += batch.length
    void settle(batch)
    schedule()
  }

  const settle = async (batch: Waiting<Row>[]): Promise<void> => {
    try {
      await write(batch.map(({ row }) => row))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      for (const { reject } of batch) reject(error)
    } finally {
      inFlight -= 1
      writing -= batch.length
      schedule()
      if (inFlight === 0 && waiting.length === 0) {
        for (const resolve of drained) resolve()
        drained = []
      }
    }
  }

  return {
    add: (row) => new Promise<void>((resolve, reject) => {
      waiting.push({ row, resolve, reject })
      schedule()
    }),
    size: () => waiting.length + writing,
    drain: () => (inFlight === 0 && waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => { drained.push(resolve) })),
  }
}
