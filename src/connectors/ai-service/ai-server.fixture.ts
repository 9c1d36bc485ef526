/**
 * A server that holds requests to the published forms of OpenAI's chat completions and Anthropic's messages, and answers in theirs
 * (https://platform.openai.com/docs/api-reference/chat, https://docs.claude.com/en/api/messages).
 */
import { z } from 'zod'
import { json, startUpstream, type Asked, type Upstream } from '../../../test/upstream.ts'

/** What the model is to say. */
export interface Turn { text?: string, calls?: { name: string, arguments: Record<string, unknown> | string }[], stop?: string }

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
  model: z.string(), max_tokens: z.number().optional(), max_completion_tokens: z.number().optional(), temperature: z.number().optional(), top_p: z.number().optional(), stop: z.array(z.string()).optional(), stream: z.boolean().optional(), seed: z.number().optional(),
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
  model: z.string(), max_tokens: z.number().min(1), system: z.string().optional(), temperature: z.number().max(1).optional(), top_p: z.number().optional(), stop_sequences: z.array(z.string()).optional(),
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
    const [status, body] = answer(request, turns)
    return json(response, status, body)
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
