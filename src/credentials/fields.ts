/** A credential's fields: checked against the connector's schema, encrypted one by one, opened for a call. */
import type { CredentialField } from '../connectors/connector.ts'
import { HubError, type FieldError } from '../errors.ts'
import { compileSchema } from '../lib/json/schema.ts'
import { seal, unseal } from './encryption.ts'
import type { SealedField } from './store.ts'
import type { TenantKeys } from './tenant-keys.ts'

export type CredentialSchema = Record<string, CredentialField>
export type FieldValues = Record<string, unknown>
/** Reads an environment variable that the operator allows. */
export type ReadEnvironment = (name: string) => string | undefined

const MAX_VALUE = 64 * 1024

/** A field that stands in the environment instead: `{ "$env": "NAME" }`. */
export function environmentName(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return undefined
  const { $env } = value as { $env?: unknown }
  return Object.keys(value).length === 1 && typeof $env === 'string' ? $env : undefined
}

/** Throws HubError `invalid_input` with pointers below `/credentials`. `partial` leaves out what is required: an update keeps what it does not name. */
export function checkFields(schema: CredentialSchema, values: FieldValues, { partial, allowed }: { partial: boolean, allowed: string[] }): void {
  const errors: FieldError[] = []
  const at = (name: string): string => `/credentials/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(schema, name)) errors.push({ pointer: at(name), detail: `is not a field of this connector; it takes ${Object.keys(schema).join(', ') || 'none'}` })
  }
  for (const [name, field] of Object.entries(schema)) {
    const value = values[name]
    if (value === undefined || value === null || value === '') {
      if (field.required && !partial) errors.push({ pointer: at(name), detail: 'is needed' })
      continue
    }
    const variable = environmentName(value)
    if (variable === undefined) errors.push(...checkValue(field, value).map(({ pointer, detail }) => ({ pointer: at(name) + pointer, detail })))
    else if (!allowed.includes(variable)) errors.push({ pointer: `${at(name)}/$env`, detail: 'names a variable that the operator does not allow (INTERCHANGE_ALLOW_ENV)' })
  }
  if (errors.length > 0) throw new HubError('invalid_input', `The credentials do not fit the connector: ${errors[0]!.pointer} ${errors[0]!.detail}.`, { errors })
}

function checkValue(field: CredentialField, value: unknown): FieldError[] {
  if ((JSON.stringify(value) ?? '').length > MAX_VALUE) return [{ pointer: '', detail: `is longer than ${MAX_VALUE} characters` }]
  if (field.schema !== undefined) return compileSchema(field.schema)(value)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return []
  return [{ pointer: '', detail: 'must be text' }]
}

export async function sealFields(keys: TenantKeys, tenantId: string, id: string, values: FieldValues): Promise<Record<string, SealedField>> {
  const key = await keys.newest(tenantId)
  const sealed = Object.entries(values).filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => {
    const c = seal(key.bytes, Buffer.from(JSON.stringify(value)), fieldPlace(tenantId, id, name, key.version)).toString('base64')
    return [name, { v: key.version, c }]
  })
  return Object.fromEntries(sealed) as Record<string, SealedField>
}

export async function openFields(keys: TenantKeys, tenantId: string, id: string, fields: Record<string, SealedField>): Promise<FieldValues> {
  const opened: [string, unknown][] = []
  for (const [name, { v, c }] of Object.entries(fields)) {
    const key = await keys.version(tenantId, v)
    opened.push([name, JSON.parse(unseal(key.bytes, Buffer.from(c, 'base64'), fieldPlace(tenantId, id, name, v)).toString('utf8'))])
  }
  return Object.fromEntries(opened)
}

export function fieldPlace(tenantId: string, id: string, name: string, version: number): string[] {
  return ['credentials', tenantId, id, name, String(version)]
}

/** References to the environment are replaced by what stands there now. */
export function resolveEnvironment(values: FieldValues, read: ReadEnvironment): FieldValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => {
    const variable = environmentName(value)
    if (variable === undefined) return [name, value]
    const found = read(variable)
    if (found === undefined) throw new HubError('credential_missing', `The credential's field ${name} refers to the environment variable ${variable}, which is not set or not allowed.`)
    return [name, found]
  }))
}

/** The texts that must never be shown: all of password and oauth fields, but for the parts of an object that its schema does not call secret. */
export function secretsOf(schema: CredentialSchema, values: FieldValues): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const field = schema[name]
    if (field?.type === 'text') return []
    if (value === null || typeof value !== 'object') return [String(value)]
    const properties = (field?.schema?.['properties'] ?? {}) as Record<string, { writeOnly?: boolean }>
    const marked = Object.keys(properties).some((key) => properties[key]?.writeOnly)
    return Object.entries(value).filter(([key]) => !marked || properties[key]?.writeOnly === true || !Object.hasOwn(properties, key)).flatMap(([, part]) => textsOf(part))
  })
}

function textsOf(value: unknown): string[] {
  if (value === null || value === undefined) return []
  if (typeof value === 'object') return Object.values(value).flatMap(textsOf)
  return [String(value)]
}
