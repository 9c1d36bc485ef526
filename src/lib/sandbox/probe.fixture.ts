/** Tries, from within a child as the sandbox starts it, what a script that got out of the interpreter would try. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Worker } from 'node:worker_threads'

function attempt(work: () => unknown): string {
  try {
    work()
    return 'done'
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
}

process.send?.({
  environment: Object.keys(process.env).filter((name) => name !== 'NODE_CHANNEL_FD' && name !== 'NODE_CHANNEL_SERIALIZATION_MODE'),
  read: attempt(() => readFileSync('/etc/passwd')), write: attempt(() => { writeFileSync(`${tmpdir()}/interchange-probe`, '') }),
  spawn: attempt(() => spawnSync('id')), worker: attempt(() => new Worker('', { eval: true })),
})
process.disconnect()
