/** Obtains the packed package with the ordinary npm client, so that the user's registry, proxy and certificates apply. */
import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { HubError } from '../../errors.ts'

export interface NpmPack {
  /** `name@version`. */
  spec: string
  /** An empty folder. */
  folder: string
  /** Program and first arguments; npm as found unless given. */
  command?: string[]
  timeoutMs: number
}

/** Resolves to the path of the one file that npm put into the folder. Throws HubError `upstream_unavailable` with what npm said. */
export async function npmPack({ spec, folder, command = findNpm(), timeoutMs }: NpmPack): Promise<string> {
  const [program, ...first] = command as [string, ...string[]]
  await new Promise<void>((resolve, reject) => {
    execFile(program, [...first, 'pack', spec, '--ignore-scripts', '--pack-destination', folder, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder, env: environment(), timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 1024 * 1024, windowsHide: true,
    }, (error, _stdout, stderr) => error ? reject(failure(error, stderr)) : resolve())
  })
  const packed = (await readdir(folder)).find((name) => name.endsWith('.tgz'))
  if (packed === undefined) throw new HubError('upstream_unavailable', 'npm pack ended well, but left no file.')
  return join(folder, packed)
}

/** Under `npm start` that very npm; otherwise the one on the path. */
function findNpm(): string[] {
  const running = process.env['npm_execpath']
  return running?.endsWith('npm-cli.js') === true ? [process.execPath, running] : ['npm']
}

/** Nothing of the hub's own: npm has no business with its keys. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('INTERCHANGE_') && name !== 'DATABASE_URL' && name !== 'NODE_OPTIONS'))
}

function failure(error: Error & { code?: unknown, killed?: boolean }, stderr: string): HubError {
  if (error.code === 'ENOENT') return new HubError('upstream_unavailable', 'npm was not found on the path.', { cause: error })
  if (error.killed === true) return new HubError('upstream_unavailable', 'npm took too long.', { cause: error })
  const said = stderr.split('\n').map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim()).filter((line) => line !== '' && !line.startsWith('A complete log'))
  return new HubError('upstream_unavailable', `npm said: ${said.slice(0, 3).join(' ').slice(0, 300) || error.message.slice(0, 200)}`, { cause: error })
}
