/**
 * An agent as a Serverless Workflow document: the model is asked, what it wants called is called, until it is done. So a run of an agent is
 * durable like every run, each step is a task of it, and a finished tool call is never made again.
 */
import type { AgentSettings } from './settings.ts'

export const AGENTS_NAMESPACE = 'agents'
/** Functions of the hub's own catalog. */
export const TURN = 'agent-turn:1.0.0@default'
export const TOOL = 'agent-tool:1.0.0@default'

/** Higher with each change, and never one that was there already: a version that was published stays as it is. */
export function nextVersion(before?: string): string {
  return `1.0.${Math.max(Date.now(), Number(before?.split('.')[2] ?? 0) + 1)}`
}

export function documentOf(name: string, version: string, settings: AgentSettings): Record<string, unknown> {
  return {
    document: {
      dsl: '1.0.3', namespace: AGENTS_NAMESPACE, name, version, title: `Agent ${name}`, ...settings.description !== '' && { summary: settings.description },
      metadata: { agent: settings },
    },
    input: { schema: { format: 'json', document: inputSchema } },
    do: [{ begin }, { work: work(settings.maxSteps) }, { giveUp: giveUp(settings.maxSteps) }, { answer }],
  }
}

const inputSchema = {
  type: 'object', required: ['prompt'], additionalProperties: false,
  properties: { prompt: { type: 'string', minLength: 1, description: 'What the agent is to do.' } },
}

const begin = {
  set: { prompt: '${ .prompt }' },
  export: { as: '${ { messages: [{ role: "user", content: .prompt }], tokens: 0, cost: 0, steps: 0, done: false, answer: null } }' },
}

/** The conversation is in the context; what a turn asks for is its output. */
function work(maxSteps: number): Record<string, unknown> {
  return {
    for: { each: 'step', in: `\${ [range(0; ${maxSteps})] }` }, while: '${ $context.done | not }',
    do: [
      { turn: {
        call: TURN, with: { messages: '${ $context.messages }', tokens: '${ $context.tokens }', cost: '${ $context.cost }' },
        export: { as: '${ $context + { messages: ($context.messages + .next), tokens: ($context.tokens + .usage.totalTokens), cost: ($context.cost + .cost), steps: ($context.steps + 1), done: .done, answer: .answer } }' },
      } },
      { act: {
        for: { each: 'wanted', in: '${ .toolCalls }' },
        do: [{ tool: { call: TOOL, with: { call: '${ $wanted }' }, export: { as: '${ $context + { messages: ($context.messages + [.]) } }' } } }],
      } },
    ],
  }
}

function giveUp(maxSteps: number): Record<string, unknown> {
  return {
    if: '${ $context.done | not }',
    raise: { error: { type: 'https://serverlessworkflow.io/spec/1.0.0/errors/runtime', status: 500, title: 'Step limit', detail: `The agent was not done after ${maxSteps} steps.` } },
  }
}

const answer = { set: { text: '${ $context.answer.text }', output: '${ $context.answer.output }', steps: '${ $context.steps }', tokens: '${ $context.tokens }', cost: '${ $context.cost }' } }
