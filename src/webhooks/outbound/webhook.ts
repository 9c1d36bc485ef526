/** What the delivery of events knows of an endpoint. Made from its settings by `loaded.ts`. */
import type { HeaderMap } from '../../lib/http/http.ts'
import type { Mask } from '../../lib/mask.ts'
import type { RetryPolicy } from './retry-policy.ts'

export type WebhookStatus = 'active' | 'paused' | 'failed'

export interface Webhook {
  tenantId: string
  id: string
  revision: number
  name: string
  url: string
  status: WebhookStatus
  failingSince: Date | null
  /** Whether the endpoint subscribed to events of this type. */
  wants(type: string): boolean
  /** jq programs over the CloudEvent that must all come out true (neither null nor false). */
  filters: readonly string[]
  /** jq programs, one after the other, from the CloudEvent (in a batch: from each) to what is sent. */
  transformations: readonly string[]
  timeoutMs: number
  retry: RetryPolicy
  batch: { maxSize: number, maxWaitMs: number } | undefined
  /** jq over the CloudEvent: events for which it gives the same go one after another. */
  orderBy: string | undefined
  /** Requests at once. */
  concurrency: number
  ratePerSecond: number | undefined
  /** After this long of failures only, the endpoint is set to `failed`. */
  disableAfterMs: number
  /** CIDRs or addresses that its host may resolve to; undefined for any that the hub may reach. */
  allowedAddresses: readonly string[] | undefined
  /**
   * Headers of one request: content type, the signatures over `body`, the endpoint's own authentication and headers.
   * `messageId` is the same over all attempts. Throws HubError where a token for it can't be had (`upstream_unavailable` and its like) or a credential is gone.
   */
  headersFor(request: { messageId: string, body: string, contentType: string, now: Date }): Promise<HeaderMap>
  /** The endpoint answered 401 to these headers: an access token in them is not used again. */
  refused?(headers: HeaderMap): Promise<void>
  /** Its secrets, wherever text about it is stored. */
  mask(): Promise<Mask> | Mask
}

export interface Webhooks {
  /** All endpoints of the tenant that are not `failed`, from memory; loaded when first asked for. */
  ofTenant(tenantId: string): TenantWebhooks | Promise<TenantWebhooks>
  /** Undefined when it was deleted. */
  find(tenantId: string, id: string): Promise<Webhook | undefined>
}

export interface TenantWebhooks {
  /** Those that subscribed to events of this type; quick for 10,000 endpoints of which few match. */
  subscribed(type: string): readonly Webhook[]
}
