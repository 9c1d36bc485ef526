import type { FieldError } from '../../../errors.ts'
import type { Json } from '../types.ts'
import { at } from '../pointer.ts'

/** 3.1 and 3.2 share their dialect of schemas, JSON Schema 2020-12. */
export type Dialect = '2.0' | '3.0' | '3.1'

/** What a reference must lead to. */
export type ReferenceKind = 'schema' | 'parameter' | 'requestBody' | 'response' | 'header' | 'example' | 'mediaType' | 'securityScheme'

/** A `$ref` as it was met. `holder` is the normal form's object that carries it, and is rewritten once all is read. */
export interface ReferenceUse { holder: Json, ref: string, pointer: string, kind: ReferenceKind, resource: SchemaResource }

/** The document, or a schema within it that has an `$id`: what `#` and relative references are relative to. */
export interface SchemaResource { pointer: string, uri: string }

const maxFaults = 50
const maxWarnings = 100
/** Documents may put a megabyte where a name belongs, and pointers and sentences carry it. */
const maxLength = 1000

/** Faults refuse the document. Warnings are what real documents get wrong without doing harm. */
export class Problems {
  readonly errors: FieldError[] = []
  readonly #warnings: string[] = []
  #unsaid = 0

  fault(pointer: string, detail: string): void {
    if (this.errors.length < maxFaults) this.errors.push({ pointer: pointer.slice(0, maxLength), detail: detail.slice(0, maxLength) })
  }

  warn(pointer: string, detail: string): void {
    if (this.#warnings.length < maxWarnings) this.#warnings.push((pointer === '' ? detail : `${detail} (${pointer})`).slice(0, maxLength))
    else this.#unsaid++
  }

  get warnings(): string[] {
    return this.#unsaid === 0 ? [...this.#warnings] : [...this.#warnings, `${this.#unsaid} more of the same kinds`]
  }
}

/** What is carried through the reading of one document. */
export interface Reading {
  dialect: Dialect
  /** The document as parsed, for references into places that have moved. */
  source: Json
  problems: Problems
  references: ReferenceUse[]
  /** Absolute URI of an `$id`, or that and `#anchor` → pointer into the normal form. */
  identifiers: Map<string, string>
  /** The innermost one at the moment. */
  resource: SchemaResource
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Says what stood there instead; the value itself may be large or secret. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** The object at `key`, or undefined when it is absent; a fault when it is something else. */
export function objectAt(reading: Reading, parent: Json, key: string, pointer: string): Json | undefined {
  const value = parent[key]
  if (value === undefined || value === null) return undefined
  if (isObject(value)) return value
  reading.problems.fault(at(pointer, key), `must be an object, not ${kindOf(value)}`)
  return undefined
}

export function listAt(reading: Reading, parent: Json, key: string, pointer: string): unknown[] | undefined {
  const value = parent[key]
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value
  reading.problems.fault(at(pointer, key), `must be a list, not ${kindOf(value)}`)
  return undefined
}

/** Text that only people read: anything but a string or number is left out with a warning. */
export function textAt(reading: Reading, parent: Json, key: string, pointer: string): string | undefined {
  const value = parent[key]
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  reading.problems.warn(at(pointer, key), `Should be text, is ${kindOf(value)}`)
  return undefined
}

export function flagAt(reading: Reading, parent: Json, key: string, pointer: string): boolean | undefined {
  const value = parent[key]
  if (typeof value === 'boolean') return value
  if (value === undefined || value === null) return undefined
  if (value === 'true' || value === 'false') return value === 'true'
  reading.problems.warn(at(pointer, key), `Should be true or false, is ${kindOf(value)}`)
  return undefined
}

/** Sets only what is there, so that the normal form has no undefined members. */
export function assign(target: Json, values: Json): Json {
  for (const key in values) if (values[key] !== undefined) target[key] = values[key]
  return target
}

/** A Reference Object in place of anything but a schema. */
export function readReference(reading: Reading, value: Json, pointer: string, kind: ReferenceKind): Json {
  const holder: Json = { $ref: '' }
  reading.references.push({ holder, ref: String(value['$ref']), pointer, kind, resource: reading.resource })
  return holder
}

/** Reads a map of named things, each by `read`; a fault where it isn't one. */
export function readMap<T>(
  reading: Reading, parent: Json, key: string, pointer: string, read: (value: unknown, pointer: string, name: string) => T | undefined,
): Record<string, T> | undefined {
  const map = objectAt(reading, parent, key, pointer)
  if (map === undefined) return undefined
  const here = at(pointer, key)
  const result: Record<string, T> = {}
  for (const name of Object.keys(map)) {
    if (name.startsWith('x-') && !isObject(map[name])) continue
    const entry = read(map[name], at(here, name), name)
    if (entry !== undefined) result[name] = entry
  }
  return result
}
