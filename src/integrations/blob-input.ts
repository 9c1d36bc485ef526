/** Large values that an input refers to, as `{ "$blob": { "id" } }`, read for the operation that sends them. */
import { buffer } from 'node:stream/consumers'
import type { Blobs } from '../blobs/blobs.ts'
import { HubError, isHubError } from '../errors.ts'

/** Read whole, since a try may be repeated. */
const MAX_BYTES = 64 * 1024 * 1024

/** The input with its body's references replaced: the body itself by bytes, within it by `{ data, filename, contentType }`. The same input where there are none. */
export async function readBlobs(blobs: Pick<Blobs, 'read'>, tenantId: string, input: unknown): Promise<unknown> {
  const { body } = (input ?? {}) as { body?: unknown }
  if (body === null || typeof body !== 'object') return input
  const whole = blobId(body)
  const read = whole === undefined ? await replaced(blobs, tenantId, body, '/body') : (await bytesOf(blobs, tenantId, whole, '/body')).data
  return read === body ? input : { ...input as object, body: read }
}

function blobId(value: unknown): string | undefined {
  const { $blob } = value as { $blob?: { id?: unknown } | null }
  return typeof $blob?.id === 'string' && Object.keys(value as object).length === 1 ? $blob.id : undefined
}

async function replaced(blobs: Pick<Blobs, 'read'>, tenantId: string, value: unknown, pointer: string): Promise<unknown> {
  if (value === null || typeof value !== 'object') return value
  const id = blobId(value)
  if (id !== undefined) return bytesOf(blobs, tenantId, id, pointer)
  const entries: [string, unknown][] = []
  let changed = false
  for (const [key, each] of Object.entries(value)) {
    // Awaited only where there is something below: most inputs are flat.
    const next = each !== null && typeof each === 'object' ? await replaced(blobs, tenantId, each, `${pointer}/${key}`) : each
    changed ||= next !== each
    entries.push([key, next])
  }
  if (!changed) return value
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries)
}

async function bytesOf(blobs: Pick<Blobs, 'read'>, tenantId: string, id: string, pointer: string): Promise<{ data: Uint8Array, filename: string | undefined, contentType: string }> {
  const found = await blobs.read(tenantId, id).catch((error: unknown) => {
    if (!isHubError(error, 'not_found')) throw error
    throw refused(pointer, 'there is no such large value')
  })
  const { filename, contentType, sizeBytes } = found.reference.$blob
  if (sizeBytes > MAX_BYTES) {
    found.stream.destroy()
    throw refused(pointer, `is larger than ${MAX_BYTES / 1024 / 1024} MiB: send it through the proxy`)
  }
  return { data: await buffer(found.stream), filename, contentType }
}

function refused(pointer: string, detail: string): HubError {
  return new HubError('invalid_input', `${pointer}: ${detail}.`, { errors: [{ pointer, detail }], beforeSending: true })
}
