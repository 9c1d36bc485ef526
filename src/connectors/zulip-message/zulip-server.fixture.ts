/**
 * A stand-in for a Zulip server, after its published documentation: https://zulip.com/api/send-message, get-messages,
 * get-own-user, rest-error-handling. It holds channels and people, refuses what they say is refused, and answers in their shapes.
 */
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { startUpstream, type Upstream } from '../../lib/http/test-upstream.ts'

interface User { user_id: number, email: string, full_name: string, apiKey: string }
interface Message { id: number, type: 'stream' | 'private', content: string, subject: string, sender: User, stream?: string, people?: User[], timestamp: number }
interface Answer { status: number, body: Record<string, unknown>, headers?: Record<string, string> }

export interface ZulipServer extends Upstream {
  messages: Message[]
  post(sender: 'ada' | 'bot', stream: string, topic: string, content: string): number
  /** Answers the next request so, whatever it is. */
  answerNext(answer: Answer): void
}

const people: Record<'ada' | 'bot', User> = {
  ada: { user_id: 10, email: 'ada@example.com', full_name: 'Ada', apiKey: 'ada-key' },
  bot: { user_id: 23, email: 'hub-bot@zulip.test', full_name: 'Hub', apiKey: 'right-key' },
}
const streams = new Map([['general', 7], ['orders', 8]])

const success = (body: Record<string, unknown>): Answer => ({ status: 200, body: { result: 'success', msg: '', ...body } })
const failure = (status: number, code: string, msg: string): Answer => ({ status, body: { result: 'error', msg, code } })

export async function startZulip(): Promise<ZulipServer> {
  const messages: Message[] = []
  const planned: Answer[] = []
  const add = (message: Omit<Message, 'id' | 'timestamp'>): number => {
    // Ids of messages elsewhere lie between: they grow, but not by one.
    const id = (messages.at(-1)?.id ?? 100) + 3
    messages.push({ ...message, id, timestamp: 1_700_000_000 + id })
    return id
  }
  const server = await startUpstream((request, response) => {
    answer(request).then(({ status, body, headers }) => { response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body)) }, () => response.destroy())
  })

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const body = new URLSearchParams(await text(request))
    const user = signedIn(request)
    const next = planned.shift()
    if (next !== undefined) return next
    if (user === undefined) return failure(401, 'INVALID_API_KEY', 'Invalid API key')
    const url = new URL(request.url!, 'http://zulip')
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /api/v1/users/me': return success({ user_id: user.user_id, email: user.email, full_name: user.full_name, is_bot: true })
      case 'POST /api/v1/messages': return send(user, body, add)
      case 'GET /api/v1/messages': return list(messages, url.searchParams)
      default: return failure(404, 'BAD_REQUEST', 'Not found')
    }
  }

  return {
    ...server, messages,
    post: (sender, stream, subject, content) => add({ type: 'stream', sender: people[sender], stream, subject, content }),
    answerNext: (next) => { planned.push(next) },
  }
}

function signedIn({ headers }: IncomingMessage): User | undefined {
  const [email, ...key] = Buffer.from(headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString().split(':')
  return Object.values(people).find((user) => user.email === email && user.apiKey === key.join(':'))
}

function send(sender: User, form: URLSearchParams, add: (message: Omit<Message, 'id' | 'timestamp'>) => number): Answer {
  const [type, to, content] = ['type', 'to', 'content'].map((name) => form.get(name))
  for (const [name, value] of Object.entries({ type, to, content })) if (value === null || value === '') return failure(400, 'REQUEST_VARIABLE_MISSING', `Missing '${name}' argument`)
  if (type === 'stream' || type === 'channel') {
    const stream = streams.has(to!) ? to! : [...streams].find(([, id]) => String(id) === to)?.[0]
    if (stream === undefined) return failure(400, 'STREAM_DOES_NOT_EXIST', `Channel '${to}' does not exist`)
    return success({ id: add({ type: 'stream', sender, stream, subject: form.get('topic') ?? '(no topic)', content: content! }) })
  }
  if (type !== 'direct' && type !== 'private') return failure(400, 'BAD_REQUEST', 'Invalid type')
  const wanted = JSON.parse(to!) as (string | number)[]
  const found = wanted.map((each) => Object.values(people).find(({ user_id: id, email }) => id === each || email === each))
  if (found.includes(undefined)) return failure(400, 'BAD_REQUEST', `Invalid email '${String(wanted[found.indexOf(undefined)])}'`)
  return success({ id: add({ type: 'private', sender, people: found as User[], subject: '', content: content! }) })
}

function list(all: Message[], query: URLSearchParams): Answer {
  const narrow = JSON.parse(query.get('narrow') ?? '[]') as { operator: string, operand: string }[]
  const messages = all.filter((message) => narrow.every(({ operator, operand }) => operator === 'topic' ? message.subject === operand : message.stream === operand))
  const [before, after] = ['num_before', 'num_after'].map((name) => Number(query.get(name)))
  const wanted = query.get('anchor')
  const anchor = wanted === 'newest' ? Infinity : Number(wanted)
  if (Number.isNaN(anchor) || before === undefined || after === undefined || before + after > 5000) return failure(400, 'BAD_REQUEST', 'Invalid anchor')
  const later = messages.filter(({ id }) => id > anchor)
  const earlier = messages.filter(({ id }) => id < anchor)
  const at = query.get('include_anchor') === 'false' ? [] : messages.filter(({ id }) => id === anchor)
  const chosen = [...before === 0 ? [] : earlier.slice(-before), ...at, ...later.slice(0, after)]
  return success({ messages: chosen.map(shown), anchor: wanted === 'newest' ? 10_000_000_000_000_000 : anchor, found_newest: later.length <= after, found_oldest: earlier.length <= before, found_anchor: at.length > 0, history_limited: false })
}

function shown({ id, type, content, subject, sender, stream, people: to, timestamp }: Message): Record<string, unknown> {
  return {
    id, type, content, subject, timestamp, sender_id: sender.user_id, sender_email: sender.email, sender_full_name: sender.full_name, content_type: 'text/x-markdown', client: 'website', flags: [], reactions: [],
    ...stream === undefined ? { display_recipient: to!.map(({ user_id, email, full_name }) => ({ id: user_id, email, full_name, is_mirror_dummy: false })) } : { display_recipient: stream, stream_id: streams.get(stream) },
  }
}
