import { existsSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { HubError } from '../../errors.ts'

const SQLITE_BUSY = 5

/** Keeps a forgotten lock from being collected, which would release it. */
const heldLocks = new Set<DatabaseSync>()

/**
 * Takes a lock on `file` that the kernel drops when this process ends, however it ends: so no lock is ever stale, and no
 * process id can be mistaken. Node has no flock; SQLite's locks on an empty file are the same thing. Any number may hold
 * it shared, or one exclusively; locks within one process exclude each other too.
 * Returns what releases it, or undefined when others hold it. The file stays: removing it would split its holders.
 */
export function tryLock(file: string, mode: 'shared' | 'exclusive'): (() => void) | undefined {
  let database: DatabaseSync | undefined
  try {
    createOwnFile(file)
    database = new DatabaseSync(file, { timeout: 0 })
    database.exec(mode === 'exclusive' ? 'begin exclusive' : 'begin; select 1 from sqlite_schema')
    const held = database
    heldLocks.add(held)
    return () => { if (heldLocks.delete(held)) held.close() }
  } catch (error) {
    database?.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined
    throw new HubError('database_unavailable', `${file} could not be locked: ${(error as Error).message}`, { cause: error })
  }
}

/** For its owner alone: whoever may read a file may lock it. An existing one is not opened here, as closing it would drop this process's own lock. */
function createOwnFile(file: string): void {
  if (existsSync(file)) return
  try {
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // another hub was quicker
  }
}

/** Waits for the lock. Throws `database_unavailable` after `timeoutMs`. */
export async function waitForLock(file: string, timeoutMs: number): Promise<() => void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const release = tryLock(file, 'exclusive')
    if (release) return release
    if (Date.now() > deadline) throw new HubError('database_unavailable', `${file} has been locked by another hub for ${timeoutMs / 1000} s.`)
    await new Promise((done) => setTimeout(done, 10))
  }
}
