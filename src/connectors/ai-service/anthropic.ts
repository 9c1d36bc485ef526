/** Anthropic's API (https://docs.claude.com/en/api/messages). */
import { z } from 'zod'
import { ask, modelFor, parseOutput, settingsOf, type Call, type Vendor } from './api.ts'
import type { ChatInput, ChatOutput, ToolCall } from './shapes.ts'

const count = z.number().nullish().transform((value) => value ?? 0)
const reply = z.object({
  model: z.string(), stop_reason: z.string().nullish(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional(), id: z.string().optional(), name: z.string().optional(), input: z.unknown().optional() })),
  usage: z.object({ input_tokens: count, output_tokens: count, cache_read_input_tokens: count, cache_creation_input_tokens: count }),
})

async function chat(call: Call, input: ChatInput): Promise<ChatOutput> {
  const { model, stop_reason: reason, content, usage } = await ask(call, reply, { method: 'POST', url: '/messages', json: bodyOf(call, input) })
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

export const anthropic: Vendor = { chat, listModels }
