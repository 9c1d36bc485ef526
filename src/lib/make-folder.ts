import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder with all that leads to it, if it is not there yet. Not by `recursive`: Node goes round for ever where the folder above
 * is there and takes none, as in /proc.
 */
export function makeFolder(folder: string, mode?: number): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder), mode)
  try {
    mkdirSync(folder, { mode })
  } catch (error) {
    // Somebody else was as quick.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
