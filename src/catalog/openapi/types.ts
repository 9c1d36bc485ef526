/** The shapes that pass between importing, resolving, compiling and comparing OpenAPI documents. All of it is plain JSON. */
import type { CredentialField, JsonSchema, OperationSummary } from '../../connectors/connector.ts'

export type Json = Record<string, unknown>

export interface ServerVariable { default: string, enum?: string[], description?: string }

/** `url` is a template: `{name}` stands for a variable. It may be relative when the document's own address is not known. */
export interface Server { url: string, name?: string, description?: string, variables?: Record<string, ServerVariable> }

/** Scheme name → scopes. All schemes of one requirement apply together; an empty one means anonymous. */
export type SecurityRequirement = Record<string, string[]>

export interface OAuthFlow { tokenUrl?: string, authorizationUrl?: string, deviceAuthorizationUrl?: string, refreshUrl?: string, scopes?: Record<string, string> }

export interface SecurityScheme {
  type: 'apiKey' | 'http' | 'oauth2' | 'openIdConnect' | 'mutualTLS' | 'awsSigV4' | 'unknown'
  description?: string
  /** apiKey: the name of the header, query parameter or cookie. */
  name?: string
  in?: 'header' | 'query' | 'cookie'
  /** http: in lower case. */
  scheme?: string
  flows?: Record<string, OAuthFlow>
  openIdConnectUrl?: string
  /** awsSigV4: the service's name in signatures. */
  service?: string
}

export interface ImportedOperation extends OperationSummary {
  method: string
  path: string
  hasRequestBody: boolean
  security: SecurityRequirement[]
  /** False when its request cannot be known, for instance because it refers to another file. The reason is among the warnings. */
  resolvable: boolean
}

export interface ImportedDocument {
  title: string
  version: string
  description: string
  /** Where the vendor explains the API, when the document says. */
  documentation?: string
  /** The version that the document was written in: `2.0`, `3.0`, `3.1` or `3.2`. */
  specification: string
  servers: Server[]
  /** Servers which only some paths or operations use, without those above. */
  operationServers: Server[]
  securitySchemes: Record<string, SecurityScheme>
  /** What a request that is none of the operations needs. */
  security: SecurityRequirement[]
  /** By security scheme name. */
  credentialSchema: Record<string, CredentialField>
  configurationSchema: JsonSchema
  operations: ImportedOperation[]
  /** UTF-8 JSON of the normal form, an OpenAPI 3.2 document whose operations all have a unique `operationId`. */
  normalised: Buffer
  warnings: string[]
}

export type ParameterLocation = 'path' | 'query' | 'querystring' | 'header' | 'cookie'

export interface ResolvedParameter {
  name: string
  in: ParameterLocation
  description?: string
  required: boolean
  deprecated?: boolean
  style: string
  explode: boolean
  allowReserved?: boolean
  allowEmptyValue?: boolean
  /** Separates array items where no style of OpenAPI does, from Swagger 2.0's `tsv`, `ssv` and `pipes`. */
  delimiter?: string
  /** The value may hold slashes that part path segments (Google's resource names). */
  multiSegment?: boolean
  /** Refers to `inputDefs` as `#/$defs/<name>`. */
  schema: JsonSchema | boolean
  /** Set when the value is serialised by a media type instead of a style. */
  mediaType?: string
  /** For `mediaType` form and multipart. */
  encoding?: Record<string, ResolvedEncoding>
  example?: unknown
}

export interface ResolvedEncoding {
  contentType?: string
  style?: string
  explode?: boolean
  allowReserved?: boolean
  /** Header name → fixed value, where its schema has a single one. */
  headers?: Record<string, string>
}

export interface ResolvedMediaType {
  schema: JsonSchema | boolean
  encoding?: Record<string, ResolvedEncoding>
  prefixEncoding?: ResolvedEncoding[]
  itemEncoding?: ResolvedEncoding
  example?: unknown
}

export interface ResolvedRequestBody { description?: string, required: boolean, content: Record<string, ResolvedMediaType> }

export interface ResolvedResponse {
  description: string
  headers?: Record<string, { description?: string, schema: JsonSchema | boolean }>
  /** Media type → schema, which refers to `outputDefs` as `#/$defs/<name>`. */
  content?: Record<string, { schema: JsonSchema | boolean }>
}

/** One operation with everything it needs, without the document. */
export interface ResolvedOperation {
  id: string
  method: string
  path: string
  summary: string
  description?: string
  tags?: string[]
  deprecated?: boolean
  servers: Server[]
  security: SecurityRequirement[]
  parameters: ResolvedParameter[]
  requestBody?: ResolvedRequestBody
  /** Status code, `2XX` pattern or `default` → response. */
  responses: Record<string, ResolvedResponse>
  /** What parameters and body refer to. Read-only properties are not required here. */
  inputDefs: Record<string, JsonSchema | boolean>
  /** What responses refer to. Write-only properties are not required here. */
  outputDefs: Record<string, JsonSchema | boolean>
  /** True where schemas far from the root were replaced by "anything", because whole they would be too large to validate quickly. */
  truncated?: boolean
}

export interface DocumentChange { sentence: string, breaking: boolean }

export interface OperationDifference { id: string, method: string, path: string, summary: string }

export interface DocumentDifference {
  added: OperationDifference[]
  removed: OperationDifference[]
  changed: (OperationDifference & { breaking: boolean, changes: DocumentChange[] })[]
  /** Servers, security schemes and the like. */
  document: DocumentChange[]
  /** True when something that worked before may stop working: a removed operation counts. */
  breaking: boolean
}
