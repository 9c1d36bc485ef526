/** Why work of a run ends without being over: nothing in the flow can catch it. */

export class Stop extends Error {
  override readonly name = 'Stop'
  /** `lost`: another process has the run. `cancelled`: somebody wants its end. `interrupted`: a timeout, or another branch that won. */
  readonly reason: 'lost' | 'cancelled' | 'interrupted'
  constructor(reason: Stop['reason']) {
    super(reason)
    this.reason = reason
  }
}

/** Whether what the signal ended is to be done by nobody: it was cancelled or took too long. Work that another process has by now goes on there. */
export function isGivenUp({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof Stop && reason.reason !== 'lost'
}

/** Settles as the work does, or rejects with the signal's reason as soon as it is aborted. */
export function abortable<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  if (signal.aborted) {
    work.catch(() => undefined)
    return Promise.reject(signal.reason as Error)
  }
  return new Promise((resolve, reject) => {
    const stop = (): void => { reject(signal.reason as Error) }
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => { signal.removeEventListener('abort', stop) })
  })
}
