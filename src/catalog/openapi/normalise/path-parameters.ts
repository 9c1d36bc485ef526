import { at, valueAt } from '../pointer.ts'
import type { Json } from '../types.ts'
import { fixedMethods } from './paths.ts'
import { isObject, type Problems } from './reading.ts'
import { targetOf } from './references.ts'

export interface OperationPlace { path: string, method: string, item: Json, operation: Json, pointer: string }

/** Operations in the document's order. Methods are in upper case, except those that the document itself spells. */
export function operationsOf(normal: Json): OperationPlace[] {
  const places: OperationPlace[] = []
  const paths = isObject(normal['paths']) ? normal['paths'] : {}
  for (const path of Object.keys(paths)) {
    const item = paths[path] as Json
    const here = at('/paths', path)
    for (const method of fixedMethods) {
      const operation = item[method]
      if (isObject(operation)) places.push({ path, method: method.toUpperCase(), item, operation, pointer: at(here, method) })
    }
    const others = isObject(item['additionalOperations']) ? item['additionalOperations'] : {}
    for (const method of Object.keys(others)) {
      places.push({ path, method, item, operation: others[method] as Json, pointer: at(at(here, 'additionalOperations'), method) })
    }
  }
  return places
}

/** The names within braces. `{+name}` and `{name*}` are other templates' ways to say that slashes are allowed. */
function templateNames(path: string): string[] {
  return [...path.matchAll(/\{\+?([^{}]*?)\*?\}/g)].map(([, name]) => name ?? '').filter(name => name !== '')
}

/** The object behind a reference, or the object itself. Only for a linked document. */
export function dereferenced(normal: Json, value: unknown): Json | undefined {
  let current = value
  for (let hops = 0; hops < 20 && isObject(current); hops++) {
    if (typeof current['$ref'] !== 'string') return current
    current = valueAt(normal, targetOf(current['$ref']))
  }
  return undefined
}

/** Makes path templates and declared path parameters agree: what a template names exists, what it doesn't name is gone. */
export function fitPathParameters(normal: Json, problems: Problems): void {
  for (const { path, item, operation, pointer } of operationsOf(normal)) {
    const names = templateNames(path)
    const isStray = (entry: unknown) => {
      const parameter = dereferenced(normal, entry)
      return parameter?.['in'] === 'path' && !names.includes(String(parameter['name']))
    }
    for (const holder of [item, operation]) {
      const list = holder['parameters']
      if (!Array.isArray(list) || !list.some(isStray)) continue
      problems.warn(pointer, 'A path parameter that the path does not name is left out')
      holder['parameters'] = list.filter(entry => !isStray(entry))
    }
    const declared = new Set([item, operation].flatMap(holder => parametersOf(normal, holder)).filter(parameter => parameter['in'] === 'path').map(({ name }) => name))
    const missing = names.filter(name => !declared.has(name))
    if (missing.length === 0) continue
    problems.warn(pointer, `The path names ${missing.join(', ').slice(0, 100)} without describing it; it is taken as text`)
    const added = [...new Set(missing)].map(name => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
    operation['parameters'] = [...(operation['parameters'] as Json[] | undefined ?? []), ...added]
  }
}

export function parametersOf(normal: Json, holder: Json): Json[] {
  const list = Array.isArray(holder['parameters']) ? holder['parameters'] : []
  return list.map(entry => dereferenced(normal, entry)).filter(entry => entry !== undefined)
}
