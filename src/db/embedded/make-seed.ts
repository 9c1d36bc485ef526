/** Run by the bootstrap after an install. A start makes do without what it makes, only later. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import { chooseAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import { initialise, makeEmptyFolder } from './cluster.ts'
import { findSeed } from './seed.ts'

const binFolder = findBinaries()
const seed = findSeed(binFolder)
if (!existsSync(seed)) {
  mkdirSync(path.dirname(seed), { recursive: true })
  const account = chooseAccount(binFolder, path.dirname(seed))
  const fresh = `${seed}.${process.pid}`
  makeEmptyFolder(fresh, account)
  await initialise(fresh, binFolder, account)
  // For every user of this checkout to read, and for its owner alone to write.
  if (account.switchTo) spawnSync('chown', ['-R', '0:0', fresh])
  spawnSync('chmod', ['-R', 'go+rX', fresh])
  renameSync(fresh, seed)
}
