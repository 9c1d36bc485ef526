/** Plain jq paths (`.`, `.a.b[0]`, `.a["b c"]?`, `$name.a`) without jq: most mappings are nothing else. */
import { HubError } from '../../errors.ts'

export interface Path {
  /** The variable it starts at; undefined for the input. */
  variable: string | undefined
  steps: Step[]
}

interface Step {
  key: string | number
  /** `?` after the step: a wrong type yields nothing instead of an error. */
  optional: boolean
}

const variablePattern = /^\$([a-zA-Z_][a-zA-Z_0-9]*)/
/** Strings with escapes, `??`, and indices with a zero in front are left to jq. */
const stepPattern = /(?:\.([a-zA-Z_][a-zA-Z_0-9]*)|\.?\["([^"\\\p{Cc}]*)"\]|\."([^"\\\p{Cc}]*)"|\.?\[(0|-?[1-9][0-9]{0,8})\])(\?(?!\?))?/yu

/** Undefined when the program is more than a path. */
export function parsePath(source: string): Path | undefined {
  const text = source.replace(/^[ \n\t\r]+|[ \n\t\r]+$/g, '')
  const variable = variablePattern.exec(text)?.[1]
  const steps: Step[] = []
  if (text === '.') return { variable, steps }
  // Without a dot in front, `["a"]` makes an array.
  if (variable === undefined && !text.startsWith('.')) return undefined
  let at = variable === undefined ? 0 : variable.length + 1
  while (at < text.length) {
    stepPattern.lastIndex = at
    const match = stepPattern.exec(text)
    if (!match) return undefined
    at = stepPattern.lastIndex
    const key = match[1] ?? match[2] ?? match[3]
    steps.push({ key: key ?? Number(match[4]), optional: match[5] !== undefined })
  }
  return { variable, steps }
}

/**
 * The outputs as jq would give them: one, or none where `?` swallowed a wrong type. Values are handed on, not copied.
 * Undefined when a value on the way is none of JSON's (a Date, say): jq must then see its JSON form.
 * Throws HubError `expression_failed` with jq's words.
 */
export function evaluatePath(path: Path, root: unknown): unknown[] | undefined {
  let value = root
  for (const step of path.steps) {
    const type = jsonType(value)
    if (type === undefined) return undefined
    if (type === 'null') continue
    if (type === 'object' && typeof step.key === 'string') {
      value = Object.hasOwn(value as object, step.key) ? (value as Record<string, unknown>)[step.key] : null
    } else if (type === 'array' && typeof step.key === 'number') {
      value = (value as unknown[]).at(step.key)
    } else if (step.optional) {
      return []
    } else {
      throw new HubError('expression_failed', wrongType(type, step.key))
    }
  }
  const type = jsonType(value)
  if (type === undefined) return undefined
  return [type === 'null' ? null : value]
}

function wrongType(type: string, key: string | number): string {
  return `Cannot index ${type} with ${typeof key} (${JSON.stringify(key)})`
}

/** What jq would call it once written as JSON. */
function jsonType(value: unknown): string | undefined {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'string': case 'boolean': return typeof value
    case 'number': return Number.isFinite(value) ? 'number' : 'null'
    case 'object': return isPlain(value) ? 'object' : undefined
    default: return undefined
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
