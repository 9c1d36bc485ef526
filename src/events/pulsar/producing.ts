/** The rules that write topics: events become messages, in the order of the stream where they have the same key. */
import { HubError } from '../../errors.ts'
import type { FollowedEvent } from '../followers.ts'
import type { Broker } from './broker.ts'
import { wholeName } from './names.ts'
import { addressed, type Addressed, type OutgoingDeps } from './outgoing.ts'
import type { Report } from './report.ts'
import type { ProduceRule } from './settings.ts'

export interface ProducingDeps extends OutgoingDeps {
  rules: ProduceRule[]
  broker: Broker
  report: Report
}

/**
 * Resolves once the broker has stored all that the rules make of these events. Throws HubError `shutting_down`, or what is wrong with
 * the hub for a while: then all of them are to come again.
 */
export async function produce(deps: ProducingDeps, batch: readonly FollowedEvent[]): Promise<void> {
  // Side by side, since jq runs the documents of one program together; what comes of it is in order again.
  const messages = (await Promise.all(batch.map((followed) => messagesOf(deps, followed)))).flat()
  const chains = new Map<string, Promise<void>>()
  const sent = messages.map((each) => {
    const { topic, message: { key } } = each
    if (key === undefined) return send(deps, each)
    // One after the other: even a message that the broker refuses at first is not overtaken by the next of its key.
    const chain = JSON.stringify([wholeName(topic), key])
    const work = (chains.get(chain) ?? Promise.resolve()).then(() => send(deps, each))
    chains.set(chain, work)
    return work
  })
  const failure = (await Promise.allSettled(sent)).find((each) => each.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}

async function messagesOf(deps: ProducingDeps, followed: FollowedEvent): Promise<Addressed[]> {
  const found = await Promise.all(deps.rules.map(async (rule) => {
    try {
      return await addressed(deps, rule, followed)
    } catch (error) {
      if (!(error instanceof HubError) || error.retryable) throw error
      skipped(deps, followed.id, error)
      return undefined
    }
  }))
  return found.filter((each) => each !== undefined)
}

async function send(deps: ProducingDeps, { topic, message }: Addressed): Promise<void> {
  try {
    await deps.broker.send(topic, message)
    deps.report.count('produced')
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'upstream_rejected') throw error
    skipped(deps, message.properties['interchange_event']!, error)
  }
}

/** An event that cannot become a message now cannot do so later either: it must not keep back those behind it. */
function skipped({ report }: ProducingDeps, eventId: string, error: HubError): void {
  report.count('failed')
  report.failed(`Event ${eventId} was not sent: ${error.message}`)
}
