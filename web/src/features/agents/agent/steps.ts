/** A run of an agent as what it is for people: what the model said, and what it had called. Read from the tasks of the run. */
import type { Run } from '../../../hub/client.ts'

type Task = Run['tasks'][number]

interface Common { status: Task['status'], startedAt: string, endedAt: string | null, executionId: string | undefined, error: string | undefined }
export interface Turn extends Common { kind: 'turn', text: string, wants: string[], tokensIn: number | undefined, tokensOut: number | undefined }
export interface ToolCall extends Common { kind: 'tool', name: string, arguments: unknown, answer: unknown, isError: boolean }
export type Step = Turn | ToolCall

interface Wanted { id?: unknown, name?: unknown, arguments?: unknown }

export function stepsOf({ tasks }: Pick<Run, 'tasks'>): Step[] {
  const steps: Step[] = []
  // What the last turn asked for and is not called yet, in order.
  let wanted: Wanted[] = []
  for (const task of tasks) {
    if (task.name === 'turn') {
      const turn = turnOf(task)
      steps.push(turn.step)
      wanted = turn.wanted
    } else if (task.name === 'tool') {
      const id = objectOf(task.output)['toolCallId']
      const own = wanted.find((each) => each.id === id) ?? wanted[0]
      wanted = wanted.filter((each) => each !== own)
      steps.push(toolOf(task, own))
    }
  }
  return steps
}

const objectOf = (value: unknown): Record<string, unknown> => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value as Record<string, unknown> : {})
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

function commonOf({ status, startedAt, endedAt, executionId, error }: Task): Common {
  return { status, startedAt, endedAt, executionId, error: error && (error.detail ?? error.title) }
}

function turnOf(task: Task): { step: Turn, wanted: Wanted[] } {
  const { answer, usage, toolCalls } = objectOf(task.output)
  const wanted = (Array.isArray(toolCalls) ? toolCalls : []) as Wanted[]
  return { wanted, step: { kind: 'turn', ...commonOf(task), text: textOf(objectOf(answer)['text']), wants: wanted.map(({ name }) => textOf(name)), tokensIn: numberOf(objectOf(usage)['inputTokens']), tokensOut: numberOf(objectOf(usage)['outputTokens']) } }
}

function toolOf(task: Task, wanted: Wanted | undefined): ToolCall {
  const { content, isError } = objectOf(task.output)
  return { kind: 'tool', ...commonOf(task), name: textOf(wanted?.name), arguments: wanted?.arguments, answer: parsed(content), isError: isError === true }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function parsed(content: unknown): unknown {
  if (typeof content !== 'string') return content
  try {
    return JSON.parse(content)
  } catch {
    return content
  }
}
