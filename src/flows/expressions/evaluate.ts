/** Evaluates templates with jq: plain paths at once, all others of a template as one program, so that a task asks jq once. */
import { setTimeout as pause } from 'node:timers/promises'
import { HubError, isHubError } from '../../errors.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { isTrue } from '../../lib/jq/jq.ts'
import { readProgram } from '../../lib/jq/program.ts'
import { LOOSE, templateOf, type TemplateOptions } from './template.ts'

export type Variables = Record<string, unknown>

export interface Expressions {
  /** Throws HubError as jq does. No output at all is null. */
  evaluate(source: unknown, input: unknown, variables: Variables, options?: TemplateOptions): Promise<unknown>
  /** Whether a condition holds: as jq has it, everything but null and false. */
  holds(condition: string, input: unknown, variables: Variables): Promise<boolean>
}

export interface ExpressionsDeps {
  jq: Pick<Jq, 'evaluate' | 'decide'>
  /** Evaluations of one tenant share a run of jq. */
  batchKey: string
}

/** While too many expressions of the tenant wait. */
const BUSY_WAIT_MS = 100

export function createExpressions({ jq, batchKey }: ExpressionsDeps): Expressions {
  const first = async (program: string, input: unknown, variables: Variables): Promise<unknown> => {
    for (;;) {
      try {
        return (await jq.evaluate(program, input, { batchKey, variables }))[0] ?? null
      } catch (error) {
        if (!isHubError(error, 'rate_limited')) throw error
        await pause(BUSY_WAIT_MS)
      }
    }
  }
  const results = async (programs: readonly string[], input: unknown, variables: Variables): Promise<unknown[]> => {
    const answers: unknown[] = Array.from({ length: programs.length })
    const joined: number[] = []
    for (const [index, program] of programs.entries()) {
      if (program.startsWith(LOOSE)) answers[index] = await loosely(program.slice(LOOSE.length), (text) => first(text, input, variables))
      else if (programs.length === 1 || readProgram(program).path !== undefined) answers[index] = await first(program, input, variables)
      else joined.push(index)
    }
    if (joined.length === 0) return answers
    const together = await first(joinPrograms(joined.map((index) => programs[index]!)), input, variables) as unknown[][]
    for (const [place, index] of joined.entries()) answers[index] = together[place]?.[0] ?? null
    return answers
  }
  return {
    async evaluate(source, input, variables, options) {
      const { programs, fill } = templateOf(source, options)
      return programs.length === 0 ? fill([]) : fill(await results(programs, input, variables))
    },
    async holds(condition, input, variables) {
      const { programs: [program] } = templateOf(condition, { bare: true })
      return jq.decide(program!, input) ?? isTrue(await first(program!, input, variables))
    },
  }
}

/** The first output of each, in an array of its own, since a program may have none. A line's end after each, since it may end in a comment. */
function joinPrograms(programs: readonly string[]): string {
  return `[${programs.map((program) => `[limit(1; (${program}\n))]`).join(', ')}]`
}

async function loosely(text: string, evaluate: (program: string) => Promise<unknown>): Promise<unknown> {
  try {
    return await evaluate(text)
  } catch (error) {
    if (error instanceof HubError && (error.code === 'invalid_expression' || error.code === 'expression_failed')) return text
    throw error
  }
}
