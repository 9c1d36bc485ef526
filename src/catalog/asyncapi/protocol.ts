/** What each protocol of AsyncAPI does here: send a message to a channel, or hand on those that come. */
import type { AddressGuard } from '../../lib/http/address-guard.ts'
import type { HttpClient } from '../../lib/http/http.ts'

export interface Place {
  /** Host, port and path of the server; what the protocol's own port is, where it has none. */
  server: string
  /** As the document has it: tells `mqtt` from `mqtts`, for instance. */
  protocol: string
  /** Its parameters filled in. */
  channel: string
  /** What the document says of the channel and the operation for this protocol. */
  binding: Record<string, unknown>
  /** `Authorization` for those with headers; user and password, or a token, for the others. */
  credential: { header: string, user?: string, password?: string, token?: string } | undefined
  signal: AbortSignal
}

export interface Outbound { payload: unknown, headers: Record<string, string> }

/** As the DSL shows a message that came. */
export interface Inbound { payload: unknown, headers?: Record<string, unknown>, correlationId?: string }

/** With what tells the other side that it was taken, where that waits for it: else the message comes again. */
export interface Arrived extends Inbound { taken?: () => void }

export interface ProtocolDeps { http: HttpClient, guard: AddressGuard }

/** Both throw HubError. */
export interface Protocol {
  names: readonly string[]
  publish(deps: ProtocolDeps, place: Place, message: Outbound): Promise<void>
  /** Ends with the signal, or when the other side ends it. The connection goes with the iterator. */
  subscribe(deps: ProtocolDeps, place: Place): AsyncIterable<Arrived>
}

/** For connecting and for one message. */
export const TIMEOUT_MS = 30_000
/** Of one message. */
export const MESSAGE_BYTES = 16 * 1024 * 1024
/** Messages that came and were not looked at yet; then the other side waits, or is left. */
export const UNREAD_MAX = 1000
