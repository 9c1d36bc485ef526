/**
 * A server that holds requests to the published forms of OpenAI's chat completions and Anthropic's messages, and answers in theirs
 * (https://platform.openai.com/docs/api-reference/chat, https://docs.claude.com/en/api/messages).
 */
import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import { json, startUpstream, type Asked, type Upstream } from '../../../test/upstream.ts'

/** What the model is to say. */
export interface Turn {
  text?: string
  calls?: { name: string, arguments: Record<string, unknown> | string }[]
  stop?: string
  /** Where it streams: awaited behind the first piece. */
  pause?: Promise<void>
  /** Where it streams: what comes behind the first piece instead of the rest. */
  breaks?: 'error' | 'end' | 'reset'
}

export interface AiServer extends Upstream {
  /** The next answers of the model; when they are used up it repeats the last thing it was told. */
  say(...turns: Turn[]): void
  /** Answers the next request so, whatever it is. */
  answerNext(status: number, body: unknown, headers?: Record<string, string>): void
  /** Bodies of what was asked. */
  bodies(): any[] // eslint-disable-line typescript/no-explicit-any
}

const schema = z.looseObject({ type: z.literal('object') })
const openAiRequest = z.strictObject({
  model: z.string(), max_tokens: z.number().optional(), max_completion_tokens: z.number().optional(), temperature: z.number().optional(), top_p: z.number().optional(), stop: z.array(z.string()).optional(), stream: z.boolean().optional(), stream_options: z.strictObject({ include_usage: z.boolean() }).optional(), seed: z.number().optional(),
  messages: z.array(z.discriminatedUnion('role', [
    z.strictObject({ role: z.literal('system'), content: z.string() }),
    z.strictObject({ role: z.literal('user'), content: z.union([z.string(), z.array(z.discriminatedUnion('type', [z.strictObject({ type: z.literal('text'), text: z.string() }), z.strictObject({ type: z.literal('image_url'), image_url: z.strictObject({ url: z.string() }) })]))]) }),
    z.strictObject({ role: z.literal('assistant'), content: z.string().nullable(), tool_calls: z.array(z.strictObject({ id: z.string(), type: z.literal('function'), function: z.strictObject({ name: z.string(), arguments: z.string() }) })).optional() }),
    z.strictObject({ role: z.literal('tool'), tool_call_id: z.string(), content: z.string() }),
  ])),
  tools: z.array(z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: z.string(), description: z.string(), parameters: schema }) })).optional(),
  tool_choice: z.union([z.enum(['auto', 'none', 'required']), z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: z.string() }) })]).optional(),
  response_format: z.strictObject({ type: z.literal('json_schema'), json_schema: z.strictObject({ name: z.string().regex(/^[\w-]+$/), schema: z.looseObject({}) }) }).optional(),
})

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.looseObject({}) }),
  z.strictObject({ type: z.literal('tool_result'), tool_use_id: z.string(), content: z.string(), is_error: z.boolean().optional() }),
  z.strictObject({ type: z.literal('image'), source: z.discriminatedUnion('type', [z.strictObject({ type: z.literal('url'), url: z.string() }), z.strictObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() })]) }),
])
const anthropicRequest = z.strictObject({
  model: z.string(), max_tokens: z.number().min(1), system: z.string().optional(), temperature: z.number().max(1).optional(), top_p: z.number().optional(), stream: z.boolean().optional(), stop_sequences: z.array(z.string()).optional(),
  messages: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.array(block).min(1) })).refine((messages) => messages.every(({ role }, index) => role === (index % 2 === 0 ? 'user' : 'assistant')), 'roles take turns'),
  tools: z.array(z.strictObject({ name: z.string(), description: z.string(), input_schema: schema })).optional(),
  tool_choice: z.union([z.strictObject({ type: z.enum(['auto', 'none', 'any']) }), z.strictObject({ type: z.literal('tool'), name: z.string() })]).optional(),
  output_config: z.strictObject({ format: z.strictObject({ type: z.literal('json_schema'), schema: z.looseObject({}) }) }).optional(),
})

export async function startAiServer(): Promise<AiServer> {
  const upstream = await startUpstream()
  const turns: Turn[] = []
  const planned: { status: number, body: unknown, headers: Record<string, string> }[] = []
  upstream.answer((request, response) => {
    const given = planned.shift()
    if (given !== undefined) return json(response, given.status, given.body, given.headers)
    const streamed = isStreamed(request) ? turns[0] ?? { text: 'Hello.' } : undefined
    const [status, body] = answer(request, turns)
    if (streamed === undefined || status !== 200) return json(response, status, body)
    return request.headers['anthropic-version'] === undefined ? streamOpenAi(response, streamed, body) : streamAnthropic(response, streamed, body)
  })
  return {
    ...upstream, say: (...next) => { turns.push(...next) },
    answerNext: (status, body, headers = {}) => { planned.push({ status, body, headers }) },
    bodies: () => upstream.asked.filter(({ body }) => body !== '').map(({ body }) => JSON.parse(body) as unknown),
  }
}

function answer({ method, url, headers, body }: Asked, turns: Turn[]): [status: number, body: unknown] {
  const isAnthropic = headers['anthropic-version'] !== undefined
  const key = isAnthropic ? headers['x-api-key'] : headers.authorization?.replace('Bearer ', '')
  if (key !== 'sk-right') return [401, { error: { type: 'authentication_error', message: 'invalid key' } }]
  if (method === 'GET') return [200, { data: isAnthropic ? [{ id: 'claude-test', display_name: 'Claude Test', created_at: '2026-01-01T00:00:00Z', type: 'model' }] : [{ id: 'gpt-test', created: 1_700_000_000, object: 'model' }] }]
  if (url.endsWith('/embeddings')) return [200, { object: 'list', model: 'embed-test', data: [JSON.parse(body).input].flat().map((text: string, index: number) => ({ object: 'embedding', index, embedding: [text.length, index] })).toReversed(), usage: { prompt_tokens: 3, total_tokens: 3 } }]
  const result = (isAnthropic ? anthropicRequest : openAiRequest).safeParse(JSON.parse(body))
  if (!result.success) return [400, { error: { type: 'invalid_request_error', message: z.prettifyError(result.error) } }]
  const turn = turns.shift() ?? { text: 'Hello.' }
  return [200, isAnthropic ? asAnthropic(turn) : asOpenAi(turn)]
}

function isStreamed({ method, body }: Asked): boolean {
  return method === 'POST' && (JSON.parse(body) as { stream?: boolean }).stream === true
}

async function writeAll(response: ServerResponse, { pause, breaks }: Turn, pieces: string[]): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  // The first says only that it begins.
  response.write(pieces[0]! + pieces[1]!)
  await pause
  if (breaks === 'reset') response.destroy()
  else if (breaks === 'end') response.end()
  else if (breaks === 'error') response.end('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n')
  else response.end(pieces.slice(2).join(''))
}

/** A text in two halves. */
function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)].filter((each) => each !== '')
}

function streamOpenAi(response: ServerResponse, turn: Turn, body: any): Promise<void> { // eslint-disable-line typescript/no-explicit-any
  const { usage, choices: [{ message, finish_reason: reason }], ...rest } = body
  const chunk = (delta: object, more: object = {}): string => `data: ${JSON.stringify({ ...rest, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`
  const calls = (message.tool_calls ?? []).flatMap((call: { id: string, type: string, function: { name: string, arguments: string } }, index: number) => [
    chunk({ tool_calls: [{ index, id: call.id, type: call.type, function: { name: call.function.name, arguments: '' } }] }),
    ...halves(call.function.arguments).map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ])
  return writeAll(response, turn, [
    chunk({ role: 'assistant', content: '' }), ...halves(message.content ?? '').map((content) => chunk({ content })), ...calls,
    chunk({}, { finish_reason: reason }), `data: ${JSON.stringify({ ...rest, choices: [], usage })}\n\n`, 'data: [DONE]\n\n',
  ])
}

function streamAnthropic(response: ServerResponse, turn: Turn, body: any): Promise<void> { // eslint-disable-line typescript/no-explicit-any
  const { content, stop_reason: reason, usage, ...message } = body
  const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
  const blocks = content.flatMap((block: { type: string, text?: string, input?: unknown }, index: number) => [
    event('content_block_start', { index, content_block: block.type === 'text' ? { type: 'text', text: '' } : { ...block, input: {} } }),
    ...block.type === 'text'
      ? halves(block.text ?? '').map((text) => event('content_block_delta', { index, delta: { type: 'text_delta', text } }))
      : halves(JSON.stringify(block.input)).map((json) => event('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: json } })),
    event('content_block_stop', { index }),
  ])
  const [first = '', second = '', ...others] = blocks
  return writeAll(response, turn, [
    event('message_start', { message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } }) + event('ping', {}), first + second, ...others,
    event('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: usage.output_tokens } }), event('message_stop', {}),
  ])
}

let made = 0

function asOpenAi({ text, calls = [], stop }: Turn): unknown {
  const toolCalls = calls.map(({ name, arguments: given }) => ({ id: `call_${made += 1}`, type: 'function', function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) } }))
  return {
    id: 'chatcmpl-1', object: 'chat.completion', model: 'gpt-test', choices: [{ index: 0, finish_reason: stop ?? (calls.length > 0 ? 'tool_calls' : 'stop'), message: { role: 'assistant', content: text ?? null, refusal: null, ...calls.length > 0 && { tool_calls: toolCalls } } }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 4 } },
  }
}

function asAnthropic({ text, calls = [], stop }: Turn): unknown {
  return {
    id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-test', stop_reason: stop ?? (calls.length > 0 ? 'tool_use' : 'end_turn'), stop_sequence: null,
    content: [...text === undefined ? [] : [{ type: 'text', text }], ...calls.map(({ name, arguments: input }) => ({ type: 'tool_use', id: `toolu_${made += 1}`, name, input }))],
    usage: { input_tokens: 6, output_tokens: 5, cache_read_input_tokens: 4, cache_creation_input_tokens: 0 },
  }
}
