import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { HubError } from '../../errors.ts'

/** Under whom Postgres runs, since it refuses root. */
export interface Account {
  /** Set when root gives its rights up by changing user. */
  switchTo?: { uid: number, gid: number }
  /** Put before the command; `unshare`, when it is to see another user than it runs under. */
  prefix: string[]
  /** Owner of its files, as seen from here. */
  owner: { uid: number, gid: number }
}

/**
 * An ordinary user runs Postgres as themselves. Root runs it as `postgres` or `nobody`; where these can't reach the
 * binaries or the data (under /root, say), within a user namespace in which root's files belong to `nobody`. The same
 * serves a user id without a name, which initdb refuses.
 * Throws `database_unavailable` when no way works here.
 */
export function chooseAccount(binFolder: string, dataFolder: string): Account {
  const self = { uid: process.geteuid?.() ?? -1, gid: process.getegid?.() ?? -1 }
  if (self.uid !== 0 && hasName()) return { prefix: [], owner: self }
  const users = findUsers(['postgres', 'nobody'])
  if (self.uid === 0) {
    const user = users.find((candidate) => canReach(candidate, [path.join(binFolder, 'postgres'), dataFolder]))
    if (user) return { switchTo: user, prefix: [], owner: user }
  }
  const prefix = findMapping(users)
  if (prefix) return { prefix, owner: self }
  throw new HubError('database_unavailable', self.uid === 0
    ? `Postgres refuses to run as root, no other user reaches both ${binFolder} and ${dataFolder}, and user namespaces are not allowed here. Move them where others may enter, start as an ordinary user, or set DATABASE_URL.`
    : `Postgres needs a user with a name, user id ${self.uid} has none, and user namespaces are not allowed here. Start as a named user, or set DATABASE_URL.`)
}

/** Gives an existing cluster to `account`, after an earlier start under another one. Only root may. */
export function ensureOwner(folder: string, { owner }: Account): void {
  const found = statSync(folder)
  if (found.uid === owner.uid) return
  if (process.geteuid?.() !== 0) {
    throw new HubError('database_unavailable', `${folder} belongs to user id ${found.uid}: start the hub as that user, or give the folder to this one.`)
  }
  const { status, stderr } = spawnSync('chown', ['-R', `${owner.uid}:${owner.gid}`, folder], { encoding: 'utf8' })
  if (status !== 0) throw new HubError('database_unavailable', `${folder} could not be given to user id ${owner.uid}: ${stderr}`)
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

function findUsers(names: string[]): { uid: number, gid: number }[] {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'))
  return names.flatMap((name) => lines.filter((fields) => fields[0] === name)
    .map((fields) => ({ uid: Number(fields[2]), gid: Number(fields[3]) })))
}

/** Asks as that user: modes alone don't tell (access lists, mounts). */
function canReach(user: { uid: number, gid: number }, targets: string[]): boolean {
  const script = 'for target; do [ -x "$target" ] || exit 1; done'
  return spawnSync('/bin/sh', ['-c', script, 'sh', ...targets], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
}

function findMapping(users: { uid: number, gid: number }[]): string[] | undefined {
  const prefixes = users.map(({ uid, gid }) => ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'])
  return prefixes.find(([command = '', ...args]) => spawnSync(command, [...args, 'true'], { cwd: '/', stdio: 'ignore' }).status === 0)
}
