/** The OpenAPI engine as the rest of the catalogue sees it. The work is done off the main thread. */
import { totalmem } from 'node:os'
import type { DocumentDifference, ImportedDocument, ResolvedOperation } from './types.ts'
import { WorkerLane } from './worker-lane.ts'
import type { ImportReply, ImportRequest } from './worker-tasks.ts'

const idleMs = 30_000

// GitHub's 9 MB of YAML take 350 MB, Graph's 47 MB of JSON 250. On a small machine such a document is refused rather than the process killed.
const megabytes = Math.floor(totalmem() / 2 ** 20)
const heapOf = (share: number, most: number) => Math.max(256, Math.min(most, Math.floor(megabytes * share)))

// Two, so that a call that waits for an operation's description doesn't wait for somebody's 20 MB import.
const imports = new WorkerLane({ deadlineMs: 60_000, idleMs, heapMegabytes: heapOf(1 / 4, 1024) })
const lookups = new WorkerLane({ deadlineMs: 30_000, idleMs, heapMegabytes: heapOf(1 / 8, 512) })

/**
 * Reads an OpenAPI document, JSON or YAML, of version 2.0, 3.0, 3.1 or 3.2. `sourceUrl` is where it came from: relative
 * servers and references to itself are resolved against it; nothing is fetched. Throws HubError `invalid_document`, whose
 * errors point into the document as given; at most 64 MiB of JSON or 16 MiB of YAML are taken.
 */
export async function importDocument(request: ImportRequest): Promise<ImportedDocument> {
  const bytes = ownCopy(request.bytes)
  const imported = await imports.run({ kind: 'import', request: { ...request, bytes } }, [bytes.buffer]) as ImportReply
  const { normalised } = imported
  return { ...imported, normalised: Buffer.from(normalised.buffer, normalised.byteOffset, normalised.byteLength) }
}

/**
 * One operation out of a normalised document, with all it refers to. `documentKey` names that document's exact content:
 * under it the worker keeps the parsed document, and `loadDocument` is only called when it has it no longer.
 * Throws HubError `operation_not_found`, or `invalid_document` for an operation that was imported as not resolvable.
 */
export async function resolveOperation(documentKey: string, loadDocument: () => Promise<Uint8Array>, operationId: string): Promise<ResolvedOperation> {
  const known = await lookups.run({ kind: 'resolve', key: documentKey, operationId })
  if (known !== undefined) return known as ResolvedOperation
  const bytes = ownCopy(await loadDocument())
  return await lookups.run({ kind: 'resolve', key: documentKey, operationId, bytes }, [bytes.buffer]) as ResolvedOperation
}

/** What a re-import would change, between two documents in normal form. */
export async function diffDocuments(before: Uint8Array, after: Uint8Array): Promise<DocumentDifference> {
  const task = { kind: 'diff', before: ownCopy(before), after: ownCopy(after) } as const
  return await imports.run(task, [task.before.buffer, task.after.buffer]) as DocumentDifference
}

/** To be handed over: cloning a view would clone all that lies behind it, such as a whole archive. */
function ownCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> { return new Uint8Array(bytes) }

/** Ends the workers; whoever still waits gets HubError `shutting_down`. They start again when needed. */
export async function closeOpenApiEngine(): Promise<void> {
  await Promise.all([imports.close(), lookups.close()])
}
