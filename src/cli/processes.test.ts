import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/postgres.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
let database: TestDatabase
let folder: string
const children: ChildProcess[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'interchange processes '))
})
afterEach(() => {
  // Of a test that failed.
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

interface Running { child: ChildProcess, output: { stdout: string, stderr: string }, ended: Promise<number | null> }

/** `node src/main.ts …`, as `bin/interchange.mjs` starts it. */
function start(words: string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...words], {
    cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder, DATABASE_URL: database.connectionString, INTERCHANGE_DATA: folder, INTERCHANGE_PORT: '0', ...env },
  })
  children.push(child)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name]!.on('data', (chunk: Buffer) => { output[name] += String(chunk) })
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) }
}

async function run(words: string[], env?: Record<string, string>): Promise<{ code: number | null, stdout: string, stderr: string }> {
  const { output, ended } = start(words, env)
  return { code: await ended, ...output }
}

/** What the pattern finds in the output, once it is there. */
async function seen({ child, output, ended }: Running, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(output.stdout + output.stderr)
    if (found !== null) return found
    const over = await Promise.race([ended.then(() => true), once(child.stdout!, 'data').then(() => false), once(child.stderr!, 'data').then(() => false)])
    if (over && pattern.exec(output.stdout + output.stderr) === null) throw new Error(`It ended without ${pattern}: ${JSON.stringify(output)}`)
  }
}

test('a hub is served, shows the key that it made once, takes it from the command line, and stops when asked', async () => {
  const hub = start(['serve'])
  const [, key] = await seen(hub, /shown only now:\s+(\S{24,})/)
  const [, url] = await seen(hub, /Interchange is ready: (\S+)/)
  expect(await run(['integrations', '--json'], { INTERCHANGE_URL: url!, INTERCHANGE_API_KEY: key! })).toEqual({ code: 0, stderr: '', stdout: '{\n  "data": [],\n  "nextCursor": null\n}\n' })
  const worker = start(['worker'])
  await seen(worker, /"role":"worker"/)
  for (const each of [worker, hub]) {
    // What is sent to a group comes more than once.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) each.child.kill(signal)
    expect(await each.ended).toBe(0)
  }
  expect(worker.output.stderr).toBe('')
  expect(hub.output.stdout).not.toContain(key)
})

test('a new database is migrated once', async () => {
  const { connectionString } = inject('testServer')
  const url = new URL(connectionString)
  url.pathname = `/cli_migrate_${process.pid}`
  const admin = new Client({ connectionString })
  await admin.connect()
  try {
    await admin.query(`create database ${url.pathname.slice(1)}`)
    expect(await run(['migrate'], { DATABASE_URL: url.href })).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Applied 000001\S+\.sql(, \S+\.sql)*\.\n$/) })
    expect(await run(['migrate'], { DATABASE_URL: url.href })).toEqual({ code: 0, stderr: '', stdout: 'The database is up to date.\n' })
  } finally {
    await admin.query(`drop database if exists ${url.pathname.slice(1)} with (force)`)
    await admin.end()
  }
})

test.each(['serve', 'worker', 'migrate'])('%s with a wrong setting, or a database that is not there, ends with one line that says what to do', async (command) => {
  expect(await run([command], { INTERCHANGE_PORT: 'eighty' })).toEqual({ code: 1, stdout: '', stderr: 'INTERCHANGE_PORT is "eighty", but takes a port from 0 to 65535 (0 picks a free one).\n' })
  const gone = new URL(database.connectionString)
  gone.pathname = '/no-such-database'
  const { code, stderr } = await run([command], { DATABASE_URL: gone.href })
  expect({ code, stderr }).toEqual({ code: 1, stderr: `The database of DATABASE_URL (${gone.host}/no-such-database) cannot be used: it has no such database.\n` })
  expect(await run([command], { DATABASE_URL: 'postgres://user:hidden-password@127.0.0.1:9/x' })).toMatchObject({ code: 1, stderr: 'The database of DATABASE_URL (127.0.0.1:9/x) cannot be used: nothing listens there.\n' })
})

test('a port that is taken is told with the setting that picks another, and the key that was made is not lost', async () => {
  const fresh = await createTestDatabase()
  const holder = createServer()
  await new Promise<void>((resolve) => { holder.listen(0, '127.0.0.1', resolve) })
  const { port } = holder.address() as AddressInfo
  const { code, stderr } = await run(['serve'], { INTERCHANGE_PORT: String(port), DATABASE_URL: fresh.connectionString })
  await new Promise((resolve) => { holder.close(resolve) })
  await fresh.drop()
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(new RegExp(`shown only now:\\s+\\S{24,}\\s[^]*\\nPort ${port} of 127\\.0\\.0\\.1 is taken: stop what uses it, or set INTERCHANGE_PORT\\.\n$`)) })
})

test('wrong words end with 2, and a reader that has had enough hurts nothing', async () => {
  expect((await run(['nonsense'])).code).toBe(2)
  const help = start(['serve', '--help'])
  help.child.stdout!.destroy()
  await help.ended
  expect(help.output.stderr).toBe('')
})

test('a host that is no address of this machine is told with the setting', async () => {
  const { ended, output } = start(['serve'], { INTERCHANGE_HOST: '192.0.2.1' })
  expect(await ended).toBe(1)
  expect(output.stderr).toMatch(/(^|\n)INTERCHANGE_HOST is 192\.0\.2\.1, which is no address of this machine: 0\.0\.0\.0 listens on all of them\.\n$/)
})

test('a start prints a link for the first owner while there is none; owner-link makes another one, which replaces it', async () => {
  const own = await createTestDatabase()
  const env = { DATABASE_URL: own.connectionString }
  try {
    expect(await run(['owner-link'], env)).toMatchObject({ code: 1, stderr: expect.stringContaining('start one, which prints the first link') })
    const hub = start(['serve'], env)
    const [, url, printed] = await seen(hub, /(http:\/\/[^/\s]+)\/welcome\?token=(il_[\w-]{43})/)
    const made = await run(['owner-link'], { ...env, INTERCHANGE_PUBLIC_URL: 'https://hub.example.com' })
    const token = /^https:\/\/hub\.example\.com\/welcome\?token=(il_[\w-]{43})\n$/.exec(made.stdout)?.[1]
    const accept = (token: string | undefined): Promise<Response> => fetch(`${url}/api/v1/session/welcome`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, email: 'ada@example.com', name: 'Ada', password: 'violet harbour 4 teaspoons' }) })
    expect([(await accept(printed)).status, (await accept(token)).status]).toEqual([404, 200])
    hub.child.kill('SIGTERM')
    await hub.ended
    const again = start(['serve'], env)
    await seen(again, /Interchange is ready/)
    again.child.kill('SIGTERM')
    await again.ended
    expect(again.output.stderr).not.toContain('/welcome')
  } finally {
    await own.drop()
  }
})
