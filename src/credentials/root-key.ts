/** The root key wraps every tenant's key. It comes from the environment, or from a file that is made at the first start. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'

export interface RootKey {
  /** A short hash, to tell root keys apart. */
  id: string
  bytes: Buffer
}

export interface RootKeys {
  current: RootKey
  /** Still unwraps, until everything is wrapped anew. */
  previous: RootKey | undefined
  /** Makes a new key in the file; undefined where the key comes from the environment, which only the operator changes. */
  renew: (() => Promise<RootKey>) | undefined
  /** Nothing is wrapped by the previous key any more. */
  dropPrevious(): Promise<void>
  /** Another hub may have renewed the file. */
  refresh(): Promise<void>
}

type Settings = Pick<Config, 'rootKey' | 'rootKeyPrevious' | 'dataFolder'>

export async function openRootKeys({ rootKey, rootKeyPrevious, dataFolder }: Settings): Promise<RootKeys> {
  if (rootKey !== undefined) {
    const previous = rootKeyPrevious === undefined ? undefined : toRootKey(parseKey(rootKeyPrevious))
    return { current: toRootKey(parseKey(rootKey)), previous, renew: undefined, dropPrevious: async () => undefined, refresh: async () => undefined }
  }
  await mkdir(dataFolder, { recursive: true })
  const file = join(dataFolder, 'root.key')
  const previousFile = `${file}.previous`
  const keys: RootKeys = {
    current: toRootKey(await readOrMake(file)),
    previous: await readIfThere(previousFile),
    async renew() {
      // The old key is kept first: at no moment is a key that wraps something only in memory.
      await writeKey(previousFile, keys.current.bytes)
      const bytes = randomBytes(32)
      await writeKey(`${file}.new`, bytes)
      await rename(`${file}.new`, file)
      keys.previous = keys.current
      keys.current = toRootKey(bytes)
      return keys.current
    },
    async dropPrevious() {
      await rm(previousFile, { force: true })
      keys.previous = undefined
    },
    async refresh() {
      keys.current = await readIfThere(file) ?? keys.current
      keys.previous = await readIfThere(previousFile)
    },
  }
  return keys
}

async function readIfThere(file: string): Promise<RootKey | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : toRootKey(parseKey(text.trim()))
}

/** Two hubs at their first start make one key: whoever creates the file wins, the other reads it. */
async function readOrMake(file: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'wx', 0o600)
    const bytes = randomBytes(32)
    await handle.writeFile(`${bytes.toString('hex')}\n`)
    await handle.sync()
    await handle.close()
    return bytes
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const text = (await readFile(file, 'utf8')).trim()
    if (text.length >= 43) return parseKey(text)
    // The other hub has made the file, but not written it yet.
    await new Promise((resolve) => { setTimeout(resolve, 10) })
  }
  throw new Error(`${file} holds no root key. Put the right one back, or name it in INTERCHANGE_ROOT_KEY: without it no credential can be read.`)
}

async function writeKey(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'w', 0o600)
  await handle.writeFile(`${bytes.toString('hex')}\n`)
  await handle.sync()
  await handle.close()
}

function parseKey(text: string): Buffer {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (bytes.length !== 32) throw new Error('A root key takes 32 bytes, as 64 hex digits or as base64.')
  return bytes
}

function toRootKey(bytes: Buffer): RootKey {
  return { id: createHash('sha256').update('interchange root key').update(bytes).digest('hex').slice(0, 12), bytes }
}
