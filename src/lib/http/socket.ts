/** WebSockets out of the hub, through the hub's address guard: the address that was judged is the one that is connected to. */
import { isIP } from 'node:net'
import { WebSocket } from 'ws'
import type { AddressGuard } from './address-guard.ts'

export type SocketGuard = Pick<AddressGuard, 'assertAllowed' | 'lookup'>

export interface SocketTarget {
  /** `ws:` or `wss:`, without user or password. */
  url: URL
  headers: Record<string, string>
  /** Certificate authorities (PEM) instead of the well-known ones. */
  ca?: string | undefined
}

/** Base64, as Pulsar has it, makes of a message four thirds: this takes 24 MiB of it. */
const MAX_FRAME_BYTES = 32 * 1024 * 1024

/** Begins to connect, for as long as it takes. Throws HubError `address_refused`; what goes wrong later is an event of the socket. */
export function openSocket(guard: SocketGuard, { url, headers, ca }: SocketTarget): WebSocket {
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  // No lookup happens for these.
  if (isIP(host) !== 0) guard.assertAllowed(host)
  return new WebSocket(url, {
    headers, lookup: guard.lookup, maxPayload: MAX_FRAME_BYTES,
    // A redirect would take the token to another host; compressed frames may be bombs.
    followRedirects: false, perMessageDeflate: false, ...ca !== undefined && { ca },
  })
}
