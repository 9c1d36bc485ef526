/** The worker thread around `repack`: one job, told by `workerData`, then it ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { isHubError } from '../../errors.ts'
import { repack, type Repacking } from './repack.ts'

export type RepackMessage =
  | { kind: 'documents', count: number }
  | { kind: 'done', count: number }
  | { kind: 'refused', message: string }
  | { kind: 'failed', message: string }

const send = (message: RepackMessage): void => parentPort?.postMessage(message, [])

try {
  const job = workerData as Omit<Repacking, 'onDocuments'>
  const count = await repack({ ...job, onDocuments: (done) => send({ kind: 'documents', count: done }) })
  send({ kind: 'done', count })
} catch (error) {
  // Classes do not survive the way between threads.
  send({ kind: isHubError(error, 'invalid_document') ? 'refused' : 'failed', message: error instanceof Error ? error.message : String(error) })
}
