/** Endpoints that events are delivered to: made, changed, and set to `failed` when nothing gets through. */
import { uuidv7 } from 'uuidv7'
import type { Credentials } from '../../credentials/credentials.ts'
import type { Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { HubError, isHubError } from '../../errors.ts'
import type { AddressGuard } from '../../lib/http/address-guard.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { isUuid, readIdCursor, toPage, type Page, type PageRequest } from '../../lib/page.ts'
import type { AuditAction } from '../../tenants/audit-actions.ts'
import { recordChange } from '../../tenants/audit.ts'
import { systemCaller, type Caller } from '../../tenants/caller.ts'
import { fromFields, ownerOf, toFields, type WebhookSecrets } from './authentication.ts'
import { WEBHOOKS_CHANGED, type LoadedWebhooks } from './loaded.ts'
import { wantsType } from './match.ts'
import { partSecrets, type Parted } from './secrets.ts'
import { hintOf, isHint, makeSecret, readSecret } from './signature.ts'
import type { WebhookInput, WebhookPatch, WebhookSettings } from './settings.ts'
import type { Webhook } from './webhook.ts'
import {
  countWebhooks, deleteWebhook, findWebhook, insertWebhook, listPatterns, listStopped, listWebhooks, noteFailing, noteWell, updateFailed, updateWebhook, type StoppedRow, type WebhookCounts, type WebhookDraft, type WebhookFilter, type WebhookRow,
} from './webhooks-store.ts'
import { invalid, pointerOf, readFields, settle, type WrittenFields } from './written.ts'

export type { WebhookRow } from './webhooks-store.ts'

type Place = Pick<Webhook, 'tenantId' | 'id'>

/** An endpoint with its secret, which is shown this once. */
export interface WithSecret { row: WebhookRow, secret: string }

export interface RotateOptions { secret?: string | undefined, overlapSeconds: number, ifMatch: string | undefined }

/** Those about one endpoint throw HubError `not_found` where the caller's tenant has none of that id. */
export interface Endpoints {
  /** Throws HubError `invalid_input` with pointers, `address_refused`. */
  create(caller: Caller, input: WebhookInput): Promise<WithSecret>
  /** `wants`: a type of events; those alone that it goes to. */
  list(caller: Caller, filter: Omit<WebhookFilter, 'ids'> & { wants?: string | undefined }, page: PageRequest): Promise<Page<WebhookRow>>
  count(caller: Caller): Promise<WebhookCounts>
  /** Those that nothing is sent to, with how much waits for them: counted up to 1,000. */
  stopped(caller: Caller, limit: number): Promise<StoppedRow[]>
  find(caller: Caller, id: string): Promise<WebhookRow>
  /** What is left out falls back to its default, but the secret and the status stay. Throws HubError `precondition_failed`. */
  replace(caller: Caller, id: string, input: WebhookInput, options: { ifMatch: string | undefined }): Promise<WebhookRow>
  /** Only the given fields change; null puts a default back. */
  patch(caller: Caller, id: string, change: WebhookPatch, options: { ifMatch: string | undefined }): Promise<WebhookRow>
  /** What was to be delivered to it is dropped; what was delivered stays on record. */
  remove(caller: Caller, id: string, options?: { ifMatch?: string | undefined }): Promise<void>
  /** The secret before signs too, for a while. */
  rotateSecret(caller: Caller, id: string, options: RotateOptions): Promise<WithSecret>
  setStatus(caller: Caller, id: string, status: 'active' | 'paused', options: { ifMatch: string | undefined }): Promise<WebhookRow>
  /** An attempt failed, the one before had not. */
  noteFailure(webhook: Place, at?: Date): Promise<void>
  /** An attempt succeeded, the one before had not. */
  noteSuccess(webhook: Place): Promise<void>
  /** Nothing is sent to it from now on. `reason` is shown; `webhook.failed` tells of it. */
  markFailed(webhook: Place, reason: string): Promise<void>
}

export interface EndpointsDeps {
  database: Database
  credentials: Pick<Credentials, 'own'>
  loaded: LoadedWebhooks
  jq: Jq
  guard: Pick<AddressGuard, 'resolveHost'>
  /** The event `webhook.failed`, of the hub's own making. */
  publish(event: { tenantId: string, type: 'webhook.failed', subject: string, data: Record<string, unknown> }): Promise<void>
  /** It became active: what it collected can go. */
  activated(webhook: Place): void
}

const MOST_COUNTED = 1000

export function createEndpoints(deps: EndpointsDeps): Endpoints {
  const { database, loaded } = deps
  const inTenant = (caller: Caller): Db => database.tenant(caller.tenantId)
  return {
    create: (caller, input) => create(deps, caller, input),

    async list(caller, { wants, ...filter }, { limit, cursor }) {
      const ids = wants === undefined ? undefined : (await listPatterns(inTenant(caller), caller.tenantId)).filter(({ patterns }) => wantsType(patterns, wants)).map(({ id }) => id)
      const rows = await listWebhooks(inTenant(caller), caller.tenantId, { ...filter, ids }, { after: readIdCursor(cursor), limit: limit + 1 })
      return toPage(rows, limit, ({ id }) => [id])
    },

    count: (caller) => countWebhooks(inTenant(caller), caller.tenantId),
    stopped: (caller, limit) => listStopped(inTenant(caller), caller.tenantId, { countTo: MOST_COUNTED, limit }),
    find: (caller, id) => one(deps, caller, id),
    replace: (caller, id, input, { ifMatch }) => update(deps, caller, id, { given: input, whole: true, ifMatch }),
    patch: (caller, id, change, { ifMatch }) => update(deps, caller, id, { given: change, whole: false, ifMatch }),

    async remove(caller, id, { ifMatch } = {}) {
      await inTenant(caller).transaction(async (db) => {
        const row = orNotFound(isUuid(id) ? await deleteWebhook(db, caller.tenantId, id) : undefined)
        if (ifMatch !== undefined && ifMatch !== String(row.revision)) throw changedMeanwhile()
        await deps.credentials.own.remove(db, caller.tenantId, ownerOf(row.id))
        await recordChange(db, caller, { action: 'webhook.deleted', targetType: 'webhook', targetId: row.id, detail: { name: row.name } })
        await tellOthers(db, row)
      })
      forget(deps, { tenantId: caller.tenantId, id: id.toLowerCase() })
    },

    rotateSecret: (caller, id, options) => rotate(deps, caller, id, options),

    async setStatus(caller, id, status, { ifMatch }) {
      const before = await asRead(deps, caller, id, ifMatch)
      return before.status === status ? before : write(deps, caller, { before, draft: { ...before, status }, action: status === 'active' ? 'webhook.activated' : 'webhook.paused' })
    },

    async noteFailure({ tenantId, id }, at = new Date()) {
      loaded.setFailingSince(tenantId, id, at)
      if (await noteFailing(database.system, tenantId, id, at)) await tellOthers(database.system, { tenantId, id })
    },

    async noteSuccess({ tenantId, id }) {
      loaded.setFailingSince(tenantId, id, null)
      if (await noteWell(database.system, tenantId, id)) await tellOthers(database.system, { tenantId, id })
    },

    markFailed: (webhook, reason) => fail(deps, webhook, reason),
  }
}

async function create(deps: EndpointsDeps, caller: Caller, input: WebhookInput): Promise<WithSecret> {
  const { tenantId } = caller
  const fields = readFields(input)
  const { settings, secrets } = partSecrets(fields, { url: input.url, settings: settle(fields, undefined) }, undefined)
  await check(deps, tenantId, { fields, url: input.url, settings })
  const { name, url, description = '', metadata = {}, status = 'active' } = input
  const draft = { id: uuidv7(), name, url, description: description ?? '', metadata: metadata ?? {}, status: status === 'failed' ? 'active' : status, ...settings } satisfies WebhookDraft
  const row = await deps.database.tenant(tenantId).transaction(async (db) => {
    const inserted = await insertWebhook(db, tenantId, draft)
    await deps.credentials.own.keep(db, tenantId, ownerOf(draft.id), toFields(secrets))
    await recordChange(db, caller, { action: 'webhook.created', targetType: 'webhook', targetId: draft.id, detail: { name, events: settings.events.subscribedEvents } })
    await tellOthers(db, inserted)
    return inserted
  })
  deps.loaded.forget(tenantId, row.id)
  return { row, secret: secrets.secret }
}

interface Update { given: WebhookInput | WebhookPatch, whole: boolean, ifMatch: string | undefined }

async function update(deps: EndpointsDeps, caller: Caller, id: string, { given, whole, ifMatch }: Update): Promise<WebhookRow> {
  const before = await asRead(deps, caller, id, ifMatch)
  const fields = readFields(given)
  const url = given.url ?? before.url
  const stored = await openStored(deps, before)
  const parted = partSecrets(fields, { url, settings: settle(fields, whole ? undefined : settingsOf(before)) }, { url: before.url, settings: settingsOf(before), secrets: stored })
  await check(deps, caller.tenantId, { fields, url, settings: parted.settings })
  const standard = { description: '', metadata: {} }
  const draft: WebhookDraft = {
    id: before.id, name: given.name ?? before.name, url, ...parted.settings,
    description: given.description === undefined && !whole ? before.description : given.description ?? standard.description,
    metadata: given.metadata === undefined && !whole ? before.metadata : given.metadata ?? standard.metadata,
    // Only the hub sets it to failed; what was read may be written back.
    status: given.status === undefined || given.status === 'failed' ? before.status : given.status,
  }
  const changed = JSON.stringify(toFields(parted.secrets)) === JSON.stringify(toFields(stored)) ? undefined : parted.secrets
  return write(deps, caller, { before, draft, secrets: changed, action: 'webhook.updated', detail: { fields: Object.keys(given) } })
}

function settingsOf({ events, security, delivery }: WebhookRow): WebhookSettings {
  return { events, security, delivery }
}

async function rotate(deps: EndpointsDeps, caller: Caller, id: string, { secret: given, overlapSeconds, ifMatch }: RotateOptions): Promise<WithSecret> {
  if (given !== undefined && isHint(given)) throw invalid({ pointer: '/secret', detail: 'is no secret, but what stands for one' })
  const before = await asRead(deps, caller, id, ifMatch)
  const stored = await openStored(deps, before)
  const secret = given ?? makeSecret(stored.secret)
  const { publicKey } = readSecret(secret)
  const { publicKey: _key, previousSecretUntil: _until, ...security } = before.security
  const overlaps = overlapSeconds > 0 && secret !== stored.secret
  const draft: WebhookDraft = {
    ...before,
    security: {
      ...security, secret: hintOf(secret), ...publicKey !== undefined && { publicKey },
      ...overlaps && { previousSecretUntil: new Date(Date.now() + overlapSeconds * 1000).toISOString() },
    },
  }
  const secrets: WebhookSecrets = { ...stored, secret, previousSecret: overlaps ? stored.secret : undefined }
  const row = await write(deps, caller, { before, draft, secrets, action: 'webhook.secret_rotated', detail: { overlapSeconds } })
  return { row, secret }
}

interface Write { before: WebhookRow, draft: WebhookDraft, secrets?: Parted['secrets'] | undefined, action: AuditAction, detail?: Record<string, unknown> }

async function write(deps: EndpointsDeps, caller: Caller, { before, draft, secrets, action, detail = {} }: Write): Promise<WebhookRow> {
  const { tenantId } = caller
  const row = await deps.database.tenant(tenantId).transaction(async (db) => {
    const updated = await updateWebhook(db, tenantId, draft, before.revision)
    if (updated === undefined) throw changedMeanwhile()
    // Its notice goes before the endpoint's: who reads that anew must not find the secret from before.
    if (secrets !== undefined) await deps.credentials.own.keep(db, tenantId, ownerOf(draft.id), toFields(secrets))
    await recordChange(db, caller, { action, targetType: 'webhook', targetId: draft.id, detail: { name: draft.name, ...detail } })
    await tellOthers(db, updated)
    return updated
  })
  if (secrets === undefined) deps.loaded.forget(tenantId, row.id)
  else forget(deps, row)
  if (row.status === 'active' && before.status !== 'active') deps.activated(row)
  return row
}

async function fail(deps: EndpointsDeps, { tenantId, id }: Place, reason: string): Promise<void> {
  const { database, loaded } = deps
  const row = await database.system.transaction(async (db) => {
    const failed = await updateFailed(db, tenantId, id, reason)
    if (failed === undefined) return undefined
    await recordChange(db, systemCaller(tenantId), { action: 'webhook.failed', targetType: 'webhook', targetId: id, detail: { name: failed.name, reason } })
    await tellOthers(db, failed)
    return failed
  })
  loaded.forget(tenantId, id)
  if (row === undefined) return
  const { name, failingSince } = row
  await deps.publish({ tenantId, type: 'webhook.failed', subject: id, data: { webhookId: id, name, reason, failingSince: failingSince?.toISOString() ?? null } })
}

interface Checked { fields: WrittenFields, url: string, settings: WebhookSettings }

/** What no schema can say: whether the hub may go there, and whether the programs compile. */
async function check(deps: EndpointsDeps, tenantId: string, { fields, url, settings: { events, security, delivery } }: Checked): Promise<void> {
  await assertReachable(deps, url, '/url')
  if (security.authentication?.type === 'oauth2ClientCredentials') await assertReachable(deps, security.authentication.tokenUrl, `${pointerOf(fields, 'authentication')}/tokenUrl`)
  const programs: [pointer: string, program: string][] = [
    ...events.eventFilters.map((program, at): [string, string] => [`${pointerOf(fields, 'eventFilters')}/${at}`, program]),
    ...events.eventTransformations.map((program, at): [string, string] => [`${pointerOf(fields, 'eventTransformations')}/${at}`, program]),
    ...delivery.orderBy === null ? [] : [[pointerOf(fields, 'orderBy'), delivery.orderBy] as [string, string]],
  ]
  for (const [pointer, program] of programs) {
    try {
      await deps.jq.check(program, { batchKey: tenantId })
    } catch (error) {
      if (!isHubError(error, 'invalid_expression')) throw error
      throw invalid({ pointer, detail: error.message }, 'invalid_input', error)
    }
  }
}

/** Addresses that stand there as such, and names that can't mean anything else, are refused at once. What other names resolve to is judged when something is sent. */
async function assertReachable({ guard }: EndpointsDeps, url: string, pointer: string): Promise<void> {
  const { hostname } = new URL(url)
  if (!/^\[|^[\d.]+$|(^|\.)localhost\.?$/i.test(hostname)) return
  try {
    await guard.resolveHost(hostname)
  } catch (error) {
    if (!isHubError(error, 'address_refused')) throw error
    throw invalid({ pointer, detail: `leads to ${hostname}, which outgoing calls may not reach. An operator can allow networks with INTERCHANGE_ALLOW_NETWORKS` }, 'address_refused', error)
  }
}

async function openStored({ credentials }: EndpointsDeps, { tenantId, id }: Place): Promise<WebhookSecrets> {
  return fromFields((await credentials.own.openFresh(tenantId, ownerOf(id))).values)
}

function forget({ credentials, loaded }: EndpointsDeps, { tenantId, id }: Place): void {
  credentials.own.forget(tenantId, ownerOf(id))
  loaded.forget(tenantId, id)
}

/** Heard when the transaction commits. */
async function tellOthers(db: Db, { tenantId, id }: Place): Promise<void> {
  await db.query('select pg_notify($1, $2)', [WEBHOOKS_CHANGED, `${tenantId}:${id}`])
}

async function one({ database }: EndpointsDeps, { tenantId }: Caller, id: string): Promise<WebhookRow> {
  return orNotFound(isUuid(id) ? await findWebhook(database.tenant(tenantId), tenantId, id) : undefined)
}

/** As the caller knows it. */
async function asRead(deps: EndpointsDeps, caller: Caller, id: string, ifMatch: string | undefined): Promise<WebhookRow> {
  const row = await one(deps, caller, id)
  if (ifMatch !== undefined && ifMatch !== String(row.revision)) throw changedMeanwhile()
  return row
}

function orNotFound(row: WebhookRow | undefined): WebhookRow {
  if (row === undefined) throw new HubError('not_found', 'There is no such webhook.')
  return row
}

function changedMeanwhile(): HubError {
  return new HubError('precondition_failed', 'Somebody changed the webhook meanwhile. Read it again, then write your change.')
}
