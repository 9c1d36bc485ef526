/** Values given on the command line. */
import { readFile } from 'node:fs/promises'

/** `name=value`, `name:=json` or `name=@file`; dots in the name make objects: `body.title=Hello`. */
export function readAssignments(assignments: string[]): Record<string, unknown> {
  const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const assignment of assignments) {
    const [, name, kind, text] = /^([^=:]+)(:?=)([^]*)$/.exec(assignment) ?? []
    if (name === undefined || text === undefined) throw new Error(`${assignment} is no value: write name=text, or name:=JSON.`)
    put(result, name.split('.'), kind === ':=' ? readJson(text, name) : text)
  }
  return result
}

function put(target: Record<string, unknown>, [first, ...rest]: string[], value: unknown): void {
  if (first === undefined) return
  if (rest.length === 0) {
    target[first] = value
    return
  }
  const inner = (target[first] ??= Object.create(null)) as Record<string, unknown>
  put(inner, rest, value)
}

export function readJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${what} is no JSON: ${(error as Error).message}`, { cause: error })
  }
}

/** A file's content, or standard input for `-`. */
export async function readSource(path: string): Promise<Buffer> {
  if (path !== '-') return readFile(path)
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value]
}
