/** A lock between processes: a folder that only one of them can make. It saves double work; correctness must not hang on it. */
import { mkdir, rmdir, stat, utimes } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

export interface FolderLock {
  /** Asked while another process holds the lock; true ends the waiting without it. */
  isDone(): Promise<boolean>
  /** Told once, when it turns out that another process holds the lock. */
  onWait?(): void
  /** A holder that gave no sign for so long is taken for dead. */
  staleMs?: number
  pollMs?: number
}

/** Runs `work` alone, or not at all where `isDone` became true while another process held the lock. */
export async function withFolderLock(path: string, { isDone, onWait, staleMs = 30_000, pollMs = 100 }: FolderLock, work: () => Promise<void>): Promise<void> {
  for (let tries = 0; !await take(path, staleMs); tries += 1) {
    if (tries === 0) onWait?.()
    await sleep(pollMs)
    if (await isDone()) return
  }
  const sign = setInterval(() => { utimes(path, new Date(), new Date()).catch(() => {}) }, staleMs / 5)
  try {
    // Whoever held it before may have done the work.
    if (!await isDone()) await work()
  } finally {
    clearInterval(sign)
    await rmdir(path).catch(() => {})
  }
}

async function take(path: string, staleMs: number): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const lastSign = await stat(path).then(({ mtimeMs }) => mtimeMs, () => undefined)
  if (lastSign !== undefined && Date.now() - lastSign > staleMs) await rmdir(path).catch(() => {})
  return false
}
