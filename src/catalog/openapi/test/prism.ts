/** A mock server made from a document by Stoplight's Prism, which refuses requests that don't fit the document. */
import { createLogger } from '@stoplight/prism-core'
import { getHttpOperationsFromSpec } from '@stoplight/prism-http'
import { createServer } from '@stoplight/prism-http-server'

export interface PrismServer { url: string, close(): Promise<void> }

export async function startPrism(document: Record<string, unknown>): Promise<PrismServer> {
  const operations = await getHttpOperationsFromSpec(document)
  const server = createServer(operations, {
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
