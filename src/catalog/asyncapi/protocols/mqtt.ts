/** MQTT 3.1.1 and 5. */
import type { MqttClient } from 'mqtt'
import { HubError } from '../../../errors.ts'
import { fromError } from '../failure.ts'
import { decodePayload, encodePayload } from '../payload.ts'
import { TIMEOUT_MS, type Inbound, type Place, type Protocol, type ProtocolDeps } from '../protocol.ts'
import { MessageQueue } from '../queue.ts'
import { targetOf, within } from '../target.ts'

export const mqtt: Protocol = {
  names: ['mqtt', 'mqtts', 'mqtt5', 'secure-mqtt'],
  async publish(deps, place, { payload, headers }) {
    const { client, host } = await connect(deps, place)
    try {
      await within(place, host, client.publishAsync(place.channel, encodePayload(payload), { qos: qosOf(place), retain: place.binding['retain'] === true, ...isFive(place) && { properties: { userProperties: headers } } }))
    } finally {
      await client.endAsync().catch(() => undefined)
    }
  },
  async* subscribe(deps, place) {
    const { client, host } = await connect(deps, place)
    const queue = new MessageQueue<Inbound>()
    const onAbort = (): void => { queue.end() }
    place.signal.addEventListener('abort', onAbort, { once: true })
    client.on('message', (topic, payload, { properties }) => {
      const correlation = properties?.correlationData
      const taken = queue.push({ payload: decodePayload(payload), headers: { topic, ...properties?.userProperties }, ...correlation !== undefined && { correlationId: correlation.toString() } })
      if (!taken) queue.end(new HubError('upstream_response_too_large', `${host} sends messages faster than they are taken.`))
    })
    client.on('close', () => { queue.end(new HubError('upstream_unavailable', `${host} ended the connection.`)) }).on('error', (error) => { queue.end(fromError(error, host)) })
    try {
      await within(place, host, client.subscribeAsync(place.channel, { qos: qosOf(place) }))
      yield* queue.read()
    } finally {
      place.signal.removeEventListener('abort', onAbort)
      await client.endAsync().catch(() => undefined)
    }
  },
}

async function connect(deps: ProtocolDeps, place: Place): Promise<{ client: MqttClient, host: string }> {
  const tls = place.protocol === 'mqtts' || place.protocol === 'secure-mqtt'
  const { host, port, address } = await targetOf(deps, place, tls ? 8883 : 1883)
  const { default: { connect: open } } = await import('mqtt')
  const { user, password } = place.credential ?? {}
  const client = open({
    host: address, port, protocol: tls ? 'mqtts' : 'mqtt', ...tls && { servername: host }, protocolVersion: isFive(place) ? 5 : 4,
    // A broken connection is the task's to retry.
    reconnectPeriod: 0, connectTimeout: TIMEOUT_MS, clean: true, clientId: `interchange-${crypto.randomUUID()}`,
    ...user !== undefined && { username: user }, ...password !== undefined && { password },
  })
  try {
    await within(place, host, new Promise<void>((resolve, reject) => {
      client.once('connect', () => { resolve() }).once('error', reject).once('close', () => { reject(new Error('closed')) })
    }))
    return { client, host }
  } catch (error) {
    client.on('error', () => undefined).end(true)
    throw error
  }
}

function isFive({ protocol, binding }: Place): boolean {
  return protocol === 'mqtt5' || String(binding['bindingVersion'] ?? '').startsWith('5')
}

function qosOf({ binding: { qos } }: Place): 0 | 1 | 2 {
  return qos === 0 || qos === 2 ? qos : 1
}
