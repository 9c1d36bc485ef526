import { spawn } from 'node:child_process'
import { accessSync, constants as fsConstants, existsSync, mkdirSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

const OLDEST_NODE = 20
const PINNED_NODE = 24

export const say = (text) => process.stderr.write(`interchange: ${text}\n`)

/** Ends with one readable line on stderr: stdout belongs to the command. */
export function fail(message, exitCode = 1) {
  say(message)
  process.exit(exitCode)
}

const majorOf = (version) => Number(version.split('.')[0])

if (majorOf(process.versions.node) < OLDEST_NODE) {
  fail(`Node ${OLDEST_NODE} or newer is needed to start; this is Node ${process.versions.node}. https://nodejs.org has it.`)
}

export const nodePackage = `node_modules/node-${process.platform}-${process.arch}`
export const pinnedNode = path.join(root, nodePackage, 'bin', 'node')

export function findNode() {
  if (existsSync(pinnedNode)) return pinnedNode
  requireOwnNode()
  return process.execPath
}

/** For where none is packaged, as on Apple silicon: ends the process unless the one that runs it is new enough. */
export function requireOwnNode() {
  if (majorOf(process.versions.node) >= PINNED_NODE) return
  fail(`no Node is packaged for ${process.platform} ${process.arch}: install Node ${PINNED_NODE} or newer yourself (https://nodejs.org), then start it again. This is Node ${process.versions.node}.`)
}

/** Compiled (and type-stripped) modules are kept between starts, where the folder can be written. */
function compileCache() {
  const folder = path.join(root, 'node_modules', '.cache', 'interchange', 'compile')
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, fsConstants.W_OK)
    return { NODE_COMPILE_CACHE: folder }
  } catch {
    return {} // installed by someone else: start without a cache
  }
}

/**
 * Runs Node 24 with `args` (a file and its arguments) in this terminal, passes signals on, and exits as it exits:
 * its exit code, or 128 plus the number of the signal that ended it.
 */
export function handOver({ args, cwd }) {
  let child
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C reaches the child from the terminal already; a second SIGINT would read as "stop at once".
      if (signal !== 'SIGINT' || !onTerminal) child.kill(signal)
    })
  }
  child = spawn(findNode(), ['--disable-warning=ExperimentalWarning', ...args], {
    cwd,
    stdio: 'inherit',
    env: { ...compileCache(), ...process.env },
  })
  child.on('error', (error) => fail(`Node ${PINNED_NODE} could not be started: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(signal ? 128 + osConstants.signals[signal] : code))
}
