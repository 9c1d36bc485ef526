/** Sends messages to channels of AsyncAPI documents, and takes those that come. */
import { HubError } from '../../errors.ts'
import type { AsyncApiChannel, AsyncApiServer } from './document.ts'
import type { Arrived, Outbound, Place, Protocol, ProtocolDeps } from './protocol.ts'
import { amqp } from './protocols/amqp.ts'
import { http } from './protocols/http.ts'
import { mqtt } from './protocols/mqtt.ts'
import { nats } from './protocols/nats.ts'
import { ws } from './protocols/ws.ts'

/** Each loads its library when it is first used. */
const protocols: Protocol[] = [http, ws, mqtt, nats, amqp]

export interface ChannelCall {
  channel: AsyncApiChannel
  /** By name; else the first that speaks the protocol, or the first of all. */
  server?: { name: string, variables: Record<string, string> } | undefined
  protocol?: string | undefined
  /** For what stands in braces in the channel's address. */
  parameters: Record<string, unknown>
  credential: Place['credential']
  signal: AbortSignal
}

export interface AsyncApi {
  /** Throws HubError: `invalid_input` for a server or protocol that isn't there or isn't supported, `address_refused`, the upstream's. */
  publish(call: ChannelCall, message: Outbound): Promise<void>
  subscribe(call: ChannelCall): AsyncIterable<Arrived>
}

export function createAsyncApi(deps: ProtocolDeps): AsyncApi {
  return {
    async publish(call, message) {
      const { protocol, place } = placeOf(call)
      await protocol.publish(deps, place, message)
    },
    subscribe(call) {
      const { protocol, place } = placeOf(call)
      return protocol.subscribe(deps, place)
    },
  }
}

function placeOf(call: ChannelCall): { protocol: Protocol, place: Place } {
  const server = chooseServer(call)
  const protocol = protocols.find(({ names }) => names.includes(server.protocol))
  if (protocol === undefined) throw refused(`The protocol ${server.protocol} is not supported: ${protocols.flatMap(({ names }) => names).join(', ')} are.`)
  const { channel: { bindings }, credential, signal } = call
  return { protocol, place: { server: addressOf(server, call.server?.variables ?? {}), protocol: server.protocol, channel: channelAddress(call, protocol), binding: bindings[server.protocol] ?? bindings[protocol.names[0]!] ?? {}, credential, signal } }
}

function chooseServer({ channel, server, protocol }: ChannelCall): AsyncApiServer {
  const names = channel.servers.map(({ name }) => name).join(', ') || 'none'
  if (server !== undefined) {
    const named = channel.servers.find(({ name }) => name === server.name)
    if (named === undefined) throw refused(`The channel is on no server ${server.name.slice(0, 100)}: it is on ${names}.`)
    return named
  }
  const family = protocols.find((each) => each.names.includes(protocol ?? ''))?.names ?? [protocol]
  const found = protocol === undefined ? channel.servers[0] : channel.servers.find((each) => each.protocol === protocol) ?? channel.servers.find((each) => family.includes(each.protocol))
  if (found === undefined) throw refused(protocol === undefined ? 'The channel is on no server.' : `The channel is on no server that speaks ${protocol}: it is on ${names}.`)
  return found
}

function addressOf({ address, variables }: AsyncApiServer, given: Record<string, string>): string {
  return address.replaceAll(/\{([^{}]*)\}/g, (_whole, name: string) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined
    const value = Object.hasOwn(given, name) ? given[name] : variable?.default
    if (value === undefined) throw refused(`The server's variable ${name.slice(0, 100)} has no value.`)
    if (variable?.enum !== undefined && !variable.enum.includes(value)) throw refused(`The server's variable ${name} is one of ${variable.enum.join(', ')}.`)
    if (!/^[\w.-]*$/.test(value)) throw refused(`The server's variable ${name.slice(0, 100)} may hold letters, digits, dots, dashes and underscores only.`)
    return value
  })
}

/** Of a topic's parts none may be a wildcard or hold a separator: a value stays within its place. */
function channelAddress({ channel: { address, parameters }, parameters: given }: ChannelCall, protocol: Protocol): string {
  const isUrl = protocol === http || protocol === ws
  return address.replaceAll(/\{([^{}]*)\}/g, (_whole, name: string) => {
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) ?? (Object.hasOwn(parameters, name) ? parameters[name]?.default : undefined)
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') throw refused(`The channel's parameter ${name.slice(0, 100)} has no value.`)
    const text = String(value)
    if (isUrl) return encodeURIComponent(text)
    if (!/^[^\s+#*>/.\0]+$/.test(text)) throw refused(`The channel's parameter ${name.slice(0, 100)} may hold no separators and no wildcards.`)
    return text
  })
}

function refused(message: string): HubError {
  return new HubError('invalid_input', message, { beforeSending: true })
}
