/**
 * The root key wraps every tenant's key. It comes from the environment, or from the file `root.key` that is made at the first
 * start. While a rotation goes on there are two of them: new keys are wrapped by the current one, the one before still unwraps.
 */
import { createHash, randomBytes } from 'node:crypto'
import { constants, copyFile, link, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SettingError, type Config } from '../config.ts'
import { HubError } from '../errors.ts'
import { makeFolder } from '../lib/make-folder.ts'

export interface RootKey {
  /** A short hash, to tell root keys apart. */
  id: string
  bytes: Buffer
}

export interface RootKeys {
  /** Wraps new keys. Throws HubError `credential_unreadable` where the file was taken away. */
  current(): RootKey
  /** Undefined for one that is not here. */
  find(id: string): Promise<RootKey | undefined>
  /**
   * `wrappedBy`: ids of the root keys that stored keys are wrapped by. Throws SettingError where one of them is lost: a new root key
   * would hide that. Otherwise makes the file where it is needed and not there.
   */
  prepare(wrappedBy: string[]): Promise<void>
  /** Another hub may have renewed the file. */
  refresh(): Promise<void>
  /** Is there a key before the current one? In a file it means that an earlier rotation was not brought to its end. */
  isRenewed(): boolean
  /** Makes a new current key and keeps the one before. Throws HubError `conflict` where the key comes from the environment: that is the operator's to change. */
  renew(): Promise<void>
  /** Nothing is wrapped by the key before any more. */
  dropPrevious(): Promise<void>
}

type Settings = Pick<Config, 'rootKey' | 'rootKeyPrevious' | 'dataFolder'>

export async function openRootKeys({ rootKey, rootKeyPrevious, dataFolder }: Settings): Promise<RootKeys> {
  const given = { current: fromSetting(rootKey), previous: fromSetting(rootKeyPrevious) }
  const file = new KeyFile(join(dataFolder, 'root.key'))
  const previousFile = new KeyFile(join(dataFolder, 'root.key.previous'))
  let kept: { current?: RootKey | undefined, previous?: RootKey | undefined } = {}
  const refresh = async (): Promise<void> => {
    // A key that is given makes the files of no account: which one is meant must not depend on what lies about.
    if (given.current === undefined) kept = { current: await file.read(), previous: await previousFile.read() }
  }
  await refresh()
  const current = (): RootKey | undefined => given.current ?? kept.current
  const known = (id: string): RootKey | undefined => [given.current, given.previous, kept.current, kept.previous].find((key) => key?.id === id)
  return {
    current() {
      const key = current()
      if (key === undefined) throw new HubError('credential_unreadable', `The file ${file.path} with the root key is gone. Put it back.`)
      return key
    },
    async find(id) {
      if (known(id) === undefined) await refresh()
      return known(id)
    },
    async prepare(wrappedBy) {
      // Another hub may have renewed the file since it was read.
      if (wrappedBy.some((id) => known(id) === undefined)) await refresh()
      const lost = wrappedBy.find((id) => known(id) === undefined)
      if (lost !== undefined) throw lostKey(lost, current(), file.path)
      if (current() !== undefined) return
      makeFolder(dataFolder)
      await file.make(randomBytes(32))
      await refresh()
    },
    refresh,
    isRenewed() {
      const previous = given.current === undefined ? kept.previous : given.previous
      return previous !== undefined && previous.id !== current()?.id
    },
    async renew() {
      if (given.current !== undefined) {
        throw new HubError('conflict', 'The root key comes from the environment: start every hub with the new key as INTERCHANGE_ROOT_KEY and the old one as INTERCHANGE_ROOT_KEY_PREVIOUS, then rotate.')
      }
      // The old key is kept first, and each file appears whole: a kill leaves a key for whatever is wrapped.
      await previousFile.write(kept.current!.bytes)
      await file.write(randomBytes(32))
      await refresh()
    },
    async dropPrevious() {
      if (given.current === undefined) await previousFile.remove()
      await refresh()
    },
  }
}

function lostKey(lost: string, current: RootKey | undefined, path: string): SettingError {
  const here = current === undefined ? `and there is no ${path}` : `but the one here is ${current.id}`
  return new SettingError(`The stored credentials are encrypted under the root key ${lost}, ${here}. Put the right key back: as INTERCHANGE_ROOT_KEY, as the file ${path}, or as INTERCHANGE_ROOT_KEY_PREVIOUS to rotate away from it. Without it the credentials cannot be read, and no new key is made in its place.`)
}

class KeyFile {
  readonly path: string

  constructor(path: string) { this.path = path }

  async read(): Promise<RootKey | undefined> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw new SettingError(`${this.path} cannot be read (${error.code}). It holds the root key: let the hub's user read it.`)
    })
    if (text === undefined) return undefined
    const bytes = parseKey(text.trim())
    if (bytes === undefined) throw new SettingError(`${this.path} holds no root key, which is 32 bytes as 64 hex digits or as base64. Put the right file back: without it no credential can be read.`)
    return toRootKey(bytes)
  }

  /** Unless it is there: of two hubs at their first start the later one takes the other's. */
  async make(bytes: Buffer): Promise<void> {
    const made = `${this.path}.${randomBytes(6).toString('hex')}`
    await writeKey(made, bytes)
    try {
      // Some file systems know no links; there a reader at this very moment may find half a file, and says so.
      await link(made, this.path).catch((error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? undefined : copyFile(made, this.path, constants.COPYFILE_EXCL)))
    } finally {
      await rm(made, { force: true })
    }
    await this.#syncFolder()
  }

  async write(bytes: Buffer): Promise<void> {
    const made = `${this.path}.new`
    await writeKey(made, bytes)
    await rename(made, this.path)
    await this.#syncFolder()
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true })
  }

  async #syncFolder(): Promise<void> {
    const handle = await open(join(this.path, '..'), 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}

/** On the disk before it gets its name. */
async function writeKey(path: string, bytes: Buffer): Promise<void> {
  const handle = await open(path, 'w', 0o600)
  try {
    await handle.writeFile(`${bytes.toString('hex')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function fromSetting(text: string | undefined): RootKey | undefined {
  const bytes = text === undefined ? undefined : parseKey(text)
  return bytes && toRootKey(bytes)
}

function parseKey(text: string): Buffer | undefined {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  return bytes.length === 32 ? bytes : undefined
}

function toRootKey(bytes: Buffer): RootKey {
  return { id: createHash('sha256').update('interchange root key').update(bytes).digest('hex').slice(0, 12), bytes }
}
