import { HubError } from '../../../errors.ts'
import { at } from '../pointer.ts'

/** The largest public document known, Microsoft Graph beta, has 47 MB, 1.5 million values and 16 levels; the deepest of the catalogue 33 levels. */
export const limits = {
  maxBytes: 64 * 1024 * 1024,
  /** YAML takes some fifty times its size in memory while it is read, and a second for 1.5 MB. */
  maxYamlBytes: 16 * 1024 * 1024,
  /** Lines and commas, for the same reason. GitHub's document has 300,000. */
  maxYamlParts: 1_200_000,
  maxOperations: 100_000,
  maxValues: 4_000_000,
  maxDepth: 128,
}

export function refuse(detail: string, pointer = ''): never {
  throw new HubError('invalid_document', `The document cannot be read: ${detail}`, { errors: [{ pointer, detail }] })
}

/**
 * Depth and number of values, before anything is built in memory: `JSON.parse` would make 64 million arrays of
 * 64 MB of brackets. Only brackets and commas outside strings are counted, so a malformed text passes to the parser.
 */
export function checkJsonText(bytes: Uint8Array): void {
  let depth = 0
  let values = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (inString) {
      if (byte === 0x5c) i++
      else if (byte === 0x22) inString = false
    } else if (byte === 0x22) inString = true
    else if (byte === 0x2c) values++
    else if (byte === 0x7b || byte === 0x5b) {
      values++
      if (++depth > limits.maxDepth) refuse(`nested deeper than ${limits.maxDepth} levels at byte ${i}`)
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  if (values > limits.maxValues) refuse(`more than ${limits.maxValues} values`)
}

/** Likewise for YAML, which has no cheap count of values: each is on a line of its own or between commas. */
export function checkYamlText(bytes: Uint8Array): void {
  let parts = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === 0x0a || byte === 0x2c) parts++
  }
  if (bytes.length > limits.maxYamlBytes || parts > limits.maxYamlParts) refuse('too large for YAML; convert it to JSON')
}

interface Frame { pointer: string, value: object, depth: number }

/**
 * The same limits over what was parsed, for YAML whose aliases make a small text a huge or endless tree; and takes out
 * `__proto__` keys, which would change the prototype of whatever they are copied to. Gives the pointers of those.
 */
export function checkTree(root: unknown): string[] {
  const dropped: string[] = []
  const stack: Frame[] = []
  let values = 0
  let textLength = 0
  if (typeof root === 'object' && root !== null) stack.push({ pointer: '', value: root, depth: 1 })
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const { pointer, depth } = frame
    if (depth > limits.maxDepth) refuse(`nested deeper than ${limits.maxDepth} levels`, pointer.slice(0, 300))
    const value = frame.value as Record<string, unknown>
    if (Object.hasOwn(value, '__proto__')) {
      delete value['__proto__']
      dropped.push(at(pointer, '__proto__'))
    }
    for (const key of Object.keys(value)) {
      if (++values > limits.maxValues) refuse(`more than ${limits.maxValues} values`)
      const child = value[key]
      if (typeof child === 'string') textLength += child.length
      if (textLength > limits.maxBytes) refuse(`more than ${limits.maxBytes} characters once its aliases are expanded`)
      if (typeof child === 'object' && child !== null) stack.push({ pointer: at(pointer, key), value: child, depth: depth + 1 })
    }
  }
  return dropped
}
