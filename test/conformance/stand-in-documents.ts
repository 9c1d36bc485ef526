/** What the stand-ins serve as their descriptions. */
export function petstoreDocument(host: string): object {
  const pet = { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' }, status: { type: 'string' } } }
  return {
    swagger: '2.0', info: { title: 'Petstore', version: '1.0.0' }, host, basePath: '/petstore.swagger.io/v2', schemes: ['http'], produces: ['application/json'],
    paths: {
      '/pet/findByStatus': { get: {
        operationId: 'findPetsByStatus', responses: { 200: { description: 'Those of the status', schema: { type: 'array', items: pet } } },
        parameters: [{ name: 'status', in: 'query', required: true, type: 'array', items: { type: 'string' }, collectionFormat: 'multi' }],
      } },
      '/pet/{petId}': { get: {
        operationId: 'getPetById', responses: { 200: { description: 'The pet', schema: pet } },
        parameters: [{ name: 'petId', in: 'path', required: true, type: 'integer' }],
      } },
    },
  }
}

export function ordersDocument(base: string): object {
  const taken = { responses: { 200: { description: 'Taken' } } }
  return {
    openapi: '3.0.3', info: { title: 'Orders', version: '1.0.0' }, servers: [{ url: `${base}/myorg.io` }],
    paths: { '/readings': { post: { operationId: 'logreading', ...taken } }, '/reports': { post: { operationId: 'produceReport', ...taken } } },
  }
}

/** One server for what is sent, another for what is received. */
export function asyncApiDocument(host: string, notifier: string): object {
  return {
    asyncapi: '3.0.0', info: { title: 'Pets', version: '1.0.0' }, defaultContentType: 'application/json',
    servers: { staging: { host, pathname: '/fake.com', protocol: 'http' }, live: { host: notifier, protocol: 'ws' } },
    channels: {
      pets: { address: '/pets', messages: { pet: { payload: { type: 'object' } } }, servers: [{ $ref: '#/servers/staging' }] },
      notifications: { address: '/notifications', messages: { notification: { payload: { type: 'object' } } }, servers: [{ $ref: '#/servers/live' }] },
    },
    operations: {
      findPetsByStatus: { action: 'send', channel: { $ref: '#/channels/pets' } },
      getNotifications: { action: 'receive', channel: { $ref: '#/channels/notifications' } },
    },
  }
}

export const greetProto = `syntax = "proto3";
package GreeterApi;
service Greeter { rpc SayHello (HelloRequest) returns (HelloReply); }
message HelloRequest { string name = 1; }
message HelloReply { string message = 1; }
`

export const logFunction = `
input:
  schema:
    document:
      type: object
      required: [message]
      properties:
        message: { type: string }
run:
  script:
    language: javascript
    code: |
      console.log(process.argv[2])
    arguments: ['\${ .message }']
`
