/**
 * Has paths read again that notices made stale: of each, one reading at a time and one more after the last notice. Where notices come without end, a
 * slow reading would else be broken off by the next one for ever.
 */
export function createRefresh(read: (path: string) => Promise<void>): (paths: string[]) => void {
  const reading = new Map<string, { again: boolean }>()
  const readAll = async (path: string, state: { again: boolean }): Promise<void> => {
    state.again = false
    await read(path).catch(() => undefined)
    if (state.again) await readAll(path, state)
    else reading.delete(path)
  }
  return (paths) => {
    for (const path of paths) {
      const state = reading.get(path)
      if (state !== undefined) state.again = true
      else void readAll(path, reading.set(path, { again: false }).get(path)!)
    }
  }
}
