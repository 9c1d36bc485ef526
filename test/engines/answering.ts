import { once } from 'node:events'
import { connect } from 'node:net'

/** Resolves once something takes connections at the port of this machine. */
export async function answering(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isThere = await once(socket, 'connect').then(() => true, () => false)
    socket.destroy()
    if (isThere) return
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
}
