/** An endpoint as the delivery of events knows it: what it needs of its row, and its secrets once they are asked for. */
import { HubError } from '../../errors.ts'
import type { HeaderMap } from '../../lib/http/http.ts'
import { noMask, type Mask } from '../../lib/mask.ts'
import { openSecrets, type OpenSecrets, type OpensSecrets } from './authentication.ts'
import { wantsType } from './match.ts'
import { retryPolicyOf, type RetryPolicy } from './retry-policy.ts'
import { signatureHeaders } from './signature.ts'
import type { Webhook, WebhookStatus } from './webhook.ts'
import type { WebhookRow } from './webhooks-store.ts'

/** How long a secret that another process changed may go unseen where the notice of it gets lost. */
const OPEN_MS = 300_000
const HOUR_MS = 3_600_000

export class LoadedWebhook implements Webhook {
  readonly tenantId: string
  readonly id: string
  readonly revision: number
  readonly name: string
  readonly url: string
  readonly status: WebhookStatus
  failingSince: Date | null
  readonly filters: readonly string[]
  readonly transformations: readonly string[]
  readonly timeoutMs: number
  readonly retry: RetryPolicy
  readonly batch: Webhook['batch']
  readonly orderBy: string | undefined
  readonly concurrency: number
  readonly ratePerSecond: number | undefined
  readonly disableAfterMs: number
  readonly allowedAddresses: readonly string[] | undefined
  readonly patterns: readonly string[]
  readonly #credentials: OpensSecrets
  readonly #signatureHeader: string
  readonly #authRequired: boolean
  readonly #authentication: WebhookRow['security']['authentication']
  /** Moment in ms. */
  readonly #previousUntil: number
  #opening: { since: number, secrets: Promise<OpenSecrets> } | undefined

  constructor(row: WebhookRow, credentials: OpensSecrets) {
    const { events, security, delivery } = row
    this.tenantId = row.tenantId
    this.id = row.id
    this.revision = row.revision
    this.name = row.name
    this.url = row.url
    this.status = row.status
    this.failingSince = row.failingSince
    this.patterns = events.subscribedEvents
    this.filters = events.eventFilters
    this.transformations = events.eventTransformations
    this.timeoutMs = delivery.timeout
    this.retry = retryPolicyOf(delivery.retryPolicy)
    this.batch = delivery.batchDelivery ? { maxSize: delivery.maxBatchSize, maxWaitMs: delivery.maxBatchWait } : undefined
    this.orderBy = delivery.orderBy ?? undefined
    this.concurrency = delivery.concurrency
    this.ratePerSecond = delivery.rateLimit ?? undefined
    this.disableAfterMs = delivery.disableAfter * HOUR_MS
    this.allowedAddresses = security.ipWhitelist.length === 0 ? undefined : security.ipWhitelist
    this.#credentials = credentials
    this.#signatureHeader = security.signatureHeader
    this.#authRequired = security.authRequired
    this.#authentication = security.authentication
    this.#previousUntil = security.previousSecretUntil === undefined ? 0 : Date.parse(security.previousSecretUntil)
  }

  wants(type: string): boolean {
    return wantsType(this.patterns, type)
  }

  async headersFor({ messageId, body, contentType, now }: { messageId: string, body: string, contentType: string, now: Date }): Promise<HeaderMap> {
    const { key, previousKey, headers, authorization } = await this.#open()
    const own: HeaderMap = { ...headers, 'content-type': contentType }
    if (!this.#authRequired) return { ...own, ...signatureHeaders([], { messageId, body, now }, this.#signatureHeader) }
    const overlaps = previousKey !== undefined && now.getTime() < this.#previousUntil
    const shown = await authorization()
    if (shown !== undefined) own['authorization'] = shown
    return { ...own, ...signatureHeaders(overlaps ? [key, previousKey] : [key], { messageId, body, now }, this.#signatureHeader) }
  }

  async refused({ authorization }: HeaderMap): Promise<void> {
    if (typeof authorization === 'string') await (await this.#open()).invalidate(authorization)
  }

  /** Where its secrets can't be opened, nothing of them went anywhere. */
  async mask(): Promise<Mask> {
    try {
      return (await this.#open()).mask
    } catch (error) {
      if (!(error instanceof HubError)) throw error
      return noMask
    }
  }

  #open(): Promise<OpenSecrets> {
    const known = this.#opening
    if (known !== undefined && performance.now() - known.since < OPEN_MS) return known.secrets
    const opening = { since: performance.now(), secrets: openSecrets(this.#credentials, this, this.#authentication) }
    this.#opening = opening
    opening.secrets.catch(() => { if (this.#opening === opening) this.#opening = undefined })
    return opening.secrets
  }
}
