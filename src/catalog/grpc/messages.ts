/** Messages of protocol buffers as JSON Schema: what `call` takes for them. */
import type { EnumTypeDefinition, MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader'
import { isMembers } from '../../lib/json/check.ts'

type Json = Record<string, unknown>

interface FieldDescriptor { name: string, type: string, label?: string, typeName?: string }
interface MessageDescriptor { field?: FieldDescriptor[], nestedType?: (MessageDescriptor & { name: string, options?: { mapEntry?: boolean } | null })[] }

/** Further down, anything is taken. */
const MAX_DEPTH = 4
const whole = new Set(['TYPE_INT32', 'TYPE_UINT32', 'TYPE_SINT32', 'TYPE_FIXED32', 'TYPE_SFIXED32'])
const long = new Set(['TYPE_INT64', 'TYPE_UINT64', 'TYPE_SINT64', 'TYPE_FIXED64', 'TYPE_SFIXED64'])
/** Of JSON's own shapes, which are values and no messages to those who write them. */
const opaque = new Set(['google.protobuf.Struct', 'google.protobuf.Value', 'google.protobuf.ListValue', 'google.protobuf.Any'])

/** `scope`: the full name of what names the message, such as its service. */
export function messageSchema(definition: PackageDefinition, message: MessageTypeDefinition<object, object>, scope: string): Json {
  const { name } = message.type as { name?: string }
  const named = fullName(definition, scope, name ?? '') ?? Object.keys(definition).find((each) => lastOf(each) === name)
  return schemaOf({ definition, scope: named ?? scope, depth: 0 }, message.type as MessageDescriptor)
}

interface Place { definition: PackageDefinition, scope: string, depth: number }

/** As names are looked up in protocol buffers: from the innermost scope outwards, unless a dot says that it is whole. */
function fullName(definition: PackageDefinition, scope: string, name: string): string | undefined {
  if (name.startsWith('.')) return Object.hasOwn(definition, name.slice(1)) ? name.slice(1) : undefined
  for (let within = scope; ; within = within.slice(0, Math.max(0, within.lastIndexOf('.')))) {
    const full = within === '' ? name : `${within}.${name}`
    if (Object.hasOwn(definition, full)) return full
    if (within === '') return undefined
  }
}

function schemaOf(place: Place, { field = [], nestedType = [] }: MessageDescriptor): Json {
  const maps = new Map(nestedType.filter(({ options }) => options?.mapEntry === true).map((entry) => [entry.name, entry]))
  return {
    type: 'object',
    properties: Object.fromEntries(field.map((each) => {
      const entry = each.label === 'LABEL_REPEATED' ? maps.get(lastOf(each.typeName)) : undefined
      const value = entry?.field?.find(({ name }) => name === 'value')
      if (value !== undefined) return [each.name, { type: 'object', additionalProperties: fieldSchema(place, value) }]
      const one = fieldSchema(place, each)
      return [each.name, each.label === 'LABEL_REPEATED' ? { type: 'array', items: one } : one]
    })),
  }
}

function fieldSchema({ definition, scope, depth }: Place, { type, typeName }: FieldDescriptor): Json {
  if (type === 'TYPE_STRING') return { type: 'string' }
  if (type === 'TYPE_BYTES') return { type: 'string', description: 'In base64.' }
  if (type === 'TYPE_BOOL') return { type: 'boolean' }
  if (type === 'TYPE_DOUBLE' || type === 'TYPE_FLOAT') return { type: 'number' }
  if (whole.has(type)) return { type: 'integer' }
  // JSON's numbers would lose digits.
  if (long.has(type)) return { type: 'string', description: 'A whole number of 64 bits, as text.' }
  const name = fullName(definition, scope, typeName ?? '')
  const found = name === undefined ? undefined : definition[name]
  if (found === undefined || !('format' in found)) return {}
  if (type === 'TYPE_ENUM') return { type: 'string', enum: valuesOf(found as EnumTypeDefinition) }
  return depth >= MAX_DEPTH || opaque.has(name!) ? {} : schemaOf({ definition, scope: name!, depth: depth + 1 }, found.type as MessageDescriptor)
}

function valuesOf({ type }: EnumTypeDefinition): string[] {
  const { value } = type as { value?: unknown }
  return Array.isArray(value) ? value.flatMap((each) => (isMembers(each) && typeof each['name'] === 'string' ? [each['name']] : [])) : []
}

const lastOf = (name = ''): string => name.split('.').at(-1)!
