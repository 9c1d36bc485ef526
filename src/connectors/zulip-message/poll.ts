/**
 * New messages by their ids, which only grow. Zulip's event queues are not used: they are dropped after minutes without a
 * reader, and what came meanwhile would be lost.
 */
import { z } from 'zod'
import type { ConnectionContext, PollResult } from '../connector.ts'
import { HubError } from '../../errors.ts'
import { parseInput } from '../../lib/zod-errors.ts'
import { call, me } from './api.ts'

const configuration = z.strictObject({ channel: z.string().default(''), topic: z.string().default(''), includeOwn: z.boolean().default(false) })
const position = z.strictObject({ messageId: z.int().min(0), userId: z.int() })
const message = z.looseObject({ id: z.int(), sender_id: z.int(), timestamp: z.int() })
const page = z.object({ messages: z.array(message), found_newest: z.boolean().default(true) })

const PAGE = 200
/** In one poll; the cursor stands where it ended, and the next poll goes on there. */
const MOST_PAGES = 5

/** The first poll begins with what comes after it. */
export async function poll(context: ConnectionContext, cursor: unknown): Promise<PollResult> {
  const settings = parseInput(configuration, context.configuration, '/configuration')
  const narrow = JSON.stringify([...settings.channel === '' ? [] : [{ operator: 'stream', operand: settings.channel }], ...settings.topic === '' ? [] : [{ operator: 'topic', operand: settings.topic }]])
  const read = (query: Record<string, string | number>) => call(context, { method: 'GET', url: '/messages', query: { ...query, narrow, apply_markdown: 'false', client_gravatar: 'false' } }, page)
  if (cursor === undefined || cursor === null) {
    const { user_id: userId } = await call(context, { method: 'GET', url: '/users/me' }, me)
    const { messages } = await read({ anchor: 'newest', num_before: 1, num_after: 0 })
    return { events: [], cursor: { messageId: messages.at(-1)?.id ?? 0, userId } }
  }
  const { messageId, userId } = readPosition(cursor)
  const found: z.output<typeof message>[] = []
  let last = messageId
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const { messages, found_newest: isEnd } = await read({ anchor: last, include_anchor: 'false', num_before: 0, num_after: PAGE })
    // Old servers give the anchor as well.
    const fresh = messages.filter(({ id }) => id > last)
    found.push(...fresh)
    last = fresh.at(-1)?.id ?? last
    if (isEnd || fresh.length === 0) break
  }
  const wanted = found.filter(({ sender_id: sender }) => settings.includeOwn || sender !== userId)
  return {
    events: wanted.map((data) => ({ type: 'message.received', id: String(data.id), data, time: new Date(data.timestamp * 1000).toISOString() })),
    cursor: { messageId: last, userId },
  }
}

function readPosition(cursor: unknown): z.output<typeof position> {
  const read = position.safeParse(cursor)
  if (read.success) return read.data
  throw new HubError('invalid_cursor', 'The place where the last poll ended cannot be read.')
}
