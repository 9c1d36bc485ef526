/** How a connector is written by hand: operations with zod schemas, and a folder with manifest.json beside them. */
import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { z } from 'zod'
import type { AnswerPart, CallHttpRequest, ConnectionContext, Connector, JsonSchema, Operation, OperationCall, OperationSummary, PollResult } from './connector.ts'
import { parseInput } from '../lib/zod-errors.ts'
import { readManifest } from './manifest.ts'

export interface OperationDefinition<Input extends z.ZodType, Output extends z.ZodType> {
  id: string
  summary: string
  description?: string
  tags?: string[]
  retrySafe: boolean | ((input: z.output<Input>) => boolean)
  /** False unless given. */
  readOnly?: boolean | ((input: z.output<Input>) => boolean)
  input: Input
  output: Output
  example: z.input<Input>
  run(call: OperationCall<z.output<Input>>): Promise<z.input<Output>>
  stream?(call: OperationCall<z.output<Input>>, tell: (part: AnswerPart) => Promise<void>): Promise<z.input<Output>>
}

export interface DefinedOperation extends Operation {
  tags?: string[]
  example: unknown
  output: JsonSchema
}

/** The input is checked again when the operation runs, which also fills in its defaults. */
export function defineOperation<Input extends z.ZodType, Output extends z.ZodType>(definition: OperationDefinition<Input, Output>): DefinedOperation {
  const { id, summary, description, tags, example, retrySafe, readOnly = false } = definition
  const parse = (input: unknown): z.output<Input> => parseInput(definition.input, input, '')
  const rule = (given: boolean | ((input: z.output<Input>) => boolean)): Operation['retrySafe'] => typeof given === 'boolean' ? given : (input) => given(parse(input))
  let input: JsonSchema | undefined
  let output: JsonSchema | undefined
  return {
    id, summary, example, retrySafe: rule(retrySafe), readOnly: rule(readOnly),
    ...description !== undefined && { description }, ...tags !== undefined && { tags },
    // Made when asked for: most operations are never looked at in a run of the hub.
    get input() { return input ??= schemaOf(definition.input, 'input') },
    get output() { return output ??= schemaOf(definition.output, 'output') },
    validateInput(value) { parse(value) },
    run: async (call) => definition.run({ ...call, input: parse(call.input) }),
    ...definition.stream !== undefined && { stream: async (call: OperationCall, tell: (part: AnswerPart) => Promise<void>) => definition.stream!({ ...call, input: parse(call.input) }, tell) },
    validateOutput(data) {
      const result = definition.output.safeParse(data)
      return result.success ? [] : result.error.issues.map(({ path, message }) => `/${path.join('/')} ${message}`)
    },
  }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return { ...z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => {
    // zod says so beside the standard's `contentEncoding`; strict validators know no such format.
    if (jsonSchema.format === 'base64') delete jsonSchema.format
  } }) }
}

export interface ConnectorDefinition {
  /** `import.meta.url` of the file in the connector's folder. */
  folder: string
  /** As read from manifest.json. */
  manifest: unknown
  operations: DefinedOperation[]
  /** Other names that `operations.find` knows, each for the id of an operation. */
  aliases?: Record<string, string>
  testConnection(context: ConnectionContext): Promise<{ detail: string }>
  hosts?: Connector['hosts']
  proxy?(request: CallHttpRequest, context: ConnectionContext): Promise<CallHttpRequest>
  poll?(context: ConnectionContext, cursor: unknown): Promise<PollResult>
}

/** Registering checks: throws an Error where the manifest is not valid, or says something else than the code and the folder. */
export function defineConnector({ folder, manifest: source, operations, aliases = {}, ...rest }: ConnectorDefinition): Connector {
  const manifest = readManifest(source)
  const byId = new Map(operations.map((operation) => [operation.id, operation]))
  const problem = (what: string): Error => new Error(`The connector ${manifest.type} cannot be registered: ${what}`)
  if (byId.size !== operations.length) throw problem('two operations have the same id')
  const [declared, written] = [manifest.capabilities.operations.toSorted().join(', '), [...byId.keys()].toSorted().join(', ')]
  if (declared !== written) throw problem(`the manifest declares the operations ${declared}, the code has ${written}`)
  for (const [alias, id] of Object.entries(aliases)) {
    if (byId.has(alias) || !byId.has(id)) throw problem(`the alias ${alias} stands for no operation, or hides one`)
    byId.set(alias, byId.get(id)!)
  }
  const events = new Map(manifest.events.map((event) => [event.eventType, new URL(event.schemaPath, folder)]))
  if (events.size !== manifest.events.length) throw problem('two events have the same type')
  for (const [eventType, path] of events) if (!existsSync(path)) throw problem(`the schema of ${eventType} is not there`)
  return {
    manifest,
    operations: {
      list: async () => operations.map(summaryOf),
      find: async (id) => byId.get(id),
    },
    ...rest,
    ...events.size > 0 && eventChecks(events),
    logo: () => logoIn(folder),
  }
}

function summaryOf({ id, summary, description, tags }: DefinedOperation): OperationSummary {
  return { id, summary, ...description !== undefined && { description }, ...tags !== undefined && { tags } }
}

function logoIn(folder: string): string | undefined {
  const path = new URL('./logo.svg', folder)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** Schemas are read and compiled when an event of their type comes. */
function eventChecks(paths: Map<string, URL>): Pick<Connector, 'eventSchema' | 'validateEventPayload'> {
  const schemas = new Map<string, JsonSchema>()
  const checks = new Map<string, ValidateFunction>()
  const eventSchema = (eventType: string): JsonSchema | undefined => {
    const path = paths.get(eventType)
    if (path !== undefined && !schemas.has(eventType)) schemas.set(eventType, JSON.parse(readFileSync(path, 'utf8')) as JsonSchema)
    return schemas.get(eventType)
  }
  return {
    eventSchema,
    validateEventPayload(eventType, payload) {
      const schema = eventSchema(eventType)
      if (schema === undefined) return { isValid: false, errors: [`${eventType.slice(0, 200)} is not an event of this connector`] }
      let check = checks.get(eventType)
      if (check === undefined) checks.set(eventType, check = compile(schema))
      const isValid = check(payload)
      return { isValid, errors: isValid ? [] : (check.errors ?? []).slice(0, MOST_ERRORS).map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? 'is not valid'}`) }
    },
  }
}

const MOST_ERRORS = 50

function compile(schema: JsonSchema): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
  ajvFormats.default(ajv)
  return ajv.compile(schema)
}
