/**
 * jq's messages made fit to show. They quote the values that a program failed on, and those are someone's data:
 * a quoted value stays only when it stands in the program's own text. What a program says through `error` is its own.
 *
 * The shapes are those of the format strings in jq 1.8.2.
 */
import type { ResultKind } from './protocol.ts'

const type = '(null|boolean|number|string|array|object)'
const maxMessageChars = 500

type Rewrite = (match: RegExpExecArray, words: Set<string>) => string

const shapes: [RegExp, Rewrite][] = [
  [shape(String.raw`${type} \(.*\) and ${type} \(.*\) ((?:cannot|can not|are not)[^"]*)`), (m) => `${m[1]} and ${m[2]} ${m[3]}`],
  [shape(String.raw`Cannot index ${type} with ${type} \((.*)\)`), (m, words) => `Cannot index ${m[1]} with ${m[2]}${quoted(m[3]!, words)}`],
  [shape(String.raw`Cannot iterate over ${type} \(.*\)`), (m) => `Cannot iterate over ${m[1]}`],
  [shape(String.raw`Cannot use ${type} \(.*\) as object key`), (m) => `Cannot use ${m[1]} as object key`],
  [shape(String.raw`(Invalid path expression) (?:with result|near attempt).*`), (m) => m[1]!],
  [shape(String.raw`(.*?) \(while parsing '.*'\)`), (m) => m[1]!.replace(/(; expected ", but got|, not) .*$/s, '').replace(/'.*'/s, '…')],
  [shape(String.raw`date ".*" does not match format (".*")`), (m, words) => `date does not match format${quoted(m[1]!, words)}`],
  // The regular expression library quotes names and characters of the expression.
  [shape('Regex failure: .*'), (m) => m[0].replace(/<.*>|\{.*\}|'.*'/s, '…')],
  [shape(String.raw`.* (is not a valid (?:format|modifier string))`), (m) => `string ${m[1]}`],
  [shape(String.raw`${type} \(.*\) ([^"]*)`), (m) => `${m[1]} ${m[2]}`],
]

function shape(source: string): RegExp {
  return new RegExp(`^${source}$`, 's')
}

function quoted(value: string, words: Set<string>): string {
  const bare = /^"(.*)"$/s.exec(value)?.[1] ?? value
  return words.has(bare.replace(/^-/, '')) ? ` (${value})` : ''
}

/** For a run-time failure: what jq printed, without the place (jq counts documents there) and without values. */
export function failureMessage(printed: string, words: Set<string>): string {
  const parts = /^jq: error \(at [^)]*\)( \(not a string\))?: (.*)$/s.exec(printed.trimEnd())
  if (!parts) return 'jq could not evaluate the expression'
  const text = parts[2]!
  if (parts[1]) return `The expression raised an error that is not text but ${thrownType(text)}`
  for (const [pattern, rewrite] of shapes) {
    const match = pattern.exec(text)
    if (match) return cut(rewrite(match, words))
  }
  return cut(text)
}

function thrownType(json: string): string {
  if (json.startsWith('{')) return 'an object'
  if (json.startsWith('[')) return 'an array'
  if (json === 'null') return 'null'
  return json === 'true' || json === 'false' ? 'a boolean' : 'a number'
}

function cut(text: string): string {
  return text.length > maxMessageChars ? `${text.slice(0, maxMessageChars).toWellFormed()}…` : text
}

/** For a program that does not compile: jq's words with line and column. `linesBefore` were put in front of the program. */
export function compileMessage(printed: string, linesBefore: number): string {
  const faults = [...printed.matchAll(/^jq: error: (.*?)(?: at <top-level>(?:, line (\d+), column (\d+)):?)?$/gm)]
    .map(([, what, line, column]) => line ? `${what} (line ${Number(line) - linesBefore}, column ${column})` : what!)
    .filter((fault) => fault !== '')
  if (faults.length === 0) return 'jq cannot compile the expression'
  return cut(faults.slice(0, 3).join('; '))
}

export const kindMessages: Record<Exclude<ResultKind, 'ok' | 'failed' | 'invalid'>, string> = {
  out_of_memory: 'The expression needed more memory than it may have',
  stack_overrun: 'The expression recursed too deeply, or its value is nested too deeply',
  output_too_large: 'The expression gave more output than it may',
}
