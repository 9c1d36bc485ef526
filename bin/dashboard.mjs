import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { findNode, root, say } from './hand-over.mjs'
import { takeLock } from './lock.mjs'

const web = path.join(root, 'web')
const built = path.join(web, 'dist')
const stampFile = path.join(built, '.sources.sha256')
const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js')

/**
 * Builds the dashboard when it was never built, or from other sources than there are now: nothing to do when its stamp
 * says so. By one process at a time. Where it cannot be built, that is said; answers whether it is there as its sources are.
 */
export async function ensureDashboard() {
  if (!existsSync(path.join(web, 'index.html'))) return false
  if (readText(stampFile) === hashOfSources()) return true
  if (!existsSync(vite)) {
    say('the dashboard is not built, and what builds it is not installed: `npm ci` installs it.')
    return false
  }
  const release = await takeLock('dashboard', 'another process is building the dashboard: waiting for it…')
  try {
    const stamp = hashOfSources()
    if (readText(stampFile) !== stamp) await build(stamp)
    return true
  } catch (error) {
    say(`the dashboard could not be built: ${error.message}.`)
    return false
  } finally {
    release()
  }
}

/** Beside the one that is served, and put in its place when it is whole. */
async function build(stamp) {
  say('building the dashboard (once, some seconds)…')
  const made = path.join(web, `.dist-${process.pid}`)
  try {
    mkdirSync(made, { recursive: true })
    await run([vite, 'build', '--config', path.join(web, 'vite.config.ts'), '--logLevel', 'warn'], { WEB_OUT: made })
    writeFileSync(path.join(made, path.basename(stampFile)), stamp)
    rmSync(built, { recursive: true, force: true })
    renameSync(made, built)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

async function run(args, env) {
  const child = spawn(findNode(), args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, NODE_ENV: 'production', ...env } })
  const outcome = await new Promise((done) => {
    child.on('error', (error) => done(error.message))
    child.on('exit', (code, signal) => done(code === 0 ? undefined : `it ended with ${signal ?? `exit code ${code}`}`))
  })
  if (outcome) throw new Error(outcome)
}

/** Of all that goes in: its own files, the client of the API, and the versions of the packages. */
function hashOfSources() {
  const hash = createHash('sha256')
  const add = (file) => hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  const files = [path.join(root, 'package-lock.json'), ...filesOf(web), ...filesOf(path.join(root, 'src', 'client'))]
  for (const file of files) if (!/\.test\.tsx?$/.test(file)) add(file)
  return hash.digest('hex')
}

function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => {
    if (entry.name === 'dist' || entry.name.startsWith('.')) return []
    const place = path.join(folder, entry.name)
    return entry.isDirectory() ? filesOf(place) : [place]
  })
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
