/** A service of the tests as a tenant connects it: document → connector → integration → runs. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serviceDocument, type Security } from './api-document.ts'
import { openHub, type Reply, type TestHub } from './hub.ts'
import { startUpstream, type Upstream } from './upstream.ts'

type Call = TestHub['call']

/** Its id. */
export async function addConnector(call: Call, url: string, { key, security = 'none', id }: { key?: string, security?: Security, id?: string } = {}): Promise<string> {
  const title = id ?? `Shop ${security} ${new URL(url).port}`
  const { body } = expectStatus(201, await call('POST', '/api/v1/connectors', { ...id !== undefined && { id }, document: serviceDocument(url, { title, security }) }, key === undefined ? {} : { key }))
  return body.id as string
}

/** A hub, and a service that a connector of it is for; for suites that share them over their tests. */
export async function openHubWithService(): Promise<{ hub: TestHub, upstream: Upstream, connector: string, close(): Promise<void> }> {
  const upstream = await startUpstream()
  const { hub, close } = await openHub()
  return {
    hub, upstream, connector: await addConnector(hub.call, upstream.url),
    async close() {
      await close()
      await upstream.close()
    },
  }
}

/** Untested, so that the service is not asked; its id. */
export async function addIntegration(call: Call, body: Record<string, unknown>, { key }: { key?: string } = {}): Promise<string> {
  const { body: { id } } = expectStatus(201, await call('POST', '/api/v1/integrations?test=false', { name: 'Shop', ...body }, key === undefined ? {} : { key }))
  return id as string
}

export function expectStatus<Body>(status: number, reply: Reply<Body>): Reply<Body> {
  if (reply.status !== status) throw new Error(`expected ${status}, got ${reply.status}: ${reply.text.slice(0, 2000)}`)
  return reply
}

/** An HTTP server whose handler gets requests as they begin, for what `startUpstream`, which reads bodies first, cannot do. */
export async function startRawUpstream(listener: RequestListener): Promise<{ url: string, close(): Promise<void> }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}
