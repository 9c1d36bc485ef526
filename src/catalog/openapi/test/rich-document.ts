import type { Json } from '../types.ts'

/** A document that uses nearly everything of OpenAPI 3.1, to be damaged in one place at a time. */
export function richDocument(): Json {
  return {
    openapi: '3.1.0',
    info: { title: 'Rich', version: '1', description: 'd', contact: { name: 'n' }, license: { name: 'MIT' } },
    externalDocs: { url: 'https://example.com' },
    servers: [{ url: 'https://{region}.example.com/v1', description: 'd', variables: { region: { default: 'eu', enum: ['eu', 'us'], description: 'd' } } }],
    security: [{ key: [] }, { oauth: ['read'] }],
    tags: [{ name: 'pets', description: 'd' }],
    paths: {
      '/pets/{id}': {
        summary: 's', parameters: [{ $ref: '#/components/parameters/Id' }], servers: [{ url: 'https://pets.example.com' }],
        put: {
          operationId: 'put', summary: 's', description: 'd', tags: ['pets'], deprecated: false, security: [{ key: [] }],
          parameters: [{ name: 'q', in: 'query', description: 'd', required: false, style: 'form', explode: true, allowReserved: true, schema: { type: 'string', enum: ['a', 'b'] }, examples: { one: { value: 'a' } } }, { name: 'f', in: 'query', content: { 'application/json': { schema: { type: 'object' } } } }],
          requestBody: { required: true, description: 'd', content: { 'multipart/form-data': { schema: { $ref: '#/components/schemas/Pet' }, example: { name: 'x' }, encoding: { photo: { contentType: 'image/png', headers: { 'X-A': { schema: { type: 'string' } } } } } } } },
          responses: { 200: { description: 'ok', headers: { 'X-Rate': { description: 'd', schema: { type: 'integer' } } }, content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Pet' } } } } }, default: { $ref: '#/components/responses/Error' } },
          callbacks: { done: { '{$request.body#/url}': { post: { responses: {} } } } },
        },
        delete: { operationId: 'delete', responses: { 204: { description: 'gone' } } },
      },
    },
    webhooks: { created: { post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } }, responses: { 200: { description: 'ok' } } } } },
    components: {
      schemas: {
        Pet: {
          type: 'object', title: 'Pet', required: ['name'], additionalProperties: { type: 'string' }, minProperties: 1,
          properties: { name: { type: 'string', minLength: 1, pattern: '^[a-z]+$' }, age: { type: ['integer', 'null'], minimum: 0, exclusiveMaximum: 100 }, photo: { type: 'string', contentMediaType: 'image/png' }, parent: { $ref: '#/components/schemas/Pet' }, kind: { oneOf: [{ const: 'cat' }, { const: 'dog' }] } },
          discriminator: { propertyName: 'kind' }, examples: [{ name: 'x' }],
        },
        Named: { allOf: [{ $ref: '#/components/schemas/Pet' }, { not: { type: 'null' } }], dependentRequired: { age: ['name'] }, patternProperties: { '^x-': true }, if: { type: 'object' }, else: { required: ['age'] } },
      },
      parameters: { Id: { name: 'id', in: 'path', required: true, schema: { type: 'string' } } },
      responses: { Error: { description: 'error', content: { 'application/problem+json': { schema: { type: 'object' } } } } },
      requestBodies: { Body: { content: { 'text/plain': { schema: { type: 'string' } } } } },
      headers: { Rate: { schema: { type: 'integer' } } },
      examples: { One: { value: 1 } },
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-Key' }, basic: { type: 'http', scheme: 'basic' },
        oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://example.com/token', scopes: { read: 'd' } } } },
      },
    },
  }
}
