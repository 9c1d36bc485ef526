/** The bridge as the API takes and gives it. */
import { z } from 'zod'
import type { ShownBridge } from '../../../events/pulsar/bridges.ts'
import { authentication, bridgeFields, bridgeSettings, bridgeStatus } from '../../../events/pulsar/settings.ts'
import { timestamp } from '../../route.ts'

export const tag = 'Pulsar'

export const bridgeId = z.object({ id: z.string().max(100).describe('Id of the bridge.') })

const name = z.string().trim().min(1).max(200).describe('What people call it.')
const status = bridgeStatus.describe('A paused bridge neither reads nor writes. It goes on where it was once it is active again.')

export const bridgeInput = bridgeSettings.extend({ name, authentication: authentication.optional(), status: status.default('active') }).meta({ id: 'PulsarBridgeInput' })
export const bridgePatch = z.strictObject({ ...bridgeFields, name, authentication, status }).partial().meta({ id: 'PulsarBridgePatch' })

const onlyRead = new Set(['id', 'hasToken', 'connection', 'links', 'figures', 'lastError', 'lastErrorAt', 'lastConsumedAt', 'lastProducedAt', 'createdAt', 'updatedAt', 'etag'])

/** Fields that only the hub writes are taken and left out, so that a bridge can be written back as it was read. */
export function writtenBack<Input extends z.ZodType>(input: Input): z.ZodType<z.output<Input>> {
  return z.preprocess((value) => (value === null || typeof value !== 'object' || Array.isArray(value) ? value : Object.fromEntries(Object.entries(value).filter(([field]) => !onlyRead.has(field)))), input)
}

const link = z.object({
  direction: z.enum(['consume', 'produce']), topic: z.string().describe("The topic's whole name."),
  connected: z.boolean(), error: z.string().nullable().describe('Why it is not connected.'),
})

const figures = z.object({
  consumed: z.number().describe('Messages that became events.'),
  repeated: z.number().describe('Messages that came again, or CloudEvents that were here already.'),
  redelivered: z.number().describe('Messages that were handed back to the broker.'),
  deadLettered: z.number().describe('Messages that went to a dead letter topic.'),
  produced: z.number().describe('Messages that the broker has stored.'),
  failed: z.number().describe('Events that could not be made a message.'),
})

export const bridge = z.object({
  id: z.uuid(), name, ...bridgeSettings.shape, status, hasToken: z.boolean().describe('A token is kept for it.'),
  connection: z.enum(['connected', 'connecting', 'error', 'waiting', 'paused']).describe('`connected`: all topics are. `error`: at least one is not, `links` say why. `connecting`: no answer yet. `waiting`: no process has taken the bridge yet.'),
  links: z.array(link).describe('Its connections. Topics are written on demand.'),
  figures: figures.describe('Since the bridge was made, some seconds late.'),
  lastError: z.string().nullable().describe('What went wrong last, also where all is well since.'), lastErrorAt: timestamp.nullable(),
  lastConsumedAt: timestamp.nullable(), lastProducedAt: timestamp.nullable(),
  createdAt: timestamp, updatedAt: timestamp,
  etag: z.string().describe('Send it as `If-Match` with a change, to be told when somebody else was faster.'),
}).meta({ id: 'PulsarBridge' })

export function toBridge({ id, name, settings, status, hasToken, revision, createdAt, updatedAt, state }: ShownBridge): z.input<typeof bridge> {
  const { counters: figures, links, isHeld, ...last } = state
  return { id, name, ...settings, status, hasToken, connection: connectionOf(status, isHeld, links, settings.consume.length), links, figures, ...last, createdAt, updatedAt, etag: String(revision) }
}

function connectionOf(status: ShownBridge['status'], isHeld: boolean, links: ShownBridge['state']['links'], reads: number): z.input<typeof bridge>['connection'] {
  if (status === 'paused') return 'paused'
  if (!isHeld) return 'waiting'
  if (links.some(({ error }) => error !== null)) return 'error'
  return links.filter(({ direction }) => direction === 'consume').length < reads ? 'connecting' : 'connected'
}
