import { kindOf, type Reading } from './reading.ts'

/** Reads one keyword's value; undefined leaves the keyword out. */
export type Read = (reading: Reading, value: unknown, pointer: string) => unknown

const types = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])

/** What documents write where one of the seven types was meant. */
const misnamed: Record<string, string> = {
  int: 'integer', int32: 'integer', int64: 'integer', long: 'integer',
  float: 'number', double: 'number', decimal: 'number', numeric: 'number',
  bool: 'boolean', str: 'string', text: 'string', date: 'string', datetime: 'string', 'date-time': 'string', uuid: 'string', uri: 'string', url: 'string',
  map: 'object', hash: 'object', list: 'array',
  // Swagger 2.0's upload and download.
  file: 'string',
}

export const readTypes: Read = (reading, value, pointer) => {
  const names = Array.isArray(value) ? value : [value]
  const known = new Set<string>()
  for (const name of names) {
    const type = typeof name === 'string' ? typeNamed(name) : undefined
    if (type === undefined) reading.problems.warn(pointer, `Not a type: ${typeof name === 'string' ? name.slice(0, 40) : kindOf(name)}; any value is taken`)
    else known.add(type)
  }
  // One unknown member would otherwise forbid what it meant to allow.
  if (known.size < new Set(names).size) return undefined
  return known.size === 1 ? [...known][0] : [...known]
}

function typeNamed(name: string): string | undefined {
  if (types.has(name)) return name
  const lower = name.toLowerCase()
  if (types.has(lower)) return lower
  return Object.hasOwn(misnamed, lower) ? misnamed[lower] : undefined
}

export const readText: Read = (reading, value, pointer) => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value !== null) reading.problems.warn(pointer, `Should be text, is ${kindOf(value)}`)
  return undefined
}

export const readNumber: Read = (reading, value, pointer) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  const valid = typeof number === 'number' && Number.isFinite(number) && !(pointer.endsWith('/multipleOf') && number <= 0)
  if (valid) return number
  reading.problems.warn(pointer, 'Not a usable number')
  return undefined
}

export const readCount: Read = (reading, value, pointer) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0) return number
  reading.problems.warn(pointer, 'Should be a whole number of 0 or more')
  return undefined
}

export const readRequired: Read = (reading, value, pointer) => {
  if (Array.isArray(value)) {
    const names = [...new Set(value.filter(name => typeof name === 'string'))]
    if (names.length < value.length) reading.problems.warn(pointer, 'Names in it that are no text, or twice there, are left out')
    return names
  }
  // A property that calls itself required: draft 3's way, which never had an effect in OpenAPI.
  if (typeof value !== 'boolean') reading.problems.warn(pointer, `Should be a list of names, is ${kindOf(value)}`)
  return undefined
}

export const readEnum: Read = (reading, value, pointer) => {
  if (!Array.isArray(value) || value.length === 0) {
    reading.problems.warn(pointer, 'Should be a list of values; any value is taken')
    return undefined
  }
  const seen = new Set<string>()
  return value.filter(entry => {
    const text = JSON.stringify(entry) ?? 'null'
    return !seen.has(text) && seen.add(text)
  })
}

/** Valid as ECMAScript, with or without the `u` flag; what the validator makes of it is its own affair. */
export const readAsPattern: Read = (reading, value, pointer) => {
  if (typeof value === 'string' && (isPattern(value, 'u') || isPattern(value, ''))) return value
  reading.problems.warn(pointer, 'Not a regular expression; left out')
  return undefined
}

function isPattern(text: string, flags: string): boolean {
  try {
    return new RegExp(text, flags) instanceof RegExp
  } catch {
    return false
  }
}
