import { mkdirSync, renameSync, rmSync, rmdirSync, statSync, utimesSync } from 'node:fs'
import path from 'node:path'
import { root, say } from './hand-over.mjs'

const HEARTBEAT_MS = 1_000
const STALE_AFTER_MS = 15_000

const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

/**
 * A folder, since making one is atomic. Its holder touches it every second, so that a dead holder's lock is known by its
 * age; a process id would be ambiguous after a restart or in a container. Below `.tmp`, since `npm ci` empties node_modules.
 * Answers how to let go of it.
 */
export async function takeLock(name, waiting) {
  const lockFolder = path.join(root, '.tmp', `${name}.lock`)
  let told = false
  for (;;) {
    try {
      mkdirSync(path.dirname(lockFolder), { recursive: true })
      mkdirSync(lockFolder)
      break
    } catch (error) {
      if (error.code === 'ENOENT') continue // its parent went with another's lock
      if (error.code !== 'EEXIST') throw error
    }
    if (removeStaleLock(lockFolder)) continue
    if (!told) say(waiting)
    told = true
    await sleep(100)
  }
  const beat = setInterval(() => touchLock(lockFolder), HEARTBEAT_MS)
  return () => {
    clearInterval(beat)
    rmSync(lockFolder, { recursive: true, force: true })
    try {
      rmdirSync(path.dirname(lockFolder))
    } catch {
      // Something else is kept there.
    }
  }
}

function touchLock(lockFolder) {
  try {
    utimesSync(lockFolder, new Date(), new Date())
  } catch {
    // Taken for stale while this machine slept.
  }
}

function removeStaleLock(lockFolder) {
  try {
    if (Date.now() - statSync(lockFolder).mtimeMs < STALE_AFTER_MS) return false
    // Renamed first: of two processes that find it stale, one succeeds.
    const aside = `${lockFolder}.${process.pid}`
    renameSync(lockFolder, aside)
    rmSync(aside, { recursive: true, force: true })
    return true
  } catch (error) {
    if (error.code === 'ENOENT') return true
    throw error
  }
}
