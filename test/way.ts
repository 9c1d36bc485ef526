/** A way to a server that can be cut, and mended under the same address. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface Way { url: string, cut(): Promise<void>, mend(): Promise<void> }

export async function startWay(to: string): Promise<Way> {
  const { port } = new URL(to)
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), '127.0.0.1')
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => undefined).on('close', () => { open.delete(socket) })
    }
    near.pipe(far).pipe(near)
  })
  const listen = (at: number): Promise<unknown> => once(server.listen(at, '127.0.0.1'), 'listening')
  await listen(0)
  const own = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${own}`,
    async cut() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
    async mend() { await listen(own) },
  }
}
