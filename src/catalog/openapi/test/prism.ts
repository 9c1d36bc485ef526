/** A mock server made from a document by Stoplight's Prism, which refuses requests that don't fit the document. */
import { createRequire } from 'node:module'
import type { Json } from '../types.ts'

export interface PrismServer { url: string, close(): Promise<void> }

interface PrismHttp { getHttpOperationsFromSpec(document: Json): Promise<unknown[]> }
interface PrismCore { createLogger(name: string, options: { level: string }): unknown }
interface PrismHttpServer {
  createServer(operations: unknown[], options: Json): { listen(port: number, host: string): Promise<string>, close(): Promise<void> }
}

// Its parts are dependencies of its command, which is what the project depends on.
const require = createRequire(import.meta.url)
const load = createRequire(require.resolve('@stoplight/prism-cli/package.json'))
const { getHttpOperationsFromSpec } = load('@stoplight/prism-http') as PrismHttp
const { createLogger } = load('@stoplight/prism-core') as PrismCore
const { createServer } = load('@stoplight/prism-http-server') as PrismHttpServer

export async function startPrism(document: Json): Promise<PrismServer> {
  const server = createServer(await getHttpOperationsFromSpec(document), {
    cors: false,
    config: {
      isProxy: false, mock: { dynamic: false }, errors: true, checkSecurity: true,
      validateRequest: true, validateResponse: false, upstreamProxy: undefined,
    },
    components: { logger: createLogger('prism', { level: 'silent' }) },
  })
  const url = await server.listen(0, '127.0.0.1')
  return { url, close: () => server.close() }
}
