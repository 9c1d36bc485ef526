import { isMembers } from '../graph/tasks.ts'
import { pointerParts } from '../../../lib/pointer.ts'
import { valueAt } from './edits.ts'

/** Where to take something away so that nothing empty is left around it: what is named under `use`, and items of lists, stay. */
export function emptiedWith(definition: unknown, pointer: string): string {
  const parent = pointer.slice(0, pointer.lastIndexOf('/'))
  const around = valueAt(definition, parent)
  const isKept = parent === '' || parent === '/document' || /^\/use\/[^/]+\/.|\/\d+$/.test(parent)
  const isOnlyOne = isMembers(around) && Object.keys(around).length === 1 && Object.hasOwn(around, pointerParts(pointer).at(-1)!)
  return isKept || !isOnlyOne ? pointer : emptiedWith(definition, parent)
}
