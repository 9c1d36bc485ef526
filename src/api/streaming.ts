/** What the ways of streaming events have in common. */
import { z } from 'zod'

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat().flatMap((each) => each.split(',')).map((each) => each.trim()).filter((each) => each !== ''))

export const streamQuery = z.strictObject({
  types: list.pipe(z.array(z.string().max(300)).max(100)).default([]).describe('Only of these types, with commas between; `*` stands for any run of characters. Default: all.'),
  webhookSourceId: z.uuid().optional().describe('Only those that this webhook source took in.'),
  after: z.string().max(200).optional().describe('Go on behind this: the last `id` of a stream, the `messageId` of an event, or `beginning`. Default: what comes from now on.'),
})

/** A reader that takes nothing for so long is cut off. */
export const STALLED_MS = 30_000
/** Proxies cut connections on which nothing happens, most after a minute. */
export const HEARTBEAT_MS = 15_000
