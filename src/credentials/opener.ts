/** Credentials decrypted for calls, kept in memory for seconds: the hot path looks here. */
import type { Database } from '../db/database.ts'
import { HubError, isHubError } from '../errors.ts'
import { boundedCache } from '../lib/bounded-cache.ts'
import type { ReadEnvironment } from './environment.ts'
import { openField, resolveReferences, secretsOf, type CredentialSchema, type FieldValues } from './fields.ts'
import type { OpenCredential } from './open-credential.ts'
import { findCredential, type CredentialRow, type FieldKind } from './store.ts'
import type { TenantKeys } from './tenant-keys.ts'
import { maskWith } from './token-book.ts'
import { unstoredId, type Tokens } from './tokens.ts'

export interface Opener {
  open(tenantId: string, id: string): Promise<OpenCredential>
  openUnstored(tenantId: string, connector: string, given: { schema: CredentialSchema, values: FieldValues }): OpenCredential
  forget(tenantId: string, id: string): void
  forgetAll(): void
}

export interface OpenerDeps {
  database: Database
  keys: TenantKeys
  tokens: Tokens
  schemaOf(tenantId: string, connector: string): Promise<CredentialSchema | undefined>
  read: ReadEnvironment
}

/** How long a change made by another process may go unseen where its notice gets lost. */
const FRESH_MS = 30_000
const KEPT_MAX = 10_000

export function createOpener(deps: OpenerDeps): Opener {
  const opened = boundedCache<OpenCredential>(KEPT_MAX, { ttl: FRESH_MS })
  const opening = new Map<string, Promise<OpenCredential>>()

  const openNow = (tenantId: string, id: string, name: string): Promise<OpenCredential> => {
    const running = load(deps, tenantId, id)
      .then((credential) => {
        // Forgotten while it was read: it may be from before the change.
        if (opening.get(name) === running) opened.set(name, credential)
        return credential
      })
      .finally(() => { if (opening.get(name) === running) opening.delete(name) })
    opening.set(name, running)
    return running
  }

  return {
    async open(tenantId, id) {
      const name = `${tenantId}:${id}`
      return opened.get(name) ?? opening.get(name) ?? openNow(tenantId, id, name)
    },
    openUnstored(tenantId, connector, { schema, values }) {
      return ready(deps, { tenantId, id: unstoredId(), connector, revision: 0, schema, stored: values, kinds: {} })
    },
    forget(tenantId, id) {
      opened.delete(`${tenantId}:${id}`)
      opening.delete(`${tenantId}:${id}`)
    },
    forgetAll() {
      opened.clear()
      opening.clear()
    },
  }
}

async function load(deps: OpenerDeps, tenantId: string, id: string): Promise<OpenCredential> {
  const read = async (): Promise<CredentialRow> => {
    const row = await findCredential(deps.database.tenant(tenantId), tenantId, id)
    if (row === undefined) throw new HubError('credential_missing', `The credential ${id} is gone.`, { beforeSending: true })
    return row
  }
  const { row, result: stored } = await whileRotating(await read(), read, (row) => openFields(deps.keys, tenantId, row))
  const { connector, revision, fields } = row
  const kinds = Object.fromEntries(Object.entries(fields).map(([name, { t }]) => [name, t]))
  return ready(deps, { tenantId, id, connector, revision, schema: await deps.schemaOf(tenantId, connector) ?? {}, stored, kinds })
}

/**
 * A rotation may do away with the keys that encrypt a row between its reading and its decryption. Then the row, or its keys, are others by now:
 * read anew, until they can be used or stay the same.
 */
export async function whileRotating<Result>(first: CredentialRow, read: () => Promise<CredentialRow>, use: (row: CredentialRow) => Promise<Result>): Promise<{ row: CredentialRow, result: Result }> {
  for (let row = first; ;) {
    try {
      return { row, result: await use(row) }
    } catch (error) {
      if (!isHubError(error, 'credential_unreadable')) throw error
      const now = await read()
      if (JSON.stringify([row.fields, row.keys]) === JSON.stringify([now.fields, now.keys])) throw error
      row = now
    }
  }
}

async function openFields(keys: TenantKeys, tenantId: string, { id, fields, keys: versions }: CredentialRow): Promise<FieldValues> {
  const values: [string, unknown][] = []
  for (const [name, field] of Object.entries(fields)) {
    const key = await keys.find(tenantId, versions, field.v)
    values.push([name, JSON.parse(openField(key, { tenantId, id, name, kind: field.t }, field))])
  }
  return Object.fromEntries(values)
}

interface Stored extends Pick<OpenCredential, 'id' | 'connector' | 'revision'> {
  tenantId: string
  schema: CredentialSchema
  stored: FieldValues
  kinds: Record<string, FieldKind>
}

function ready({ tokens, read }: OpenerDeps, { tenantId, id, connector, revision, schema, stored, kinds }: Stored): OpenCredential {
  const { values, secrets } = resolveReferences(stored, read)
  return { id, connector, revision, values, mask: maskWith(tokens.book(tenantId, id), [...secretsOf(schema, values, kinds), ...secrets]) }
}
