/** A bridge that runs: its consumers, its producers, and what it tells of itself. */
import type { OwnSecrets } from '../../credentials/own.ts'
import type { Inbox } from '../event.ts'
import type { Followers } from '../followers.ts'
import { createBroker } from './broker.ts'
import { startConsuming } from './consuming.ts'
import type { IncomingDeps } from './incoming.ts'
import type { HeldBridge } from './leases-store.ts'
import type { LinkTimings } from './link/link.ts'
import type { SocketGuard } from '../../lib/http/socket.ts'
import { produce } from './producing.ts'
import { Report } from './report.ts'

export interface BridgeDeps {
  inbox: Inbox
  jq: IncomingDeps['jq']
  check: IncomingDeps['check']
  followers: Pick<Followers, 'follow'>
  guard: SocketGuard
  secrets: Pick<OwnSecrets, 'open' | 'forget'>
  timings: LinkTimings
  onError(message: string, error: unknown): void
}

export interface RunningBridge {
  report: Report
  /** Lets go of the broker. What was not acknowledged comes again, to whoever runs the bridge next. */
  end(): Promise<void>
}

/** Of its secrets; and its name as a follower. */
export function ownerOf(bridgeId: string): string {
  return `pulsar.${bridgeId}`
}

export function startBridge(deps: BridgeDeps, { tenantId, id, settings: { serviceUrl, tls, consume, produce: rules } }: HeldBridge): RunningBridge {
  const { inbox, jq, check, guard, timings, onError } = deps
  // A bridge begins anew when its token has changed: what is remembered may be from before.
  deps.secrets.forget(tenantId, ownerOf(id))
  let mask = (text: string): string => text
  const report = new Report((text) => mask(text))
  const token = async (): Promise<string | undefined> => {
    const credential = await deps.secrets.open(tenantId, ownerOf(id))
    mask = (text) => credential.mask.mask(text)
    return credential.values['token'] as string | undefined
  }
  const broker = createBroker({ serviceUrl, ca: tls.ca, token, guard, timings, report })
  const consuming = consume.map((rule) => startConsuming({ tenantId, bridgeId: id, serviceUrl, rule, jq, check, inbox, broker, report, onError }))
  const follower = rules.length === 0
    ? undefined
    : deps.followers.follow({
      tenantId, name: ownerOf(id), types: [...new Set(rules.flatMap(({ types }) => types))],
      handle: (batch) => produce({ tenantId, serviceUrl, jq, rules, broker, report }, batch),
    })
  return {
    report,
    async end() {
      const following = follower?.stop()
      await Promise.all(consuming.map((each) => each.end()))
      // Whoever waits for an acknowledgement waits no longer.
      await broker.end()
      await following
      await Promise.all(consuming.map((each) => each.settled()))
    },
  }
}
