/** NATS, core subjects. */
import type { NatsConnection } from '@nats-io/transport-node'
import { fromError } from '../failure.ts'
import { decodePayload, encodePayload } from '../payload.ts'
import { TIMEOUT_MS, type Inbound, type Place, type Protocol, type ProtocolDeps } from '../protocol.ts'
import { targetOf, within } from '../target.ts'

export const nats: Protocol = {
  names: ['nats'],
  async publish(deps, place, { payload, headers: given }) {
    const { connection, host } = await open(deps, place)
    try {
      const { headers: createHeaders } = await import('@nats-io/transport-node')
      const headers = createHeaders()
      for (const [name, value] of Object.entries(given)) headers.set(name, value)
      connection.publish(place.channel, encodePayload(payload), { headers })
      // The server has it once it answers what was sent behind it.
      await within(place, host, connection.flush())
    } finally {
      await connection.close().catch(() => undefined)
    }
  },
  async* subscribe(deps, place) {
    const { connection, host } = await open(deps, place)
    const onAbort = (): void => { void connection.close() }
    place.signal.addEventListener('abort', onAbort, { once: true })
    try {
      const { queue } = place.binding
      const subscription = connection.subscribe(place.channel, typeof queue === 'string' ? { queue } : {})
      await within(place, host, connection.flush())
      for await (const message of subscription) {
        const headers = Object.fromEntries((message.headers?.keys() ?? []).map((name) => [name, message.headers!.get(name)]))
        yield { payload: decodePayload(message.data), headers: { subject: message.subject, ...headers } } satisfies Inbound
      }
      const closed = await connection.closed()
      if (closed instanceof Error) throw fromError(closed, host)
    } finally {
      place.signal.removeEventListener('abort', onAbort)
      await connection.close().catch(() => undefined)
    }
  },
}

async function open(deps: ProtocolDeps, place: Place): Promise<{ connection: NatsConnection, host: string }> {
  const { host, port, address } = await targetOf(deps, place, 4222)
  const { connect } = await import('@nats-io/transport-node')
  const { user, password, token } = place.credential ?? {}
  const connection = await within(place, host, connect({
    servers: `${address.includes(':') ? `[${address}]` : address}:${port}`,
    // A server names others of its cluster: nobody has judged their addresses.
    ignoreClusterUpdates: true, reconnect: false, timeout: TIMEOUT_MS, name: 'interchange',
    ...token !== undefined ? { token } : user !== undefined && { user, pass: password ?? '' },
  }))
  return { connection, host }
}
