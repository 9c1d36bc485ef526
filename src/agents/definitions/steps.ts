/** The two functions that a run of an agent is made of: a turn of the model, and a call of a tool that it asked for. */
import { z } from 'zod'
import { isHubError } from '../../errors.ts'
import type { Effect, EffectContext, FunctionArguments } from '../../flows/effect.ts'
import { isGivenUp } from '../../flows/engine/stop.ts'
import { fault } from '../../flows/fault.ts'
import { compileSchema } from '../../lib/json/schema.ts'
import type { Caller } from '../../tenants/caller.ts'
import { describeFailure } from '../tools/failure.ts'
import type { Tools } from '../tools/tools.ts'
import { TOOL, TURN } from './document.ts'
import { agentSettings, type AgentSettings } from './settings.ts'

export interface StepsDeps {
  tools: Pick<Tools, 'short' | 'call'>
  /** Runs `<integration>/<operation>`. */
  callFunction: Effect<FunctionArguments>
}

/** `call: function` of flows, with the hub's own functions besides. */
export function withAgentSteps(deps: StepsDeps): Effect<FunctionArguments> {
  return async (args, context) => {
    if (args.name === TURN) return turn(deps, args.with, context)
    if (args.name === TOOL) return callTool(deps, args.with, context)
    return deps.callFunction(args, context)
  }
}

const toolCall = z.object({ id: z.string(), name: z.string(), arguments: z.record(z.string(), z.unknown()).default({}), malformed: z.string().optional() })
type Wanted = z.output<typeof toolCall>
const turnInput = z.object({ messages: z.array(z.unknown()), tokens: z.number(), cost: z.number() })
/** What the operation `chat` answers, as far as it matters here. */
const reply = z.object({
  text: z.string(), output: z.unknown().optional(), message: z.unknown(), toolCalls: z.array(toolCall), stopReason: z.string(),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number(), totalTokens: z.number() }),
})

async function turn({ tools, callFunction }: StepsDeps, given: unknown, context: EffectContext): Promise<unknown> {
  const settings = settingsOf(context)
  const { messages, tokens, cost } = read(turnInput, given, 'configuration', 'What a turn is given')
  assertBudget(settings, { tokens, cost })
  const { model: { integration, ...model }, instructions, outputSchema } = settings
  const offered = await tools.short(callerOf(settings, context))
  const { text, output, message, toolCalls, stopReason, usage } = read(reply, await callFunction({
    name: `${integration}/chat`,
    with: {
      ...model, messages, tools: offered.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
      ...instructions !== '' && { system: instructions }, ...outputSchema !== undefined && { outputSchema },
    },
  }, context), 'communication', `The answer of ${integration}`)
  const complaint = toolCalls.length === 0 ? complaintAbout({ output, stopReason }, outputSchema) : undefined
  return {
    next: [message, ...complaint === undefined ? [] : [{ role: 'user', content: complaint }]], toolCalls,
    done: toolCalls.length === 0 && complaint === undefined, answer: { text, output: output ?? null }, stopReason,
    usage, cost: costOf(usage, settings),
  }
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown, kind: 'configuration' | 'communication', what: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw fault(kind, `${what} is of another shape: /${path.join('/')} ${message}.`, { cause: result.error })
}

/** Why an answer is not the last word: what the model is told then. */
function complaintAbout({ output, stopReason }: { output: unknown, stopReason: string }, schema: Record<string, unknown> | undefined): string | undefined {
  if (stopReason === 'length') return 'Your answer was cut off: it was too long. Give a shorter one.'
  if (schema === undefined) return undefined
  if (output === null || output === undefined) return 'Your answer was no JSON. Answer with JSON of the shape that was asked for, and nothing else.'
  const faults = compileSchema(schema)(output)
  return faults.length === 0 ? undefined : `Your answer does not have the shape that was asked for: ${faults.slice(0, 5).map(({ pointer, detail }) => `${pointer || '/'} ${detail}`).join('; ')}. Correct it.`
}

function assertBudget({ budget }: AgentSettings, { tokens, cost }: { tokens: number, cost: number }): void {
  if (budget.tokens !== undefined && tokens >= budget.tokens) throw fault('runtime', `The agent's budget of ${budget.tokens} tokens is used up: it took ${tokens}.`)
  if (budget.cost !== undefined && cost >= budget.cost) throw fault('runtime', `The agent's budget of ${budget.cost} is used up: it took ${cost}.`)
}

function costOf({ inputTokens, outputTokens }: { inputTokens: number, outputTokens: number }, { budget: { prices } }: AgentSettings): number {
  return prices === undefined ? 0 : (inputTokens * prices.inputPerMillion + outputTokens * prices.outputPerMillion) / 1_000_000
}

/** More is nothing that a model could work with. */
const LONGEST_ANSWER = 50_000
const WAIT_MS = 60_000

async function callTool({ tools }: StepsDeps, given: unknown, context: EffectContext): Promise<unknown> {
  const settings = settingsOf(context)
  const { id, name, arguments: args, malformed } = read(z.object({ call: toolCall }), given, 'configuration', 'What a tool call is given').call
  if (malformed !== undefined) return answerTo({ id }, 'The arguments were no JSON object. Call the tool again with arguments that are one.', true)
  try {
    const result = await tools.call(callerOf(settings, context), {
      name, arguments: args, dryRun: false, waitMs: WAIT_MS, idempotencyKey: context.idempotencyKey, sourceComponent: `run ${context.runId}`, runId: context.runId, depth: context.depth, signal: context.signal,
      endsRun: () => isGivenUp(context.signal),
    })
    if (result.execution !== undefined) context.note?.({ executionId: result.execution })
    return answerTo({ id }, result.dataJson, false)
  } catch (error) {
    // What went wrong is for the model to deal with; an abort and a fault of the hub are not.
    context.signal.throwIfAborted()
    if (!isHubError(error) || error.code === 'database_unavailable') throw error
    return answerTo({ id }, JSON.stringify({ error: describeFailure(error) }), true)
  }
}

function answerTo({ id }: Pick<Wanted, 'id'>, text: string, isError: boolean): unknown {
  const content = text.length > LONGEST_ANSWER ? `${text.slice(0, LONGEST_ANSWER).toWellFormed()} … (cut)` : text
  return { role: 'tool', toolCallId: id, content, isError }
}

function settingsOf({ definition }: EffectContext): AgentSettings {
  const { metadata } = (definition['document'] ?? {}) as { metadata?: { agent?: unknown } }
  const result = agentSettings.safeParse(metadata?.agent)
  if (result.success) return result.data
  throw fault('configuration', 'This is no run of an agent: `document.metadata.agent` does not say what it may do.')
}

/** Reaches what the agent was given, whoever started it: the agent is the permission. It is the agent that the audit log names. */
function callerOf({ tools }: AgentSettings, { caller, definition }: EffectContext): Caller {
  const { name } = definition['document'] as { name: string }
  return { ...caller, actor: `agent:${name}`, agent: { ...tools, callsPerMinute: 100_000, quota: null, dryRun: caller.agent?.dryRun ?? false } }
}
