/** JSON from outside: parsed with bounds on depth, and without keys that are attacks on JavaScript. */
import { HubError, type FieldError } from '../../errors.ts'

const MAX_DEPTH = 128
const hostileKeys = new Set(['__proto__', 'constructor', 'prototype'])
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Throws HubError: `malformed_json` for bad syntax or UTF-8, `invalid_request` with pointers for too much depth or a hostile key. */
export function parseJson(bytes: Buffer): unknown {
  const text = decode(bytes)
  checkDepth(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new HubError('malformed_json', `The body is not valid JSON: ${(error as Error).message.slice(0, 200)}`, { cause: error, errors: [{ pointer: '', detail: (error as Error).message.slice(0, 200) }] })
  }
  // Escapes could spell a hostile key: both are looked for as text first, since most bodies have neither.
  if (text.includes('__proto__') || text.includes('"constructor"') || text.includes('"prototype"') || text.includes('\\u')) refuseHostileKeys(value)
  return value
}

function decode(bytes: Buffer): string {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    throw new HubError('malformed_json', 'The body is not valid UTF-8.', { cause: error, errors: [{ pointer: '', detail: 'is not valid UTF-8' }] })
  }
}

/** One pass over the text, without recursion. */
function checkDepth(text: string): void {
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (quoted) {
      if (code === 0x5c) at += 1
      else if (code === 0x22) quoted = false
    } else if (code === 0x22) quoted = true
    else if (code === 0x7b || code === 0x5b) {
      depth += 1
      if (depth > MAX_DEPTH) throw new HubError('invalid_request', `The body is nested deeper than ${MAX_DEPTH} levels.`, { errors: [{ pointer: '', detail: `is nested deeper than ${MAX_DEPTH} levels, at character ${at}` }] })
    } else if (code === 0x7d || code === 0x5d) depth -= 1
  }
}

function refuseHostileKeys(value: unknown): void {
  const errors: FieldError[] = []
  const look = (each: unknown, pointer: string): void => {
    if (each === null || typeof each !== 'object') return
    for (const [key, inner] of Object.entries(each)) {
      const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      if (hostileKeys.has(key) && (key === '__proto__' || inner !== null && typeof inner === 'object') && !Array.isArray(each)) errors.push({ pointer: at, detail: 'is a key that is not taken' })
      look(inner, at)
    }
  }
  look(value, '')
  if (errors.length > 0) throw new HubError('invalid_request', `${errors[0]!.pointer}: is a key that is not taken.`, { errors: errors.slice(0, 20) })
}
