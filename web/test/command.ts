/** The command `interchange`, as it is on the path of somebody who installed it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const main = path.resolve(import.meta.dirname, '../../bin/interchange.mjs')

/** `path`: for the environment of what is to find the command. */
export async function installCommand(): Promise<{ path: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interchange-command-'))
  await writeFile(path.join(folder, 'interchange'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, { mode: 0o755 })
  return { path: `${folder}:${process.env['PATH'] ?? ''}`, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
