/** A bridge's broker: its address and token, and a producer for each topic that something is sent to. */
import type { WebSocket } from 'ws'
import type { LinkTimings } from './link/link.ts'
import { Producer, type OutgoingMessage } from './link/producer.ts'
import { openSocket, type SocketGuard } from '../../lib/http/socket.ts'
import { endpointUrl, wholeName, type Endpoint, type Topic } from './names.ts'
import type { Report } from './report.ts'

export interface Broker {
  timings: LinkTimings
  /** Begins to connect. Throws HubError `address_refused`, `credential_missing`, `credential_unreadable`. */
  connect(endpoint: Endpoint): Promise<WebSocket>
  /** Resolves once the broker has stored the message. Throws HubError `upstream_rejected`, `shutting_down`. */
  send(topic: Topic, message: OutgoingMessage): Promise<void>
  end(): Promise<void>
}

export interface BrokerDeps {
  serviceUrl: string
  ca: string | undefined
  /** Asked at each connection, so that a new one holds at once. */
  token(): Promise<string | undefined>
  guard: SocketGuard
  timings: LinkTimings
  report: Report
}

/** Topics may be named by events, so that there may be any number of them: of those in no use, this many stay connected. */
const IDLE_PRODUCERS = 20

interface Writer { producer: Producer, underWay: number }

export function createBroker({ serviceUrl, ca, token, guard, timings, report }: BrokerDeps): Broker {
  /** Those used last stand last. */
  const writers = new Map<string, Writer>()

  const connect = async (endpoint: Endpoint): Promise<WebSocket> => {
    const bearer = await token()
    return openSocket(guard, { url: endpointUrl(serviceUrl, endpoint), ca, headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` } })
  }

  const open = (topic: Topic, name: string): Writer => ({
    underWay: 0,
    producer: new Producer({
      timings, connect: () => connect({ kind: 'producer', topic, query: { sendTimeoutMillis: 0 } }),
      changed: (isConnected, error) => { report.linked('produce', name, isConnected, error) },
    }),
  })

  const closeIdle = async (): Promise<void> => {
    const idle = [...writers].filter(([, { underWay }]) => underWay === 0)
    for (const [name, { producer }] of idle.slice(0, Math.max(0, idle.length - IDLE_PRODUCERS))) {
      writers.delete(name)
      await producer.end()
      // Somebody may want it again meanwhile.
      if (!writers.has(name)) report.unlinked('produce', name)
    }
  }

  return {
    timings,
    connect,
    async send(topic, message) {
      const name = wholeName(topic)
      const writer = writers.get(name) ?? open(topic, name)
      writers.delete(name)
      writers.set(name, writer)
      writer.underWay += 1
      try {
        await writer.producer.send(message)
      } finally {
        writer.underWay -= 1
        void closeIdle()
      }
    },
    async end() {
      const ending = [...writers]
      writers.clear()
      await Promise.all(ending.map(async ([name, { producer }]) => {
        await producer.end()
        report.unlinked('produce', name)
      }))
    },
  }
}
