/** A folder for one program to run in, gone with it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export async function withTemporaryFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'interchange-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Programs find others by it; of the hub's own environment they get nothing else. */
export function programPath(): { PATH: string } {
  return { PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin' }
}
