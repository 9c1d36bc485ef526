/** What is asked and answered, the same for every vendor. */
import { z } from 'zod'

const text = z.string().max(10_000_000)

const part = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text }),
  z.strictObject({ type: z.literal('image'), url: z.string().max(10_000_000).describe('An https URL, or a data: URL of a PNG, JPEG, GIF or WebP picture in base64.') }),
])

export const toolCall = z.object({
  id: z.string().max(500).describe('Stands in the answer to it as `toolCallId`.'), name: z.string().max(200), arguments: z.record(z.string(), z.unknown()),
  malformed: z.string().optional().describe('What the model wrote instead, where that is no JSON object.'),
})

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('user'), content: z.union([text, z.array(part).min(1).max(1000)]) }),
  z.strictObject({ role: z.literal('assistant'), content: text.default(''), toolCalls: z.array(toolCall).max(500).default([]) }),
  z.strictObject({ role: z.literal('tool'), toolCallId: z.string().max(500), content: text.describe('What the tool answered.'), isError: z.boolean().default(false) }),
])

const tool = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), description: z.string().max(10_000).default(''), inputSchema: z.record(z.string(), z.unknown()).describe('A JSON Schema of an object.'),
})

const model = z.string().min(1).max(300).optional().describe("Name of the model. Left out: the integration's.")

export const chatInput = z.strictObject({
  model,
  system: text.optional().describe('Instructions that stand above the conversation.'),
  messages: z.array(message).min(1).max(10_000).describe('The conversation so far. The `message` of an answer is put behind it as it is.'),
  tools: z.array(tool).max(500).default([]).describe('What the model may ask to be called.'),
  toolChoice: z.union([z.enum(['auto', 'none', 'required']), z.strictObject({ name: z.string().max(200) })]).default('auto').describe('`required`: it must call some tool; `{ name }`: this one.'),
  outputSchema: z.record(z.string(), z.unknown()).optional().describe('A JSON Schema: the answer is JSON of this shape, parsed in `output`.'),
  maxTokens: z.number().int().min(1).max(10_000_000).optional().describe("The longest answer, in tokens. Left out: the integration's."),
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  stop: z.array(z.string().max(1000)).max(16).optional().describe('Texts at which it stops.'),
  extra: z.record(z.string(), z.unknown()).optional().describe("Further fields of the vendor's own request, sent as they are."),
})

const usage = z.object({
  inputTokens: z.number(), outputTokens: z.number(), totalTokens: z.number(), cachedTokens: z.number().describe('Of those that went in, what the vendor had in its cache.'),
})

export const chatOutput = z.object({
  model: z.string(), text: z.string(),
  output: z.unknown().optional().describe('Where `outputSchema` was given: the answer parsed; null where it is no JSON.'),
  toolCalls: z.array(toolCall).describe('What the model wants called. Answer each with a message of the role `tool`.'),
  message: z.object({ role: z.literal('assistant'), content: z.string(), toolCalls: z.array(toolCall) }).describe('To be put behind `messages`.'),
  stopReason: z.enum(['end', 'length', 'tool_calls', 'refusal', 'other']), usage,
})

export const embeddingsInput = z.strictObject({
  model, input: z.union([z.string().min(1).max(10_000_000), z.array(z.string().min(1).max(10_000_000)).min(1).max(2048)]).describe('One text or several.'),
  dimensions: z.number().int().min(1).max(100_000).optional().describe('How long the vectors are to be, where the model lets one choose.'),
})
export const embeddingsOutput = z.object({ model: z.string(), embeddings: z.array(z.array(z.number())).describe('A vector for each text, in their order.'), usage: usage.pick({ inputTokens: true, totalTokens: true }) })

export const modelsOutput = z.object({ models: z.array(z.object({ id: z.string(), name: z.string().optional(), createdAt: z.string().optional() })) })

export type ChatInput = z.output<typeof chatInput>
export type ChatOutput = z.output<typeof chatOutput>
export type EmbeddingsInput = z.output<typeof embeddingsInput>
export type EmbeddingsOutput = z.output<typeof embeddingsOutput>
export type ToolCall = z.output<typeof toolCall>
