import { parentPort } from 'node:worker_threads'
import { isHubError } from '../../errors.ts'
import type { WorkerReply, WorkerTask } from './worker-messages.ts'
import { diffNow, hasDocument, importNow, resolveNow } from './worker-tasks.ts'

parentPort?.on('message', (task: WorkerTask) => {
  const transfer: ArrayBuffer[] = []
  const reply = answer(task, transfer)
  parentPort?.postMessage(reply, transfer)
})

function answer(task: WorkerTask, transfer: ArrayBuffer[]): WorkerReply {
  try {
    if (task.kind === 'diff') return { result: diffNow(task.before, task.after) }
    if (task.kind === 'resolve') {
      if (task.bytes === undefined && !hasDocument(task.key)) return { needsDocument: true }
      return { result: resolveNow(task.key, task.operationId, task.bytes) }
    }
    const imported = importNow(task.request)
    transfer.push(imported.normalised.buffer)
    return { result: imported }
  } catch (error) {
    // The stack or a text's greatest length: a matter of the document, which nothing bounds in every respect.
    if (error instanceof RangeError) return { failure: { code: 'invalid_document', message: 'The document is too complex to process.', errors: [{ pointer: '', detail: 'is too complex' }] } }
    if (!isHubError(error)) return { fault: error instanceof Error ? error.stack ?? error.message : String(error) }
    const { code, message, errors } = error
    return { failure: { code, message, ...(errors !== undefined && { errors }) } }
  }
}
