/** How a window that came back from a vendor tells the page that sent it there. Windows of the hub alone can listen, whoever opened whom. */
const NAME = 'interchange.connected'

/** `problem`: a code of the hub's. What was connected is asked of the hub, not believed. */
export interface Return { attempt: string, problem: string | null }

export function tellReturn(message: Return): void {
  const channel = new BroadcastChannel(NAME)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is heard by its own origin alone.
  channel.postMessage(message)
  channel.close()
}

/** Returns how to stop. */
export function onReturn(listener: (message: Return) => void): () => void {
  const channel = new BroadcastChannel(NAME)
  channel.addEventListener('message', ({ data }) => { listener(data as Return) })
  return () => { channel.close() }
}
