/** Bridges to Apache Pulsar: a tenant's rules of which topics become events, and which events become messages. */
import { uuidv7 } from 'uuidv7'
import type { z } from 'zod'
import type { OwnSecrets } from '../../credentials/own.ts'
import type { Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { HubError } from '../../errors.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { isUuid, readIdCursor, toPage, type Page, type PageRequest } from '../../lib/page.ts'
import { parseInput } from '../../lib/zod-errors.ts'
import { recordChange } from '../../tenants/audit.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { Followers } from '../followers.ts'
import { ownerOf } from './bridge.ts'
import { deleteBridge, findBridge, insertBridge, listBridges, updateBridge, type ShownBridge } from './bridges-store.ts'
import { checkBridgePrograms } from './programs.ts'
import { bridgeSettings, type Authentication, type BridgeSettings, type BridgeStatus } from './settings.ts'

export type { ShownBridge } from './bridges-store.ts'

export interface BridgeInput extends Partial<z.input<typeof bridgeSettings>> {
  name: string
  serviceUrl: string
  authentication?: Authentication | undefined
  status?: BridgeStatus | undefined
}

export interface Bridges {
  create(caller: Caller, input: BridgeInput): Promise<ShownBridge>
  /** By id. */
  list(caller: Caller, page: PageRequest & { q?: string | undefined }): Promise<Page<ShownBridge>>
  find(caller: Caller, id: string): Promise<ShownBridge>
  /** What is left out falls back to its default, but the token stays. */
  replace(caller: Caller, id: string, input: BridgeInput, options: { ifMatch: string | undefined }): Promise<ShownBridge>
  /** Only the given fields change; lists are replaced whole. */
  patch(caller: Caller, id: string, change: Partial<BridgeInput>, options: { ifMatch: string | undefined }): Promise<ShownBridge>
  remove(caller: Caller, id: string, options?: { ifMatch?: string | undefined }): Promise<void>
}

export interface BridgesDeps {
  database: Database
  secrets: Pick<OwnSecrets, 'keep' | 'remove' | 'forget'>
  jq: Pick<Jq, 'check'>
  /** Bridges begin in the stream where they are made: what comes from then on is theirs, whenever they run. */
  followers: Pick<Followers, 'begin' | 'remove'>
  /** A bridge of this process or of nobody changed. */
  changed(): void
}

/** Tells other processes of bridges that changed. */
export const PULSAR_BRIDGES_CHANGED = 'interchange_pulsar_bridges'

export function createBridges(deps: BridgesDeps): Bridges {
  const { database, secrets } = deps
  const inTenant = (caller: Caller): Db => database.tenant(caller.tenantId)
  const one = async (caller: Caller, id: string): Promise<ShownBridge> => orNotFound(isUuid(id) ? await findBridge(inTenant(caller), caller.tenantId, id) : undefined)
  return {
    create: (caller, input) => create(deps, caller, input),

    async list(caller, { limit, cursor, q }) {
      const rows = await listBridges(inTenant(caller), caller.tenantId, { after: readIdCursor(cursor), limit: limit + 1, q })
      return toPage(rows, limit, ({ id }) => [id])
    },

    find: one,

    async replace(caller, id, input, { ifMatch }) {
      return update(deps, caller, { before: await one(caller, id), input, ifMatch })
    },

    async patch(caller, id, change, { ifMatch }) {
      const before = await one(caller, id)
      const { name, status, settings } = before
      return update(deps, caller, { before, ifMatch, input: { name, status, ...settings, ...given(change) } })
    },

    async remove(caller, id, { ifMatch } = {}) {
      const { tenantId } = caller
      await inTenant(caller).transaction(async (db) => {
        const { name, revision } = orNotFound(isUuid(id) ? await deleteBridge(db, tenantId, id) : undefined)
        if (ifMatch !== undefined && ifMatch !== String(revision)) throw changedMeanwhile()
        await secrets.remove(db, tenantId, ownerOf(id))
        await deps.followers.remove(db, tenantId, ownerOf(id))
        await recordChange(db, caller, { action: 'pulsar_bridge.deleted', targetType: 'pulsar_bridge', targetId: id, detail: { name } })
        await tellOthers(db, tenantId, id)
      })
      secrets.forget(tenantId, ownerOf(id))
      deps.changed()
    },
  }
}

async function create(deps: BridgesDeps, caller: Caller, input: BridgeInput): Promise<ShownBridge> {
  const { tenantId } = caller
  const id = uuidv7()
  const settings = await complete(deps, tenantId, input)
  const row = await deps.database.tenant(tenantId).transaction(async (db) => {
    const token = input.authentication?.token ?? null
    await insertBridge(db, { tenantId, id, name: input.name, settings, hasToken: token !== null, status: input.status ?? 'active' })
    await deps.secrets.keep(db, tenantId, ownerOf(id), { token })
    await deps.followers.begin(db, tenantId, ownerOf(id))
    await recordChange(db, caller, { action: 'pulsar_bridge.created', targetType: 'pulsar_bridge', targetId: id, detail: { name: input.name, serviceUrl: settings.serviceUrl } })
    await tellOthers(db, tenantId, id)
    return findBridge(db, tenantId, id)
  })
  deps.changed()
  return orNotFound(row)
}

interface Update { before: ShownBridge, input: BridgeInput, ifMatch: string | undefined }

async function update(deps: BridgesDeps, caller: Caller, { before, input, ifMatch }: Update): Promise<ShownBridge> {
  const { tenantId, id, revision } = before
  if (ifMatch !== undefined && ifMatch !== String(revision)) throw changedMeanwhile()
  const settings = await complete(deps, tenantId, input)
  const token = input.authentication?.token
  // A token must not go to a broker that it was not given for.
  if (token === undefined && before.hasToken && new URL(settings.serviceUrl).origin !== new URL(before.settings.serviceUrl).origin) throw tokenNeeded()
  const hasToken = token === undefined ? before.hasToken : token !== null
  const row = await deps.database.tenant(tenantId).transaction(async (db) => {
    if (!await updateBridge(db, { tenantId, id, revision, name: input.name, settings, hasToken, status: input.status ?? 'active' })) throw changedMeanwhile()
    if (token !== undefined) await deps.secrets.keep(db, tenantId, ownerOf(id), { token })
    await recordChange(db, caller, { action: 'pulsar_bridge.updated', targetType: 'pulsar_bridge', targetId: id, detail: { name: input.name, fields: Object.keys(input) } })
    await tellOthers(db, tenantId, id)
    return findBridge(db, tenantId, id)
  })
  if (token !== undefined) deps.secrets.forget(tenantId, ownerOf(id))
  deps.changed()
  return orNotFound(row)
}

/** Everything checked, defaults filled in. */
async function complete({ jq }: BridgesDeps, tenantId: string, { name: _name, status: _status, authentication: _authentication, ...input }: BridgeInput): Promise<BridgeSettings> {
  const settings = parseInput(bridgeSettings, given(input), '')
  await checkBridgePrograms(jq, tenantId, settings)
  const topics = settings.consume.map(({ topic, subscription }) => JSON.stringify([topic, subscription]))
  const twice = topics.findIndex((each, at) => topics.indexOf(each) !== at)
  if (twice !== -1) throw new HubError('invalid_input', 'Two rules read the same topic by the same subscription.', { errors: [{ pointer: `/consume/${twice}/subscription`, detail: 'is another rule\'s already' }] })
  return settings
}

/** Without what is undefined. */
function given<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Value
}

/** Heard when the transaction commits. */
async function tellOthers(db: Db, tenantId: string, id: string): Promise<void> {
  await db.query('select pg_notify($1, $2)', [PULSAR_BRIDGES_CHANGED, `${tenantId}:${id}`])
}

function changedMeanwhile(): HubError {
  return new HubError('precondition_failed', 'Somebody changed the bridge meanwhile. Read it again, then write your change.')
}

function tokenNeeded(): HubError {
  return new HubError('invalid_input', 'The bridge moves to another broker: give the token for that one, or null for none.', {
    errors: [{ pointer: '/authentication/token', detail: 'must be given where serviceUrl goes to another broker' }],
  })
}

function orNotFound<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new HubError('not_found', 'There is no such bridge.')
  return row
}
