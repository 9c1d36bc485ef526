/** What connecting accounts stands on. */
import type { Database } from '../../db/database.ts'
import type { HttpClient } from '../../lib/http/http.ts'
import type { CredentialSchema } from '../fields.ts'
import type { TenantKeys } from '../tenant-keys.ts'
import type { OAuthClients } from './clients.ts'

export interface OAuthEvent { type: string, subject: string, data: Record<string, unknown> }

export interface OAuthDeps {
  database: Database
  http: HttpClient
  keys: TenantKeys
  clients: OAuthClients
  schemaOf(tenantId: string, connector: string): Promise<CredentialSchema | undefined>
  /** Where others reach the hub; without a slash at the end. */
  publicUrl(): string
  /** A credential has another content. */
  changed(tenantId: string, credentialId: string): void
  announce(tenantId: string, event: OAuthEvent): void
  /** Of what somebody at a browser is told by a word only. */
  onError(error: unknown): void
  now(): number
}
