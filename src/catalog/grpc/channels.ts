/** Connections to gRPC servers: to addresses that the guard has seen, and shared by the calls to one. */
import { isIPv6 } from 'node:net'
import type { ChannelOptions, Client } from '@grpc/grpc-js'
import { LRUCache } from 'lru-cache'
import type { AddressGuard } from '../../lib/http/address-guard.ts'

export interface Target {
  host: string
  port: number
  tls: boolean
}

export interface Channels {
  /** Throws HubError `address_refused`, or `upstream_unavailable` for a name that doesn't resolve. */
  open(target: Target): Promise<Client>
  close(): void
}

export interface ChannelsOptions {
  guard: Pick<AddressGuard, 'resolveHost'>
  /** Certificate authorities (PEM) instead of the well-known ones. */
  ca?: string
}

const KEPT_MAX = 100
const IDLE_MS = 30_000
export const MESSAGE_BYTES = 16 * 1024 * 1024

export function createChannels({ guard, ca }: ChannelsOptions): Channels {
  const clients = new LRUCache<string, Client>({ max: KEPT_MAX, ttl: 10 * 60_000, dispose: (client) => { client.close() } })
  return {
    async open({ host, port, tls }) {
      const address = await guard.resolveHost(host)
      const key = `${tls} ${host} ${address} ${port}`
      const known = clients.get(key)
      if (known !== undefined) return known
      const { Client, credentials } = await import('@grpc/grpc-js')
      const secured = tls ? credentials.createSsl(ca === undefined ? null : Buffer.from(ca)) : credentials.createInsecure()
      const client = new Client(isIPv6(address) ? `ipv6:[${address}]:${port}` : `ipv4:${address}:${port}`, secured, optionsFor({ host, port, tls }))
      clients.set(key, client)
      return client
    },
    close: () => { clients.clear() },
  }
}

/** The connection goes to the address; the server and its certificate are asked for by name. Nothing of the environment (a proxy) or of DNS (a service config) leads elsewhere. */
function optionsFor({ host, port, tls }: Target): ChannelOptions {
  return {
    'grpc.default_authority': `${host}:${port}`, ...tls && { 'grpc.ssl_target_name_override': host },
    'grpc.enable_http_proxy': 0, 'grpc.service_config_disable_resolution': 1, 'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': MESSAGE_BYTES, 'grpc.max_send_message_length': MESSAGE_BYTES, 'grpc.client_idle_timeout_ms': IDLE_MS,
    'grpc.primary_user_agent': 'Interchange/0.1',
  }
}
