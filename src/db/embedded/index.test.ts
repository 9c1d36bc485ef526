import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Client, Pool } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HubError } from '../../errors.ts'
import { startEmbeddedPostgres } from './index.ts'

const FIXTURE = path.join(import.meta.dirname, 'hub.fixture.ts')
const NOBODY = 65534
const asRoot = process.geteuid?.() === 0
const nobodyReachesUs = asRoot && spawnSync('/bin/sh', ['-c', 'test -r "$0" && test -x "$1"', FIXTURE, process.execPath], { uid: NOBODY, gid: NOBODY, cwd: '/' }).status === 0
const namespacesWork = spawnSync('unshare', ['--user', '--map-user=65534', 'true']).status === 0

let folder: string
let hubs: ChildProcess[]

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'interchange embedded '))
  chmodSync(folder, 0o711)
  hubs = []
})

afterEach(async () => {
  for (const hub of hubs) hub.kill('SIGKILL')
  const pid = serverPid()
  if (pid) process.kill(pid, 'SIGQUIT')
  if (pid) await ended(pid)
  rmSync(folder, { recursive: true, force: true })
})

const start = () => startEmbeddedPostgres({ dataFolder: folder, durable: false, log: { info: () => {} } })

/** The server that runs on the folder. */
function serverPid(): number | undefined {
  const file = path.join(folder, 'postgres', 'postmaster.pid')
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
  return pid > 0 && commandOf(pid).includes(path.join(folder, 'postgres')) ? pid : undefined
}

function commandOf(pid: number): string {
  return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout
}

async function ended(pid: number): Promise<void> {
  await expect.poll(() => commandOf(pid), { timeout: 20_000, interval: 20 }).not.toContain(folder)
}

/** A hub in a process of its own. */
async function startHub(dataFolder: string, as: { uid?: number, gid?: number } = {}) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', FIXTURE, dataFolder], { ...as, cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] })
  hubs.push(child)
  const exit = once(child, 'exit')
  const [connectionString] = await once(createInterface(child.stdout), 'line') as [string]
  return {
    connectionString,
    async stop() { child.stdin.end(); expect((await exit)[0]).toBe(0) },
    async kill() { child.kill('SIGKILL'); await exit },
  }
}

async function query<Row extends Record<string, unknown>>(connectionString: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

describe('one hub', () => {
  test('a fresh folder becomes a Postgres 18 in UTF-8 that only its password opens, and that no longer runs after the stop', async () => {
    const postgres = await start()
    const pid = serverPid()!
    expect(await query(postgres.connectionString, `select current_setting('server_version_num')::int / 10000 as version, current_setting('server_encoding') as encoding,
      current_setting('data_directory') as folder, current_setting('listen_addresses') as addresses, current_setting('fsync') as fsync`))
      .toEqual([{ version: 18, encoding: 'UTF8', folder: path.join(folder, 'postgres'), addresses: '127.0.0.1', fsync: 'off' }])
    const stranger = new URL(postgres.connectionString)
    stranger.password = 'guess'
    await expect(query(stranger.href, 'select 1')).rejects.toThrow(/password authentication failed/)
    await postgres.stop()
    await ended(pid)
    await expect(query(postgres.connectionString, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
  })

  test('what was written is there after a stop and a start, and after the server was killed', async () => {
    const first = await startEmbeddedPostgres({ dataFolder: folder, log: { info: () => {} } })
    expect(await query(first.connectionString, `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`)).toEqual([{ fsync: 'on', commit: 'on' }])
    await query(first.connectionString, 'create table kept as select 1 as n')
    await first.stop()
    const second = await startEmbeddedPostgres({ dataFolder: folder, log: { info: () => {} } })
    expect(second.connectionString).toBe(first.connectionString)
    await query(second.connectionString, 'insert into kept values (2)')
    const pid = serverPid()!
    process.kill(pid, 'SIGKILL')
    await ended(pid)
    await second.ensureRunning()
    expect(await query(second.connectionString, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }])
    await second.stop()
  })

  test('a pool that was ended before the stop sees no connection cut, one that was not does not hold the stop up', async () => {
    const postgres = await start()
    const cut: string[] = []
    const pools = ['ended', 'open'].map((name) => {
      const pool = new Pool({ connectionString: postgres.connectionString, max: 4 })
      pool.on('error', () => cut.push(name))
      return pool
    })
    await Promise.all(pools.flatMap((pool) => Array.from({ length: 4 }, () => pool.query('select pg_sleep(0.05)'))))
    const [ended, open] = pools
    await ended!.end()
    await postgres.stop()
    await expect.poll(() => cut, { interval: 10 }).toEqual(['open', 'open', 'open', 'open'])
    await open!.end()
  })

  test('a watch that looks after the server does not bring it back once it was stopped', async () => {
    const postgres = await start()
    await Promise.all([postgres.stop(), postgres.ensureRunning()])
    await postgres.ensureRunning()
    expect(serverPid()).toBeUndefined()
  })

  test('neither password nor data can be read by other users', async () => {
    const postgres = await start()
    expect(statSync(path.join(folder, 'postgres')).mode & 0o077).toBe(0)
    expect(statSync(path.join(folder, 'postgres', 'interchange.password')).mode & 0o077).toBe(0)
    expect(statSync(path.join(folder, 'postgres.log')).mode & 0o077).toBe(0)
    await postgres.stop()
  })

  test('a value in a failing statement does not reach the server\'s log', async () => {
    const postgres = await start()
    await query(postgres.connectionString, `create table t (n int primary key, s text check (s <> 'canary-7f3'))`)
    await expect(query(postgres.connectionString, `insert into t values (1, 'canary-7f3')`)).rejects.toThrow()
    await expect(query(postgres.connectionString, `select 'canary-7f3'::int`)).rejects.toThrow()
    await postgres.stop()
    expect(readFileSync(path.join(folder, 'postgres.log'), 'utf8')).not.toContain('canary-7f3')
  })

  test('the server\'s log does not grow past its bound', async () => {
    writeFileSync(path.join(folder, 'postgres.log'), 'x'.repeat(9 * 1024 * 1024))
    const postgres = await start()
    await postgres.stop()
    expect(statSync(path.join(folder, 'postgres.log')).size).toBeLessThan(1024 * 1024)
    expect(statSync(path.join(folder, 'postgres.log.1')).size).toBe(9 * 1024 * 1024)
  })

  test('a port that another program has taken meanwhile is given up for another', async () => {
    const first = await start()
    await first.stop()
    const squatter = createServer().listen(Number(new URL(first.connectionString).port), '127.0.0.1')
    await once(squatter, 'listening')
    const second = await start()
    expect(new URL(second.connectionString).port).not.toBe(new URL(first.connectionString).port)
    expect(await query(second.connectionString, 'select 1 as n')).toEqual([{ n: 1 }])
    await second.stop()
    squatter.close()
  })
})

describe('several hubs on one folder', () => {
  test('two that start at once share one server', async () => {
    const [a, b] = await Promise.all([startHub(folder), startHub(folder)])
    expect(a.connectionString).toBe(b.connectionString)
    expect(await query(b.connectionString, 'select 1 as n')).toEqual([{ n: 1 }])
    expect(readFileSync(path.join(folder, 'postgres.log'), 'utf8').match(/starting PostgreSQL/g)).toHaveLength(1)
    await Promise.all([a.stop(), b.stop()])
    expect(serverPid()).toBeUndefined()
  })

  test('the server stays until the last of them stops', async () => {
    const first = await startHub(folder)
    const second = await start()
    await first.stop()
    expect(await query(second.connectionString, 'select 1 as n')).toEqual([{ n: 1 }])
    await second.stop()
    expect(serverPid()).toBeUndefined()
  })

  test('a hub that was killed leaves the server running, the next one joins it, and counts as the last', async () => {
    const killed = await startHub(folder)
    const pid = serverPid()
    await query(killed.connectionString, 'create table kept as select 7 as n')
    await killed.kill()
    expect(serverPid()).toBe(pid)
    const next = await startHub(folder)
    expect(serverPid()).toBe(pid)
    expect(await query(next.connectionString, 'select n from kept')).toEqual([{ n: 7 }])
    await next.stop()
    expect(serverPid()).toBeUndefined()
  })
})

describe('what a crash leaves behind', () => {
  test.each([
    ['no process', () => 4_000_000],
    ['another program', () => process.pid],
    ['nonsense', () => 'x'],
  ])('a postmaster.pid that names %s does not stop the start', async (_what, pid) => {
    await (await start()).stop()
    const stale = [pid(), path.join(folder, 'postgres'), '1700000000', '5432', '', '127.0.0.1', ' 1 2', 'ready   ', ''].join('\n')
    writeFileSync(path.join(folder, 'postgres', 'postmaster.pid'), stale, { mode: 0o600 })
    if (asRoot) {
      const { uid, gid } = statSync(path.join(folder, 'postgres'))
      chownSync(path.join(folder, 'postgres', 'postmaster.pid'), uid, gid)
    }
    const postgres = await start()
    expect(await query(postgres.connectionString, 'select 1 as n')).toEqual([{ n: 1 }])
    await postgres.stop()
  })

  test('a first start that was killed half way is begun anew', async () => {
    mkdirSync(path.join(folder, 'postgres.new', 'base'), { recursive: true })
    writeFileSync(path.join(folder, 'postgres.new', 'PG_VERSION'), '18\n')
    const postgres = await start()
    expect(await query(postgres.connectionString, 'select 1 as n')).toEqual([{ n: 1 }])
    expect(existsSync(path.join(folder, 'postgres.new'))).toBe(false)
    await postgres.stop()
  })

  test('a damaged cluster is refused with the reason out of its log, and nothing is left locked', async () => {
    await (await start()).stop()
    const control = path.join(folder, 'postgres', 'global', 'pg_control')
    const whole = readFileSync(control)
    writeFileSync(control, whole.subarray(0, 100))
    const refusal = await start().catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(HubError)
    expect(refusal).toMatchObject({ code: 'database_unavailable', message: expect.stringMatching(/did not start[^]*pg_control/) })
    writeFileSync(control, whole)
    await (await start()).stop()
  })
})

describe('as whom it runs', () => {
  test.runIf(asRoot)('as root, the server has none of root\'s rights', async () => {
    const postgres = await start()
    const { uid } = statSync(`/proc/${serverPid()}`)
    // A checkout under /root is out of other users' reach: it is root then, in a namespace where root is nobody.
    if (uid === 0) expect(readlinkSync(`/proc/${serverPid()}/ns/user`)).not.toBe(readlinkSync('/proc/self/ns/user'))
    expect(readFileSync(`/proc/${serverPid()}/status`, 'utf8')).toMatch(/^CapEff:\t0+$/m)
    await postgres.stop()
  })

  test.runIf(asRoot && namespacesWork)('as root in a folder that nobody else can enter, it runs all the same, and again once they can', async () => {
    chmodSync(folder, 0o700)
    const hidden = await start()
    await query(hidden.connectionString, 'create table kept as select 7 as n')
    await hidden.stop()
    chmodSync(folder, 0o711)
    const open = await start()
    expect(await query(open.connectionString, 'select n from kept')).toEqual([{ n: 7 }])
    await open.stop()
    chmodSync(folder, 0o700)
    await (await start()).stop()
  })

  test.runIf(nobodyReachesUs)('an ordinary user runs it in a folder of theirs', async () => {
    const own = path.join(folder, 'own')
    mkdirSync(own)
    chownSync(own, NOBODY, NOBODY)
    const hub = await startHub(own, { uid: NOBODY, gid: NOBODY })
    expect(await query(hub.connectionString, 'select 1 as n')).toEqual([{ n: 1 }])
    expect(statSync(path.join(own, 'postgres')).uid).toBe(NOBODY)
    await hub.stop()
  })

  test.runIf(nobodyReachesUs)('an ordinary user is told when the folder belongs to someone else', async () => {
    await (await start()).stop()
    chmodSync(folder, 0o777)
    const child = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', FIXTURE, folder], { uid: 1234, gid: 1234, cwd: '/', encoding: 'utf8' })
    expect(child.status).not.toBe(0)
    expect(child.stderr).toMatch(/postgres\.lock could not be locked|belongs to user id/)
  })
})
