/** What CloudEvents' attributes must be. https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes */
import type { FieldError } from '../errors.ts'
import { appendPointer } from '../lib/json/pointer.ts'

/** In UTF-16 units: these stand in columns, and some in indexes. */
const longest: Record<string, number> = { id: 512, source: 1000, type: 300, subject: 1000, datacontenttype: 300, dataschema: 2000 }
const LONGEST_EXTENSION = 8000
const MOST_ATTRIBUTES = 100
/** Whoever sees an event of this source may trust that the hub made it. */
export const SOURCE_OF_THE_HUB = 'interchange'

type Fault = string | undefined

const known: Record<string, (value: string) => Fault> = {
  specversion: (value) => (value === '1.0' ? undefined : 'must be "1.0"'),
  id: () => undefined,
  source: (value) => (value === SOURCE_OF_THE_HUB ? "is the hub's own; events from outside need another" : uriFault(value)),
  type: () => undefined,
  subject: () => undefined,
  time: (value) => (isTime(value) ? undefined : 'must be a time as RFC 3339 writes it, for instance 2026-01-31T12:00:00Z'),
  datacontenttype: (value) => (mediaType.test(value) ? undefined : 'must be a media type, for instance application/json'),
  dataschema: (value) => uriFault(value) ?? (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(value) ? undefined : 'must be an absolute URI'),
}
const needed = ['specversion', 'id', 'source', 'type']

/** Empty for an event that is one. Attributes that are null count as left out. Pointers begin with `at`. */
export function attributeFaults(event: Record<string, unknown>, at = ''): FieldError[] {
  const faults: FieldError[] = []
  const add = (name: string, detail: Fault): void => { if (detail !== undefined) faults.push({ pointer: appendPointer(at, name), detail }) }
  for (const name of needed) if (isAbsent(event[name])) add(name, 'is needed')
  const names = Object.keys(event)
  if (names.length > MOST_ATTRIBUTES) faults.push({ pointer: at, detail: `has more than ${MOST_ATTRIBUTES} attributes` })
  for (const name of names.slice(0, MOST_ATTRIBUTES)) {
    if (name !== 'data' && name !== 'data_base64' && !isAbsent(event[name])) add(name, faultOf(name, event[name]))
  }
  add('data_base64', base64Fault(event))
  return faults
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

function faultOf(name: string, value: unknown): Fault {
  if (!/^[a-z0-9]{1,100}$/.test(name)) return 'is no name of an attribute: those are lower-case letters and digits'
  const check = Object.hasOwn(known, name) ? known[name] : undefined
  if (check === undefined) return extensionFault(value)
  if (typeof value !== 'string') return 'must be text'
  if (value === '') return 'must not be empty'
  return textFault(value, longest[name] ?? LONGEST_EXTENSION) ?? check(value)
}

function extensionFault(value: unknown): Fault {
  if (typeof value === 'boolean') return undefined
  if (typeof value === 'string') return textFault(value, LONGEST_EXTENSION)
  if (typeof value !== 'number') return 'must be text, an integer or a boolean'
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31 ? undefined : 'must be an integer of 32 bits; send other numbers as text'
}

/** Control characters, surrogates without their half, and what is no character are forbidden in attributes. */
const forbidden = /[\u0000-\u001f\u007f-\u009f]|\p{Noncharacter_Code_Point}/u

function textFault(value: string, most: number): Fault {
  if (value.length > most) return `is longer than ${most} characters`
  return forbidden.test(value) || !value.isWellFormed() ? 'holds a character that attributes may not have' : undefined
}

/** RFC 3986: a reference, of the characters that one may have. */
function uriFault(value: string): Fault {
  return /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/.test(value) ? undefined : 'must be a URI reference: percent-encode what is not a letter, a digit or one of its signs'
}

const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w!#$&^.+-]+\s*=\s*(?:[\w!#$&^.+-]+|"(?:[^"\\]|\\.)*"))*\s*;?\s*$/

const timeForm = /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,20})?(?:[Zz]|[+-](?:0\d|1[0-4]):[0-5]\d)$/

/** A leap second is one; offsets beyond 14 hours are no place's. The year 0 is refused since Postgres has none. */
function isTime(value: string): boolean {
  const [, year, month, day] = timeForm.exec(value) ?? []
  if (day === undefined || year === '0000') return false
  const days = new Date(Date.UTC(2000 + Number(year) % 400, Number(month), 0)).getUTCDate()
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= days
}

function base64Fault({ data, data_base64: bytes }: Record<string, unknown>): Fault {
  if (isAbsent(bytes)) return undefined
  if (data !== undefined) return 'stands in the place of data: send one of them'
  return typeof bytes === 'string' && bytes.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bytes) ? undefined : 'must be base64'
}
