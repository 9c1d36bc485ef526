/**
 * Reads a jq program's tokens, as jq's own scanner does, to refuse what has no place in the hub and to learn which
 * variables and words the program holds. It never decides whether a program is valid: jq does.
 */
import { LRUCache } from 'lru-cache'
import { HubError } from '../../errors.ts'
import { parseCondition, type Condition } from './condition.ts'
import { parsePath } from './path.ts'
import type { Path } from './path.ts'

export interface Program {
  source: string
  /** Names after `$`, without the `$`: what the program may ask of the caller, and what it binds itself. */
  variables: Set<string>
  /** Strings, field names and numbers that stand in the program's text, as jq's messages would show them. */
  words: Set<string>
  /** Set when the program is nothing but a path. */
  path: Path | undefined
  /** Set when it is a condition that can mostly be decided without jq. */
  condition: Condition | undefined
}

/** jq takes its program on the stack of its 1 MiB; 64 KiB leave room for everything else. */
const maxProgramBytes = 65_536
/** jq compiles nested brackets by recursion: 2,000 levels overran its stack. */
const maxNesting = 256

const refusedReasons: Record<string, string> = {
  input: 'there is one input only, and it is `.`',
  inputs: 'there is one input only, and it is `.`',
  debug: 'there is nowhere to print to',
  stderr: 'there is nowhere to print to',
  halt: 'a program ends with its outputs; use `empty` or `error`',
  halt_error: 'use `error`',
  env: 'there is no environment',
  input_filename: 'there are no files',
  input_line_number: 'there are no files',
  import: 'there are no files',
  include: 'there are no files',
  module: 'there are no files',
  modulemeta: 'there are no files',
  get_search_list: 'there are no files',
  get_jq_origin: 'there are no files',
  get_prog_origin: 'there are no files',
}
const refusedVariables: Record<string, string> = {
  ENV: 'there is no environment',
  __prog_args: 'there are no arguments',
}

const tokenPattern = new RegExp([
  String.raw`(?<space>[ \n\t\r]+)`,
  String.raw`(?<comment>#[^\n]*)`,
  String.raw`(?<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)`,
  String.raw`(?<rec>\.\.)`,
  String.raw`(?<field>\.[a-zA-Z_][a-zA-Z_0-9]*)`,
  String.raw`(?<binding>\$[ \n\t\r]*(?:[a-zA-Z_][a-zA-Z_0-9]*::)*[a-zA-Z_][a-zA-Z_0-9]*)`,
  String.raw`(?<name>(?:[a-zA-Z_][a-zA-Z_0-9]*::)*[a-zA-Z_][a-zA-Z_0-9]*)`,
  String.raw`(?<format>@[a-zA-Z0-9_]+)`,
  String.raw`(?<quote>")`,
  String.raw`(?<open>[([{])`,
  String.raw`(?<close>[)\]}])`,
  String.raw`(?<other>[\s\S])`,
].join('|'), 'y')

const known = new LRUCache<string, Program>({ max: 2_000, maxSize: 4_000_000, sizeCalculation: (p) => p.source.length + 200 })

/** Throws HubError `invalid_expression` for what the hub refuses; the message says which word, and where. */
export function readProgram(source: string): Program {
  const before = known.get(source)
  if (before) return before
  const program = analyse(source)
  known.set(source, program)
  return program
}

function analyse(source: string): Program {
  if (Buffer.byteLength(source) > maxProgramBytes) {
    throw new HubError('invalid_expression', `The expression is longer than ${maxProgramBytes} bytes`)
  }
  // jq would end the program at a NUL, and see other text than we do after a lone surrogate.
  const odd = source.includes('\0') ? source.indexOf('\0') : source.isWellFormed() ? -1 : source.search(/[\ud800-\udfff]/)
  if (odd >= 0) throw refusal(source, odd, 'A character that jq cannot read')
  const program: Program = { source, variables: new Set(), words: new Set(), path: parsePath(source), condition: parseCondition(source) }
  new Reader(source, program).read()
  return program
}

function refusal(source: string, at: number, what: string): HubError {
  const lines = source.slice(0, at).split('\n')
  const column = lines[lines.length - 1]!.length + 1
  return new HubError('invalid_expression', `${what} (line ${lines.length}, column ${column})`)
}

/** `if` counts as a bracket: a comma inside `{a: if . then 1, input else 2 end}` starts no key. */
type Bracket = '(' | '[' | '{' | 'if' | '\\('

class Reader {
  private at = 0
  private readonly brackets: Bracket[] = []
  /** The last token that was neither space nor comment. */
  private last = ''
  private readonly source: string
  private readonly program: Program

  constructor(source: string, program: Program) {
    this.source = source
    this.program = program
  }

  read(): void {
    while (this.at < this.source.length) {
      tokenPattern.lastIndex = this.at
      const groups = tokenPattern.exec(this.source)!.groups as Record<string, string | undefined>
      const start = this.at
      this.at = tokenPattern.lastIndex
      this.take(groups, start)
    }
  }

  private take(token: Record<string, string | undefined>, start: number): void {
    if (token.space !== undefined) return
    if (token.comment !== undefined) return this.takeComment(token.comment, start)
    const text = this.source.slice(start, this.at)
    if (token.name !== undefined) this.takeName(token.name, start)
    else if (token.binding !== undefined) this.takeBinding(token.binding, start)
    else if (token.quote !== undefined) this.takeString()
    else if (token.open !== undefined) this.enter(token.open as Bracket, start)
    else if (token.close !== undefined) this.leave()
    else if (token.field !== undefined) this.program.words.add(text.slice(1))
    else if (token.number !== undefined) this.program.words.add(text)
    this.last = text
  }

  /** A backslash may carry a comment over the line's end, and a lone return ends one in some versions: neither is worth the doubt. */
  private takeComment(comment: string, start: number): void {
    const body = comment.endsWith('\r') ? comment.slice(0, -1) : comment
    if (body.endsWith('\\') || body.includes('\r')) throw refusal(this.source, start, 'A comment that may not end with its line')
  }

  private takeName(name: string, start: number): void {
    if (this.isKey()) {
      this.program.words.add(name)
      return
    }
    if (Object.hasOwn(refusedReasons, name)) {
      throw refusal(this.source, start, `\`${name}\` is not available here: ${refusedReasons[name]}`)
    }
    if (name === 'if') this.enter('if', start)
    if (name === 'end' && this.brackets.at(-1) === 'if') this.brackets.pop()
  }

  /** `{input: 1}` and `{input}` name a field. */
  private isKey(): boolean {
    if (this.brackets.at(-1) !== '{' || (this.last !== '{' && this.last !== ',')) return false
    // The pattern has spaces and comments in it: between a key and its colon both may stand.
    return /^(?:[ \n\t\r]|#[^\n]*(?:\n|$))*[:,}]/.test(this.source.slice(this.at, this.at + 2_000))
  }

  private takeBinding(binding: string, start: number): void {
    const name = binding.slice(1).trimStart()
    if (Object.hasOwn(refusedVariables, name)) {
      throw refusal(this.source, start, `\`$${name}\` is not available here: ${refusedVariables[name]}`)
    }
    this.program.variables.add(name)
  }

  /** From after the opening quote, or after an interpolation's end, to the closing quote or the next `\(`. */
  private takeString(): void {
    const start = this.at
    const end = /(?:[^"\\]+|\\[^(])*/y
    end.lastIndex = start
    end.exec(this.source)
    this.at = Math.max(end.lastIndex, start)
    this.program.words.add(this.source.slice(start, this.at))
    if (this.source[this.at] === '"') this.at += 1
    else if (this.source.startsWith('\\(', this.at)) {
      this.enter('\\(', this.at)
      this.at += 2
    } else this.at = this.source.length
  }

  private enter(bracket: Bracket, start: number): void {
    if (this.brackets.length >= maxNesting) throw refusal(this.source, start, `Nested deeper than ${maxNesting} levels`)
    this.brackets.push(bracket)
  }

  private leave(): void {
    let opened = this.brackets.pop()
    while (opened === 'if') opened = this.brackets.pop()
    if (opened === '\\(') this.takeString()
  }
}
