/** What a connector is handed for one try, one test or one health check. */
import type { Blobs } from '../blobs/blobs.ts'
import type { ConnectionContext, Exchange } from '../connectors/connector.ts'
import type { CredentialTokens } from '../credentials/tokens.ts'
import type { HttpClient } from '../lib/http/http.ts'
import { createCallHttp } from './call-http.ts'
import { handTokens } from './handed-tokens.ts'
import type { Loaded } from './loaded.ts'

export interface ContextDeps {
  http: HttpClient
  blobs: Blobs
  resolveHost(hostname: string): Promise<string>
  tokens(tenantId: string, credentialId: string): CredentialTokens
}

export interface TryContext extends ConnectionContext {
  /** The service answered 401: the tokens of this try are fetched anew next time. False where there were none. */
  refuseTokens(): Promise<boolean>
}

/** `deadline` is a moment in ms; `note` is told of each exchange before it is sent, and the same object is filled as answers come; `headers` go along with each request; `signal` is the caller's. */
export function contextOf({ http, blobs, resolveHost, tokens }: ContextDeps, loaded: Loaded, deadline: number, note: (exchange: Exchange & { data?: unknown }) => void, { headers, signal: callers }: { headers?: Record<string, string> | undefined, signal?: AbortSignal | undefined } = {}): TryContext {
  const { row, endpoint, hosts, credential } = loaded
  const handed = handTokens(tokens(row.tenantId, credential?.id ?? ''))
  let signal: AbortSignal | undefined
  return {
    configuration: row.configuration, credentials: credential?.values ?? {}, ...endpoint !== undefined && { endpoint },
    http: createCallHttp({
      scope: {
        tenantId: row.tenantId, integrationId: row.id, endpoint, hosts, mask: credential?.mask,
        headers: headers === undefined ? row.connection.headers : { ...row.connection.headers, ...headers },
      },
      http, blobs, deadline, note, signal: callers,
    }),
    resolveHost, tokens: handed.source, refuseTokens: () => handed.refuse(),
    // Made on demand: HTTP has its own deadline, and a timer a try costs.
    get signal() { return signal ??= AbortSignal.timeout(Math.max(1, deadline - Date.now())) },
  }
}
