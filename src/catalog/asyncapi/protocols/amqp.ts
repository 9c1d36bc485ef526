/** AMQP 0-9-1, as RabbitMQ speaks it. */
import type { Channel, ChannelModel } from 'amqplib'
import { HubError } from '../../../errors.ts'
import { fromError } from '../failure.ts'
import { decodePayload, encodePayload } from '../payload.ts'
import { TIMEOUT_MS, type Arrived, type Place, type Protocol, type ProtocolDeps } from '../protocol.ts'
import { MessageQueue } from '../queue.ts'
import { targetOf, within } from '../target.ts'

/** Unacknowledged at once. */
const PREFETCH = 20

export const amqp: Protocol = {
  names: ['amqp', 'amqps'],
  async publish(deps, place, { payload, headers }) {
    const { connection, host } = await open(deps, place)
    try {
      const channel = await within(place, host, connection.createConfirmChannel())
      let returned = false
      channel.on('return', () => { returned = true }).on('error', () => undefined)
      const { exchange, routingKey } = routeOf(place)
      await within(place, host, new Promise<void>((resolve, reject) => {
        channel.publish(exchange, routingKey, encodePayload(payload), { mandatory: true, persistent: true, contentType: typeof payload === 'string' ? 'text/plain' : 'application/json', headers }, (error) => { if (error === null || error === undefined) resolve(); else reject(error as Error) })
        channel.once('close', () => { reject(new Error('closed: NOT_FOUND')) })
      }))
      if (returned) throw new HubError('upstream_rejected', `${host} has no queue for ${place.channel.slice(0, 200)}.`, { upstreamStatus: 404 })
    } finally {
      await connection.close().catch(() => undefined)
    }
  },
  async* subscribe(deps, place) {
    const { connection, host } = await open(deps, place)
    const onAbort = (): void => { queue.end() }
    const queue = new MessageQueue<Arrived>()
    place.signal.addEventListener('abort', onAbort, { once: true })
    connection.on('close', () => { queue.end(new HubError('upstream_unavailable', `${host} ended the connection.`)) })
    let channel: Channel | undefined
    try {
      channel = await within(place, host, connection.createChannel())
      channel.on('error', (error) => { queue.end(fromError(error, host)) })
      await within(place, host, consume(channel, place, queue))
      yield* queue.read()
    } finally {
      place.signal.removeEventListener('abort', onAbort)
      // The channel first: the end of a connection overtakes what its channels still have to say, acknowledgements among it.
      await close(channel)
      await connection.close().catch(() => undefined)
    }
  },
}

/** One that an error closed is closed. */
async function close(channel: Channel | undefined): Promise<void> {
  try {
    await channel?.close()
  } catch {
    // Nothing more can be said on it.
  }
}

async function consume(channel: Channel, place: Place, queue: MessageQueue<Arrived>): Promise<void> {
  await channel.prefetch(PREFETCH)
  const { exchange, routingKey } = routeOf(place)
  let name = routingKey
  if (exchange !== '') {
    name = (await channel.assertQueue('', { exclusive: true, autoDelete: true })).queue
    await channel.bindQueue(name, exchange, routingKey)
  }
  await channel.consume(name, (message) => {
    if (message === null) {
      queue.end(new HubError('upstream_unavailable', 'The queue was deleted.'))
      return
    }
    const { headers, correlationId } = message.properties as { headers?: Record<string, unknown>, correlationId?: string }
    queue.push({
      payload: decodePayload(message.content), headers: { routingKey: message.fields.routingKey, ...headers }, ...correlationId !== undefined && { correlationId },
      taken: () => { channel.ack(message) },
    })
  })
}

/** The channel is a queue, unless the document's binding says that it is a routing key of an exchange. */
function routeOf({ channel, binding }: Place): { exchange: string, routingKey: string } {
  const { is, queue, exchange } = binding as { is?: unknown, queue?: { name?: unknown }, exchange?: { name?: unknown } }
  if (is === 'routingKey') return { exchange: typeof exchange?.name === 'string' ? exchange.name : 'amq.topic', routingKey: channel }
  return { exchange: '', routingKey: typeof queue?.name === 'string' ? queue.name : channel }
}

async function open(deps: ProtocolDeps, place: Place): Promise<{ connection: ChannelModel, host: string }> {
  const tls = place.protocol === 'amqps'
  const { host, port, address } = await targetOf(deps, place, tls ? 5671 : 5672)
  const { connect } = await import('amqplib')
  const { user = 'guest', password = 'guest' } = place.credential ?? {}
  const [, vhost = ''] = /^[^/]*\/(.*)$/.exec(place.server) ?? []
  const connection = await within(place, host, connect(
    { protocol: tls ? 'amqps' : 'amqp', hostname: address, port, username: user, password, vhost: vhost === '' ? '/' : decodeURIComponent(vhost), frameMax: 131_072 },
    { timeout: TIMEOUT_MS, ...tls && { servername: host } }))
  // Told to whoever waits by the channel, or by the close that follows.
  connection.on('error', () => undefined)
  return { connection, host }
}
