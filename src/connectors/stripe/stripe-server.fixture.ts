/**
 * A server that holds every request to Stripe's own OpenAPI document (of the catalogue's package) and answers with objects made
 * after it. It knows keys and idempotency keys as https://docs.stripe.com/api describes them.
 */
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { Ajv } from 'ajv'
import { startUpstream, type Upstream } from '../../lib/http/test-upstream.ts'
// The document is this server's yardstick. The connector itself knows nothing of the catalogue.
// oxlint-disable-next-line no-restricted-imports
import { readDocument } from '../../catalog/directory/read-document.ts'

interface Schema { [keyword: string]: unknown, $ref?: string, type?: string, properties?: Record<string, Schema>, required?: string[], enum?: unknown[], anyOf?: Schema[], items?: Schema, nullable?: boolean }
interface Parameter { name: string, in: string, required?: boolean, schema: Schema }
interface Operation { parameters?: Parameter[], requestBody?: { content: { 'application/x-www-form-urlencoded'?: { schema: Schema } } }, responses: Record<string, { content: { 'application/json': { schema: Schema } } }> }
export interface StripeDocument { paths: Record<string, Record<string, Operation>>, components: { schemas: Record<string, Schema> } }

export async function readStripeDocument(): Promise<StripeDocument> {
  return JSON.parse((await readDocument('stripe.com')).toString('utf8')) as StripeDocument
}

export interface StripeServer extends Upstream {
  /** What POSTs really did something: `POST /v1/customers`. */
  done: string[]
  bodies: string[]
  /** Answers the next request so, whatever it is. */
  answerNext(status: number, body: unknown): void
}

interface Answer { status: number, body: unknown }

const failure = (status: number, message: string, type = 'invalid_request_error'): Answer => ({ status, body: { error: { type, message } } })

export async function startStripe(document: StripeDocument): Promise<StripeServer> {
  const ajv = new Ajv({ strict: false, coerceTypes: true, validateFormats: false })
  const planned: Answer[] = []
  const done: string[] = []
  const bodies: string[] = []
  const answered = new Map<string, Answer>()
  const sample = sampler(document)

  const check = (schema: Schema, value: unknown): string | undefined => ajv.validate(schema, value) ? undefined : ajv.errorsText()

  const serve = (request: IncomingMessage, url: URL, body: string): Answer => {
    const found = findOperation(document, request.method!, url.pathname)
    if (found === undefined) return failure(404, `Unrecognized request URL (${request.method}: ${url.pathname}).`)
    const query = (found.parameters ?? []).filter((each) => each.in === 'query')
    const querySchema = { type: 'object', additionalProperties: false, properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])) }
    const bodySchema = found.requestBody?.content['application/x-www-form-urlencoded']?.schema ?? { type: 'object', additionalProperties: false }
    const fault = check(querySchema, decode(url.search.slice(1))) ?? check(bodySchema, decode(body))
    if (fault !== undefined) return failure(400, `Received something that the document does not know: ${fault}`)
    if (request.method !== 'GET') done.push(`${request.method} ${url.pathname}`)
    return { status: 200, body: sample(found.responses['200']!.content['application/json'].schema) }
  }

  const answer = (request: IncomingMessage, body: string): Answer => {
    const next = planned.shift()
    if (next !== undefined) return next
    if (request.headers.authorization !== 'Bearer sk_test_right') return failure(401, 'Invalid API Key provided')
    if (body !== '' && request.headers['content-type'] !== 'application/x-www-form-urlencoded') return failure(400, 'Wrong content type')
    const key = request.headers['idempotency-key'] as string | undefined
    const known = key === undefined ? undefined : answered.get(key)
    const result = known ?? serve(request, new URL(request.url!, 'http://stripe'), body)
    if (key !== undefined) answered.set(key, result)
    return result
  }

  const server = await startUpstream((request, response) => {
    text(request).then((body) => {
      bodies.push(body)
      const { status, body: reply } = answer(request, body)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
    }, () => response.destroy())
  })
  return { ...server, done, bodies, answerNext: (status, body) => { planned.push({ status, body }) } }
}

function findOperation({ paths }: StripeDocument, method: string, path: string): Operation | undefined {
  const templates = Object.keys(paths).filter((template) => new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path))
  // A fixed segment goes before a parameter.
  const [template] = templates.sort((one, other) => one.split('{').length - other.split('{').length)
  return template === undefined ? undefined : paths[template]![method.toLowerCase()]
}

/** The reverse of Stripe's bracket encoding. */
function decode(encoded: string): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const pair of encoded.split('&').filter((each) => each !== '')) {
    const [name = '', value = ''] = pair.split('=').map((part) => decodeURIComponent(part.replaceAll('+', ' ')))
    const [first = '', ...rest] = name.split(/[[\]]+/).filter((part) => part !== '')
    const keys = [first, ...rest]
    let place: Record<string, unknown> = result
    for (const key of keys.slice(0, -1)) place = (place[key] ??= {}) as Record<string, unknown>
    place[keys.at(-1)!] = value
  }
  return asLists(result) as Record<string, unknown>
}

function asLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => [key, asLists(each)])
  return entries.length > 0 && entries.every(([key], at) => key === String(at)) ? entries.map(([, each]) => each) : Object.fromEntries(entries)
}

/** The smallest value that fits a schema: required properties only, the first of each choice. */
export function sampler({ components }: StripeDocument): (schema: Schema) => unknown {
  const sample = (schema: Schema, name = ''): unknown => {
    if (schema.$ref !== undefined) return sample(components.schemas[schema.$ref.split('/').at(-1)!]!)
    if (schema.enum !== undefined) return schema.enum[0]
    if (schema.nullable === true) return null
    if (schema.anyOf !== undefined) return sample(schema.anyOf[0]!)
    switch (schema.type) {
      case 'object': return Object.fromEntries((schema.required ?? []).map((key) => [key, sample(schema.properties![key]!, key)]))
      case 'array': return [sample(schema.items!)]
      case 'integer': return 1_700_000_000
      case 'number': return 1.5
      case 'boolean': return false
      default: return name === 'currency' ? 'eur' : name === 'id' ? 'id_1' : 'text'
    }
  }
  return sample
}
