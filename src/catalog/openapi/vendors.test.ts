import { afterAll, describe, expect, test } from 'vitest'
import type { Connector } from '../../connectors/connector.ts'
import { isHubError } from '../../errors.ts'
import { readDocument } from '../directory/read-document.ts'
import { createOpenApiConnector } from './connector.ts'
import { closeOpenApiEngine, importDocument, resolveOperation } from './engine.ts'
import { plainHttp } from './test/call-http.ts'
import { callOf, documentOf } from './test/operation.ts'
import { startPrism } from './test/prism.ts'
import { CannotSample, sample } from './test/sample.ts'
import type { ImportedDocument, ImportedOperation, Json } from './types.ts'

afterAll(closeOpenApiEngine)

/** A vendor each, small enough that a mock server is made of it within a second. Between them: all locations, most styles, forms, multipart. */
const services = [
  'adyen.com:RecurringService', 'amadeus.com:amadeus-points-of-interest', 'braze.com', 'brex.io', 'circleci.com', 'deutschebahn.com:fahrplan', 'dev.to', 'discourse.local', 'docker.com:hub',
  'ebay.com:sell-analytics', 'epa.gov:air', 'figshare.com', 'formapi.io', 'getpostman.com', 'giphy.com', 'googleapis.com:gmail', 'httpbin.org', 'hubapi.com:crm', 'instagram.com', 'klarna.com', 'lyft.com',
  'medium.com', 'openai.com', 'slack.com', 'spotify.com', 'traccar.org', 'tvmaze.com', 'webflow.com', 'wikimedia.org', 'xero.com:xero-payroll-au',
]

const wantedCalls = 6

function connectorOf(id: string, document: ImportedDocument): Connector {
  return createOpenApiConnector({
    ...document,
    facts: { type: id, name: document.title, description: '', service: id, version: document.version, kind: 'api', categories: [], supportLevel: 'community', developer: '', documentation: '', lastUpdated: '' },
    listOperations: () => Promise.resolve(document.operations),
    findResolved: operation => resolveOperation(id, () => Promise.resolve(document.normalised), operation),
  })
}

/** A made-up credential for every field. */
function credentialsOf({ credentialSchema }: ImportedDocument): Json {
  return Object.fromEntries(Object.entries(credentialSchema).map(([name, { schema }]) => {
    const isPair = (schema?.['required'] as string[] | undefined)?.includes('username') === true
    return [name, isPair ? { username: 'ada', password: 'secret' } : 'token']
  }))
}

/** Operations spread over the document, of every method in turn. */
function spread(operations: ImportedOperation[]): ImportedOperation[] {
  const byMethod = [...Map.groupBy(operations.filter(({ resolvable }) => resolvable), ({ method }) => method).values()]
  const longest = Math.max(0, ...byMethod.map(list => list.length))
  return Array.from({ length: longest }, (_, i) => byMethod.map(list => list[Math.floor(i * 7) % list.length])).flat()
    .filter((operation, i, all): operation is ImportedOperation => operation !== undefined && all.indexOf(operation) === i)
}

/** What the mock server said to a call; undefined when it took it. */
async function refusalOf(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    if (isHubError(error) && error.upstreamStatus !== undefined && error.upstreamStatus < 400) return undefined
    return error instanceof Error ? error.message : String(error)
  }
}

describe('a mock server made from the vendor\'s document accepts what the engine sends', () => {
  for (const id of services) {
    test(id, async () => {
      const bytes = await readDocument(id)
      const document = await importDocument({ bytes })
      const connector = connectorOf(id, document)
      const prism = await startPrism(JSON.parse(bytes.toString()) as Json)
      const accepted: string[] = []
      const refused: string[] = []
      try {
        for (const { id: operationId, method, path } of spread(document.operations)) {
          if (accepted.length + refused.length === wantedCalls) break
          // Where only failures are described the mock server answers with one of those.
          const { responses } = await resolveOperation(id, () => Promise.resolve(document.normalised), operationId)
          if (!Object.keys(responses).some(status => /^[23]|default/.test(status))) continue
          const operation = await connector.operations.find(operationId)
          if (operation === undefined) throw new Error(`${operationId} is listed but not found`)
          let input: unknown
          try {
            input = sample(operation.input, operation.input)
          } catch (error) {
            if (error instanceof CannotSample) continue
            throw error
          }
          operation.validateInput(input)
          const refusal = await refusalOf(() => operation.run(callOf({ input, endpoint: prism.url, credentials: credentialsOf(document), http: plainHttp })))
          if (refusal === undefined) accepted.push(operationId)
          else refused.push(`${method} ${path} ${JSON.stringify(input).slice(0, 300)}: ${refusal.slice(0, 500)}`)
        }
      } finally {
        await prism.close()
      }
      expect(refused).toEqual([])
      expect(accepted.length).toBeGreaterThanOrEqual(Math.min(3, document.operations.length))
    })
  }
})

test('the mock server refuses what does not fit, so that the tests above can fail', async () => {
  const prism = await startPrism(documentOf({ '/a': { get: { operationId: 'a', parameters: [{ name: 'n', in: 'query', required: true, schema: { type: 'integer' } }], responses: { 200: { description: 'ok' } } } } }))
  const refusals = await Promise.all(['/a', '/a?n=x', '/b?n=1', '/a?n=1'].map(path => refusalOf(() => plainHttp.request({ method: 'GET', url: prism.url + path }))))
  await prism.close()
  expect(refusals.map(refusal => refusal !== undefined)).toEqual([true, true, true, false])
})
