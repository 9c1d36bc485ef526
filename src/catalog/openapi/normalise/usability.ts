import type { Json } from '../types.ts'
import { targetOf, type BrokenReference } from './references.ts'
import { operationsOf } from './path-parameters.ts'
import { isObject, type ReferenceUse } from './reading.ts'

/**
 * Marks with `x-unusable` the operations whose request cannot be known because what describes it leads nowhere, and
 * gives their number. A response that leads nowhere is only undescribed: the operation can still be called.
 */
export function markUnusable(normal: Json, broken: BrokenReference[]): number {
  if (broken.length === 0) return 0
  const reasons = spread(normal, broken)
  let count = 0
  for (const { operation, pointer } of operationsOf(normal)) {
    const reason = reasons.get(`${pointer}#request`) ?? reasons.get(pathOwner(pointer))
    if (reason === undefined) continue
    operation['x-unusable'] = reason
    count++
  }
  return count
}

/** From the places with a broken reference to all that refer to them. */
function spread(normal: Json, broken: BrokenReference[]): Map<string, string> {
  const users = usersOf(normal)
  const reasons = new Map<string, string>()
  const queue: string[] = []
  for (const { use, reason } of broken) {
    if (isDescriptive(use)) continue
    const owner = ownerOf(use.pointer)
    if (!reasons.has(owner)) queue.push(owner)
    reasons.set(owner, reason)
  }
  for (let owner = queue.pop(); owner !== undefined; owner = queue.pop()) {
    for (const user of users.get(owner) ?? []) {
      if (reasons.has(user)) continue
      reasons.set(user, reasons.get(owner) as string)
      queue.push(user)
    }
  }
  return reasons
}

function isDescriptive({ kind }: ReferenceUse): boolean {
  return kind === 'response' || kind === 'header' || kind === 'example' || kind === 'securityScheme'
}

/** Owner → the owners that refer to it, found by walking the finished normal form. */
function usersOf(normal: Json): Map<string, Set<string>> {
  const users = new Map<string, Set<string>>()
  const stack: { value: unknown, segments: string[] }[] = [
    { value: normal['paths'], segments: ['paths'] }, { value: normal['components'], segments: ['components'] },
  ]
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const { value, segments } = frame
    if (typeof value !== 'object' || value === null) continue
    const ref = (value as Json)['$ref']
    if (typeof ref === 'string' && ref.startsWith('#/')) {
      const target = ownerOf(targetOf(ref))
      const known = users.get(target) ?? new Set<string>()
      users.set(target, known.add(ownerOf(`/${segments.join('/')}`)))
    }
    for (const [key, child] of Object.entries(value)) {
      // Six segments settle the owner; deeper ones would only cost.
      const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1')
      if (isObject(child) || Array.isArray(child)) stack.push({ value: child, segments: segments.length < 6 ? [...segments, escaped] : segments })
    }
  }
  return users
}

/** What shares one fate: a component, a path's common part, an operation's request or its answers. */
function ownerOf(pointer: string): string {
  const [, root, name, ...rest] = pointer.split('/')
  if (root !== 'paths') return `/${root}/${name}/${rest[0] ?? ''}`
  const isOther = rest[0] === 'additionalOperations'
  const method = isOther ? `additionalOperations/${rest[1]}` : rest[0]
  if (method === undefined || method === 'parameters' || method === 'servers') return `/paths/${name}`
  const part = isOther ? rest[2] : rest[1]
  return `/paths/${name}/${method}#${part === 'responses' ? 'response' : 'request'}`
}

function pathOwner(operationPointer: string): string {
  return operationPointer.split('/').slice(0, 3).join('/')
}
