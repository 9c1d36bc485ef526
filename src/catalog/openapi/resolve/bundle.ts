import type { JsonSchema } from '../../../connectors/connector.ts'
import { isObject } from '../normalise/reading.ts'
import { targetOf } from '../normalise/references.ts'
import { valueAt } from '../pointer.ts'
import type { Json } from '../types.ts'

type Schema = JsonSchema | boolean

const schemaKeys = new Set([
  'additionalProperties', 'propertyNames', 'unevaluatedProperties', 'items', 'contains', 'unevaluatedItems', 'not', 'if', 'then', 'else', 'contentSchema',
])
const listKeys = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])
const mapKeys = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'])

/**
 * Copies schemas out of a document with everything that they refer to, as `#/$defs/<name>`. Two targets never share a
 * name. What is nearest to the roots comes first; once `budget` schemas are copied the rest becomes "anything".
 */
export class Bundle {
  readonly defs: Record<string, Schema> = {}
  truncated = false
  readonly #normal: Json
  readonly #hides: 'readOnly' | 'writeOnly'
  #left: number
  readonly #names = new Map<string, string>()
  readonly #taken = new Set<string>()
  readonly #queue: { pointer: string, name: string }[] = []
  readonly #hiddenNames = new Map<Json, Set<string>>()

  /** Properties with the flag `hides` are not required on this side: a client doesn't send what is `readOnly`. */
  constructor(normal: Json, hides: 'readOnly' | 'writeOnly', budget: number) {
    this.#normal = normal
    this.#hides = hides
    this.#left = budget
  }

  add(schema: unknown): Schema {
    return this.#copy(schema, undefined)
  }

  /** Fills `defs`; to be called once, after everything was added. */
  finish(): void {
    for (let i = 0; i < this.#queue.length; i++) {
      const { pointer, name } = this.#queue[i] as { pointer: string, name: string }
      if (this.#left > 0) this.defs[name] = this.#copy(valueAt(this.#normal, pointer), undefined)
      else {
        this.defs[name] = {}
        this.truncated = true
      }
    }
  }

  #copy(schema: unknown, inherited: Set<string> | undefined): Schema {
    if (!isObject(schema)) return schema === false ? false : schema === true ? true : {}
    this.#left--
    const copy: JsonSchema = {}
    const hidden = schema['required'] !== undefined || schema['allOf'] !== undefined ? this.#hiddenOf(schema, inherited) : undefined
    for (const key in schema) {
      const value = schema[key]
      if (key === '$ref') copy[key] = typeof value === 'string' ? this.#refer(value) : value
      else if (key === 'required' && Array.isArray(value)) {
        const names = hidden === undefined ? value : value.filter(name => !hidden.has(String(name)))
        if (names.length > 0) copy[key] = names
      } else if (schemaKeys.has(key)) copy[key] = this.#copy(value, undefined)
      else if (listKeys.has(key) && Array.isArray(value)) copy[key] = value.map(entry => this.#copy(entry, key === 'allOf' ? hidden : undefined))
      else if (mapKeys.has(key) && isObject(value)) copy[key] = this.#copyMap(value)
      // Its mapping names other schemas, and only describes.
      else if (key === 'discriminator' && isObject(value)) copy[key] = { propertyName: value['propertyName'] }
      else copy[key] = value
    }
    return copy
  }

  #copyMap(map: Json): Json {
    const copy: Json = {}
    for (const name of Object.keys(map)) copy[name] = this.#copy(map[name], undefined)
    return copy
  }

  #refer(ref: string): string {
    const pointer = targetOf(ref)
    let name = this.#names.get(pointer)
    if (name === undefined) {
      name = this.#nameFor(pointer)
      this.#names.set(pointer, name)
      this.#queue.push({ pointer, name })
    }
    return `#/$defs/${name}`
  }

  #nameFor(pointer: string): string {
    const plain = (pointer.split('/').at(-1) ?? '').replaceAll('~1', '/').replaceAll('~0', '~').replace(/[^A-Za-z0-9_.-]+/g, '_')
    const base = plain === '' || plain === '__proto__' ? 'schema' : plain
    let name = base
    for (let number = 2; this.#taken.has(name); number++) name = `${base}_${number}`
    this.#taken.add(name)
    return name
  }

  /** Names of the properties that don't count on this side, looked for through `allOf` as well. */
  #hiddenOf(schema: Json, inherited: Set<string> | undefined): Set<string> | undefined {
    const own = this.#hiddenNamesOf(schema, 0)
    if (inherited === undefined || inherited.size === 0) return own.size === 0 ? undefined : own
    return new Set([...own, ...inherited])
  }

  #hiddenNamesOf(schema: Json, depth: number): Set<string> {
    const known = this.#hiddenNames.get(schema)
    if (known !== undefined) return known
    const names = new Set<string>()
    this.#hiddenNames.set(schema, names)
    const properties = isObject(schema['properties']) ? schema['properties'] : {}
    for (const name of Object.keys(properties)) if (this.#behind(properties[name])?.[this.#hides] === true) names.add(name)
    if (depth > 5 || !Array.isArray(schema['allOf'])) return names
    for (const member of schema['allOf'] as unknown[]) {
      const target = this.#behind(member)
      if (target !== undefined) for (const name of this.#hiddenNamesOf(target, depth + 1)) names.add(name)
    }
    return names
  }

  #behind(schema: unknown): Json | undefined {
    if (!isObject(schema)) return undefined
    if (schema[this.#hides] === true || typeof schema['$ref'] !== 'string') return schema
    const target = valueAt(this.#normal, targetOf(schema['$ref']))
    return isObject(target) ? target : undefined
  }
}
