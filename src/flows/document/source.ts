/** A flow as text: YAML or JSON, read within limits, with the place of everything in it. */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, stringify, visit, type Document, type Pair, type YAMLMap } from 'yaml'
import { HubError, isHubError } from '../../errors.ts'
import { parseJson } from '../../lib/json/limits.ts'
import { appendPointer, parsePointer } from '../../lib/json/pointer.ts'
import { MOST_FINDINGS, type Note } from './finding.ts'

export type SourceFormat = 'yaml' | 'json'

export interface Place { line: number, column: number }

export interface ReadSource {
  /** Undefined where the text cannot be read: then there are errors. */
  value: unknown
  notes: (Note & { place?: Place })[]
  /** Of a value, or of the key that it has; of what is missing, the nearest thing around it. */
  locate(pointer: string, at?: Note['at']): Place
}

/** YAML takes the hub's own thread for a second each 1.5 MB. */
export const MAX_SOURCE_BYTES = 512 * 1024
const MAX_DEPTH = 100
const tooDeep = `is nested deeper than ${MAX_DEPTH} levels`
const start: Place = { line: 1, column: 1 }

/** Never throws about the text. */
export function readSource(text: string, format: SourceFormat): ReadSource {
  const fault = unusable(text)
  if (fault !== undefined) return { value: undefined, notes: [{ severity: 'error', code: 'syntax', ...fault }], locate: () => start }
  return format === 'json' ? readJson(text) : readYaml(text)
}

function unusable(text: string): { pointer: string, detail: string, place?: Place } | undefined {
  if (Buffer.byteLength(text) > MAX_SOURCE_BYTES) return { pointer: '', detail: `is larger than ${MAX_SOURCE_BYTES / 1024} KiB` }
  if (text.trim() === '') return { pointer: '', detail: 'is empty' }
  const at = text.includes('\0') ? text.indexOf('\0') : text.isWellFormed() ? -1 : text.search(/[\ud800-\udfff]/)
  if (at >= 0) return { pointer: '', detail: 'holds a character that cannot be kept', place: placeIn(text, at) }
  return undefined
}

function placeIn(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split('\n')
  return { line: lines.length, column: lines.at(-1)!.length + 1 }
}

function readJson(text: string): ReadSource {
  // JSON is YAML: its places are read only when somebody asks for one.
  let positions: Positions | undefined
  const locate: ReadSource['locate'] = (pointer, at) => (positions ??= compose(text, false))?.locate(pointer, at) ?? start
  try {
    return { value: parseJson(text, { maxDepth: MAX_DEPTH }), notes: [], locate }
  } catch (error) {
    if (!isHubError(error)) throw error
    const faults = error.errors ?? [{ pointer: '', detail: error.message }]
    return { value: undefined, notes: faults.map(({ pointer, detail }) => ({ severity: 'error', code: 'syntax', pointer, ...placedDetail(detail) })), locate }
  }
}

/** Details about JSON end with their place. */
function placedDetail(detail: string): { detail: string, place?: Place } {
  const { what, line, column } = /^(?<what>.*) \(line (?<line>\d+), column (?<column>\d+)\)$/s.exec(detail)?.groups ?? {}
  return what === undefined ? { detail } : { detail: what, place: { line: Number(line), column: Number(column) } }
}

function readYaml(text: string): ReadSource {
  const positions = compose(text, true)
  const note = (detail: string, place: Place = start): ReadSource['notes'][number] => ({ severity: 'error', code: 'syntax', pointer: '', detail, place })
  if (positions === undefined) return { value: undefined, notes: [note(tooDeep)], locate: () => start }
  const { document, locate } = positions
  const problems = [...document.errors, ...document.warnings].slice(0, MOST_FINDINGS).map(({ code, message, linePos }) => note(
    code === 'DUPLICATE_KEY' ? 'has the same key twice' : /call stack/.test(message) ? tooDeep : `is not valid YAML: ${firstLine(message)}`,
    linePos === undefined ? start : { line: linePos[0].line, column: linePos[0].col }))
  const notes = problems.length > 0 ? problems : treeNotes(document)
  if (notes.length > 0) return { value: undefined, notes, locate }
  // What aliases expand to is counted already.
  return { value: document.toJS({ maxAliasCount: -1 }), notes: [], locate }
}

function firstLine(message: string): string {
  return message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')
}

/** Values that a document may have once its aliases are expanded. */
const MOST_VALUES = 100_000

/** What YAML can say and JSON cannot, keys that attack JavaScript programs, and more than anybody wants to read. */
function treeNotes(document: Document.Parsed): Note[] {
  const notes: Note[] = []
  const around = new Set<unknown>()
  let values = 0
  const add = (pointer: string, detail: string, at: Note['at'] = 'value'): void => { if (notes.length < MOST_FINDINGS) notes.push({ severity: 'error', code: 'syntax', pointer, detail, at }) }
  const walkKey = (key: unknown, pointer: string): string | undefined => {
    if (!isScalar(key) || key.value === null) {
      add(pointer, 'has a key that is no text')
      return undefined
    }
    const below = appendPointer(pointer, String(key.value))
    if (key.value === '__proto__') add(below, 'is a key that is not taken', 'key')
    return below
  }
  const walk = (given: unknown, pointer: string, depth: number): void => {
    const node = isAlias(given) ? given.resolve(document) : given
    if (isAlias(given) && node === undefined) return add(pointer, `names an anchor that is not there: *${given.source}`)
    if (around.has(node)) return add(pointer, 'is an alias of what it stands in')
    if (++values === MOST_VALUES) add('', `has more than ${MOST_VALUES} values once its aliases are expanded`)
    if (values >= MOST_VALUES) return
    if (depth > MAX_DEPTH) return add(pointer, tooDeep)
    if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value)) add(pointer, 'is no number that JSON knows')
    if (!isSeq(node) && !isMap(node)) return
    around.add(node)
    if (isSeq(node)) for (const [index, item] of node.items.entries()) walk(item, appendPointer(pointer, index), depth + 1)
    else for (const { key, value } of node.items) {
      const below = walkKey(key, pointer)
      if (below !== undefined) walk(value, below, depth + 1)
    }
    around.delete(node)
  }
  walk(document.contents, '', 1)
  return notes
}

interface Positions { document: Document.Parsed, locate(pointer: string, at?: Note['at']): Place }

/** Undefined where brackets nest so deep that the parser, which recurses, gives up. */
function compose(text: string, unique: boolean): Positions | undefined {
  const lines = new LineCounter()
  let document: Document.Parsed
  try {
    document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', merge: true, uniqueKeys: unique, prettyErrors: true })
    // Reading the value recurses too, and so does this.
    visit(document, {})
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  const locate: Positions['locate'] = (pointer, at = 'value') => {
    const offset = offsetOf(document, parsePointer(pointer), at)
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  return { document, locate }
}

function offsetOf(document: Document.Parsed, tokens: string[], at: Note['at']): number {
  let node: unknown = document.contents
  let offset = rangeOf(node) ?? 0
  for (const [index, token] of tokens.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    const pair = isMap(node) ? pairOf(node, token) : undefined
    const next: unknown = pair?.value ?? (isSeq(node) ? node.items[Number(token)] : undefined)
    const keyAt = rangeOf(pair?.key)
    if (pair === undefined && next === undefined) return offset
    const isLast = index === tokens.length - 1
    // Something missing within a block is looked for at the block's key, not at its first member.
    offset = (isLast && at === 'value' ? rangeOf(next) ?? keyAt : keyAt ?? rangeOf(next)) ?? offset
    node = next
  }
  return offset
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && String(key.value) === name)
}

function rangeOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

/** Text from bytes that somebody sent or that lie in a file. Throws HubError `invalid_document` for what is no UTF-8. */
export function decodeSource(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new HubError('invalid_document', 'The document is not UTF-8 text.', { cause: error, errors: [{ pointer: '', detail: 'is not UTF-8 text' }] })
  }
}

/** As it was written, where that is YAML. */
export function asYaml(source: string, format: SourceFormat): string {
  return format === 'yaml' ? source : stringify(readSource(source, format).value, { lineWidth: 0 })
}

/** YAML documents of one text, each with the number of lines before it. What is empty, such as before the first marker, is left out. */
export function splitDocuments(text: string): { text: string, line: number }[] {
  const documents: { text: string, line: number }[] = []
  let begun = 0
  let lines = 0
  const close = (end: number): void => {
    const part = text.slice(begun, end)
    const own = part.split('\n')
    if (!own.every((line) => /^\s*(?:$|#|%|---\s*$|\.\.\.\s*$)/.test(line))) documents.push({ text: part, line: lines })
    lines += own.length - 1
    begun = end
  }
  // A marker at the begin of a line ends whatever it stands in, even a block of text.
  for (const { index } of text.matchAll(/^---(?=\s|$)/gm)) if (index > 0) close(index)
  close(text.length)
  return documents
}
