import { createHash } from 'node:crypto'
import type { SMTPEnvelope } from 'nodemailer/lib/smtp-connection'
import { z } from 'zod'
import { defineOperation } from '../define.ts'
import { address, domainOf, readAddress, type Address } from './addresses.ts'
import { plain } from './failure.ts'
import { withSession } from './session.ts'
import { readServer } from './settings.ts'

const MOST_RECIPIENTS = 500
/** Most servers take 25 MB or less; base64 adds a third. */
const MOST_ATTACHED_BYTES = 25 * 1024 * 1024

const oneLine = (max: number) => z.string().max(max).regex(/^\P{Cc}*$/u, 'holds a line break or another control character')
const recipients = z.union([address, z.array(address).max(MOST_RECIPIENTS)]).transform((given): Address[] => [given].flat())

const attachment = z.strictObject({
  filename: oneLine(255).regex(/^[^/\\]+$/, 'must be a name without a folder').describe('Name that the recipient sees.'),
  contentType: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/, 'is not a media type').optional().describe('For instance application/pdf. Left out, it follows from the name.'),
  base64: z.base64().describe('The content, in base64.'),
  cid: z.string().regex(/^[\w.@-]{1,200}$/, 'takes letters, digits and . @ - _').optional().describe('For pictures within the HTML: refer to it as cid:…'),
})

const input = z.strictObject({
  to: recipients.describe('One address or several, each may have a name: Ada <ada@example.com>.'),
  cc: recipients.optional().describe('Copies.'),
  bcc: recipients.optional().describe('Copies that the others don\'t see.'),
  subject: oneLine(998).default('').describe('Subject line.'),
  text: z.string().optional().describe('The message as plain text.'),
  html: z.string().optional().describe('The message as HTML.'),
  replyTo: address.optional().describe('Where answers go, where that is not the sender.'),
  attachments: z.array(attachment).max(50).optional().describe('Files that go along.'),
})
  .refine(({ text, html }) => text !== undefined || html !== undefined, { message: 'is needed, unless html is given', path: ['text'] })
  .refine(({ to, cc = [], bcc = [] }) => to.length + cc.length + bcc.length > 0, { message: 'needs an address', path: ['to'] })
  .refine(({ to, cc = [], bcc = [] }) => to.length + cc.length + bcc.length <= MOST_RECIPIENTS, { message: `at most ${MOST_RECIPIENTS} recipients at once`, path: ['to'] })
  .refine(({ attachments = [] }) => attachments.reduce((sum, { base64 }) => sum + base64.length * 0.75, 0) <= MOST_ATTACHED_BYTES, { message: 'are more than 25 MB together', path: ['attachments'] })

type Message = z.output<typeof input>

export const sendMessage = defineOperation({
  id: 'send_message',
  summary: 'Send an email.',
  description: 'Answers once the mail server has taken the message. Recipients that it refused while it took others are listed.',
  retrySafe: false, // a repeat sends a second message
  input,
  output: z.object({
    messageId: z.string(),
    accepted: z.array(z.string()),
    rejected: z.array(z.object({ address: z.string(), reason: z.string() })),
    response: z.string().describe('What the server said at the end.'),
  }),
  example: { to: ['Ada <ada@example.com>'], subject: 'Order 17 shipped', text: 'It is on its way.', html: '<p>It is on its way.</p>' },
  async run({ input: message, idempotencyKey, ...context }) {
    const server = readServer(context)
    const from = readAddress(server.from)!
    const { content, messageId, envelope } = await compose(message, from, idempotencyKey)
    const { accepted, rejected, rejectedErrors = [], response } = await withSession(server, context, (session) => session.send(envelope, content))
    return {
      messageId, accepted, response: plain(response),
      rejected: rejected.map((address, at) => ({ address, reason: plain(rejectedErrors[at]?.response ?? 'refused') })),
    }
  },
})

interface Composed { content: Buffer, messageId: string, envelope: SMTPEnvelope }

async function compose({ to, cc = [], bcc = [], subject, text, html, replyTo, attachments = [] }: Message, from: Address, idempotencyKey: string | undefined): Promise<Composed> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const node = new MailComposer({
    from, to, cc, subject, ...replyTo && { replyTo }, ...text !== undefined && { text }, ...html !== undefined && { html },
    // The same over all tries of a run: a server or reader that sees two can tell.
    ...idempotencyKey !== undefined && { messageId: `<${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32)}@${domainOf(from)}>` },
    attachments: attachments.map(({ filename, contentType, base64, cid }) => ({
      filename, content: Buffer.from(base64, 'base64'), ...contentType !== undefined && { contentType }, ...cid !== undefined && { cid },
    })),
    // Content is given, never fetched.
    disableFileAccess: true, disableUrlAccess: true,
  }).compile()
  const addresses = [...new Set([...to, ...cc, ...bcc].map((each) => each.address))]
  const messageId = node.messageId()
  const content = await new Promise<Buffer>((resolve, reject) => { node.build((error, built) => error ? reject(error) : resolve(built!)) })
  return { content, messageId, envelope: { from: from.address, to: addresses } }
}
