/** An event on its way into the store. CloudEvents 1.0: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
import type { FieldError } from '../errors.ts'

/** A CloudEvent in structured form, its data parsed. Extension attributes stand beside the others. */
export interface CloudEvent {
  specversion: '1.0'
  id: string
  source: string
  type: string
  subject?: string
  /** RFC 3339. */
  time?: string
  datacontenttype?: string
  dataschema?: string
  data?: unknown
  /** Of data that is neither JSON nor text. */
  data_base64?: string
  [extension: string]: unknown
}

export interface AcceptedEvent {
  tenantId: string
  /** The hub's own: UUIDv7, and the same in every delivery of the event. */
  id: string
  event: CloudEvent
  /** `event` as JSON: what is stored, signed and delivered. The data stands in it as the sender wrote it. */
  json: string
  /** Of `json`, in UTF-8. */
  sizeBytes: number
  webhookSourceId?: string | undefined
  /** The run of a flow that sent it. */
  runId?: string | undefined
  /** What its type's schema says against its data, where it is taken all the same. */
  schemaErrors?: FieldError[] | undefined
  /** Delivered to this endpoint alone, whatever it and others subscribed to: a test. */
  onlyTo?: string | undefined
  /** A second event with this key within the window is a repeat, and not taken again. */
  once?: { scope: string, key: string, windowSeconds: number } | undefined
}

export interface Accepted {
  /** The hub's id of the event; of a repeat, the first one's is not looked up and this is undefined. */
  id: string | undefined
  repeated: boolean
}

/** Takes events in. */
export interface Inbox {
  /** Resolves once the event and all that follows from it (deliveries) are committed. Throws `database_unavailable`; then nothing of it is stored. */
  accept(event: AcceptedEvent): Promise<Accepted>
}
