import { accessSync, constants, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HubError } from '../../errors.ts'
import { makeFolder } from '../../lib/make-folder.ts'
import { chooseAccount, ensureOwner } from './account.ts'
import type { Account } from './account.ts'
import { findBinaries } from './binaries.ts'
import { SUPERUSER, ensureCluster, readPassword } from './cluster.ts'
import { tryLock, waitForLock } from './kernel-lock.ts'
import { boundLog } from './server-log.ts'
import { ensureServer, findReady, stopServer } from './server.ts'

const LOCK_TIMEOUT_MS = 150_000
const LOG_CHECK_MS = 60 * 60 * 1000

interface EmbeddedOptions {
  /** Made when missing. Everything of Postgres is in it, under names that begin with `postgres`. */
  dataFolder: string
  log: { info(message: string): void }
  /** false only for tests: a crash of the machine may then corrupt the data. */
  durable?: boolean
}

export interface EmbeddedPostgres {
  connectionString: string
  /** Starts the server again if it was killed, on the same port; does nothing when it runs, or after `stop`. */
  ensureRunning(): Promise<void>
  /** Leaves; whoever leaves last stops the server. Close every connection first, they would be cut. */
  stop(): Promise<void>
}

/**
 * A real Postgres under `<dataFolder>/postgres`, on a loopback port. All hubs on one data folder share it: the first
 * starts it, the others join, and the last to stop stops it. It outlives a hub that is killed, and the next one joins it.
 * Throws HubError `database_unavailable`.
 */
export async function startEmbeddedPostgres({ dataFolder, log, durable = true }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = openPlace(dataFolder)
  const start = (preferredPort: number) => startOrJoin(place, { durable, preferredPort, log })
  const release = await waitForLock(place.startLock, LOCK_TIMEOUT_MS)
  try {
    const leave = tryLock(place.users, 'shared')
    if (!leave) throw new HubError('database_unavailable', `${place.users} is locked by a program other than the hub.`)
    try {
      const port = await start(readPort(place))
      return handle(place, { port, leave, start, log })
    } catch (error) {
      leave()
      throw error
    }
  } finally {
    release()
  }
}

interface Place { cluster: string, startLock: string, users: string, portFile: string, logFile: string, dataFolder: string }

function openPlace(folder: string): Place {
  try {
    // Others may pass through, not look: the user that runs Postgres for root must reach its own part.
    makeFolder(folder, 0o711)
    accessSync(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new HubError('database_unavailable', `The data folder ${folder} cannot be written: ${(error as Error).message}`, { cause: error })
  }
  const dataFolder = realpathSync(folder)
  const at = (name: string) => path.join(dataFolder, name)
  return { dataFolder, cluster: at('postgres'), startLock: at('postgres.lock'), users: at('postgres.users'), portFile: at('postgres.port'), logFile: at('postgres.log') }
}

async function startOrJoin(place: Place, { durable, preferredPort, log }: { durable: boolean, preferredPort: number, log: EmbeddedOptions['log'] }): Promise<number> {
  const ready = existsSync(place.cluster) ? findReady(place.cluster) : undefined
  if (ready !== undefined) return ready
  const binFolder = findBinaries()
  const options = { cluster: place.cluster, binFolder, durable }
  let chosen: Account | undefined
  const account = () => chosen ??= chooseAccount(binFolder, place.dataFolder)
  if (!existsSync(place.cluster)) {
    log.info(`making the database in ${place.cluster}`)
    await ensureCluster(options, account())
  }
  ensureOwner(place.cluster, account())
  const port = await ensureServer({ ...options, logFile: place.logFile }, account, preferredPort)
  writeFileSync(place.portFile, `${port}\n`)
  return port
}

interface Joined { port: number, leave: () => void, start: (port: number) => Promise<number>, log: EmbeddedOptions['log'] }

function handle(place: Place, { port, leave, start, log }: Joined): EmbeddedPostgres {
  const logTimer = setInterval(() => keepLogSmall(place, log), LOG_CHECK_MS)
  logTimer.unref()
  let stopping: Promise<void> | undefined
  return {
    connectionString: `postgres://${SUPERUSER}:${readPassword(place.cluster)}@127.0.0.1:${port}/postgres`,
    async ensureRunning() {
      const release = await waitForLock(place.startLock, LOCK_TIMEOUT_MS)
      try {
        if (stopping) return // while this waited: nobody would stop it again
        const now = await start(port)
        if (now !== port) throw new HubError('database_unavailable', `Postgres had to move from port ${port} to ${now}: start the hub again.`)
      } finally {
        release()
      }
    },
    stop() {
      clearInterval(logTimer)
      return stopping ??= stopIfLast(place, leave)
    },
  }
}

function keepLogSmall({ logFile }: Place, log: EmbeddedOptions['log']): void {
  try {
    boundLog(logFile)
  } catch (error) {
    log.info(`${logFile} could not be shortened: ${(error as Error).message}`)
  }
}

async function stopIfLast(place: Place, leave: () => void): Promise<void> {
  const release = await waitForLock(place.startLock, LOCK_TIMEOUT_MS)
  try {
    leave()
    const last = tryLock(place.users, 'exclusive')
    if (!last) return
    try {
      await stopServer(place.cluster)
    } finally {
      last()
    }
  } finally {
    release()
  }
}

/** 0 when none is remembered: any free port will do. */
function readPort({ portFile }: Place): number {
  const port = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0
}
