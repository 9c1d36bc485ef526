/** Values given on the command line. */
import { readFile } from 'node:fs/promises'
import { InvalidArgumentError } from 'commander'
import { UsageError } from './failure.ts'
import type { Surroundings } from './surroundings.ts'

export interface Assignment {
  /** As typed, for messages. */
  name: string
  path: string[]
  /** `=` is text, `:=` is JSON. */
  kind: '=' | ':='
  text: string
}

/** `name=text` or `name:=JSON`; dots in the name make objects (`body.title=Hello`), `\.` is a dot. */
export function parseAssignment(assignment: string): Assignment {
  const [, name, kind, text] = /^(.+?)(:?=)([^]*)$/.exec(assignment) ?? []
  if (name === undefined || text === undefined) throw new UsageError(`${assignment} is no value: write name=text, or name:=JSON.`)
  const path = name.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'))
  return { name, path, kind: kind as Assignment['kind'], text }
}

export function readAssignments(assignments: string[], into: Record<string, unknown> = empty()): Record<string, unknown> {
  for (const assignment of assignments) {
    const { name, path, kind, text } = parseAssignment(assignment)
    put(into, path, kind === ':=' ? readJson(text, name) : text)
  }
  return into
}

/** Has no prototype: a name may be `__proto__`. */
export function empty(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

export function put(target: Record<string, unknown>, path: string[], value: unknown): void {
  const [first, ...rest] = path
  if (first === undefined) return
  if (rest.length === 0) {
    target[first] = value
    return
  }
  const inner = target[first] ?? empty()
  if (typeof inner !== 'object' || Array.isArray(inner)) throw new UsageError(`${first} cannot be a value and have ${rest.join('.')} below it.`)
  target[first] = inner
  put(inner as Record<string, unknown>, rest, value)
}

export function readJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${what} is no JSON: ${(error as Error).message}`, { cause: error })
  }
}

/** Changes as values (`a.b=text`), or as one JSON merge patch. */
export function readPatch(values: string[]): Record<string, unknown> {
  const [first = '', ...more] = values
  if (!first.trimStart().startsWith('{')) return readAssignments(values)
  if (more.length > 0) throw new UsageError('Give either one JSON merge patch or values.')
  return readJson(first, 'The patch') as Record<string, unknown>
}

/** JSON as it was typed, of a file for `@path`, or of standard input for `-`. */
export async function readData(surroundings: Pick<Surroundings, 'stdin'>, text: string, what: string): Promise<unknown> {
  const path = text === '-' ? '-' : text.startsWith('@') ? text.slice(1) : undefined
  return path === undefined ? readJson(text, what) : readJson((await readSource(surroundings, path)).toString('utf8'), path === '-' ? 'Standard input' : path)
}

/** A file's content, or standard input for `-`. */
export async function readSource({ stdin }: Pick<Surroundings, 'stdin'>, path: string): Promise<Buffer> {
  if (path !== '-') return readFile(path).catch((error: unknown) => { throw unreadable(path, error) })
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

function unreadable(path: string, error: unknown): UsageError {
  const reasons: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'you may not read it' }
  const { code = '', message } = error as NodeJS.ErrnoException
  return new UsageError(`${path} cannot be read: ${reasons[code] ?? message}.`, { cause: error })
}

/** For options that may be repeated. */
export function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value]
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It takes a whole number from 1.')
  return Number(text)
}

/** ISO 8601; what stands without an offset is local time, a day alone is its midnight. */
export function time(text: string): string {
  const at = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text)
  if (!/^\d{4}-/.test(text) || Number.isNaN(at.getTime())) throw new InvalidArgumentError('It takes a time such as 2026-01-31T12:00:00Z, or a day such as 2026-01-31.')
  return at.toISOString()
}

const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** A time, or how long it is ago: `30m`, `2h`, `7d`. */
export function timeOrAgo(text: string): string {
  const [, count, unit] = /^(\d{1,9})([smhdw])$/.exec(text) ?? []
  const at = unit === undefined ? undefined : new Date(Date.now() - Number(count) * unitMs[unit]!)
  if (at !== undefined && at.getTime() > 0) return at.toISOString()
  try {
    return time(text)
  } catch (error) {
    throw error instanceof InvalidArgumentError ? new InvalidArgumentError('It takes how long ago (30m, 2h, 7d), a time such as 2026-01-31T12:00:00Z, or a day.') : error
  }
}
