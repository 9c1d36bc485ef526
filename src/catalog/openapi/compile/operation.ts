import type { CallHttpRequest, ConnectionContext, JsonSchema, Operation } from '../../../connectors/connector.ts'
import { HubError, type FieldError } from '../../../errors.ts'
import { compileSchema } from '../../../lib/json/schema.ts'
import type { ResolvedOperation, SecurityScheme } from '../types.ts'
import { chooseVariant, compileBody, type BodyVariant } from './body.ts'
import { inputParameters, inputSchema, type InputParameter } from './input.ts'
import { outputSchema, outputValidator } from './output.ts'
import { requestBuilder } from './request.ts'
import { compileSecurity, type WantedToken } from './security.ts'
import { baseUrlOf } from './servers.ts'
import { regionOf, signed } from './sigv4.ts'

export interface CompileOptions { securitySchemes: Record<string, SecurityScheme> }

export interface BuildOptions {
  input: unknown
  credentials: Record<string, unknown>
  configuration: Record<string, unknown>
  endpoint?: string | undefined
  idempotencyKey?: string | undefined
  /** Bearer tokens got for client credentials, by security scheme. */
  tokens?: Record<string, string>
}

export interface CompiledOperation extends Operation {
  /**
   * The request that `run` sends, except for an AWS signature. Throws HubError `invalid_input` for a value that cannot be
   * sent or an address that isn't settled, `credential_missing` when no credential satisfies the operation.
   */
  buildRequest(options: BuildOptions): CallHttpRequest
}

const readMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY'])
const repeatableMethods = new Set([...readMethods, 'PUT', 'DELETE'])

/** Makes a resolved operation callable. Validators are compiled when first used, all else here. */
export function compileOperation(resolved: ResolvedOperation, options: CompileOptions): CompiledOperation {
  const parameters = inputParameters(resolved, options.securitySchemes)
  const variants = resolved.requestBody === undefined ? [] : compileBody(resolved.requestBody, resolved.inputDefs)
  const build = requestBuilder(resolved, parameters, variants)
  const security = compileSecurity(resolved.security, options.securitySchemes)
  const output = outputSchema(resolved)
  const example = exampleOf(resolved, parameters)
  const buildRequest = (call: BuildOptions): CallHttpRequest => build({
    input: call.input,
    baseUrl: baseUrlOf(resolved.servers, call),
    authorization: security.choose(call.credentials).apply(call.tokens ?? {}),
    idempotencyKey: call.idempotencyKey,
  })
  return {
    id: resolved.id,
    summary: resolved.summary,
    ...(resolved.description !== undefined && { description: resolved.description }),
    retrySafe: repeatableMethods.has(resolved.method) || parameters.some(({ isIdempotencyKey }) => isIdempotencyKey),
    readOnly: readMethods.has(resolved.method),
    input: inputSchema({ operation: resolved, parameters, variants }),
    ...(output !== undefined && { output }),
    ...(example !== undefined && { example }),
    validateInput: inputValidator(resolved, parameters, variants),
    validateOutput: outputValidator(resolved),
    buildRequest,
    async run(call) {
      const chosen = security.choose(call.credentials)
      const baseUrl = baseUrlOf(resolved.servers, call)
      const tokens = chosen.tokens.length === 0 ? {} : await tokensFor(chosen.tokens, baseUrl, call)
      const authorization = chosen.apply(tokens)
      const request = build({ input: call.input, baseUrl, authorization, idempotencyKey: call.idempotencyKey })
      if (authorization.aws === undefined) return (await call.http.request(request)).data
      const place = { service: serviceOf(resolved, options.securitySchemes), region: regionOf(baseUrl) ?? configuredRegion(call) }
      return (await call.http.request(await signed(request, authorization.aws, place))).data
    },
  }
}

/** By scheme name. Token addresses may be relative to the server. Also for a proxied request, which has no operation. */
export async function tokensFor(wanted: WantedToken[], baseUrl: string, { tokens, signal }: Pick<ConnectionContext, 'tokens' | 'signal'>): Promise<Record<string, string>> {
  const got: Record<string, string> = {}
  for (const { scheme, ...request } of wanted) {
    if ('grant' in request) {
      got[scheme] = await tokens.get({ ...request, signal })
      continue
    }
    const tokenUrl = URL.parse(request.tokenUrl, baseUrl)?.href ?? request.tokenUrl
    got[scheme] = await tokens.get({ ...request, tokenUrl, signal })
  }
  return got
}

export function configuredRegion({ configuration }: Pick<ConnectionContext, 'configuration'>): string | undefined {
  const variables = configuration['serverVariables'] as Record<string, unknown> | undefined
  return typeof variables?.['region'] === 'string' ? variables['region'] : undefined
}

function serviceOf({ security }: ResolvedOperation, schemes: Record<string, SecurityScheme>): string {
  const names = security.flatMap(requirement => Object.keys(requirement))
  return names.map(name => schemes[name]?.service).find(service => service !== undefined) ?? 'execute-api'
}

/** Checks the body against the schema of the very content type that is sent, so that errors are about that one. */
function inputValidator(operation: ResolvedOperation, parameters: InputParameter[], variants: BodyVariant[]): (input: unknown) => void {
  const validators = new Map<BodyVariant | undefined, (value: unknown) => FieldError[]>()
  return input => {
    const contentType = (input as { contentType?: unknown } | null | undefined)?.contentType
    const variant = variants.length === 0 ? undefined : chooseVariant(variants, typeof contentType === 'string' ? contentType : undefined)
    let validate = validators.get(variant)
    if (validate === undefined) {
      validate = compileSchema(inputSchema({ operation, parameters, variants, ...(variant !== undefined && { body: variant.schema }) }))
      validators.set(variant, validate)
    }
    const errors = validate(input ?? {})
    if (errors.length > 0) throw new HubError('invalid_input', `The input does not fit the operation ${operation.id}: ${errors[0]?.pointer || 'it'} ${errors[0]?.detail ?? ''}`, { errors, beforeSending: true })
  }
}

/** The document's own examples, when they cover all that is required. */
function exampleOf({ requestBody }: ResolvedOperation, parameters: InputParameter[]): JsonSchema | undefined {
  const example: JsonSchema = {}
  for (const { key, parameter, required } of parameters) {
    if (parameter.example !== undefined) example[key] = parameter.example
    else if (required) return undefined
  }
  const body = Object.values(requestBody?.content ?? {}).map(media => media.example).find(value => value !== undefined)
  if (body !== undefined) example['body'] = body
  else if (requestBody?.required === true) return undefined
  return Object.keys(example).length > 0 ? example : undefined
}

