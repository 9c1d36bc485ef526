/**
 * The contract that every connector keeps, hand-written or made from a document.
 * Connectors import this file, `lib/` and `errors.ts`, and nothing else of the hub.
 */
import type { HeaderMap } from '../lib/http/http.ts'
import type { ServerSentEvent } from '../lib/http/server-sent-events.ts'

/** A JSON Schema 2020-12. */
export type JsonSchema = Record<string, unknown>

/** Design B's kinds of integration. */
export type IntegrationKind = 'api' | 'webhook' | 'oauth' | 'database' | 'file_transfer' | 'messaging' | 'ai_service'
export const integrationKinds = ['api', 'webhook', 'oauth', 'database', 'file_transfer', 'messaging', 'ai_service'] as const satisfies IntegrationKind[]

export interface CredentialField {
  label: string
  /** `password` and `oauth` values are secrets: masked wherever text leaves the hub. */
  type: 'text' | 'password' | 'oauth'
  required: boolean
  description?: string
  /** For a field that holds several values (basic auth, OAuth client): the JSON Schema of the object, whose secrets carry `writeOnly: true`. For a text that is one of a few: its choices. */
  schema?: JsonSchema
  /** Belongs to some choices of another field, and is asked for with those alone: name of that field → its values. */
  when?: Record<string, string[]>
  /** An account can be connected for it by OAuth 2 instead: then its value is `{ connected: true }`, and `tokens` has the tokens. */
  oauth?: OAuthOptions
}

/** Where to ask. Nothing: at any vendor, whom the user names. */
export interface OAuthOptions {
  authorizationUrl?: string
  tokenUrl?: string
  deviceAuthorizationUrl?: string
  /** Instead of them: a document of OpenID Connect Discovery. */
  openIdConnectUrl?: string
  /** Scope → what it allows. */
  scopes?: Record<string, string>
}

export interface EventDeclaration {
  eventType: string
  description: string
  /** Path of a JSON Schema, relative to the connector's folder. */
  schemaPath: string
}

export interface Manifest {
  /** The connector's id, for instance `smtp-email`. */
  type: string
  name: string
  description: string
  service: string
  version: string
  /** What an integration made from it is by default. */
  kind: IntegrationKind
  categories: string[]
  capabilities: { operations: string[], authentication: string[], dataTypes: string[], features: string[] }
  /** Field name → how to ask for it. */
  credentialSchema: Record<string, CredentialField>
  /** JSON Schema of an integration's `configuration`; its defaults are the default settings. */
  configurationSchema: JsonSchema
  events: EventDeclaration[]
  dependencies: string[]
  supportLevel: 'community' | 'verified' | 'official'
  developer: string
  documentation: string
  lastUpdated: string
}

/** The cheap listing of an operation: enough for a menu, loaded without its schemas. */
export interface OperationSummary {
  id: string
  summary: string
  description?: string
  tags?: string[]
  deprecated?: boolean
  /** For HTTP operations. */
  method?: string
  path?: string
}

/** One HTTP exchange as it went over the wire, for the execution's record. */
export interface Exchange {
  method: string
  endpoint: string
  requestHeaders: HeaderMap
  requestBody?: unknown
  statusCode?: number
  responseHeaders?: HeaderMap
}

export interface CallHttpRequest {
  method: string
  /** Absolute, or a path below the integration's endpoint. */
  url: string
  headers?: HeaderMap
  query?: Record<string, string | number | boolean | string[] | undefined>
  /** At most one of the three. */
  json?: unknown
  form?: Record<string, string>
  body?: string | Uint8Array | NodeJS.ReadableStream
  /** The service promises JSON: any other answer is `upstream_invalid_response`. */
  expectJson?: boolean
}

/** Data as the caller gets it, plus what HTTP said. */
export interface CallHttpResponse {
  status: number
  headers: HeaderMap
  /** JSON parsed, text as a string, everything else (or anything over the in-memory bound that may stream) as a BlobReference. */
  data: unknown
}

/** A large or binary value, kept in the blob store. */
export interface BlobReference {
  $blob: { id: string, contentType: string, sizeBytes: number, sha256: string, filename?: string }
}

/**
 * HTTP for one call of one integration: guarded, bounded by the call's deadline, kept to the integration's own hosts,
 * recorded in the execution. A status of 400 or more throws: `upstream_rejected` (4xx), `upstream_unavailable` (5xx).
 */
export interface CallHttp {
  request(request: CallHttpRequest): Promise<CallHttpResponse>
  /** For a service that answers with server-sent events, to be read as they come; `undefined` where it answered whole after all, in `data`. */
  stream(request: CallHttpRequest): Promise<CallHttpResponse & { events: AsyncIterable<ServerSentEvent> | undefined }>
}

/** OAuth 2 client credentials (RFC 6749 §4.4). */
export interface ClientTokenRequest {
  tokenUrl: string
  clientId: string
  clientSecret: string
  scopes: string[]
  signal?: AbortSignal
}

/** Of the account that is connected for a field of the credential. */
export interface GrantTokenRequest { grant: string, signal?: AbortSignal }

export type TokenRequest = ClientTokenRequest | GrantTokenRequest

/** Access tokens, remembered until shortly before they expire. */
export interface TokenSource {
  /** A bearer token that is valid now. Throws HubError where the authorization server refuses or cannot be reached, `credential_revoked` where a connection has ended. */
  get(request: TokenRequest): Promise<string>
}

export interface ConnectionContext<Configuration = Record<string, unknown>, Credentials = Record<string, unknown>> {
  configuration: Configuration
  /** Decrypted. Never log or return them. */
  credentials: Credentials
  /** The integration's `connection.endpoint`, where one is set. */
  endpoint?: string
  http: CallHttp
  tokens: TokenSource
  /** Checks a non-HTTP host against the outgoing-address guard and gives the address to connect to. */
  resolveHost(hostname: string): Promise<string>
  /** Aborts at the deadline of this try. */
  signal: AbortSignal
}

export interface OperationCall<Input = unknown> extends ConnectionContext {
  input: Input
  /** Sent upstream where the service knows such a header; the same over all retries of one run. */
  idempotencyKey?: string
}

/** A piece of an answer that is still coming, for whoever waits for it. */
export interface AnswerPart { type: string, [detail: string]: unknown }

export interface Operation {
  id: string
  summary: string
  description?: string
  /** May be sent again although the first try may have reached the upstream (GET, PUT, DELETE, or protected by the idempotency key that is sent). */
  retrySafe: boolean | ((input: unknown) => boolean)
  /** Changes nothing upstream: results may be cached. */
  readOnly?: boolean | ((input: unknown) => boolean)
  input: JsonSchema
  output?: JsonSchema
  example?: unknown
  /** Throws HubError `invalid_input` with pointers, before anything is sent. */
  validateInput(input: unknown): void
  run(call: OperationCall): Promise<unknown>
  /** As `run`, telling the parts of its answer as they come: each once the one before was taken. Only of operations that can. */
  stream?(call: OperationCall, tell: (part: AnswerPart) => Promise<void>): Promise<unknown>
  /** Problems of a response against the described schema; empty when it fits. Only called when the integration asks for it. */
  validateOutput?(data: unknown, statusCode?: number): string[]
}

export interface PollResult { events: { type: string, id: string, data: unknown, time?: string }[], cursor: unknown }

export interface Connector {
  manifest: Manifest
  operations: {
    list(): Promise<OperationSummary[]>
    find(id: string): Promise<Operation | undefined>
  }
  /** Opens or checks the connection; throws HubError when it fails. Says in a sentence what it tried. */
  testConnection(context: ConnectionContext): Promise<{ detail: string }>
  /** Hosts that the credential may go to besides the endpoint's own. */
  hosts?(context: Pick<ConnectionContext, 'configuration' | 'endpoint' | 'credentials'>): string[]
  /** Adds the credential to a proxied request. Connectors without HTTP have none. */
  proxy?(request: CallHttpRequest, context: ConnectionContext): Promise<CallHttpRequest>
  /** New happenings since the cursor (undefined at the first poll). */
  poll?(context: ConnectionContext, cursor: unknown): Promise<PollResult>
  validateEventPayload?(eventType: string, payload: unknown): { isValid: boolean, errors: string[] }
  /** The JSON Schema behind an event's `schemaPath`. */
  eventSchema?(eventType: string): JsonSchema | undefined
  /** Its own picture, as SVG text. Without one a brand's icon or a monogram is shown. */
  logo?(): string | undefined
}
