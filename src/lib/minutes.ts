/** What is noted of minutes: put together in memory, and written every few seconds. */

export interface Minutes<Row> {
  add(row: Row): void
  /** Writes what was added. One after the other: what is read afterwards holds all that was added before. */
  flush(): Promise<void>
}

export interface MinutesOptions<Row> {
  keyOf(row: Row): string
  /** Adds what `row` says to `known`, which has the same key. */
  merge(known: Row, row: Row): void
  write(rows: Row[]): Promise<void>
}

export function createMinutes<Row extends object>({ keyOf, merge, write }: MinutesOptions<Row>): Minutes<Row> {
  let collected = new Map<string, Row>()
  let writing: Promise<void> = Promise.resolve()
  const add = (row: Row): void => {
    const key = keyOf(row)
    const known = collected.get(key)
    if (known === undefined) collected.set(key, { ...row })
    else merge(known, row)
  }
  const writeCollected = async (): Promise<void> => {
    if (collected.size === 0) return
    const rows = [...collected.values()]
    collected = new Map()
    try {
      await write(rows)
    } catch (error) {
      // The database is away, or what they belong to went in just this moment: the next time will do.
      for (const row of rows) add(row)
      throw error
    }
  }
  return {
    add,
    flush() {
      writing = writing.catch(() => undefined).then(writeCollected)
      return writing
    },
  }
}

/** The later of two times that may be missing. */
export function latestOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? one ?? other : Math.max(one, other)
}
