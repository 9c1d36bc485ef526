/** Host and port of a server that doesn't speak HTTP, and the address that the guard lets through for it. */
import { HubError } from '../../errors.ts'
import { fromError } from './failure.ts'
import type { Place, ProtocolDeps } from './protocol.ts'

export interface Target { host: string, port: number, address: string }

/** Throws HubError `address_refused`, `invalid_document`. */
export async function targetOf({ guard }: ProtocolDeps, { server }: Place, usualPort: number): Promise<Target> {
  const url = URL.parse(`tcp://${server}`)
  if (url === null || url.hostname === '' || url.username !== '') throw new HubError('invalid_document', 'The server has no host that can be connected to.', { beforeSending: true })
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return { host, port: url.port === '' ? usualPort : Number(url.port), address: await guard.resolveHost(host) }
}

/** A promise that ends with the signal, whatever becomes of the work. Messages name the host as the document has it. */
export async function within<Result>({ signal }: Place, host: string, work: Promise<Result>): Promise<Result> {
  let onAbort: (() => void) | undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => { reject(signal.reason as Error) }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } catch (error) {
    throw signal.aborted ? error : fromError(error, host)
  } finally {
    signal.removeEventListener('abort', onAbort!)
    work.catch(() => undefined)
  }
}
