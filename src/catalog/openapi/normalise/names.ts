import type { Json } from '../types.ts'
import { operationsOf, type OperationPlace } from './path-parameters.ts'
import type { Problems } from './reading.ts'

/**
 * Gives every operation a unique `operationId`: its own, else method and path (`get_users_id`). When one is there twice
 * the first keeps it and the others get method and path behind it, so that a name doesn't depend on what else is added.
 */
export function nameOperations(normal: Json, problems: Problems): void {
  const places = operationsOf(normal)
  const taken = new Set<string>()
  const unnamed: OperationPlace[] = []
  for (const place of places) {
    const id = place.operation['operationId']
    if (typeof id === 'string' && !isName(id)) {
      problems.warn(place.pointer, 'An operationId with control characters or more than 200 others is no name; method and path are used')
      delete place.operation['operationId']
    }
    if (typeof id === 'string' && isName(id) && !taken.has(id)) taken.add(id)
    else unnamed.push(place)
  }
  const numbers = new Map<string, number>()
  for (const place of unnamed) {
    const own = place.operation['operationId']
    const byPath = nameOf(place.method, place.path)
    const name = unique(typeof own === 'string' ? `${own}_${byPath}`.slice(0, maxNameLength) : byPath, taken, numbers)
    if (typeof own === 'string') problems.warn(place.pointer, `The operationId ${own.slice(0, 80)} is there twice; this one is called ${name.slice(0, 160)}`)
    place.operation['operationId'] = name
    taken.add(name)
  }
}

const maxNameLength = 200

function isName(id: string): boolean {
  return id.length <= maxNameLength && !/\p{Cc}/u.test(id)
}

function nameOf(method: string, path: string): string {
  const words = path.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '')
  return words === '' ? method.toLowerCase() : `${method.toLowerCase()}_${words}`.slice(0, maxNameLength)
}

/** `numbers` remembers how far each name's have come: a document may have thousands of one name. */
function unique(name: string, taken: Set<string>, numbers: Map<string, number>): string {
  if (!taken.has(name)) return name
  let number = numbers.get(name) ?? 2
  while (taken.has(`${name}_${number}`)) number++
  numbers.set(name, number + 1)
  return `${name}_${number}`
}
