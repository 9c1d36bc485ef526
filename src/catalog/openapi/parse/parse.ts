import { isAlias, isCollection, isScalar, LineCounter, parseDocument, visit, type Document, type YAMLError } from 'yaml'
import { HubError, type FieldError } from '../../../errors.ts'
import { segmentsOf } from '../pointer.ts'
import { checkJsonText, checkTree, checkYamlText, limits, refuse } from './limits.ts'

export interface SourceHints { contentType?: string | undefined, sourceUrl?: string | undefined }

export interface ParsedSource {
  value: unknown
  warnings: string[]
  /** Where a pointer's value stands in the text, for people: `line 3, column 5`. Undefined for JSON. */
  locate(pointer: string): string | undefined
}

/** JSON or YAML as UTF-8, told apart by content. Throws HubError `invalid_document`, with line and column where the syntax is at fault. */
export function parseSource(bytes: Uint8Array, hints: SourceHints): ParsedSource {
  if (bytes.length > limits.maxBytes) refuse(`larger than ${limits.maxBytes} bytes`)
  const text = decode(bytes)
  const first = text.match(/\S/)?.[0]
  if (first === undefined) refuse('it is empty')
  if (first === '<') refuse('it is HTML or XML, not an OpenAPI document; give the address of the JSON or YAML file itself')
  if (first === '{' || first === '[') {
    // Flow-style YAML starts like JSON, so a text that claims to be YAML gets a second reading.
    if (!claimsYaml(hints)) return parseJson(bytes, text)
    try {
      return parseJson(bytes, text)
    } catch (error) {
      if (!(error instanceof HubError) || !error.message.includes('JSON')) throw error
    }
  }
  return parseYaml(bytes, text)
}

function claimsYaml({ contentType, sourceUrl }: SourceHints): boolean {
  return /ya?ml/i.test(contentType ?? '') || /\.ya?ml(?:$|[?#])/i.test(sourceUrl ?? '')
}

function decode(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return refuse('it is not UTF-8 text')
  }
}

function parseJson(bytes: Uint8Array, text: string): ParsedSource {
  checkJsonText(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return refuse(`it is not valid JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  return { value, warnings: droppedKeys(checkTree(value)), locate: () => undefined }
}

function parseYaml(bytes: Uint8Array, text: string): ParsedSource {
  checkYamlText(bytes)
  const lines = new LineCounter()
  const document = composed(text, lines)
  const warnings: string[] = []
  const errors: FieldError[] = []
  for (const problem of document.errors) {
    if (problem.code === 'DUPLICATE_KEY') warnings.push(`A key is there twice, the last one counts (${position(problem)})`)
    else errors.push({ pointer: '', detail: `${problem.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? ''} (${position(problem)})` })
  }
  if (errors.length > 0) {
    throw new HubError('invalid_document', `The document is not valid YAML: ${errors[0]?.detail ?? ''}`, { errors: errors.slice(0, 20) })
  }
  const value = plainValue(document)
  warnings.push(...droppedKeys(checkTree(value)))
  return { value, warnings, locate: pointer => located(document, lines, pointer) }
}

function composed(text: string, lines: LineCounter): Document.Parsed {
  try {
    return parseDocument(text, { lineCounter: lines, logLevel: 'silent', merge: true, prettyErrors: true })
  } catch (error) {
    // The parser recurses: brackets nested some thousand deep exhaust its stack.
    return refuse(error instanceof RangeError ? `nested deeper than ${limits.maxDepth} levels` : 'it is not valid YAML')
  }
}

function plainValue(document: Document.Parsed): unknown {
  let aliases = 0
  try {
    visit(document, { Alias() { aliases++ } })
    // `checkTree` bounds what aliases expand to; without aliases that check of the library's own is only slow.
    const value: unknown = document.toJS({ maxAliasCount: aliases === 0 ? -1 : 1000 })
    return value
  } catch (error) {
    return refuse(error instanceof RangeError ? `nested deeper than ${limits.maxDepth} levels` : 'its aliases expand to too much, or to nothing')
  }
}

function position(problem: YAMLError): string {
  const start = problem.linePos?.[0]
  return start === undefined ? 'at an unknown place' : `line ${start.line}, column ${start.col}`
}

function located(document: Document.Parsed, lines: LineCounter, pointer: string): string | undefined {
  let node: unknown = document.contents
  for (const segment of segmentsOf(pointer)) {
    if (isAlias(node)) node = node.resolve(document)
    if (!isCollection(node)) break
    // Keys such as `200` are numbers to YAML.
    const next = node.get(segment, true) ?? (/^\d+$/.test(segment) ? node.get(Number(segment), true) : undefined)
    if (next === undefined) break
    node = next
  }
  const range = isScalar(node) || isCollection(node) ? node.range : undefined
  if (range === undefined || range === null) return undefined
  const { line, col } = lines.linePos(range[0])
  return `line ${line}, column ${col}`
}

function droppedKeys(pointers: string[]): string[] {
  return pointers.slice(0, 20).map(pointer => `The key __proto__ is left out (${pointer})`)
}
