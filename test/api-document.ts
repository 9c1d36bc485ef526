/** An OpenAPI document of a small service, for suites that want operations of every kind against `startUpstream`. */

export type Security = 'none' | 'apiKey' | 'query' | 'cookie' | 'basic' | 'bearer' | 'oauth'

interface DocumentOptions { title?: string, security?: Security }

const json = (schema: object = {}): object => ({ description: 'Done.', content: { 'application/json': { schema } } })
const item = { type: 'object', properties: { name: { type: 'string' }, size: { type: 'integer' } } }
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }

/** `url` is the service's, without a slash at its end. */
export function serviceDocument(url: string, { title = 'Shop', security = 'none' }: DocumentOptions = {}): Record<string, unknown> {
  return {
    openapi: '3.1.0', info: { title, version: '1.0.0' }, servers: [{ url }],
    ...security !== 'none' && { security: [{ [security]: [] }] },
    paths: {
      '/items': {
        get: { operationId: 'listItems', parameters: [{ name: 'page', in: 'query', schema: { type: 'integer' } }], responses: { 200: json() } },
        post: { operationId: 'createItem', requestBody: { required: true, content: { 'application/json': { schema: { ...item, required: ['name'] } } } }, responses: { 201: json() } },
      },
      '/items/{id}': {
        get: { operationId: 'getItem', parameters: [id], responses: { 200: json() } },
        put: { operationId: 'putItem', parameters: [id], requestBody: { content: { 'application/json': { schema: item } } }, responses: { 200: json() } },
        delete: { operationId: 'removeItem', parameters: [id], responses: { 204: { description: 'Gone.' } } },
      },
      '/files/{id}': { get: { operationId: 'getFile', parameters: [id], responses: { 200: { description: 'The file.', content: { 'application/octet-stream': {} } } } } },
    },
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-Shop-Key' },
        query: { type: 'apiKey', in: 'query', name: 'shop_key' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'shop_key' },
        basic: { type: 'http', scheme: 'basic' },
        bearer: { type: 'http', scheme: 'bearer' },
        oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: `${url}/token`, scopes: {} } } },
      },
    },
  }
}
