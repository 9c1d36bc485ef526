/**
 * Makes of somebody's JSON Schema one that is safe to work with: only keywords with a known meaning and a fitting value are
 * carried over, and every reference is a name in a table made here. Draft 4 to 2020-12 are read alike.
 */
import { HubError } from '../../errors.ts'
import { compilePattern } from './patterns.ts'
import type { Pattern } from './patterns.ts'
import { appendPointer, parsePointer, resolvePointer } from './pointer.ts'

export type Schema = boolean | SchemaObject
/** Every keyword has a value of the type that it should have. */
export interface SchemaObject {
  /** What to ask `definition` for: the pointer that the reference leads to. */
  ref?: string
  type?: string[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  multipleOf?: number
  maximum?: number
  minimum?: number
  exclusiveMaximum?: number
  exclusiveMinimum?: number
  maxLength?: number
  minLength?: number
  maxItems?: number
  minItems?: number
  maxProperties?: number
  minProperties?: number
  minContains?: number
  maxContains?: number
  uniqueItems?: true
  required?: string[]
  dependentRequired?: Record<string, string[]>
  prefixItems?: Schema[]
  items?: Schema
  contains?: Schema
  unevaluatedItems?: Schema
  properties?: Record<string, Schema>
  patternProperties?: Record<string, Schema>
  additionalProperties?: Schema
  unevaluatedProperties?: Schema
  dependentSchemas?: Record<string, Schema>
  propertyNames?: Schema
  not?: Schema
  if?: Schema
  then?: Schema
  else?: Schema
  allOf?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
}

export interface NormalSchema {
  schema: Schema
  /** What a `ref` stands for. Read when it is first asked for: a vendor's definitions may be thousands, of which a value touches a few. */
  definition(name: string): Schema
  /** All that occur in what was read so far. */
  patterns: Map<string, Pattern>
}

const maxSchemas = 20_000
const maxDepth = 200
/** Instructions of all its patterns. */
const maxPatternSize = 100_000
const typeNames = new Set(['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'])

const numbers = ['maximum', 'minimum', 'exclusiveMaximum', 'exclusiveMinimum'] as const
const counts = ['maxLength', 'minLength', 'maxItems', 'minItems', 'maxProperties', 'minProperties', 'minContains', 'maxContains'] as const
const schemaKeywords = ['contains', 'additionalProperties', 'unevaluatedItems', 'unevaluatedProperties', 'propertyNames', 'not', 'if', 'then', 'else'] as const
const listKeywords = ['allOf', 'anyOf', 'oneOf'] as const

type Source = Record<string, unknown>

/**
 * Throws HubError `invalid_document`, with the place in the schema, for a reference that leads nowhere or outside, and for a
 * schema beyond bounds; `definition` does the same for what it reads. `onIgnoredPattern` is told of patterns that the engine cannot take.
 */
export function normalizeSchema(root: object, onIgnoredPattern: (pattern: string) => void = () => {}): NormalSchema {
  return new Normalizer(root as Source, onIgnoredPattern)
}

class Normalizer implements NormalSchema {
  readonly schema: Schema
  readonly patterns = new Map<string, Pattern>()
  private readonly root: Source
  private readonly onIgnoredPattern: (pattern: string) => void
  private readonly ignored = new Set<string>()
  private readonly definitions = new Map<string, Schema>()
  private seen = 0
  private patternSize = 0
  private anchors: Map<string, string> | undefined

  constructor(root: Source, onIgnoredPattern: (pattern: string) => void) {
    this.root = root
    this.onIgnoredPattern = onIgnoredPattern
    this.schema = this.read(root, '', 0)
  }

  definition(name: string): Schema {
    let schema = this.definitions.get(name)
    if (schema === undefined) this.definitions.set(name, schema = this.read(resolvePointer(this.root, name), name, 0))
    return schema
  }

  private read(source: unknown, at: string, depth: number): Schema {
    if (typeof source === 'boolean') return source
    if (!isObject(source)) return true
    if (++this.seen > maxSchemas) throw fault(at, `The schema has more than ${maxSchemas} parts`)
    if (depth > maxDepth) throw fault(at, `The schema is nested deeper than ${maxDepth} levels`)
    const out: SchemaObject = {}
    readScalars(source, out)
    this.readPattern(source, out)
    this.readReference(source, out, at)
    this.readItems(source, out, at, depth)
    this.readProperties(source, out, at, depth)
    for (const keyword of schemaKeywords) {
      if (isSchema(source[keyword])) out[keyword] = this.read(source[keyword], appendPointer(at, keyword), depth + 1)
    }
    for (const keyword of listKeywords) {
      const list = source[keyword]
      if (Array.isArray(list) && list.length > 0) out[keyword] = this.readList(list, appendPointer(at, keyword), depth)
    }
    this.openUp(source, out)
    return out
  }

  private readList(list: unknown[], at: string, depth: number): Schema[] {
    return list.map((item, i) => this.read(item, appendPointer(at, i), depth + 1))
  }

  private readMap(map: Source, at: string, depth: number): Record<string, Schema> {
    return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, this.read(value, appendPointer(at, key), depth + 1)]))
  }

  private readItems(source: Source, out: SchemaObject, at: string, depth: number): void {
    // Before 2020-12, a list of `items` was what `prefixItems` is now, and `additionalItems` what `items` is.
    const [prefix, rest] = Array.isArray(source.items) ? ['items', 'additionalItems'] : ['prefixItems', 'items']
    const list = source[prefix]
    if (Array.isArray(list) && list.length > 0) out.prefixItems = this.readList(list, appendPointer(at, prefix), depth)
    if (isSchema(source[rest])) out.items = this.read(source[rest], appendPointer(at, rest), depth + 1)
  }

  private readProperties(source: Source, out: SchemaObject, at: string, depth: number): void {
    if (isObject(source.properties)) out.properties = this.readMap(source.properties, appendPointer(at, 'properties'), depth)
    if (isObject(source.patternProperties)) {
      const known = Object.entries(source.patternProperties).filter(([pattern]) => this.take(pattern))
      out.patternProperties = this.readMap(Object.fromEntries(known), appendPointer(at, 'patternProperties'), depth)
    }
    for (const keyword of ['dependentSchemas', 'dependencies']) {
      const map = source[keyword]
      if (!isObject(map)) continue
      const schemas = Object.fromEntries(Object.entries(map).filter(([, value]) => !Array.isArray(value)))
      out.dependentSchemas = { ...out.dependentSchemas, ...this.readMap(schemas, appendPointer(at, keyword), depth) }
    }
  }

  private readPattern(source: Source, out: SchemaObject): void {
    if (typeof source.pattern === 'string' && this.take(source.pattern)) out.pattern = source.pattern
  }

  /** False when it cannot be taken, which is noted. */
  private take(source: string): boolean {
    if (this.patterns.has(source)) return true
    if (this.ignored.has(source)) return false
    const pattern = compilePattern(source)
    if (pattern) {
      this.patternSize += pattern.size
      if (this.patternSize > maxPatternSize) throw fault('', 'The schema\'s patterns are too large')
      this.patterns.set(source, pattern)
    } else {
      this.ignored.add(source)
      this.onIgnoredPattern(source)
    }
    return pattern !== undefined
  }

  /** What a `patternProperties` that is not checked would have covered must not be refused as unknown. */
  private openUp(source: Source, out: SchemaObject): void {
    if (!isObject(source.patternProperties) || Object.keys(source.patternProperties).every((pattern) => this.patterns.has(pattern))) return
    delete out.additionalProperties
    out.unevaluatedProperties = true
  }

  /** `$dynamicRef` is read as the `$ref` that it is as long as nobody extends the schema. */
  private readReference(source: Source, out: SchemaObject, at: string): void {
    const ref = source.$ref ?? source.$dynamicRef ?? (source.$recursiveRef === '#' ? '#' : undefined)
    if (typeof ref !== 'string') return
    const keyword = source.$ref === undefined ? '$dynamicRef' : '$ref'
    out.ref = this.locate(ref, appendPointer(at, keyword))
  }

  private locate(ref: string, at: string): string {
    const [base = '', fragment = ''] = ref.split(/#(.*)/s)
    const own = this.root.$id ?? this.root.id
    if (base !== '' && (typeof own !== 'string' || base !== own.replace(/#$/, ''))) {
      throw fault(at, `It refers to ${show(ref)}, which is outside the document; nothing is fetched`)
    }
    const pointer = fragment === '' || fragment.startsWith('/') ? tokensOf(fragment)?.map((token) => appendPointer('', token)).join('') : this.anchor(fragment)
    if (pointer === undefined || !isSchema(resolvePointer(this.root, pointer))) throw fault(at, `It refers to ${show(ref)}, which does not exist`)
    return pointer
  }

  private anchor(name: string): string | undefined {
    this.anchors ??= findAnchors(this.root)
    return this.anchors.get(name)
  }
}

function readScalars(source: Source, out: SchemaObject): void {
  const types = (Array.isArray(source.type) ? source.type : [source.type]) as unknown[]
  if (types.length > 0 && types.every((type) => typeof type === 'string' && typeNames.has(type))) out.type = [...new Set(types as string[])]
  for (const keyword of numbers) {
    const limit = source[keyword]
    if (isNumber(limit)) out[keyword] = limit
  }
  readDraft4Limits(source, out)
  if (isNumber(source.multipleOf) && source.multipleOf > 0) out.multipleOf = source.multipleOf
  for (const keyword of counts) {
    const limit = source[keyword]
    if (isNumber(limit) && limit >= 0) out[keyword] = limit
  }
  if (typeof source.format === 'string') out.format = source.format
  if (source.uniqueItems === true) out.uniqueItems = true
  if (Array.isArray(source.enum) && source.enum.length > 0) out.enum = source.enum
  if (Object.hasOwn(source, 'const')) out.const = source.const
  if (isNames(source.required)) out.required = [...new Set(source.required)]
  for (const keyword of ['dependentRequired', 'dependencies']) {
    if (!isObject(source[keyword])) continue
    const lists = Object.entries(source[keyword]).filter(([, names]) => isNames(names))
    out.dependentRequired = { ...out.dependentRequired, ...Object.fromEntries(lists) as Record<string, string[]> }
  }
}

/** In draft 4 these were flags that made `maximum` and `minimum` exclusive. */
function readDraft4Limits(source: Source, out: SchemaObject): void {
  for (const [flag, limit] of [['exclusiveMaximum', 'maximum'], ['exclusiveMinimum', 'minimum']] as const) {
    if (source[flag] !== true || !isNumber(source[limit])) continue
    out[flag] = source[limit]
    delete out[limit]
  }
}

/** Every `$anchor` with its pointer, wherever it stands. */
function findAnchors(root: Source): Map<string, string> {
  const anchors = new Map<string, string>()
  const open: [value: unknown, pointer: string, depth: number][] = [[root, '', 0]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [value, pointer, depth] = next
    if (typeof value !== 'object' || value === null || depth > maxDepth) continue
    for (const keyword of ['$anchor', '$dynamicAnchor']) {
      const name = (value as Source)[keyword]
      if (typeof name === 'string' && !anchors.has(name)) anchors.set(name, pointer)
    }
    for (const [key, member] of Object.entries(value)) open.push([member, appendPointer(pointer, key), depth + 1])
  }
  return anchors
}

function tokensOf(fragment: string): string[] | undefined {
  try {
    return parsePointer(`#${fragment}`)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Source {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
function isSchema(value: unknown): boolean { return typeof value === 'boolean' || isObject(value) }
function isNumber(value: unknown): value is number { return typeof value === 'number' && Number.isFinite(value) }
function isNames(value: unknown): value is string[] { return Array.isArray(value) && value.every((name) => typeof name === 'string') }
function show(ref: string): string { return JSON.stringify(ref.length > 200 ? `${ref.slice(0, 200)}…` : ref) }

function fault(pointer: string, detail: string): HubError {
  return new HubError('invalid_document', `The schema cannot be used: ${detail}${pointer === '' ? '' : ` (at ${pointer})`}`, { errors: [{ pointer, detail }] })
}
