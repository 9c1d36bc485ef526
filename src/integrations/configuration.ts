/** An integration's `configuration` against what its connector takes. */
import type { Connector, JsonSchema } from '../connectors/connector.ts'
import { HubError, type FieldError } from '../errors.ts'
import { appendPointer } from '../lib/json/pointer.ts'
import { compileSchema } from '../lib/json/schema.ts'
import { holdsUserInfo, USER_INFO_REFUSED } from './settings.ts'

type Configuration = Record<string, unknown>

/** Throws HubError `invalid_input` with pointers below `/configuration`. `endpoint`: the integration's own address, where it has one. */
export function checkConfiguration({ manifest }: Pick<Connector, 'manifest'>, configuration: Configuration, endpoint: string | undefined): Configuration {
  const unknown = unknownFields(manifest.configurationSchema, configuration, '')
  const told = new Set(unknown.map(({ pointer }) => pointer))
  const misfits = compileSchema(manifest.configurationSchema)(configuration)
    .filter(({ pointer }) => !told.has(pointer))
    // A document without servers asks for the address; the integration's endpoint is one.
    .filter(({ pointer }) => pointer !== '/baseUrl' || endpoint === undefined || 'baseUrl' in configuration)
  const errors = [...unknown, ...misfits, ...openSecrets(configuration, '')]
  const [first] = errors
  if (first === undefined) return configuration
  throw new HubError('invalid_input', `The configuration does not fit the connector ${manifest.type}: ${first.pointer || 'it'} ${first.detail}.`, {
    errors: errors.map(({ pointer, detail }) => ({ pointer: `/configuration${pointer}`, detail })),
  })
}

/** A field that nothing reads is a mistake that nobody sees, also where the schema does not say that there are no others. */
function unknownFields({ properties, additionalProperties = false }: JsonSchema, value: unknown, pointer: string): FieldError[] {
  if (properties === undefined || additionalProperties !== false || value === null || typeof value !== 'object' || Array.isArray(value)) return []
  const known = properties as Record<string, JsonSchema>
  return Object.entries(value).flatMap(([name, each]) => {
    const at = appendPointer(pointer, name)
    if (Object.hasOwn(known, name)) return unknownFields(known[name]!, each, at)
    return [{ pointer: at, detail: `is not a known field: there are ${Object.keys(known).join(', ') || 'none'}` }]
  })
}

/** The configuration is stored and shown as it is, so that no address in it may hold a secret. */
function openSecrets(value: unknown, pointer: string): FieldError[] {
  if (typeof value === 'string') return holdsUserInfo(value) ? [{ pointer, detail: USER_INFO_REFUSED }] : []
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, each]) => openSecrets(each, appendPointer(pointer, name)))
}
