import { readFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../../..')

/**
 * Where a cluster lies that was made when the packages were installed, to be copied at a first start: it has no password
 * and lets nobody in. Of the very release of the binaries.
 */
export function findSeed(binFolder: string): string {
  const { version } = JSON.parse(readFileSync(path.resolve(binFolder, '../../package.json'), 'utf8')) as { version: string }
  return path.join(root, 'node_modules', '.cache', 'interchange', `postgres-${version}`)
}
