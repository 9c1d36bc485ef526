import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { HubError } from '../../errors.ts'
import type { Account } from './account.ts'
import { findSeed } from './seed.ts'

const run = promisify(execFile)

export const SUPERUSER = 'interchange'
/** Within the cluster's folder, so that the two can't be parted; 0600 in a 0700 folder. */
const PASSWORD_FILE = 'interchange.password'

/** Postgres gets no more of the hub's environment than this: keys and tokens may be in there. */
export const serverEnvironment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

export interface ClusterOptions {
  /** Postgres' data folder, absolute and without symbolic links in it: it is how the process is recognised. */
  cluster: string
  binFolder: string
  /** false only for tests: nothing waits for the disk. */
  durable: boolean
}

export function readPassword(cluster: string): string {
  try {
    return readFileSync(path.join(cluster, PASSWORD_FILE), 'utf8')
  } catch (error) {
    throw new HubError('database_unavailable', `${path.join(cluster, PASSWORD_FILE)} could not be read: it holds the database's password, and only its owner may read it.`, { cause: error })
  }
}

/**
 * Makes a cluster when there is none. It appears whole and on disk: a start that is killed half way leaves only
 * `<cluster>.new`, which the next one makes anew.
 */
export async function ensureCluster({ cluster, binFolder, durable }: ClusterOptions, account: Account): Promise<void> {
  if (existsSync(cluster)) return
  const fresh = `${cluster}.new`
  try {
    makeEmptyFolder(fresh, account)
    if (!await copySeed(binFolder, fresh, account)) {
      makeEmptyFolder(fresh, account)
      await initialise(fresh, binFolder, account)
    }
    await protect(fresh, binFolder, account)
    if (durable) await runAs(account, [path.join(binFolder, 'initdb'), '--sync-only', '-D', fresh])
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string, stderr?: string }
    const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-5).join('\n')
    throw new HubError('database_unavailable', `Postgres could not make its database in ${cluster}: ${said || message}`, { cause: error })
  }
  renameSync(fresh, cluster)
}

/** Empty, and of the account that is to fill it. */
export function makeEmptyFolder(folder: string, { switchTo, owner }: Account): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  if (switchTo) chownSync(folder, owner.uid, owner.gid)
}

/** A cluster that lets nobody in yet. */
export async function initialise(folder: string, binFolder: string, account: Account): Promise<void> {
  await runAs(account, [
    path.join(binFolder, 'initdb'), '-D', folder, `--username=${SUPERUSER}`, '--auth=reject', '--encoding=UTF8', '--locale=C',
    // Sorts by code point, the same on every system and unmoved by its updates.
    '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions', '--no-sync',
  ])
}

/** Copying takes a tenth of the time of making. */
async function copySeed(binFolder: string, folder: string, account: Account): Promise<boolean> {
  const seed = findSeed(binFolder)
  if (!existsSync(seed)) return false
  const copying = runAs(account, ['/bin/sh', '-c', 'umask 077; exec cp -R "$1/." "$2"', 'sh', seed, folder])
  return await copying.then(() => true, () => false)
}

/** Gives the superuser a password of its own, and lets in those who know it. Postgres runs on its standard input for that, open to nobody else. */
async function protect(folder: string, binFolder: string, account: Account): Promise<void> {
  const password = randomBytes(24).toString('base64url')
  const passwordFile = path.join(folder, PASSWORD_FILE)
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (account.switchTo) chownSync(passwordFile, account.owner.uid, account.owner.gid)
  writeFileSync(path.join(folder, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n')
  const command = [path.join(binFolder, 'postgres'), '--single', '-D', folder, '-c', 'fsync=off', '-c', 'log_checkpoints=off', '-c', 'exit_on_error=on', 'postgres']
  await runAs(account, command, `alter role ${SUPERUSER} password '${password}'\n`)
}

/** Throws an Error that carries `stdout` and `stderr`. */
async function runAs(account: Account, command: string[], input = ''): Promise<void> {
  const [program = '', ...args] = [...account.prefix, ...command]
  const running = run(program, args, { ...account.switchTo, cwd: '/', env: serverEnvironment })
  running.child.stdin?.on('error', () => {}) // it ended before it read: its exit code says so
  running.child.stdin?.end(input)
  await running
}
