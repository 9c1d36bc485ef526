import type { Db } from '../db/db.ts'
import { keysColumn, type KeyVersion } from './tenant-keys-store.ts'

/** Of the account that is connected for a field. No hash looks like it. */
export function grantKey(field: string): string {
  return `grant:${field}`
}

export function refreshKey(field: string): string {
  return `refresh:${field}`
}

export interface SealedToken { v: number, c: string }
export interface TokenPlace { tenantId: string, credentialId: string, tokenKey: string }

const place = 'tenant_id = $1 and credential_id = $2 and token_key = $3'
const values = ({ tenantId, credentialId, tokenKey }: TokenPlace): string[] => [tenantId, credentialId, tokenKey]

/**
 * For the one who may fetch a token now: nobody else gets the lease before it lapses, or is given back. Undefined where another has it,
 * or the stored token is good beyond `until`. The lease's end names the holder. Breaks a foreign key where the credential is gone.
 */
export async function takeLease(db: Db, token: TokenPlace, { leaseMs, until }: { leaseMs: number, until: Date }): Promise<Date | undefined> {
  // Milliseconds, because JavaScript's dates have no more: the end is compared when the lease is given back.
  const { rows } = await db.query<{ leaseUntil: Date }>(
    `insert into credential_tokens as t (tenant_id, credential_id, token_key, lease_until)
     values ($1, $2, $3, date_trunc('milliseconds', clock_timestamp()) + $4 * interval '1 millisecond')
     on conflict (tenant_id, credential_id, token_key) do update set lease_until = excluded.lease_until
     where (t.lease_until is null or t.lease_until < clock_timestamp()) and (t.token is null or t.expires_at is null or t.expires_at <= $5)
     returning lease_until as "leaseUntil"`,
    [...values(token), leaseMs, until])
  return rows[0]?.leaseUntil
}

export interface StoredToken { token: SealedToken, expiresAt: Date, keys: KeyVersion[] }

/** Undefined where there is none that is good beyond `until`. */
export async function findToken(db: Db, token: TokenPlace, until: Date): Promise<StoredToken | undefined> {
  const { rows } = await db.query<StoredToken>(
    `select token, expires_at as "expiresAt", ${keysColumn} from credential_tokens where ${place} and token is not null and expires_at > $4`,
    [...values(token), until])
  return rows[0]
}

/** Only while the lease is held: false where it lapsed, or the credential was changed. Gives the lease back. */
export async function storeToken(db: Db, token: TokenPlace, { lease, sealed, expiresAt }: { lease: Date, sealed: SealedToken, expiresAt: Date }): Promise<boolean> {
  const { rowCount } = await db.query(
    `update credential_tokens set token = $4, expires_at = $5, lease_until = null where ${place} and lease_until = $6`,
    [...values(token), JSON.stringify(sealed), expiresAt, lease])
  return rowCount === 1
}

export async function giveBackLease(db: Db, token: TokenPlace, lease: Date): Promise<void> {
  await db.query(`update credential_tokens set lease_until = null where ${place} and lease_until = $4`, [...values(token), lease])
}

/** Only that very token: another may have taken its place. */
export async function removeToken(db: Db, token: TokenPlace, sealed: string): Promise<void> {
  await db.query(`update credential_tokens set token = null, expires_at = null where ${place} and token->>'c' = $4`, [...values(token), sealed])
}

/** Of a credential that was changed; those of connected accounts only where their field was (`fields`). Who is fetching one at this moment loses the lease with the row. */
export async function deleteTokens(db: Db, tenantId: string, credentialId: string, fields: string[]): Promise<void> {
  await db.query(
    `delete from credential_tokens where tenant_id = $1 and credential_id = $2
       and (token_key not like 'grant:%' and token_key not like 'refresh:%' or token_key = any($3))`,
    [tenantId, credentialId, fields.flatMap((field) => [grantKey(field), refreshKey(field)])])
}

/** Of any age. */
export async function findSealed(db: Db, token: TokenPlace, { lock = false } = {}): Promise<{ token: SealedToken, keys: KeyVersion[] } | undefined> {
  const { rows } = await db.query<{ token: SealedToken, keys: KeyVersion[] }>(`select token, ${keysColumn} from credential_tokens where ${place} and token is not null${lock ? ' for update' : ''}`, values(token))
  return rows[0]
}

/** Whoever held a lease on it has it no more. `expiresAt` null: it has no end that is known. */
export async function putToken(db: Db, token: TokenPlace, { sealed, expiresAt }: { sealed: SealedToken, expiresAt: Date | null }): Promise<void> {
  await db.query(
    `insert into credential_tokens (tenant_id, credential_id, token_key, token, expires_at) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, credential_id, token_key) do update set token = $4, expires_at = $5, lease_until = null`,
    [...values(token), JSON.stringify(sealed), expiresAt])
}

export async function deleteExpiredTokens(db: Db, tenantId: string): Promise<void> {
  await db.query('delete from credential_tokens where tenant_id = $1 and expires_at < now() and (lease_until is null or lease_until < now())', [tenantId])
}

export interface OutdatedToken { credentialId: string, tokenKey: string, token: SealedToken }

/** Locked to the transaction's end: those encrypted by an older version than `version`, in order. */
export async function lockOutdatedTokens(db: Db, tenantId: string, { version, after, limit }: { version: number, after: OutdatedToken | undefined, limit: number }): Promise<OutdatedToken[]> {
  const { rows } = await db.query<OutdatedToken>(
    `select credential_id as "credentialId", token_key as "tokenKey", token from credential_tokens
     where tenant_id = $1 and (token->>'v')::int < $2
       and ($3::text is null or (credential_id collate "C", token_key collate "C") > ($3, $4))
     order by credential_id collate "C", token_key collate "C" limit $5 for update`,
    [tenantId, version, after?.credentialId ?? null, after?.tokenKey ?? null, limit])
  return rows
}

/** Null: there is none any more. */
export async function replaceSealedToken(db: Db, token: TokenPlace, sealed: SealedToken | null): Promise<void> {
  await db.query(`update credential_tokens set token = $4 where ${place}`, [...values(token), sealed === null ? null : JSON.stringify(sealed)])
}
