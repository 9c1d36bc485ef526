/** The services of the examples that speak something else than HTTP. */
import type { AddressInfo } from 'node:net'
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall, type ServiceDefinition } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import protobuf from 'protobufjs'
import { WebSocketServer } from 'ws'
import { greetProto } from './stand-in-documents.ts'

const TELL_EVERY_MS = 20

/** Tells whoever connects something every few milliseconds. */
export async function startNotifier(): Promise<{ host: string, close(): Promise<void> }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => { server.once('listening', resolve) })
  server.on('connection', (socket) => {
    let number = 0
    const timer = setInterval(() => { socket.send(JSON.stringify({ number: number += 1 })) }, TELL_EVERY_MS)
    socket.on('close', () => { clearInterval(timer) })
  })
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const client of server.clients) client.terminate()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}

export async function startGreeter(): Promise<{ port: number, close(): void }> {
  const server = new Server()
  const { root } = protobuf.parse(greetProto, { keepCase: true })
  const services = fromJSON(root.resolveAll().toJSON(), { keepCase: true })
  server.addService(services['GreeterApi.Greeter'] as ServiceDefinition, {
    SayHello(call: ServerUnaryCall<{ name: string }, { message: string }>, answer: sendUnaryData<{ message: string }>) { answer(null, { message: `Hello ${call.request.name}` }) },
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => { if (error === null) resolve(bound); else reject(error) })
  })
  return { port, close: () => { server.forceShutdown() } }
}
