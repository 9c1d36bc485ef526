import { z } from 'zod'
import { defineOperation } from '../define.ts'
import { call } from './api.ts'

const person = z.union([z.int(), z.string().min(1).max(500)])

const input = z.strictObject({
  type: z.enum(['stream', 'channel', 'direct', 'private']).describe('stream (or channel) for a channel, direct (or private) for people.'),
  to: z.union([person, z.array(person).min(1).max(500)]).describe('Name or id of the channel; emails or ids of the people.'),
  topic: z.string().max(60).optional().describe('Topic within the channel.'),
  content: z.string().min(1).max(10_000).describe('The message, in Zulip\'s Markdown.'),
})
  .refine(({ type, to }) => !isChannel(type) || !Array.isArray(to), { message: 'is one channel', path: ['to'] })
  .refine(({ type, topic }) => isChannel(type) || topic === undefined, { message: 'goes with a channel only', path: ['topic'] })

export const sendMessage = defineOperation({
  id: 'send_message',
  summary: 'Send a message to a channel or to people.',
  retrySafe: false, // a repeat posts a second message
  input,
  output: z.object({ id: z.int().describe('Of the message.') }),
  example: { type: 'stream', to: 'general', topic: 'Orders', content: 'Order 17 **shipped**' },
  async run({ input: { type, to, topic, content }, ...context }) {
    // A channel's name goes as it is; people, and a channel's id, as JSON.
    const recipient = isChannel(type) ? String(to) : JSON.stringify([to].flat())
    const form = { type: isChannel(type) ? 'stream' : 'direct', to: recipient, content, ...topic !== undefined && { topic } }
    const { id } = await call(context, { method: 'POST', url: '/messages', form }, z.object({ id: z.int() }))
    return { id }
  },
})

function isChannel(type: string): boolean {
  return type === 'stream' || type === 'channel'
}
