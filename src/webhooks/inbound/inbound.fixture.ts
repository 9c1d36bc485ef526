/** Sources of a test hub, what is sent to them, and what became of it. */
import { createHmac } from 'node:crypto'
import { expect } from 'vitest'
import { withClient } from '../../../test/everything.ts'
import type { TestHub } from '../../../test/hub.ts'

export interface Source { id: string, url: string, etag: string, verification: Record<string, unknown> }

export async function makeSource({ call }: TestHub, input: object = {}, options?: { key?: string }): Promise<Source> {
  const { status, body } = await call<Source>('POST', '/api/v1/webhook-sources', { name: 'A sender', verification: { scheme: 'none' }, ...input }, options)
  expect({ status, body }).toMatchObject({ status: 201 })
  return body
}

export interface Sent { status: number, headers: Headers, text: string, body: any } // eslint-disable-line typescript/no-explicit-any

export async function send({ url }: Pick<Source, 'url'>, body?: string | Uint8Array | object, { headers = {}, method = 'POST', query = '' }: { headers?: Record<string, string>, method?: string, query?: string } = {}): Promise<Sent> {
  const raw = typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(url + query, {
    method, redirect: 'manual', headers: { ...body !== undefined && !raw && { 'content-type': 'application/json' }, ...headers },
    ...body !== undefined && { body: (raw ? body : JSON.stringify(body)) as string },
  })
  const text = await response.text()
  let parsed: unknown = text
  try { parsed = JSON.parse(text) } catch { /* Not everything is JSON. */ }
  return { status: response.status, headers: response.headers, text, body: parsed }
}

export interface StoredEvent { id: string, type: string, source: string, subject: string | null, event: any, text: string, schemaErrors: unknown } // eslint-disable-line typescript/no-explicit-any

/** What came of a source's requests, oldest first. */
export async function eventsOf({ connectionString }: TestHub, { id }: Pick<Source, 'id'>): Promise<StoredEvent[]> {
  return withClient(connectionString, async (client) => {
    const { rows } = await client.query<Omit<StoredEvent, 'text'> & { event: string }>(
      'select id, type, source, subject, event, schema_errors as "schemaErrors" from events where webhook_source_id = $1 order by id', [id])
    return rows.map((row) => ({ ...row, text: row.event, event: JSON.parse(row.event) as unknown }))
  })
}

export async function requestsOf({ call }: TestHub, { id }: Pick<Source, 'id'>): Promise<any[]> { // eslint-disable-line typescript/no-explicit-any
  const { status, body } = await call('GET', `/api/v1/webhook-sources/${id}/requests?limit=500`)
  expect(status).toBe(200)
  return body.data
}

export function githubHeaders(secret: string, body: string | Uint8Array, more: Record<string, string> = {}): Record<string, string> {
  return { 'content-type': 'application/json', 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`, ...more }
}

export function standardHeaders(secret: string, body: string | Uint8Array, { id = 'msg_1', at = Math.floor(Date.now() / 1000) }: { id?: string, at?: number } = {}): Record<string, string> {
  const signature = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64')).update(`${id}.${at}.`).update(body).digest('base64')
  return { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` }
}
