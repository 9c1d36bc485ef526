import { closeSync, copyFileSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs'

const MAX_BYTES = 8 * 1024 * 1024

export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/**
 * Keeps a log and one older part of it within 8 MB each. The server holds the file open for appending and can't be told
 * to reopen it, so it is copied and emptied; lines written in between are lost.
 */
export function boundLog(file: string): void {
  if (sizeOf(file) <= MAX_BYTES) return
  copyFileSync(file, `${file}.1`)
  truncateSync(file)
}

/** The last lines that were written after the byte `from`, at most 2 KB. */
export function lastLines(file: string, from: number): string {
  const handle = openSync(file, 'r')
  try {
    const end = fstatSync(handle).size
    const start = Math.max(from, end - 2048, 0)
    const bytes = Buffer.alloc(Math.max(end - start, 0))
    const read = readSync(handle, bytes, 0, bytes.length, start)
    return bytes.toString('utf8', 0, read).trim()
  } finally {
    closeSync(handle)
  }
}
