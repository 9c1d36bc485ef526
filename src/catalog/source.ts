/** Where a document to import comes from, and its bytes. */
import { HubError } from '../errors.ts'
import { readBody } from '../lib/http/body.ts'
import type { HeaderMap, HttpClient } from '../lib/http/http.ts'
import type { DocumentOrigin } from './store.ts'

export type DocumentSource =
  /** A file as it is: JSON or YAML, UTF-8. */
  | { bytes: Buffer, contentType?: string | undefined }
  /** Fetched through the address guard. `headers` are sent to this address only, and are not kept. */
  | { url: string, headers?: Record<string, string> | undefined }
  /** An object, or text in JSON or YAML. */
  | { document: unknown }

export interface ReadDocument {
  bytes: Buffer
  contentType: string | undefined
  /** After redirects: what the document's relative addresses are relative to. */
  sourceUrl: string | undefined
  origin: DocumentOrigin
}

/** The largest document known to us has 47 MB. */
const MAX_BYTES = 64 * 1024 * 1024
const TIMEOUT_MS = 30_000

/**
 * Throws HubError: `invalid_document` where there is nothing to read, `body_too_large`; for a URL whatever the HTTP client throws
 * (`address_refused` …), `upstream_rejected` and `upstream_unavailable` for its 4xx and 5xx.
 */
export async function readSource(http: HttpClient, source: DocumentSource): Promise<ReadDocument> {
  if ('url' in source) return fetchDocument(http, source.url, source.headers ?? {})
  if ('bytes' in source) return { bytes: checked(source.bytes), contentType: source.contentType, sourceUrl: undefined, origin: 'document' }
  const { document } = source
  const text = typeof document === 'string' ? document : JSON.stringify(document ?? null)
  return { bytes: checked(Buffer.from(text)), contentType: undefined, sourceUrl: undefined, origin: 'document' }
}

function checked(bytes: Buffer): Buffer {
  if (bytes.length > MAX_BYTES) throw new HubError('body_too_large', `The document is larger than ${MAX_BYTES / 1024 / 1024} MiB.`)
  return bytes
}

async function fetchDocument(http: HttpClient, url: string, headers: Record<string, string>): Promise<ReadDocument> {
  const accept: HeaderMap = { accept: 'application/json, application/yaml;q=0.9, */*;q=0.5' }
  const response = await http.request({ method: 'GET', url, headers: { ...accept, ...headers }, timeoutMs: TIMEOUT_MS, secretHeaders: Object.keys(headers) })
  const { host } = new URL(response.url)
  if (response.status !== 200) {
    response.body.on('error', () => undefined).destroy()
    const code = response.status >= 500 ? 'upstream_unavailable' : 'upstream_rejected'
    throw new HubError(code, `${host} answered ${response.status} instead of the document.`, { upstreamStatus: response.status, errors: [{ pointer: '/url', detail: `answers ${response.status}` }] })
  }
  const bytes = await readBody(response, { maxBytes: MAX_BYTES })
  const contentType = response.headers['content-type']
  return { bytes, contentType: Array.isArray(contentType) ? contentType[0] : contentType, sourceUrl: response.url, origin: 'url' }
}
