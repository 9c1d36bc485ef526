/** Anthropic's API (https://docs.claude.com/en/api/messages). */
import { z } from 'zod'
import { ask, brokenOff, follow, modelFor, parseObject, parseOutput, read, settingsOf, type Call, type Tell, type Vendor } from './api.ts'
import type { ChatInput, ChatOutput, ToolCall } from './shapes.ts'

const count = z.number().nullish().transform((value) => value ?? 0)
const reply = z.object({
  model: z.string(), stop_reason: z.string().nullish(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional(), id: z.string().optional(), name: z.string().optional(), input: z.unknown().optional() })),
  usage: z.object({ input_tokens: count, output_tokens: count, cache_read_input_tokens: count, cache_creation_input_tokens: count }),
})

type Reply = z.output<typeof reply>

async function chat(call: Call, input: ChatInput): Promise<ChatOutput> {
  return toOutput(await ask(call, reply, { method: 'POST', url: '/messages', json: bodyOf(call, input) }), input)
}

const partialUsage = z.object({ input_tokens: z.number().nullish(), output_tokens: z.number().nullish(), cache_read_input_tokens: z.number().nullish(), cache_creation_input_tokens: z.number().nullish() })
const index = z.number().int().min(0).max(10_000)
const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message: z.object({ model: z.string(), usage: partialUsage }) }),
  z.object({ type: z.literal('content_block_start'), index, content_block: z.looseObject({ type: z.string(), text: z.string().optional(), id: z.string().optional(), name: z.string().optional() }) }),
  z.object({ type: z.literal('content_block_delta'), index, delta: z.looseObject({ type: z.string(), text: z.string().optional(), partial_json: z.string().optional() }) }),
  z.object({ type: z.literal('message_delta'), delta: z.object({ stop_reason: z.string().nullish() }), usage: partialUsage.nullish() }),
])
const known = new Set(event.options.map(({ shape }) => shape.type.value as string))

/** https://docs.claude.com/en/docs/build-with-claude/streaming: kinds of events that are added later are to be passed over. */
async function streamChat(call: Call, input: ChatInput, tell: Tell): Promise<ChatOutput> {
  const blocks = new Map<number, Reply['content'][number] & { json: string }>()
  const made: { model: string, reason?: string | null | undefined, usage: z.output<typeof partialUsage> } = { model: '', usage: {} }
  const takes: { [Type in z.output<typeof event>['type']]: (each: Extract<z.output<typeof event>, { type: Type }>) => Promise<void> | void } = {
    message_start({ message }) { Object.assign(made, { model: message.model, usage: message.usage }) },
    async content_block_start({ index: at, content_block: block }) {
      blocks.set(at, { ...block, json: '' })
      if (block.type === 'tool_use') await tell({ type: 'tool_call', index: toolIndex(blocks, at), id: block.id ?? '', name: block.name ?? '' })
      else if (block.type === 'text' && block.text) await tell({ type: 'text', text: block.text })
    },
    async content_block_delta({ index: at, delta: { type, text = '', partial_json: json = '' } }) {
      const block = blocks.get(at)
      if (block === undefined) return
      block.json += json
      if (type === 'text_delta') block.text = `${block.text ?? ''}${text}`
      if (type === 'text_delta' && text !== '') await tell({ type: 'text', text })
      if (type === 'input_json_delta' && json !== '') await tell({ type: 'tool_call', index: toolIndex(blocks, at), arguments: json })
    },
    message_delta({ delta, usage }) {
      made.reason = delta.stop_reason ?? made.reason
      for (const [name, count] of Object.entries(usage ?? {})) if (count !== null) Object.assign(made.usage, { [name]: count })
    },
  }
  const take = async (given: unknown): Promise<void> => {
    if (!known.has((given as { type?: string }).type ?? '')) return
    const each = read(event, given)
    await takes[each.type](each as never)
  }
  const whole = await follow(call, reply, { request: { method: 'POST', url: '/messages', json: { ...bodyOf(call, input), stream: true } }, take })
  if (whole !== undefined) return toOutput(whole, input)
  if (made.reason === undefined || made.reason === null) throw brokenOff()
  const content = [...blocks].toSorted(([one], [other]) => one - other).map(([, { json, ...block }]) => ({ ...block, ...block.type === 'tool_use' && { input: parseObject(json) ?? json } }))
  return toOutput(read(reply, { model: made.model, stop_reason: made.reason, content, usage: made.usage }), input)
}

/** Which of the tool calls a block is. */
function toolIndex(blocks: ReadonlyMap<number, { type: string }>, at: number): number {
  return [...blocks].filter(([index, { type }]) => index < at && type === 'tool_use').length
}

function toOutput({ model, stop_reason: reason, content, usage }: Reply, input: ChatInput): ChatOutput {
  const text = content.filter(({ type }) => type === 'text').map((block) => block.text ?? '').join('')
  const toolCalls = content.filter(({ type }) => type === 'tool_use').map(toToolCall)
  // What the cache gave or took is not in `input_tokens`.
  const inputTokens = usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens
  return {
    model, text, toolCalls, message: { role: 'assistant', content: text, toolCalls }, ...input.outputSchema !== undefined && { output: parseOutput(text) },
    stopReason: reasons[reason ?? ''] ?? 'other',
    usage: { inputTokens, outputTokens: usage.output_tokens, totalTokens: inputTokens + usage.output_tokens, cachedTokens: usage.cache_read_input_tokens },
  }
}

const reasons: Record<string, ChatOutput['stopReason']> = { end_turn: 'end', stop_sequence: 'end', max_tokens: 'length', model_context_window_exceeded: 'length', tool_use: 'tool_calls', refusal: 'refusal' }

function toToolCall({ id = '', name = '', input }: { id?: string | undefined, name?: string | undefined, input?: unknown }): ToolCall {
  const isObject = input !== null && typeof input === 'object' && !Array.isArray(input)
  return { id, name, arguments: isObject ? input as Record<string, unknown> : {}, ...!isObject && { malformed: JSON.stringify(input ?? null) } }
}

function bodyOf(call: Call, { model, system, messages, tools, toolChoice, outputSchema, maxTokens, temperature, topP, stop, extra }: ChatInput): Record<string, unknown> {
  const settings = settingsOf(call)
  return {
    model: modelFor(model, settings), max_tokens: maxTokens ?? settings.maxTokens, messages: toMessages(messages),
    ...system !== undefined && { system },
    ...tools.length > 0 && {
      tools: tools.map(({ name, description, inputSchema }) => ({ name, description, input_schema: { type: 'object', ...inputSchema } })),
      tool_choice: typeof toolChoice === 'string' ? { type: choices[toolChoice] } : { type: 'tool', name: toolChoice.name },
    },
    ...outputSchema !== undefined && { output_config: { format: { type: 'json_schema', schema: outputSchema } } },
    ...temperature !== undefined && { temperature }, ...topP !== undefined && { top_p: topP }, ...stop !== undefined && { stop_sequences: stop }, ...extra,
  }
}

const choices = { auto: 'auto', none: 'none', required: 'any' } as const

type Block = Record<string, unknown>
interface Message { role: 'user' | 'assistant', content: Block[] }

/** Roles take turns: answers of tools that belong together stand in one message, and what the user says next behind them. */
function toMessages(messages: ChatInput['messages']): Message[] {
  const turns: Message[] = []
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'assistant' : 'user'
    const blocks = blocksOf(message)
    const last = turns.at(-1)
    if (last?.role === role) last.content.push(...blocks)
    else turns.push({ role, content: blocks })
  }
  return turns
}

function blocksOf(message: ChatInput['messages'][number]): Block[] {
  if (message.role === 'tool') return [{ type: 'tool_result', tool_use_id: message.toolCallId, content: message.content, ...message.isError && { is_error: true } }]
  if (message.role === 'user') return typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content.map((part) => (part.type === 'text' ? part : imageOf(part.url)))
  const calls = message.toolCalls.map(({ id, name, arguments: input }) => ({ type: 'tool_use', id, name, input }))
  return [...message.content === '' ? [] : [{ type: 'text', text: message.content }], ...calls]
}

function imageOf(url: string): Block {
  const [, mediaType, data] = /^data:([a-z]+\/[a-z0-9.+-]+);base64,(.*)$/is.exec(url) ?? []
  return { type: 'image', source: data === undefined ? { type: 'url', url } : { type: 'base64', media_type: mediaType, data } }
}

const modelsReply = z.object({ data: z.array(z.object({ id: z.string(), display_name: z.string().nullish(), created_at: z.string().nullish() })) })

async function listModels(call: Call): Promise<{ models: { id: string, name?: string, createdAt?: string }[] }> {
  const { data } = await ask(call, modelsReply, { method: 'GET', url: '/models?limit=1000' })
  return { models: data.map(({ id, display_name: name, created_at: createdAt }) => ({ id, ...name && { name }, ...createdAt && { createdAt } })) }
}

export const anthropic: Vendor = { chat, streamChat, listModels }
