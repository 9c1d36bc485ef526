import { pointerOfFragment, valueAt } from '../pointer.ts'
import type { Json } from '../types.ts'
import { isObject, type Reading, type ReferenceKind, type ReferenceUse } from './reading.ts'
import { absolute, readSchema } from './schema.ts'

export interface BrokenReference { use: ReferenceUse, reason: string }

/** Stands for a document whose address isn't known. */
export const unknownAddress = 'https://document.invalid/'

const sections: Record<ReferenceKind, string> = {
  schema: 'schemas', parameter: 'parameters', requestBody: 'requestBodies', response: 'responses', header: 'headers',
  example: 'examples', mediaType: 'mediaTypes', securityScheme: 'securitySchemes',
}

/**
 * Points every reference at its place in the normal form, as `#/…`. Nothing is fetched: a reference to another file or
 * address is broken, as is one to nothing. Broken ones are replaced by something neutral and returned.
 * `addresses` are those of the document itself, without fragment.
 */
export function linkReferences(reading: Reading, normal: Json, addresses: string[]): BrokenReference[] {
  const broken: BrokenReference[] = []
  const { references } = reading
  // Reading a moved target meets more references, so the list grows.
  for (let i = 0; i < references.length; i++) {
    const use = references[i] as ReferenceUse
    const found = locate(reading, normal, use, addresses)
    if ('pointer' in found) use.holder['$ref'] = `#${encodeFragment(found.pointer)}`
    else broken.push({ use, reason: found.reason })
  }
  for (const use of references) {
    if (use.kind !== 'schema' && use.holder['$ref'] !== '' && isEndless(normal, use.holder)) broken.push({ use, reason: `${use.ref} leads back to itself` })
  }
  for (const { use } of broken) replace(use)
  breakLoops(reading, normal)
  return broken
}

/** The pointer that a linked reference holds. */
export function targetOf(ref: string): string { return pointerOfFragment(ref.slice(1)) }

type Found = { pointer: string } | { reason: string }

function locate(reading: Reading, normal: Json, use: ReferenceUse, addresses: string[]): Found {
  const place = placeOf(reading, use, addresses)
  if (place === undefined) return { reason: `${use.ref.slice(0, 200)} is outside the document, and nothing is fetched: bundle it into one file` }
  const pointer = reading.dialect === '2.0' ? movedFrom2(place) : place
  const section = /^\/components\/([^/]+)\/[^/]+$/.exec(pointer)?.[1]
  if (section !== undefined && section !== sections[use.kind]) return { reason: `${use.ref} is no ${use.kind}` }
  const target = valueAt(normal, pointer)
  if (isObject(target) || (use.kind === 'schema' && typeof target === 'boolean')) return { pointer }
  const moved = use.kind === 'schema' ? hoist(reading, normal, place) : undefined
  return moved === undefined ? { reason: `${use.ref.slice(0, 200)} is not in the document` } : { pointer: moved }
}

function placeOf({ identifiers }: Reading, { ref, resource }: ReferenceUse, addresses: string[]): string | undefined {
  const hash = ref.indexOf('#')
  const address = hash === -1 ? ref : ref.slice(0, hash)
  const fragment = hash === -1 ? '' : ref.slice(hash + 1)
  const uri = address === '' ? resource.uri : absolute(address, resource.uri)
  const root = address === '' ? resource.pointer : addresses.includes(uri) ? '' : identifiers.get(uri)
  if (root === undefined) return undefined
  if (fragment === '' || fragment.startsWith('/')) return root + pointerOfFragment(fragment)
  return identifiers.get(`${uri}#${fragment}`) ?? `/${fragment}`
}

function movedFrom2(pointer: string): string {
  return pointer.replace(/^\/definitions(?=\/|$)/, '/components/schemas').replace(/^\/(parameters|responses)(?=\/|$)/, '/components/$1')
}

/** A schema that stood where the normal form has nothing gets a place among the components. */
function hoist(reading: Reading, normal: Json, place: string): string | undefined {
  const target = valueAt(reading.source, place)
  if (!isObject(target)) return undefined
  const components = (normal['components'] ??= {}) as Json
  const schemas = (components['schemas'] ??= {}) as Json
  const name = `at${place.replace(/[^A-Za-z0-9]+/g, '_')}`
  if (!Object.hasOwn(schemas, name)) schemas[name] = readSchema(reading, target, place)
  return `/components/schemas/${name}`
}

function encodeFragment(pointer: string): string {
  return pointer.replace(/[^A-Za-z0-9/~._!$&'()*+,;=:@-]/gu, encodeURIComponent)
}

function isEndless(normal: Json, start: Json): boolean {
  let current: unknown = start
  for (let hops = 0; hops < 20; hops++) {
    if (!isObject(current) || typeof current['$ref'] !== 'string') return false
    current = valueAt(normal, targetOf(current['$ref']))
  }
  return true
}

function replace({ holder, kind, ref }: ReferenceUse): void {
  delete holder['$ref']
  if (kind === 'schema') return
  holder['x-unresolved'] = ref
  if (kind === 'parameter') Object.assign(holder, { name: 'unresolved', in: 'query', schema: {} })
  if (kind === 'requestBody') holder['content'] = {}
  if (kind === 'response') holder['description'] = ''
  if (kind === 'header') holder['schema'] = {}
}

const inPlaceLists = ['allOf', 'anyOf', 'oneOf'] as const
const inPlaceSchemas = ['not', 'if', 'then', 'else'] as const

/**
 * Takes out references through which a schema includes itself for the very same value (`A: {allOf: [A]}`): to check
 * anything against one would never end. Recursion through properties or items is left as it is.
 */
function breakLoops(reading: Reading, normal: Json): void {
  const done = new Set<Json>()
  for (const { holder, kind } of reading.references) {
    if (kind === 'schema' && !done.has(holder)) breakLoopsFrom(reading, normal, holder, done)
  }
}

function breakLoopsFrom(reading: Reading, normal: Json, start: Json, done: Set<Json>): void {
  const open = new Set<Json>([start])
  const stack = [{ schema: start, next: inPlace(normal, start) }]
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const child = frame.next.pop()
    if (child === undefined) {
      open.delete(frame.schema)
      done.add(frame.schema)
      stack.pop()
    } else if (open.has(child)) {
      const cycle = stack.slice(stack.findIndex(({ schema }) => schema === child)).map(({ schema }) => schema)
      delete cycle.findLast(schema => schema['$ref'] !== undefined)?.['$ref']
      reading.problems.warn('', 'A schema that includes itself is read as taking any value')
    } else if (!done.has(child)) {
      open.add(child)
      stack.push({ schema: child, next: inPlace(normal, child) })
    }
  }
}

function inPlace(normal: Json, schema: Json): Json[] {
  const children: unknown[] = []
  // One by one: a list of half a million would not fit among a call's arguments.
  for (const key of inPlaceLists) if (Array.isArray(schema[key])) for (const member of schema[key] as unknown[]) children.push(member)
  for (const key of inPlaceSchemas) children.push(schema[key])
  if (isObject(schema['dependentSchemas'])) for (const member of Object.values(schema['dependentSchemas'])) children.push(member)
  if (typeof schema['$ref'] === 'string') children.push(valueAt(normal, targetOf(schema['$ref'])))
  return children.filter(isObject)
}
