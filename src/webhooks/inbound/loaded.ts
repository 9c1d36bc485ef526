/** Sources ready to receive, kept in memory by their paths: a request asks the database nothing. */
import type { OwnSecrets } from '../../credentials/own.ts'
import type { Database } from '../../db/database.ts'
import { HubError } from '../../errors.ts'
import { boundedCache } from '../../lib/bounded-cache.ts'
import { networkList } from '../../lib/http/address-guard.ts'
import { createMask, type Mask } from '../../lib/mask.ts'
import { schemeNamed } from './schemes/index.ts'
import type { AnyScheme } from './schemes/scheme.ts'
import { openSecrets, type SourceSecrets } from './secrets.ts'
import type { SourceSettings } from './settings.ts'
import { findSourcesByPath, type SourceRow, type SourceStatus } from './sources-store.ts'

export interface LoadedSource {
  tenantId: string
  id: string
  status: SourceStatus
  settings: SourceSettings
  scheme: AnyScheme
  /** Keys of the secrets that hold at `now` (ms). */
  keys(now: number): readonly unknown[]
  /** Undefined where all addresses may send. */
  isAllowed: ((address: string) => boolean) | undefined
  /** Of the handshake. */
  token: string | undefined
  /** Its secrets. */
  mask: Mask
}

export interface LoadedSources {
  /** Undefined where nothing has the path. Throws `database_unavailable`. */
  find(path: string): LoadedSource | undefined | Promise<LoadedSource | undefined>
  forget(tenantId: string, id: string): void
  forgetAll(): void
}

/** Payload: `<tenant>:<source>`. */
export const WEBHOOK_SOURCES_CHANGED = 'interchange_webhook_sources'
const PATH_PATTERN = /^[A-Za-z0-9_-]{27}$/

/** How long a change made by another process may go unseen where its notice gets lost. */
const FRESH_MS = 30_000
const KEPT_MAX = 20_000
/** Of paths that are nobody's: whoever guesses paths must not push out what is in use. */
const ABSENT_MAX = 10_000
const LOOKED_UP_AT_ONCE = 500

type Asked = PromiseWithResolvers<LoadedSource | undefined>

export function createLoadedSources({ database, own }: { database: Database, own: OwnSecrets }): LoadedSources {
  const loaded = boundedCache<LoadedSource>(KEPT_MAX, { ttl: FRESH_MS })
  const absent = boundedCache<true>(ABSENT_MAX, { ttl: FRESH_MS })
  const asked = new Map<string, Asked>()
  let changes = 0
  let busy = false

  /** One query at a time for all that are asked for: unknown paths cost the database no more than that, and keep nobody out. */
  const lookUp = async (): Promise<void> => {
    if (busy) return
    busy = true
    while (asked.size > 0) {
      const some = [...asked].slice(0, LOOKED_UP_AT_ONCE)
      for (const [path] of some) asked.delete(path)
      await answer(some).catch((error: unknown) => { for (const [, { reject }] of some) reject(error) })
    }
    busy = false
  }

  const answer = async (some: [string, Asked][]): Promise<void> => {
    const before = changes
    const rows = new Map((await findSourcesByPath(database.system, some.map(([path]) => path))).map((row) => [row.path, row]))
    await Promise.all(some.map(async ([path, { resolve, reject }]) => {
      try {
        const row = rows.get(path)
        const source = row && assemble(row, await openSecrets(own, row.tenantId, row.id))
        // Of what changed while it was read, this may be from before.
        if (changes === before) keep(path, source)
        resolve(source)
      } catch (error) {
        reject(error)
      }
    }))
  }

  const keep = (path: string, source: LoadedSource | undefined): void => {
    if (source === undefined) absent.set(path, true)
    else loaded.set(path, source)
  }

  return {
    find(path) {
      const known = loaded.get(path)
      if (known !== undefined || !PATH_PATTERN.test(path) || absent.has(path)) return known
      let one = asked.get(path)
      if (one === undefined) {
        one = Promise.withResolvers()
        asked.set(path, one)
        void lookUp()
      }
      return one.promise
    },
    forget(tenantId, id) {
      changes += 1
      absent.clear()
      for (const [path, source] of loaded.entries()) if (source.id === id && source.tenantId === tenantId) loaded.delete(path)
    },
    forgetAll() {
      changes += 1
      absent.clear()
      loaded.clear()
    },
  }
}

function assemble({ tenantId, id, status, settings }: SourceRow, secrets: SourceSecrets): LoadedSource {
  const scheme = schemeNamed(settings.verification.scheme)
  const { secret, token, previous } = secrets
  if (scheme.secret !== undefined && secret === undefined) throw new HubError('credential_missing', 'The secret of this webhook source is gone. Give it a new one.')
  const newest = secret === undefined ? [] : [scheme.keyOf(secret, settings.verification)]
  const earlier = previous.map((each) => ({ key: scheme.keyOf(each.secret, settings.verification), until: each.until }))
  const { ipAllowList } = settings.verification
  return {
    tenantId, id, status, settings, scheme, token,
    keys: earlier.length === 0 ? () => newest : (now) => [...newest, ...earlier.filter(({ until }) => until > now).map(({ key }) => key)],
    isAllowed: ipAllowList.length === 0 ? undefined : networkList(ipAllowList),
    mask: createMask([secret, token, ...previous.map((each) => each.secret)].flatMap((each) => (each === undefined ? [] : [each, ...passwordOf(each)]))),
  }
}

/** Of `user:password`. */
function passwordOf(secret: string): string[] {
  const colon = secret.indexOf(':')
  return colon === -1 ? [] : [secret.slice(colon + 1)]
}
