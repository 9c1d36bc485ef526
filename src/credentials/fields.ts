/** A credential's fields: checked against the connector's schema, encrypted one by one, opened for a call. */
import type { CredentialField } from '../connectors/connector.ts'
import { HubError, type FieldError } from '../errors.ts'
import { compileSchema } from '../lib/json/schema.ts'
import { seal, unseal } from './encryption.ts'
import { environmentName, fillIn, isReference, type ReadEnvironment } from './environment.ts'
import type { FieldKind, SealedField, SealedFields } from './store.ts'
import type { DataKey } from './tenant-keys.ts'

export type CredentialSchema = Record<string, CredentialField>
export type FieldValues = Record<string, unknown>

const MAX_VALUE_LENGTH = 64 * 1024

/** Null, and nothing in a form's field, stand for no value. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/**
 * Throws HubError `invalid_input` with pointers below `/credentials`. `kept` are names of fields that have a value already:
 * a change needs to name only what it changes.
 */
export function checkFields(schema: CredentialSchema, values: FieldValues, read: ReadEnvironment, kept: ReadonlySet<string> = new Set()): void {
  const errors: FieldError[] = []
  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(schema, name)) errors.push({ pointer: pointerTo(name), detail: `is not a field of this connector; it takes ${Object.keys(schema).join(', ') || 'none'}` })
  }
  for (const [name, field] of Object.entries(schema)) {
    const given = Object.hasOwn(values, name)
    if (!given || isEmpty(values[name])) {
      if (field.required && (given || !kept.has(name))) errors.push({ pointer: pointerTo(name), detail: 'is needed' })
    } else {
      errors.push(...checkValue(field, values[name], read).map(({ pointer, detail }) => ({ pointer: pointerTo(name) + pointer, detail })))
    }
  }
  const [first] = errors
  if (first !== undefined) throw new HubError('invalid_input', `The credentials do not fit the connector: ${first.pointer} ${first.detail}.`, { errors })
}

function pointerTo(name: string): string {
  return `/credentials/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function checkValue({ type, schema }: CredentialField, value: unknown, read: ReadEnvironment): FieldError[] {
  if (JSON.stringify(value).length > MAX_VALUE_LENGTH) return [{ pointer: '', detail: `is longer than ${MAX_VALUE_LENGTH} characters` }]
  const errors: FieldError[] = []
  const filled = fillIn(value, read, (pointer, detail) => { errors.push({ pointer, detail }) })
  if (errors.length > 0) return errors
  // A single text is the key or token of a scheme that also takes several values.
  if (typeof filled === 'string' && (schema === undefined || type !== 'text')) return []
  if (schema !== undefined) return compileSchema(schema)(filled)
  if (type === 'text' && (typeof filled === 'number' || typeof filled === 'boolean')) return []
  return [{ pointer: '', detail: 'must be text' }]
}

export function sealFields({ tenantId, id, key }: { tenantId: string, id: string, key: DataKey }, schema: CredentialSchema, values: FieldValues): SealedFields {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)).map(([name, value]): [string, SealedField] => {
    const kind = isReference(value) ? 'env' : ownField(schema, name)?.type ?? 'password'
    return [name, sealField(key, { tenantId, id, name, kind }, JSON.stringify(value))]
  }))
}

/** Where a field's value belongs. Its kind is bound too: a password does not become showable by being called text. */
export interface FieldPlace { tenantId: string, id: string, name: string, kind: FieldKind }

export function sealField(key: DataKey, place: FieldPlace, json: string): SealedField {
  return { v: key.version, t: place.kind, c: seal(key.bytes, Buffer.from(json), placeOf(place, key.version)).toString('base64') }
}

/** The value as JSON. */
export function openField(key: DataKey, place: FieldPlace, { c }: SealedField): string {
  return unseal(key.bytes, Buffer.from(c, 'base64'), placeOf(place, key.version)).toString('utf8')
}

function placeOf({ tenantId, id, name, kind }: FieldPlace, version: number): string[] {
  return ['credentials', tenantId, id, name, kind, String(version)]
}

/** References to the environment are replaced by what stands there now. Throws HubError `credential_missing`. */
export function resolveReferences(values: FieldValues, read: ReadEnvironment): { values: FieldValues, secrets: string[] } {
  const secrets: string[] = []
  const resolved = Object.entries(values).map(([name, value]): [string, unknown] => [name, fillIn(value, (variable) => {
    const found = read(variable)
    // Whatever the field's type: what the operator keeps in the environment is nobody's to see.
    if (found !== undefined) secrets.push(found)
    return found
  }, (_pointer, detail) => {
    throw new HubError('credential_missing', `The credential's field ${name} ${detail}.`, { beforeSending: true })
  })])
  return { values: Object.fromEntries(resolved), secrets }
}

/**
 * The texts that must never be shown: those of password and oauth fields, but for the parts of an object that its schema describes
 * without calling them secret (`writeOnly`). `kinds` is what the fields were when they were written: what was secret then, stays so.
 */
export function secretsOf(schema: CredentialSchema, values: FieldValues, kinds: Record<string, FieldKind> = {}): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const field = ownField(schema, name)
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (field?.type === 'text' && (kind === undefined || kind === 'text' || kind === 'env')) return []
    if (typeof value === 'string') return [value, ...partsOf(value)]
    return textsOf(value, (field?.schema?.['properties'] ?? {}) as Properties)
  })
}

type Properties = Record<string, { writeOnly?: boolean } | undefined>

function textsOf(value: unknown, properties: Properties): string[] {
  if (value === null || value === undefined) return []
  if (typeof value !== 'object') return [String(value)]
  return Object.entries(value).filter(([key]) => !Object.hasOwn(properties, key) || properties[key]?.writeOnly === true).flatMap(([, part]) => textsOf(part, {}))
}

/** Of `Bearer token` and `user:password`, the second part is sent, and may come back, by itself. */
function partsOf(text: string): string[] {
  const [, token] = /^(?:Bearer|Basic|Token) +(\S+)$/i.exec(text) ?? []
  const colon = text.indexOf(':')
  return [...token === undefined ? [] : [token], ...colon === -1 ? [] : [text.slice(colon + 1)]]
}

/** What may be shown of a field: text that was text when it was written, and the name of a variable. */
export function shownValue(field: SealedField, json: string): { value?: unknown, env?: string } {
  const value = JSON.parse(json) as unknown
  if (field.t === 'text') return { value }
  const env = field.t === 'env' ? environmentName(value) : undefined
  return env === undefined ? {} : { env }
}

export function ownField(schema: CredentialSchema, name: string): CredentialField | undefined {
  return Object.hasOwn(schema, name) ? schema[name] : undefined
}
