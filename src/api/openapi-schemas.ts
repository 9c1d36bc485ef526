/** Zod shapes as JSON Schemas of one OpenAPI document: those with a name (`meta({ id })`) stand once, among its components. */
import { z } from 'zod'

export type JsonObject = Record<string, unknown>
type Direction = 'input' | 'output'

export interface SchemaCollection {
  /** What a request must hold. */
  input(schema: z.ZodType): JsonObject
  /** What an answer holds; further members may come with later versions, so none are forbidden. */
  output(schema: z.ZodType): JsonObject
  /** Throws where two shapes share a name. Call it last: it settles the names that the schemas handed out refer to. */
  components(): Record<string, JsonObject>
}

export function createSchemaCollection(): SchemaCollection {
  const named: Record<Direction, Map<string, JsonObject>> = { input: new Map(), output: new Map() }
  const references: { holder: JsonObject, name: string, direction: Direction }[] = []

  const convert = (schema: z.ZodType, direction: Direction): JsonObject => {
    // Within an object: a named schema at the root would come as itself, not as a reference.
    const { properties, $defs = {} } = z.toJSONSchema(z.object({ value: schema }), {
      io: direction, unrepresentable: 'any', override: ({ zodSchema, jsonSchema }) => { tidy(zodSchema, jsonSchema as JsonObject, direction) },
    }) as unknown as { properties: { value: JsonObject }, $defs?: Record<string, JsonObject> }
    for (const [name, definition] of Object.entries($defs)) {
      if (name.startsWith('__')) throw new Error('A schema that refers to itself needs a name: give it meta({ id }).')
      delete definition['id']
      noteReferences(definition, direction)
      const before = named[direction].get(name)
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(definition)) throw new Error(`Two shapes are called ${name}.`)
      named[direction].set(name, definition)
    }
    noteReferences(properties.value, direction)
    return properties.value
  }

  const noteReferences = (value: unknown, direction: Direction): void => {
    if (value === null || typeof value !== 'object') return
    const holder = value as JsonObject
    const { $ref } = holder
    if (typeof $ref === 'string') references.push({ holder, name: $ref.replace('#/$defs/', ''), direction })
    for (const child of Object.values(holder)) noteReferences(child, direction)
  }

  return {
    input: (schema) => convert(schema, 'input'),
    output: (schema) => convert(schema, 'output'),
    components: () => {
      const differing = new Set([...named.input.keys()].filter((name) => {
        const other = named.output.get(name)
        return other !== undefined && JSON.stringify(other) !== JSON.stringify(named.input.get(name))
      }))
      const nameOf = (name: string, direction: Direction): string => (direction === 'input' && differing.has(name) ? `${name}Input` : name)
      const components = new Map<string, JsonObject>()
      for (const direction of ['input', 'output'] as const) {
        for (const [name, definition] of named[direction]) components.set(nameOf(name, direction), definition)
      }
      for (const { holder, name, direction } of references) holder['$ref'] = `#/components/schemas/${nameOf(name, direction)}`
      return Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1)))
    },
  }
}

function tidy(zodSchema: unknown, schema: JsonObject, direction: Direction): void {
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum']
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum']
  // Every key of a JSON object is a string.
  if (JSON.stringify(schema['propertyNames']) === '{"type":"string"}') delete schema['propertyNames']
  // The format says it.
  if (schema['format'] === 'uuid') delete schema['pattern']
  if (direction === 'output' && zodSchema instanceof z.ZodObject && schema['additionalProperties'] === false) delete schema['additionalProperties']
}
