/** Text that Postgres cannot keep: NUL, and halves of surrogate pairs. It is refused where it comes in, with the place where it stands. */
import type { FieldError } from '../errors.ts'

const MOST = 20

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/**
 * Faults of a JSON value, whose depth is bounded, with JSON Pointers. What stands at the pointers of `except` goes elsewhere than
 * into a table, or is looked after there.
 */
export function storableFaults(value: unknown, except: readonly string[] = []): FieldError[] {
  const faults: FieldError[] = []
  const note = (pointer: string, text: string): void => {
    if (!isStorable(text) && faults.length < MOST) faults.push({ pointer, detail: text.includes('\0') ? 'holds a NUL character' : 'holds half of a surrogate pair' })
  }
  const walk = (each: unknown, pointer: string): void => {
    if (typeof each === 'string') note(pointer, each)
    if (each === null || typeof each !== 'object' || except.includes(pointer)) return
    for (const [key, member] of Object.entries(each)) {
      const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      note(at, key)
      walk(member, at)
    }
  }
  walk(value, '')
  return faults
}
