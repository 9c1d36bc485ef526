/** All endpoints of the tenants that have events, in memory: read in one go when first asked for, then one by one as they change. */
import type { Database } from '../../db/database.ts'
import { boundedCache } from '../../lib/bounded-cache.ts'
import type { OpensSecrets } from './authentication.ts'
import { LoadedWebhook } from './loaded-webhook.ts'
import { Subscriptions } from './match.ts'
import type { TenantWebhooks, Webhook, Webhooks } from './webhook.ts'
import { findWebhooks, listAllWebhooks, listVersions, type WebhookRow } from './webhooks-store.ts'

/** Payload: `<tenant>:<webhook>`. */
export const WEBHOOKS_CHANGED = 'interchange_webhooks'

export interface LoadedWebhooks extends Webhooks {
  /** The endpoint changed: whoever asks next gets it as it is now. */
  forget(tenantId: string, id: string): void
  forgetAll(): void
  /** What this process knows already and another look would show: no read for it. */
  setFailingSince(tenantId: string, id: string, since: Date | null): void
}

export interface LoadedWebhooksDeps {
  database: Database
  credentials: OpensSecrets
  /** Told of what failed behind the scenes. */
  onError(error: unknown): void
}

/** How often all are compared with the database, for the case that a notice got lost. */
const COMPARE_MS = 60_000
const TENANTS_MAX = 20_000

export function createLoadedWebhooks(deps: LoadedWebhooksDeps): LoadedWebhooks {
  const tenants = boundedCache<Tenant>(TENANTS_MAX)
  const of = (tenantId: string): Tenant => {
    let tenant = tenants.get(tenantId)
    if (tenant === undefined) {
      tenant = new Tenant(tenantId, deps)
      tenants.set(tenantId, tenant)
    }
    return tenant
  }
  return {
    ofTenant: (tenantId) => of(tenantId).current(),
    async find(tenantId, id) {
      return (await of(tenantId).current()).find(id)
    },
    forget(tenantId, id) { tenants.peek(tenantId)?.forget(id) },
    forgetAll() { tenants.clear() },
    setFailingSince(tenantId, id, since) {
      const webhook = tenants.peek(tenantId)?.find(id)
      if (webhook !== undefined) webhook.failingSince = since
    },
  }
}

class Tenant implements TenantWebhooks {
  readonly #id: string
  readonly #deps: LoadedWebhooksDeps
  readonly #webhooks = new Map<string, LoadedWebhook>()
  readonly #subscriptions = new Subscriptions<LoadedWebhook>()
  /** Ids of those that are to be read anew. What is forgotten while it is read is read once more: it may be from before the change. */
  readonly #stale = new Set<string>()
  #isLoaded = false
  #reading: Promise<void> | undefined
  #comparedAt = 0

  constructor(id: string, deps: LoadedWebhooksDeps) {
    this.#id = id
    this.#deps = deps
  }

  subscribed(type: string): readonly Webhook[] {
    return this.#subscriptions.match(type)
  }

  find(id: string): LoadedWebhook | undefined {
    return this.#webhooks.get(id.toLowerCase())
  }

  forget(id: string): void {
    this.#stale.add(id.toLowerCase())
  }

  /** Itself, as soon as it is up to date. */
  current(): Tenant | Promise<Tenant> {
    if (!this.#isUpToDate) return this.#broughtUp()
    if (performance.now() - this.#comparedAt > COMPARE_MS) {
      this.#comparedAt = performance.now()
      this.#compare().catch(this.#deps.onError)
    }
    return this
  }

  /** While something is read it is not: an event of this moment must not pass by the endpoint that is just coming. */
  get #isUpToDate(): boolean {
    return this.#isLoaded && this.#stale.size === 0 && this.#reading === undefined
  }

  async #broughtUp(): Promise<Tenant> {
    while (!this.#isUpToDate) {
      this.#reading ??= this.#read().finally(() => { this.#reading = undefined })
      await this.#reading
    }
    return this
  }

  async #read(): Promise<void> {
    const db = this.#deps.database.tenant(this.#id)
    const ids = [...this.#stale]
    this.#stale.clear()
    if (!this.#isLoaded) {
      this.#put(await listAllWebhooks(db, this.#id))
      this.#isLoaded = true
      this.#comparedAt = performance.now()
      return
    }
    try {
      const rows = await findWebhooks(db, this.#id, ids)
      const found = new Set(rows.map(({ id }) => id))
      for (const id of ids) if (!found.has(id)) this.#drop(id)
      this.#put(rows)
    } catch (error) {
      for (const id of ids) this.#stale.add(id)
      throw error
    }
  }

  async #compare(): Promise<void> {
    const versions = await listVersions(this.#deps.database.tenant(this.#id), this.#id)
    const gone = new Set(this.#webhooks.keys())
    for (const { id, revision, failingSince } of versions) {
      gone.delete(id)
      const known = this.#webhooks.get(id)
      if (known?.revision !== revision || known.failingSince?.getTime() !== failingSince?.getTime()) this.#stale.add(id)
    }
    for (const id of gone) this.#stale.add(id)
  }

  #put(rows: readonly WebhookRow[]): void {
    for (const row of rows) {
      const known = this.#webhooks.get(row.id)
      if (known?.revision === row.revision) {
        // Its secrets may be open already: only this can be another.
        known.failingSince = row.failingSince
        continue
      }
      this.#drop(row.id)
      const webhook = new LoadedWebhook(row, this.#deps.credentials)
      this.#webhooks.set(row.id, webhook)
      if (webhook.status !== 'failed') this.#subscriptions.add(webhook, webhook.patterns)
    }
  }

  #drop(id: string): void {
    const webhook = this.#webhooks.get(id)
    if (webhook === undefined) return
    this.#webhooks.delete(id)
    this.#subscriptions.remove(webhook, webhook.patterns)
  }
}
