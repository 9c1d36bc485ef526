/** OpenAI's API, and those of all who speak like it (https://platform.openai.com/docs/api-reference). */
import { z } from 'zod'
import { ask, brokenOff, endpointOf, follow, modelFor, parseObject, parseOutput, read, settingsOf, type Call, type Tell, type Vendor } from './api.ts'
import type { ChatInput, ChatOutput, EmbeddingsInput, EmbeddingsOutput, ToolCall } from './shapes.ts'

/** Servers leave out what they do not count. */
const count = z.number().nullish().transform((value) => value ?? 0)
const usage = z.object({ prompt_tokens: count, completion_tokens: count, total_tokens: count, prompt_tokens_details: z.object({ cached_tokens: count }).nullish() }).nullish()

const completion = z.object({
  model: z.string().default(''),
  choices: z.array(z.object({
    finish_reason: z.string().nullish(),
    message: z.object({
      content: z.string().nullish(), refusal: z.string().nullish(),
      tool_calls: z.array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) })).nullish(),
    }),
  })).min(1),
  usage,
})

async function chat(call: Call, input: ChatInput): Promise<ChatOutput> {
  return toOutput(await ask(call, completion, { method: 'POST', url: '/chat/completions', json: bodyOf(call, input) }), input)
}

const chunk = z.object({
  model: z.string().nullish(),
  choices: z.array(z.object({
    finish_reason: z.string().nullish(),
    delta: z.object({
      content: z.string().nullish(), refusal: z.string().nullish(),
      tool_calls: z.array(z.object({ index: z.number().int().min(0).max(1000).default(0), id: z.string().nullish(), function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish() })).nullish(),
    }).nullish(),
  })).nullish(),
  usage,
})

async function streamChat(call: Call, input: ChatInput, tell: Tell): Promise<ChatOutput> {
  const calls = new Map<number, { id: string, function: { name: string, arguments: string } }>()
  const made = { model: '', content: '', refusal: '', reason: undefined as string | undefined, usage: undefined as z.output<typeof usage> }
  const take = async (event: unknown): Promise<void> => {
    const { model, choices, usage: used } = read(chunk, event)
    made.model ||= model ?? ''
    made.usage = used ?? made.usage
    const { finish_reason: reason, delta } = choices?.[0] ?? {}
    made.reason = reason ?? made.reason
    made.content += delta?.content ?? ''
    made.refusal += delta?.refusal ?? ''
    const text = `${delta?.content ?? ''}${delta?.refusal ?? ''}`
    if (text !== '') await tell({ type: 'text', text })
    for (const { index, id, function: named } of delta?.tool_calls ?? []) {
      const known = calls.get(index) ?? { id: '', function: { name: '', arguments: '' } }
      calls.set(index, { id: known.id || (id ?? ''), function: { name: known.function.name || (named?.name ?? ''), arguments: known.function.arguments + (named?.arguments ?? '') } })
      await tell({ type: 'tool_call', index, ...id && { id }, ...named?.name && { name: named.name }, ...named?.arguments && { arguments: named.arguments } })
    }
  }
  // Without being asked, these servers tell no usage of what they stream.
  const json = { stream_options: { include_usage: true }, ...bodyOf(call, input), stream: true }
  const whole = await follow(call, completion, { request: { method: 'POST', url: '/chat/completions', json }, take })
  if (whole !== undefined) return toOutput(whole, input)
  if (made.reason === undefined) throw brokenOff()
  const toolCalls = [...calls].toSorted(([one], [other]) => one - other).map(([, each]) => each)
  return toOutput({ model: made.model, choices: [{ finish_reason: made.reason, message: { content: made.content || null, refusal: made.refusal || null, tool_calls: toolCalls } }], usage: made.usage }, input)
}

function toOutput({ model, choices: [choice], usage: used }: z.output<typeof completion>, input: ChatInput): ChatOutput {
  const { content, refusal, tool_calls: calls } = choice!.message
  const [text, toolCalls] = [content ?? refusal ?? '', (calls ?? []).map(toToolCall)]
  return {
    model, text, toolCalls, message: { role: 'assistant', content: text, toolCalls }, ...input.outputSchema !== undefined && { output: parseOutput(text) },
    stopReason: refusal ? 'refusal' : reasons[choice!.finish_reason ?? ''] ?? (toolCalls.length > 0 ? 'tool_calls' : 'other'),
    usage: { inputTokens: used?.prompt_tokens ?? 0, outputTokens: used?.completion_tokens ?? 0, totalTokens: used?.total_tokens ?? 0, cachedTokens: used?.prompt_tokens_details?.cached_tokens ?? 0 },
  }
}

const reasons: Record<string, ChatOutput['stopReason']> = { stop: 'end', length: 'length', tool_calls: 'tool_calls', function_call: 'tool_calls', content_filter: 'refusal' }

function bodyOf(call: Call, { model, system, messages, tools, toolChoice, outputSchema, maxTokens, temperature, topP, stop, extra }: ChatInput): Record<string, unknown> {
  const settings = settingsOf(call)
  return {
    model: modelFor(model, settings),
    messages: [...system === undefined ? [] : [{ role: 'system', content: system }], ...messages.map(toMessage)],
    // OpenAI's newer models refuse the older name; most other servers know only that.
    [endpointOf(call).host === 'api.openai.com' ? 'max_completion_tokens' : 'max_tokens']: maxTokens ?? settings.maxTokens,
    ...tools.length > 0 && {
      tools: tools.map(({ name, description, inputSchema }) => ({ type: 'function', function: { name, description, parameters: inputSchema } })),
      tool_choice: typeof toolChoice === 'string' ? toolChoice : { type: 'function', function: toolChoice },
    },
    ...outputSchema !== undefined && { response_format: { type: 'json_schema', json_schema: { name: 'output', schema: outputSchema } } },
    ...temperature !== undefined && { temperature }, ...topP !== undefined && { top_p: topP }, ...stop !== undefined && { stop }, ...extra,
  }
}

function toMessage(message: ChatInput['messages'][number]): Record<string, unknown> {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.content }
  if (message.role === 'user') {
    const { content } = message
    return { role: 'user', content: typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part : { type: 'image_url', image_url: { url: part.url } })) }
  }
  const { content, toolCalls } = message
  const calls = toolCalls.map(({ id, name, arguments: given, malformed }) => ({ id, type: 'function', function: { name, arguments: malformed ?? JSON.stringify(given) } }))
  return { role: 'assistant', content: content === '' && calls.length > 0 ? null : content, ...calls.length > 0 && { tool_calls: calls } }
}

function toToolCall({ id, function: { name, arguments: text } }: { id: string, function: { name: string, arguments: string } }): ToolCall {
  const given = parseObject(text)
  return { id, name, arguments: given ?? {}, ...given === undefined && { malformed: text } }
}

const embeddingsReply = z.object({ model: z.string().default(''), data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()) })), usage })

async function embeddings(call: Call, { model, input, dimensions }: EmbeddingsInput): Promise<EmbeddingsOutput> {
  const reply = await ask(call, embeddingsReply, { method: 'POST', url: '/embeddings', json: { model: modelFor(model, settingsOf(call)), input, ...dimensions !== undefined && { dimensions } } })
  return {
    model: reply.model, embeddings: reply.data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding),
    usage: { inputTokens: reply.usage?.prompt_tokens ?? 0, totalTokens: reply.usage?.total_tokens ?? 0 },
  }
}

const modelsReply = z.object({ data: z.array(z.object({ id: z.string(), created: z.number().nullish() })) })

async function listModels(call: Call): Promise<{ models: { id: string, createdAt?: string }[] }> {
  const { data } = await ask(call, modelsReply, { method: 'GET', url: '/models' })
  return { models: data.map(({ id, created }) => ({ id, ...created && { createdAt: new Date(created * 1000).toISOString() } })) }
}

export const openai: Vendor = { chat, streamChat, embeddings, listModels }
