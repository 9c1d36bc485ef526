/** Being asked to stop: Ctrl-C, or SIGTERM. */

/** What is sent to a whole group comes several times, since npm and bin/ pass on what they get. */
const SAME_REQUEST_MS = 500

/** Aborted by the first SIGINT or SIGTERM after the call; a second one ends the process at once. */
export function interrupted(): AbortSignal {
  const controller = new AbortController()
  let askedAt: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (askedAt !== undefined && performance.now() - askedAt > SAME_REQUEST_MS) process.exit(1)
      askedAt ??= performance.now()
      controller.abort()
    })
  }
  return controller.signal
}
