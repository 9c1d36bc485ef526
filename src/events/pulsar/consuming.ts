/** A rule that reads a topic: messages become events, and are acknowledged once those are committed. */
import { setTimeout as pause } from 'node:timers/promises'
import { HubError } from '../../errors.ts'
import type { Inbox } from '../event.ts'
import { eventOf, type IncomingDeps } from './incoming.ts'
import { Consumer, type IncomingMessage, type Verdict } from './link/consumer.ts'
import { deadLetterTopicOf, readTopic, wholeName, type Topic } from './names.ts'
import { isOwn } from './outgoing.ts'
import type { Broker } from './broker.ts'
import type { Report } from './report.ts'

export interface ConsumingDeps extends IncomingDeps {
  broker: Broker
  inbox: Inbox
  report: Report
  onError(message: string, error: unknown): void
}

/** What is wrong with the hub and not with the message is waited for: it must not send messages to the dead letter topic. */
const FIRST_WAIT_MS = 250
const MAX_WAIT_MS = 5000
/** What is nearly committed when the bridge ends is still acknowledged. */
const END_GRACE_MS = 3000

export interface Consuming {
  end(): Promise<void>
  /** Resolves when nothing is under way any more: what waits for the broker, once that has ended. */
  settled(): Promise<void>
}

export function startConsuming(deps: ConsumingDeps): Consuming {
  const { broker, rule, report } = deps
  const topic = readTopic(rule.topic)!
  const consumer = new Consumer({
    timings: broker.timings,
    connect: () => broker.connect({
      kind: 'consumer', topic, subscription: rule.subscription,
      query: {
        subscriptionType: 'Shared', subscriptionInitialPosition: rule.initialPosition === 'earliest' ? 'Earliest' : 'Latest', receiverQueueSize: rule.receiverQueueSize,
        negativeAckRedeliveryDelay: rule.redeliveryDelay, consumerName: `interchange-${deps.bridgeId}`,
        // Pulsar's own way, without a reason: for what is too large to be sent there by way of the WebSocket API.
        maxRedeliverCount: rule.maxRedeliveries + 1, deadLetterTopic: wholeName(deadLetterTopicOf(rule)),
      },
    }),
    changed: (isConnected, error) => { report.linked('consume', wholeName(topic), isConnected, error) },
    handle: (message, signal) => handle(deps, topic, message, signal),
  })
  return {
    async end() {
      await consumer.end(END_GRACE_MS)
      report.unlinked('consume', wholeName(topic))
    },
    settled: () => consumer.settled(),
  }
}

async function handle(deps: ConsumingDeps, topic: Topic, message: IncomingMessage, signal: AbortSignal): Promise<Verdict> {
  const { report, inbox, tenantId } = deps
  // Nothing new: it is stored here already, and whoever wants it had it.
  if (isOwn(message.properties, tenantId, topic)) return 'acknowledge'
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(MAX_WAIT_MS, waitMs * 2)) {
    try {
      const { repeated } = await inbox.accept(await eventOf(deps, message))
      report.count(repeated ? 'repeated' : 'consumed')
      return 'acknowledge'
    } catch (error) {
      if (!isPassing(error)) return giveUp(deps, topic, message, error)
      report.failed(`${wholeName(topic)}: ${(error as HubError).message}`)
    }
    await pause(waitMs, undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) return 'redeliver'
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof HubError && error.retryable
}

async function giveUp({ broker, rule, report, onError }: ConsumingDeps, topic: Topic, message: IncomingMessage, error: unknown): Promise<Verdict> {
  const reason = error instanceof HubError ? error.message : 'The event could not be stored.'
  if (!(error instanceof HubError)) onError('a message from Pulsar could not be stored', error)
  report.failed(`${wholeName(topic)}: ${reason}`)
  if (message.redeliveryCount < rule.maxRedeliveries) {
    report.count('redelivered')
    return 'redeliver'
  }
  try {
    await broker.send(deadLetterTopicOf(rule), {
      payload: message.payload, key: message.key,
      properties: {
        ...message.properties,
        // The first two are named as Pulsar's own clients name them.
        REAL_TOPIC: wholeName(topic), ORIGIN_MESSAGE_ID: message.messageId,
        interchange_reason: reason.slice(0, 1000), interchange_redeliveries: String(message.redeliveryCount),
      },
    })
  } catch (failure) {
    if (failure instanceof HubError && failure.code === 'upstream_rejected') report.failed(`${wholeName(deadLetterTopicOf(rule))}: ${failure.message}`)
    return 'redeliver'
  }
  report.count('deadLettered')
  return 'acknowledge'
}
