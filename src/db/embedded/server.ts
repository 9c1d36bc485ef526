import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { HubError } from '../../errors.ts'
import type { Account } from './account.ts'
import { serverEnvironment } from './cluster.ts'
import type { ClusterOptions } from './cluster.ts'
import { boundLog, lastLines, sizeOf } from './server-log.ts'

const POLL_MS = 5
/** Recovery after a power cut reads up to max_wal_size again. */
const START_TIMEOUT_MS = 120_000

export interface ServerOptions extends ClusterOptions { logFile: string }

/** What `postmaster.pid` says; status is '' for a server that has only just begun. */
interface PidFile { pid: number, port: number, status: string }

/** Small at rest. Its log has no statements and no rows, which may hold secrets: errors go to the client, which masks. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // socket paths have a length limit
  max_connections: '100',
  shared_buffers: '32MB',
  wal_buffers: '8MB', // a group commit of large rows fits; else each writer waits for the disk by itself
  huge_pages: 'off',
  io_method: 'sync', // the workers cost more memory than they bring here
  jit: 'off', // costs more than short statements take
  wal_level: 'minimal', // no replica is fed
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  min_wal_size: '32MB',
  max_wal_size: '512MB',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
}

const fast = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }

function readPidFile(cluster: string): PidFile | undefined {
  const file = path.join(cluster, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() ?? '' }
}

/** Whether `pid` is a server of this very cluster: a process id alone may have been given to another program meanwhile. */
function isServerOf(cluster: string, pid: number): boolean {
  if (!(pid > 0)) return false
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0-D\0${cluster}\0`)
    } catch {
      return false
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(` -D ${cluster} `)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The port of the server that runs on this cluster and is ready; undefined when there is none. */
export function findReady(cluster: string): number | undefined {
  const found = readPidFile(cluster)
  return found?.status === 'ready' && isServerOf(cluster, found.pid) ? found.port : undefined
}

/**
 * Joins the server that runs on the cluster, or starts one, and returns its port. `preferredPort` is tried first.
 * The caller holds the start lock.
 */
export async function ensureServer(options: ServerOptions, account: () => Account, preferredPort: number): Promise<number> {
  const deadline = Date.now() + START_TIMEOUT_MS
  let port = preferredPort
  while (Date.now() < deadline) {
    const ready = findReady(options.cluster)
    if (ready !== undefined) return ready
    const found = readPidFile(options.cluster)
    if (found && isServerOf(options.cluster, found.pid)) {
      await pause(POLL_MS) // starting or stopping, by a hub that was killed
      continue
    }
    // Postgres clears the file of a dead process itself, and looks for that one's orphans first. Only where the process
    // id lives on as another program, or the file is damaged, would it refuse.
    if (found && (!(found.pid > 0) || exists(found.pid))) rmSync(path.join(options.cluster, 'postmaster.pid'), { force: true })
    port = await freePort(port)
    const refusal = await launch(options, account(), port)
    if (refusal === undefined) continue
    if (/could not bind/.test(refusal)) port = 0
    // Another server's last processes are still leaving; or the file names a process that has just begun or ended.
    else if (/pre-existing shared memory block|lock file "postmaster.pid"/.test(refusal)) await pause(100)
    else throw new HubError('database_unavailable', `Postgres did not start. Its log (${options.logFile}) ends with:\n${refusal}`)
  }
  throw new HubError('database_unavailable', `Postgres was not ready after ${START_TIMEOUT_MS / 1000} s; its log is ${options.logFile}.`)
}

/** Starts a server in a session of its own, so that neither Ctrl-C nor the end of this process reaches it. Returns why it refused, or undefined once it is ready. */
async function launch(options: ServerOptions, account: Account, port: number): Promise<string | undefined> {
  const { cluster, binFolder, logFile, durable } = options
  boundLog(logFile)
  const logged = sizeOf(logFile)
  const [command = '', ...args] = [
    ...account.prefix, path.join(binFolder, 'postgres'), '-D', cluster,
    ...Object.entries({ ...settings, port: String(port), ...(durable ? {} : fast) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(command, args, { ...account.switchTo, cwd: '/', env: serverEnvironment, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  child.unref()
  const ended = whenEnded(child)
  while (!ended.why) {
    if (findReady(cluster) !== undefined) return undefined
    await pause(POLL_MS)
  }
  return lastLines(logFile, logged) || ended.why
}

function whenEnded(child: ChildProcess): { why: string | undefined } {
  const ended: { why: string | undefined } = { why: undefined }
  child.once('error', (error) => { ended.why = error.message })
  child.once('exit', (code, signal) => { ended.why = `it ended with ${signal ?? `exit code ${code}`}` })
  return ended
}

/**
 * How it is asked to stop, each when the one before has not done after `atMs`: let connections that are being closed end
 * (the pool's end does not wait for that), cut the others, leave without writing out (the next start replays its log).
 */
const requests: { name: NodeJS.Signals, atMs: number }[] = [{ name: 'SIGTERM', atMs: 0 }, { name: 'SIGINT', atMs: 250 }, { name: 'SIGQUIT', atMs: 20_000 }]

/** Stops the server of this cluster, if one runs: open transactions are rolled back, what was committed is on disk. The caller holds the start lock. */
export async function stopServer(cluster: string): Promise<void> {
  const pid = readPidFile(cluster)?.pid
  if (pid === undefined) return
  const startedAt = Date.now()
  let asked = 0
  while (isServerOf(cluster, pid)) {
    const next = requests[asked]
    if (next && Date.now() - startedAt >= next.atMs) {
      asked++
      signal(pid, next.name)
    }
    await pause(POLL_MS)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // it has just ended
  }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** `preferred` when nobody listens there, otherwise any other. */
async function freePort(preferred: number): Promise<number> {
  return await listenOnce(preferred) ?? await listenOnce(0) ?? 0
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(undefined))
    probe.listen(port, '127.0.0.1', () => {
      const found = (probe.address() as AddressInfo).port
      probe.close(() => done(found))
    })
  })
}
